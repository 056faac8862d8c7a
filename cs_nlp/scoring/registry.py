"""Which model is live: `registry.json` in a folder of models says since when, what it learnt from, why, and what was live before.

Entries are only ever added. A promotion makes a model live, a rollback the one before it; where nothing was promoted, or all was rolled
back, the released model is live.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from cs_nlp.errors import ArtefactError
from cs_nlp.scoring.artefact import CONFIG, Artefact, digest

REGISTRY: Final = "registry.json"
RELEASED: Final = "culture-en-small"
MODELS: Final = Path("models")


class Entry(BaseModel):
    """A step in the registry.

    Attributes:
        action: `promote` made `model` live, `rollback` took it back.
        model: its name; folder: where it is, relative to the folder of models where it lies inside.
        folder: as above.
        since: when that was.
        config_sha256: of its `config.json`, which in turn vouches for its files.
        learning_sha256: of the data that it learnt from; learnt: how many statements.
        learnt: as above.
        replaced: what was live until then.
        reason: the criteria that it met, each a sentence with its numbers; who forced it through, or why it was taken back.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    action: Literal["promote", "rollback"]
    model: str
    folder: str
    since: AwareDatetime
    config_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    learning_sha256: str
    learnt: int
    replaced: str
    reason: tuple[str, ...]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    entries: tuple[Entry, ...] = ()


def read_registry(models: Path = MODELS) -> tuple[Entry, ...]:
    """All steps, the oldest first; () where there is no registry.

    Raises:
        ArtefactError: it is damaged.
    """
    path = models / REGISTRY
    if not path.is_file():
        return ()
    try:
        entries = _File.model_validate_json(path.read_bytes()).entries
    except (OSError, ValidationError) as error:
        raise ArtefactError(f"{path}: damaged ({error}); put back a copy of it, or remove it: then the released model is live") from error
    promoted = 0
    for entry in entries:
        promoted += 1 if entry.action == "promote" else -1
        if promoted < 0:
            raise ArtefactError(f"{path}: takes back more models than were promoted; put back a copy of it, or remove it")
    return entries


def live_entry(models: Path = MODELS) -> Entry | None:
    """The promotion by which the live model is live; None where it is the released one."""
    stack = _stack(models)
    return stack[-1] if stack else None


def live_folder(models: Path = MODELS) -> Path | None:
    """The folder of the live model; None where it is the released one.

    Raises:
        ArtefactError: the registry is damaged, or the model was changed after it was promoted.
    """
    entry = live_entry(models)
    if entry is None:
        return None
    folder = models / entry.folder
    if not (folder / CONFIG).is_file() or digest(folder / CONFIG) != entry.config_sha256:
        raise ArtefactError(
            f"{folder}: is not the model that was promoted on {entry.since:%Y-%m-%d} (its {CONFIG} is gone or has changed); "
            "promote it again with 'cs-nlp promote', or go back with 'cs-nlp rollback'"
        )
    return folder


def record_promotion(artefact: Artefact, reason: tuple[str, ...], models: Path = MODELS) -> Entry:
    """Make a model live.

    Args:
        artefact: the model.
        reason: why, a sentence each.
        models: the folder of models; made where there is none.

    Returns:
        The new entry.
    """
    learning = artefact.evaluation.get("learning", {})
    entry = Entry(
        action="promote",
        model=artefact.name,
        folder=_told(artefact.path, models),
        since=_now(),
        config_sha256=digest(artefact.path / CONFIG),
        learning_sha256=str(learning.get("sha256", "")),
        learnt=int(learning.get("n", 0)),
        replaced=_name(live_entry(models)),
        reason=reason,
    )
    _add(entry, models)
    return entry


def roll_back(reason: str = "", models: Path = MODELS) -> Entry:
    """Make the model live again that was live before the last promotion that still stands.

    Returns:
        The new entry; its `model` is the one that was taken back.

    Raises:
        ArtefactError: the released model is live already.
    """
    stack = _stack(models)
    if not stack:
        raise ArtefactError(f"{models / REGISTRY}: nothing to go back to: the released model {RELEASED} is live")
    entry = stack[-1].model_copy(
        update={"action": "rollback", "since": _now(), "replaced": stack[-1].model, "reason": (reason,) if reason else ()}
    )
    _add(entry, models)
    return entry


def live_name(models: Path = MODELS) -> str:
    """The name of the live model."""
    return _name(live_entry(models))


def _name(entry: Entry | None) -> str:
    return entry.model if entry is not None else RELEASED


def _stack(models: Path) -> list[Entry]:
    """The promotions that still stand, the live one last."""
    stack: list[Entry] = []
    for entry in read_registry(models):
        if entry.action == "promote":
            stack.append(entry)
        else:
            stack.pop()
    return stack


def _told(folder: Path, models: Path) -> str:
    whole, home = folder.resolve(), models.resolve()
    return str(whole.relative_to(home)) if whole.is_relative_to(home) else str(whole)


def _add(entry: Entry, models: Path) -> None:
    """Write the registry with one more entry, whole or not at all."""
    models.mkdir(parents=True, exist_ok=True)
    document: dict[str, Any] = _File(entries=(*read_registry(models), entry)).model_dump(mode="json")
    beside = models / f".{REGISTRY}.{os.getpid()}"
    beside.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    beside.replace(models / REGISTRY)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
