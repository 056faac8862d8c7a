"""What commands show: results on stdout, progress and complaints on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

_FILE_WIDTH = 160  # columns of a table that goes to a file or a pipe

out = Console(highlight=False, width=None if sys.stdout.isatty() else _FILE_WIDTH)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def complain(message: str) -> None:
    """Print an error."""
    err.print(f"error: {message}", style="red", markup=False)


def tell(message: str) -> None:
    """Print a remark on the run."""
    err.print(message, markup=False)


def print_json(row: dict[str, Any]) -> None:
    """Print one JSON object on a line of its own."""
    sys.stdout.write(json_line(row))


def json_line(row: dict[str, Any]) -> str:
    """One JSON object and a line end."""
    return json.dumps(row, ensure_ascii=False) + "\n"


class Bar(Protocol):
    """Moves a progress bar."""

    def __call__(self, done: int, total: int | None = None, note: str = "") -> None:
        """Show how much is done, of how much, and a remark such as a rate."""


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Bar]:
    """A progress bar on stderr, shown on terminals only, gone when done."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=err, transient=True) as shown:
        task = shown.add_task(what, total=total, note="")

        def move(done: int, total: int | None = None, note: str = "") -> None:
            shown.update(task, completed=done, total=total, note=note)

        yield move


def percent(value: float | None) -> str:
    """A share as people read it: whole percent, one decimal below 10."""
    if value is None:
        return "-"
    return f"{value:.1%}".replace("%", " %") if value < 0.0995 else f"{value:.0%}".replace("%", " %")  # noqa: PLR2004 - see above


def shortened(text: str, length: int) -> str:
    """Text on one line, cut to a length with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def listed(items: Iterable[str]) -> str:
    """Names in one cell."""
    return " ".join(items)
