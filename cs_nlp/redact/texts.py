"""A redacted text and how its offsets relate to those of the text before."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the original text that was replaced.

    Attributes:
        start: offset into the original text; `end`: end of the half-open stretch.
        kind: one of `KINDS`.
        placeholder: what stands there now, as `[NAME_1]`.
    """

    start: int
    end: int
    kind: str
    placeholder: str


@dataclass(frozen=True, slots=True)
class RedactedText:
    """A text without what should not be kept.

    The original is not held here, so that this record can be stored and logged.

    Attributes:
        text: the text with placeholders.
        spans: what was replaced, in order, not overlapping, in offsets of the original text.
    """

    text: str
    spans: tuple[Span, ...]

    def new_start(self, offset: int) -> int:
        """Where a stretch that began at `offset` in the original begins now; inside a replaced stretch: at its placeholder's start."""
        return self._move(offset, end=False)

    def new_end(self, offset: int) -> int:
        """Where a stretch that ended before `offset` in the original ends now; inside a replaced stretch: at its placeholder's end."""
        return self._move(offset, end=True)

    def _move(self, offset: int, *, end: bool) -> int:
        before = bisect_right([span.start for span in self.spans], offset - 1 if end else offset)
        shift = sum(len(span.placeholder) - (span.end - span.start) for span in self.spans[:before])
        if before:
            last = self.spans[before - 1]
            if offset < last.end:
                placeholder_end = last.end + shift
                return placeholder_end if end else placeholder_end - len(last.placeholder)
        return offset + shift


def replace(original: str, spans: Iterable[Span]) -> RedactedText:
    """Puts placeholders where the spans are.

    Args:
        original: the text before.
        spans: not overlapping, in any order.

    Returns:
        The redacted text.
    """
    ordered = tuple(sorted(spans, key=lambda span: span.start))
    pieces: list[str] = []
    position = 0
    for span in ordered:
        pieces += [original[position : span.start], span.placeholder]
        position = span.end
    return RedactedText("".join([*pieces, original[position:]]), ordered)
