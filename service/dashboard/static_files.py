"""What pages load beside themselves: one style sheet, a little script, and the charts' script, all from the package."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from service.dashboard.page import ENVIRONMENT, PageRoute
from service.errors import Problem

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_TYPES: Final = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_OWN: Final = ("pages.js", "upload.js", "review.js", "charts.js", "icon.svg")
_FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
_BUNDLING_S: Final = 120
_bundling = threading.Lock()


@router.get("/static/{name}")
def static_file(name: str) -> Response:
    """A file; its address changes with it."""
    if name == "vega.js":
        body = chart_script()
    elif name == "style.css":
        body = _style()
    elif name in _OWN:
        body = _own(name)
    else:
        raise Problem(404, "no such file")
    return Response(body, headers=_FOR_EVER, media_type=_TYPES[name.rpartition(".")[2]])


def address(name: str) -> str:
    """Where a file is; for templates. The charts' script changes with the version of the package that makes it."""
    if name == "vega.js":
        return f"/static/{name}?v={version('vl-convert-python')}"
    body = _style() if name == "style.css" else _own(name)
    return f"/static/{name}?v={hashlib.sha256(body.encode()).hexdigest()[:12]}"


@cache
def _style() -> str:
    """The report's style, the colours of the cultures, and the pages' own."""
    from cs_nlp.report.charts import PALETTE  # noqa: PLC0415 - charts are heavy, and not every process draws them

    colours = "".join(f".{name} {{ --culture: {colour}; }}\n" for name, colour in PALETTE.items())
    report = files("cs_nlp.report").joinpath("templates", "style.css").read_text(encoding="utf-8")
    return report + colours + _own("pages.css")


@cache
def _own(name: str) -> str:
    return files("service.dashboard").joinpath("static", name).read_text(encoding="utf-8")


def chart_script() -> str:
    """The charts' script, made once, in a process of its own: what makes it takes 150 MB and keeps them."""
    with _bundling:
        return _vega()


@cache
def _vega() -> str:
    code = "import sys; from cs_nlp.report import chart_script; sys.stdout.buffer.write(chart_script().encode())"
    made = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=_BUNDLING_S)  # noqa: S603 - fixed words
    return made.stdout.decode()


ENVIRONMENT.globals["static"] = address
