"""Answers that take long to make, kept until what they are made of has changed; made once, however many ask at the same moment."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

T = TypeVar("T")
MOST: Final = 256
"""Answers to questions that readers choose."""
KEPT: Final = 10_000
"""Answers to questions of which there are a few for each team: nobody can drive them out by asking others."""


@dataclass(slots=True)
class _Entry:
    mark: str | None = None
    value: Any = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Remembered:
    """Keeps answers.

    Args:
        most: how many; those not asked for longest go first.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, mark: str, make: Callable[[T | None], T]) -> T:
        """An answer.

        Args:
            key: what is asked, with whose it is.
            mark: stays the same as long as the answer does.
            make: makes it, from the answer before if there was one.
        """
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            if len(self._entries) > self._most:
                self._entries.popitem(last=False)
        with entry.lock:
            if entry.mark != mark:
                entry.value = make(cast("T | None", entry.value))
                entry.mark = mark
            return cast("T", entry.value)
