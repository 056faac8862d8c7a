"""A line on stderr that says how far a long job is, on terminals and under notebook cells alike."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import Final

_EVERY_S: Final = 0.5


class Line:
    """A context whose value is told how many of how many are done; the line is written over and over, and ended with the job.

    Args:
        what: is done, in the plural.
        clock: seconds that never go back.
    """

    def __init__(self, what: str, *, clock: Callable[[], float]) -> None:
        self._what = what
        self._clock = clock
        self._began = self._told = clock()
        self._width = 0

    def __enter__(self) -> Line:
        """The line, nothing of which is written before it is told something."""
        return self

    def __call__(self, done: int, total: int) -> None:
        """Show how much is done; the first and the last time, and in between twice a second."""
        now = self._clock()
        if self._width and done < total and now - self._told < _EVERY_S:
            return
        self._told = now
        rate = done / max(now - self._began, 1e-3)
        left = f"{(total - done) / rate:,.0f} s left" if done and done < total else "done" if done else "..."
        line = f"{done:,} of {total:,} {self._what}, {rate:,.0f} a second, {left}"
        sys.stderr.write(f"\r{line:<{self._width}}")
        sys.stderr.flush()
        self._width = len(line)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the line."""
        if self._width:
            sys.stderr.write("\n")
