"""`cs-nlp serve` and `cs-nlp worker`: commands that this package adds to the command line (entry points of the group `cs_nlp.commands`)."""

from __future__ import annotations

import signal
import threading
from importlib.util import find_spec
from types import FrameType
from typing import Annotated, Final

import typer

from cs_nlp.errors import MissingExtraError
from cs_nlp.settings import Settings, read_settings

_NEEDED: Final = ("fastapi", "multipart", "prometheus_client", "uvicorn")


def serve(
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on; default: CS_NLP_HOST.", show_default=False)] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="Port to listen on; default: CS_NLP_PORT.", show_default=False)
    ] = None,
) -> None:
    """Serve REST and the page until Ctrl-C; what waits is scored inside unless CS_NLP_SCORE_INSIDE says no."""
    from service.run import run_service  # noqa: PLC0415 - the extra may be missing, and other commands need not load it

    changes = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    run_service(_settings().model_copy(update=changes))


def worker() -> None:
    """Score what waits and deliver events, beside the service, until Ctrl-C. Any number may run at once on one PostgreSQL."""
    from service.run import run_worker  # noqa: PLC0415 - as above

    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    for which in (signal.SIGINT, signal.SIGTERM):
        signal.signal(which, stop)
    run_worker(_settings(), stopped)


def _settings() -> Settings:
    if any(find_spec(name) is None for name in _NEEDED):
        raise MissingExtraError("the service", "service")
    return read_settings()
