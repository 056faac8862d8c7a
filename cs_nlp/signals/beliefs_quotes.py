"""What a belief is called, and what else is quoted of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cs_nlp.signals.evidence import tells_who

if TYPE_CHECKING:
    from cs_nlp.signals.evidence import Redact

SHORTEST: Final = 4
LONGEST: Final = 25
TRIED: Final = 30
_PLACEHOLDER: Final = re.compile(r"\[[A-Z]+(?:_\d+)?\]")


@dataclass(frozen=True, slots=True)
class Quotable:
    """A statement of a belief.

    Attributes:
        text: as it was said.
        person: who said it, "" where nobody knows; transcript: where.
    """

    text: str
    person: str
    transcript: str


class Quotes:
    """Redacts statements of one belief, the most typical first, as far as they are looked at.

    Args:
        statements: the most typical first.
        redact: takes names and numbers out of texts.
        names: words of the staff's names: what holds one is not quoted.
    """

    def __init__(self, statements: Sequence[Quotable], redact: Redact, names: frozenset[str]) -> None:
        self._statements = statements[:TRIED]
        self._redact = redact
        self._names = names
        self._done: dict[int, str] = {}

    def name(self, known: str = "") -> tuple[int, str]:
        """The statement that names the belief: its place, and its words; (0, "") where none can be quoted.

        Args:
            known: the name that the belief had before: it stays while somebody still says it, word by word.
        """
        if known and (place := next((place for place, text in self._texts() if text == known), None)) is not None:
            return place, known
        fit = self._first(lambda text: SHORTEST <= len(text.split()) <= LONGEST and not _PLACEHOLDER.search(text))
        return fit or self._first(bool) or (0, "")

    def examples(self, name: int, most: int) -> tuple[str, ...]:
        """Further statements, each of another person and another transcript than the others and than the name at place `name`."""
        people, places = {self._statements[name].person}, {self._statements[name].transcript}
        found: list[str] = []
        for place, text in self._texts():
            one = self._statements[place]
            if len(found) < most and one.person not in people and one.transcript not in places:
                people.add(one.person)
                places.add(one.transcript)
                found.append(text)
        return tuple(found)

    def _texts(self) -> Iterator[tuple[int, str]]:
        """Place and words of what can be quoted."""
        for place, one in enumerate(self._statements):
            if place not in self._done:
                (text,) = self._redact([one.text])
                self._done[place] = "" if tells_who(text, self._names) else " ".join(text.split())
            if self._done[place]:
                yield place, self._done[place]

    def _first(self, fits: Callable[[str], bool]) -> tuple[int, str] | None:
        return next(((place, text) for place, text in self._texts() if fits(text)), None)
