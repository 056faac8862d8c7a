"""Where the model is that somebody names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cs_nlp.errors import ArtefactError
from cs_nlp.scoring.artefact import CONFIG
from cs_nlp.scoring.registry import MODELS, REGISTRY, RELEASED, live_folder

LIVE: Final = "live"
_PACKAGE = Path(__file__).resolve().parent.parent
_SHELVES = (_PACKAGE / "_models", _PACKAGE.parent / "models")


def find_artefact(name: str | Path = LIVE) -> Path:
    """The folder of a model.

    Args:
        name: a model folder; the name of a model that comes with cs_nlp; a folder of models with a registry, for the live one of them; or
            "live" for the live one of the folder `models`. Where nothing was promoted there, the released model is live.

    Raises:
        ArtefactError: there is none (the message lists the names there are), or the live one was changed after it was promoted.
    """
    given = Path(name)
    if str(name) == LIVE and not (given / CONFIG).is_file():
        return live_folder(MODELS) or _on_shelf(RELEASED)
    if (given / REGISTRY).is_file() and not (given / CONFIG).is_file():
        return live_folder(given) or _on_shelf(RELEASED)
    return given if given.is_dir() else _on_shelf(given)


def _on_shelf(name: str | Path) -> Path:
    for shelf in _SHELVES:
        if (shelf / name / CONFIG).is_file():
            return shelf / name
    known = sorted({folder.name for folder in _known()})
    raise ArtefactError(
        f"{name}: no such model; expected a model folder, or one of the names that come with cs_nlp: {', '.join(known) or 'none'}"
    )


def _known() -> Iterator[Path]:
    for shelf in _SHELVES:
        if shelf.is_dir():
            yield from (folder for folder in shelf.iterdir() if (folder / CONFIG).is_file())
