"""Recognised words put together into turns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

PAUSE_S: Final = 1.5
"""A pause longer than this ends a stretch: what comes then is said anew."""
LONG_CHARS: Final = 600
"""A stretch longer than this ends with its sentence, so that its times still help to find the place in the recording."""
_NO_SPACE_BEFORE = frozenset(".,?!;:%)]}\u2019\u201d\u3002\uff0c\uff1f\uff01")


@dataclass(slots=True)
class Word:
    """A recognised word.

    Attributes:
        text: the word.
        start_s, end_s: seconds, or None where the recogniser gives none (punctuation).
        speaker: label of the speaker, or None where the recogniser gives none: then the one before goes on.
        glued: whether it belongs to the word before without a space (punctuation).
    """

    text: str
    start_s: float | None = None
    end_s: float | None = None
    speaker: str | None = None
    glued: bool = False


@dataclass(slots=True)
class Stretch:
    """Words that one speaker said at once."""

    speaker: str | None
    start_s: float | None
    end_s: float | None
    parts: list[str] = field(default_factory=list)
    length: int = 0

    @property
    def text(self) -> str:
        """The words, spaces between them."""
        return "".join(self.parts).strip()

    def take(self, word: Word) -> None:
        """Add a word."""
        glued = word.glued or word.text[:1] in _NO_SPACE_BEFORE
        self.parts.append(word.text if glued else f" {word.text}")
        self.length += len(word.text) + 1
        self.start_s = word.start_s if self.start_s is None else self.start_s
        self.end_s = word.end_s if word.end_s is not None else self.end_s

    def ends_before(self, word: Word) -> bool:
        """Whether a word begins another stretch."""
        if word.glued:
            return False
        if word.speaker is not None and word.speaker != self.speaker:
            return self.speaker is not None or bool(self.parts)
        if word.start_s is not None and self.end_s is not None and word.start_s - self.end_s > PAUSE_S:
            return True
        return self.length > LONG_CHARS and self.parts[-1][-1:] in ".?!"


def stretches(words: Iterable[Word]) -> Iterator[Stretch]:
    """Put words together until the speaker changes, a long pause comes, or the stretch grows long.

    Args:
        words: in order of speech; those without text are left out.
    """
    current: Stretch | None = None
    for word in words:
        text = word.text.strip()
        if not text:
            continue
        word.text = text
        if current is None or current.ends_before(word):
            if current is not None:
                yield current
            current = Stretch(word.speaker if word.speaker is not None or current is None else current.speaker, None, None)
        current.take(word)
    if current is not None:
        yield current


def in_order(words: list[Word]) -> list[Word]:
    """Words of several channels by time; a word without time stays behind the one before it."""
    keys: list[float] = []
    last = 0.0
    for word in words:
        last = word.start_s if word.start_s is not None else last
        keys.append(last)
    return [words[place] for place in sorted(range(len(words)), key=keys.__getitem__)]
