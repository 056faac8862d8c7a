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
    words: list[list[str] | None] = []
    dropped, contradicted = 0, 0
    for turn in turns:
        found = _twin(turn, kept, words)
        if found is None:
            kept.append(turn if turn.index == len(kept) else replace(turn, index=len(kept)))
            words.append(None)
            continue
        dropped += 1
        if kept[found].role is not turn.role and kept[found].role is not Role.UNKNOWN:
            kept[found] = replace(kept[found], role=Role.UNKNOWN, speaker=None)
            contradicted += 1
    return kept, dropped, contradicted


def _twin(turn: Turn, kept: list[Turn], words: list[list[str] | None]) -> int | None:
    mine: list[str] | None = None
    for place in range(len(kept) - 1, max(-1, len(kept) - 1 - LOOK_BACK), -1):
        other = kept[place]
        if other.speaker == turn.speaker and other.role is turn.role:
            continue
        at_once = _said_at_once(other, turn)
        if at_once is False or not _lengths_alike(other.text, turn.text, at_once=at_once is True):
            continue
        mine = mine if mine is not None else _WORD.findall(turn.text.casefold())
        theirs = words[place] = words[place] or _WORD.findall(other.text.casefold())
        if _same(mine, theirs, at_once=at_once is True):
            return place
    return None


def _said_at_once(first: Turn, second: Turn) -> bool | None:
    if first.start_s is None or second.start_s is None:
        return None
    return abs(first.start_s - second.start_s) <= OVERLAP_S


def _lengths_alike(first: str, second: str, *, at_once: bool) -> bool:
    """A cheap look before words are counted: near-equal texts have near-equal lengths and enough characters for enough words."""
    shorter, longer = sorted((len(first), len(second)))
    enough = 2 * (WORDS_AT_ONCE if at_once else WORDS_WITHOUT_TIMES) - 1
    return shorter >= enough and shorter >= 0.8 * longer


def _same(mine: list[str], theirs: list[str], *, at_once: bool) -> bool:
    if not at_once:
        return mine == theirs and len(mine) >= WORDS_WITHOUT_TIMES
    shorter, longer = sorted((len(mine), len(theirs)))
    if shorter < WORDS_AT_ONCE:
        return False
    if mine == theirs:
        return True
    common = len(set(mine) & set(theirs))
    return shorter >= WORDS_WITHOUT_TIMES and common >= 0.9 * len(set(mine) | set(theirs)) and shorter >= 0.9 * longer
