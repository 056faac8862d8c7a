"""Personal names: by the words around them, by lists of first names, and by what a model of names proposes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from cs_nlp.redact.found import Found
from cs_nlp.redact.name_cues import TITLES, Strength, cued_places, only_spells, spelled_names
from cs_nlp.redact.runs import SPOKEN
from cs_nlp.redact.wordlists import APOSTROPHE, brands, is_common, is_in, listed

_TOKEN: Final = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_POSSESSIVE: Final = re.compile(r"['\u2019]s?$")
_PARTICLES: Final = listed("de da dela del della di la le van von der den bin binti ibn al el o mc mac ní ni nic ó st")
_SURNAME_PARTICLES: Final = listed("o mc mac")
_JOINERS: Final = listed("of and the")
_MONTHS: Final = listed("april may june august summer autumn")
_NEVER: Final = (
    listed(
        "hi hello hey hiya goodbye dear thanks cheers i i'm i'll i've i'd god lord ok okay um uh er yeah yes no po mam na pls please mate"
    )
    | listed("love darling darl pal monday tuesday wednesday thursday friday saturday sunday january february march july september october")
    | listed("november december english everyone everybody anyone someone nobody somebody anybody here channel all team support billing")
    | listed("sales admin there guys folks hon")
    | TITLES
)
_BEFORE_PLACES: Final = listed(
    "in at to from near until till of the our your their this that a an across via into past around between over"
)
_MAX_WORDS: Final = 4
_SHORTEST_UNKNOWN: Final = 3
_FEWEST_SHOUTED: Final = 3
_OPENING: Final = " \t\"'\u201c\u2018("


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    text: str

    @property
    def low(self) -> str:
        return self.text.lower().replace(APOSTROPHE, "'")

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()


def find_names(text: str, proposed: Iterable[tuple[int, int]] = ()) -> list[Found]:
    """Finds personal names.

    Args:
        text: any string; marks covered (see `marks.cover_marks`).
        proposed: stretches that a model of names takes for persons.

    Returns:
        Stretches without titles and possessive endings; they may overlap.
    """
    tokens = [_to_word(match) for match in _TOKEN.finditer(text)]
    spelled = [Found(start, end, "NAME", 0.7) for start, end in spelled_names(text)]
    if not tokens:
        return spelled
    reader = _Reader(text, tokens, [(start, start + len(text[start:end].partition("\n")[0])) for start, end in proposed])
    return [*reader.cued(), *reader.listed(), *reader.modelled(), *spelled]


def model_may_help(text: str) -> bool:
    """Whether a text has a capital word that neither the lists nor the common words explain: only then is the model worth its time."""
    for match in _TOKEN.finditer(text):
        low = match[0].lower().replace(APOSTROPHE, "'")
        if match[0][0].isupper() and low not in _NEVER and not _is_sure(low) and (_is_either(low) or not is_common(low)):
            return True
    return False


def _to_word(match: re.Match[str]) -> _Word:
    bare = _POSSESSIVE.sub("", match[0]) or match[0]
    return _Word(match.start(), match.start() + len(bare), bare)


def _is_surname(low: str) -> bool:
    return is_in("surnames", low)


def _is_sure(low: str) -> bool:
    return is_in("first_names", low)


def _is_either(low: str) -> bool:
    return is_in("either", low)


class _Reader:
    """Reads one text: its words, their case, which of them open a sentence, and where the model proposes a person."""

    def __init__(self, text: str, tokens: list[_Word], proposed: list[tuple[int, int]]) -> None:
        self.text = text
        self.tokens = tokens
        self.proposed = proposed
        self.at = {token.start: index for index, token in enumerate(tokens)}
        self.brands = [match.span() for match in brands().finditer(text)]
        self.shouted = len(tokens) >= _FEWEST_SHOUTED and text.upper() == text
        self.cased = not self.shouted and any(token.is_capital for token in tokens)

    def cued(self) -> Iterator[Found]:
        """Names that the words around them announce."""
        for place, strength in cued_places(self.text):
            index = self.at.get(place)
            if index is not None:
                yield from self._taken(index, strength)

    def listed(self) -> Iterator[Found]:
        """First names of the lists: those that are nothing else, and others before a capital surname."""
        for index, token in enumerate(self.tokens):
            if _is_sure(token.low):
                inside_a_word = self.text[max(0, token.start - 1) : token.start] in {"-", "."}
                if token.is_capital or not inside_a_word:
                    yield from self._taken(index, Strength.WEAK)
            elif _is_either(token.low) and token.is_capital and not self.shouted and self._precedes_surname(index):
                yield from self._taken(index, Strength.WEAK)

    def modelled(self) -> Iterator[Found]:
        """What the model proposes, as far as it is written like a name and isn't made of common words."""
        for start, end in self.proposed:
            inside = [index for index, token in enumerate(self.tokens) if start <= token.start and token.end <= end]
            while inside and self.tokens[inside[0]].low in _NEVER:
                inside.pop(0)
            if inside and not self.shouted and not self._in_brand(self.tokens[inside[0]]) and self._is_model_name(inside):
                yield self._found(inside[0], inside[-1], 0.6)

    def _is_model_name(self, inside: list[int]) -> bool:
        tokens = [self.tokens[index] for index in inside]
        if len(tokens) > _MAX_WORDS or not all(token.is_capital or token.low in _PARTICLES for token in tokens):
            return False
        if re.search(r"[\d_]", self.text[tokens[0].start : tokens[-1].end]):
            return False
        first = tokens[0].low
        if _is_sure(first) or (len(tokens) > 1 and _is_either(first)):
            return True
        if _is_either(first):
            return not self._opens(inside[0]) and first not in _MONTHS
        return len(first) >= _SHORTEST_UNKNOWN and not is_common(first) and not self._is_place(inside[0])

    def _is_place(self, index: int) -> bool:
        """Whether the word before rather announces a place or a thing; the model takes many of them for persons."""
        return index > 0 and self.tokens[index - 1].low in _BEFORE_PLACES

    def _taken(self, index: int, strength: Strength) -> Iterator[Found]:
        """A name that begins at a token, if the token may be one after words of this strength."""
        if not self._may_begin(index, strength):
            return
        last = index
        while last + 1 < len(self.tokens) and last - index + 1 < _MAX_WORDS and self._may_follow(last, strength):
            last += 1
        while last > index and self.tokens[last].low in _PARTICLES:
            last -= 1
        yield self._found(index, last, 0.5 + 0.1 * strength)

    def _may_begin(self, index: int, strength: Strength) -> bool:
        token = self.tokens[index]
        low = token.low
        if low in _NEVER or low in SPOKEN or self._in_brand(token) or only_spells(self.text, token.start):
            return False
        capital = token.is_capital and self.cased
        if _is_sure(low) or (strength == Strength.CERTAIN and low not in _JOINERS):
            return True
        within = capital and not self._opens(index)
        if strength >= Strength.FAIR and (self._may_be_announced(low, capital=capital) or (within and strength == Strength.STRONG)):
            return True
        if not within or low in _MONTHS or (is_common(low) and not _is_either(low)):
            return False
        return len(low) >= _SHORTEST_UNKNOWN and (self._is_proposed(token) or (not _is_either(low) and _is_surname(low)))

    def _may_be_announced(self, low: str, *, capital: bool) -> bool:
        """Whether a word that is no sure first name may be one after `Mrs`, `my name is` and the like."""
        if len(low) == 1:
            return capital or low in _PARTICLES
        written = capital or not self.cased
        return written if _is_either(low) else not is_common(low) and (written or _is_surname(low))

    def _may_follow(self, last: int, strength: Strength) -> bool:
        """Whether the next token goes on with the name that ends at `last`."""
        token, following = self.tokens[last], self.tokens[last + 1]
        between = self.text[token.end : following.start]
        after_initial = len(token.text) == 1 and token.is_capital and between in {". ", "."}
        low = following.low
        if between not in {" ", "-"} and not after_initial:
            return False
        if low in _NEVER or low in _JOINERS or (low in SPOKEN and low != "o") or self._in_brand(following):
            return False
        if low in _PARTICLES and last + 2 < len(self.tokens):
            beyond = self.tokens[last + 2]
            return beyond.is_capital or beyond.is_capital == following.is_capital
        if following.is_capital and self.cased:
            return not is_common(low) or len(low) == 1 or _is_either(low) or self._is_proposed(following)
        return not (token.is_capital and self.cased) and not is_common(low) and self._continues(token, low, strength)

    def _continues(self, token: _Word, low: str, strength: Strength) -> bool:
        """Whether a word without a capital goes on with a name."""
        if strength == Strength.STRONG or _is_surname(low) or token.low in _SURNAME_PARTICLES:
            return True
        return strength == Strength.FAIR and _is_sure(low)

    def _precedes_surname(self, index: int) -> bool:
        """Whether a capital surname comes next, as in `Grace Okafor`."""
        if index + 1 >= len(self.tokens) or self._in_brand(self.tokens[index]):
            return False
        token, following = self.tokens[index], self.tokens[index + 1]
        apart = self.text[token.end : following.start] != " "
        return not apart and following.is_capital and not is_common(following.low) and _is_surname(following.low)

    def _found(self, first: int, last: int, score: float) -> Found:
        return Found(self.tokens[first].start, self.tokens[last].end, "NAME", score)

    def _is_proposed(self, token: _Word) -> bool:
        return any(start <= token.start and token.end <= end for start, end in self.proposed)

    def _in_brand(self, token: _Word) -> bool:
        return any(start <= token.start and token.end <= end for start, end in self.brands)

    def _opens(self, index: int) -> bool:
        """Whether a token begins the text or a sentence."""
        before = self.text[: self.tokens[index].start].rstrip(_OPENING)
        return not before or before[-1] in ".!?:\n"
