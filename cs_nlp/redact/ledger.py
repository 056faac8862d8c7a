"""Which placeholder stands for what within one transcript."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from cs_nlp.redact.found import Found
from cs_nlp.redact.pseudonyms import normalise_name
from cs_nlp.redact.runs import find_runs
from cs_nlp.redact.wordlists import is_common, is_in

_DIGIT_KINDS: Final = frozenset({"PHONE", "CARD", "ACCOUNT", "NATIONAL"})
_SAID: Final = tuple(
    (re.compile(rf"\s*\b{word}\b\s*"), sign)
    for word, sign in (("at", "@"), ("dot", "."), ("point", "."), ("underscore", "_"), ("dash", "-"), ("hyphen", "-"))
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_SHORTEST: Final = 3
_NATIONAL_DIGITS: Final = 9
"""Last digits by which telephone numbers are compared: those before them are the country's and the trunk's, which are said or not."""
_DIGIT: Final = re.compile(r"\d")


class Ledger:
    """Numbers the findings of one transcript, so that the same thing has the same placeholder in all its texts.

    A name and a part of it (`Priya Nair`, `Priya`) count as the same, as long as one known name fits; a telephone number and the
    same one spoken do too. Keep a ledger no longer than the transcript is being redacted: it holds what was removed.

    Args:
        names: names known beforehand, as those of the speakers. They are also found where nothing else gives them away.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._numbers: dict[tuple[str, str], int] = {}
        self._last: dict[str, int] = {}
        self._names: list[tuple[set[str], int]] = []
        self._known: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        for name in names:
            self.learn(name)

    def reserve(self, kind: str, number: int) -> None:
        """Leaves a number to a mark that a text already holds."""
        self._last[kind] = max(self._last.get(kind, 0), number)

    def placeholder(self, kind: str, surface: str) -> str:
        """The placeholder for a finding, as `[PHONE_2]`.

        Args:
            kind: one of `KINDS`.
            surface: the words that it replaces.
        """
        number = self._name_number(surface) if kind == "NAME" else self._number(kind, _key(kind, surface))
        return f"[{kind}_{number}]"

    def learn(self, name: str) -> None:
        """Takes a name to be found wherever it is said again.

        Words that are common as well and words with digits are not learnt; of an e-mail address only what stands before the `@`.
        """
        for part in name.partition("@")[0].split():
            if _DIGIT.search(part):
                continue
            for match in _WORD.finditer(part):
                word = match[0].casefold()
                if len(word) >= _SHORTEST and not is_common(word) and not is_in("either", word):
                    self._known.add(word)
                    self._pattern = None

    def find_known(self, text: str) -> list[Found]:
        """Finds the names that were learnt, whatever their case."""
        if not self._known:
            return []
        if self._pattern is None:
            longest_first = sorted(self._known, key=lambda word: (-len(word), word))
            self._pattern = re.compile(rf"(?<![\w@.])(?:{'|'.join(map(re.escape, longest_first))})(?![\w@]|\.\w)", re.IGNORECASE)
        return [Found(*match.span(), "NAME", 0.55) for match in self._pattern.finditer(text)]

    def _number(self, kind: str, key: str) -> int:
        if (kind, key) not in self._numbers:
            self._last[kind] = self._numbers[kind, key] = self._last.get(kind, 0) + 1
        return self._numbers[kind, key]

    def _name_number(self, surface: str) -> int:
        parts = set(normalise_name(surface).replace("\u2019", "'").split())
        fitting = [entry for entry in self._names if parts <= entry[0] or entry[0] <= parts]
        if len(fitting) == 1:
            fitting[0][0].update(parts)
            return fitting[0][1]
        same = [number for known, number in fitting if known == parts]
        if same:
            return same[0]
        self._last["NAME"] = self._last.get("NAME", 0) + 1
        self._names.append((parts, self._last["NAME"]))
        return self._last["NAME"]


def _key(kind: str, surface: str) -> str:
    """How a finding is compared: digits for numbers, however they are written or spoken; signs for spoken e-mail addresses."""
    low = normalise_name(surface)
    if kind in _DIGIT_KINDS:
        digits = "".join(run.value for run in find_runs(low))
        return (digits[-_NATIONAL_DIGITS:] if kind == "PHONE" else digits) or low
    if kind == "EMAIL":
        for pattern, sign in _SAID:
            low = pattern.sub(sign, low)
        return low.replace(" ", "")
    return low
