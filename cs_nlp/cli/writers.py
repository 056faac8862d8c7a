"""Writes scored statements to files, by the file's ending."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from cs_nlp.cli.screen import json_line
from cs_nlp.errors import InputError
from cs_nlp.taxonomy import CULTURES

TABULAR = (".csv", ".parquet")


Writer = Callable[[dict[str, Any]], None]
"""Takes one row after another."""


class _JsonLines:
    """Writes rows as JSON lines."""

    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("w", encoding="utf-8", errors="backslashreplace")

    def __enter__(self) -> Writer:
        return self._write

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _write(self, row: dict[str, Any]) -> None:
        self._file.write(json_line(row))


class _Frame:
    """Writes rows as a table, with a column a culture, when all are there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: list[dict[str, Any]] = []

    def __enter__(self) -> Writer:
        return self._rows.append

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            return
        import pandas as pd  # noqa: PLC0415 - takes a third of a second to load

        flat = [
            {
                **{key: value for key, value in row.items() if key not in ("probabilities", "drivers")},
                **row["probabilities"],
                "drivers": " ".join(row["drivers"]),
            }
            for row in self._rows
        ]
        frame = pd.DataFrame(flat, columns=None if flat else ["transcript_id", "team", "turn", "text", "culture", *CULTURES])
        if self._path.suffix.lower() == ".csv":
            frame.to_csv(self._path, index=False)
        else:
            frame.to_parquet(self._path, index=False)


def open_writer(path: Path) -> _JsonLines | _Frame:
    """A writer for a file, by its ending."""
    return _Frame(path) if path.suffix.lower() in TABULAR else _JsonLines(path)


def check_output(path: Path | None, *endings: str) -> None:
    """Refuse an output file that could not be written, before the work is done.

    Raises:
        InputError: unknown ending, or no such folder.
    """
    if path is None:
        return
    if path.suffix.lower() not in endings:
        raise InputError(f"{path}: can't write '{path.suffix or 'a file without ending'}'; expected {', '.join(endings)}")
    if not path.parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}; make it first")
