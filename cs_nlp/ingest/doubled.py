"""The same words under two speakers: a mono recording on two channels, or a side that hears the other. Counted once."""

from __future__ import annotations

import re
from dataclasses import replace

from cs_nlp.records import Role, Turn

LOOK_BACK = 3
"""Turns back that are compared."""
OVERLAP_S = 2.0
"""Turns that start within so many seconds of one another are said at once."""
WORDS_AT_ONCE = 4
"""Words from which equal turns said at once count as doubled."""
WORDS_WITHOUT_TIMES = 8
"""Words from which equal turns count as doubled where there are no times: people do repeat short sentences."""
NEAR_SHARE = 0.9
"""Share of common words from which turns said at once count as equal: two recognitions of one sound differ a little."""

_WORD = re.compile(r"\w+")


def drop_doubled(turns: list[Turn]) -> tuple[list[Turn], int, int]:
    """Keep one of each pair of turns that say the same under two speakers at once.

    Args:
        turns: of one transcript, in order.

    Returns:
        The turns that stay, newly numbered; the number dropped; and the number of those that stay whose role became unknown
        since the dropped one stated another role: the file contradicts itself there.
    """
    kept: list[Turn] = []
    words: list[list[str]] = []
    dropped, contradicted = 0, 0
    for turn in turns:
        mine: list[str] = []
        found = _twin(turn, mine, kept, words)
        if found is None:
            kept.append(turn if turn.index == len(kept) else replace(turn, index=len(kept)))
            words.append(mine)
            continue
        dropped += 1
        if kept[found].role is not turn.role and kept[found].role is not Role.UNKNOWN:
            kept[found] = replace(kept[found], role=Role.UNKNOWN, speaker=None)
            contradicted += 1
    return kept, dropped, contradicted


def _twin(turn: Turn, mine: list[str], kept: list[Turn], words: list[list[str]]) -> int | None:
    """Place of the turn before that says the same; `mine` and `words` are filled with the words of turns when they are needed."""
    length = len(turn.text)
    if length < 2 * WORDS_AT_ONCE - 1:
        return None
    for place in range(len(kept) - 1, max(-1, len(kept) - 1 - LOOK_BACK), -1):
        other = kept[place]
        # A cheap look before words are counted: near-equal texts have near-equal lengths.
        if len(other.text) * 5 < length * 4 or length * 5 < len(other.text) * 4:
            continue
        if other.speaker == turn.speaker and other.role is turn.role:
            continue
        at_once = turn.start_s is not None and other.start_s is not None
        if at_once and abs((turn.start_s or 0.0) - (other.start_s or 0.0)) > OVERLAP_S:
            continue
        mine.extend(() if mine else _WORD.findall(turn.text.casefold()))
        words[place] = words[place] or _WORD.findall(other.text.casefold())
        if _same(mine, words[place], at_once=at_once):
            return place
    return None


def _same(mine: list[str], theirs: list[str], *, at_once: bool) -> bool:
    if mine == theirs:
        return len(mine) >= (WORDS_AT_ONCE if at_once else WORDS_WITHOUT_TIMES)
    shorter = min(len(mine), len(theirs))
    if not at_once or shorter < WORDS_WITHOUT_TIMES or shorter < NEAR_SHARE * max(len(mine), len(theirs)):
        return False
    first, second = set(mine), set(theirs)
    return len(first & second) >= NEAR_SHARE * len(first | second)
