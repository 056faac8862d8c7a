"""Sentence ends in punctuated text: marks, abbreviations, quotes, line breaks."""

from __future__ import annotations

import re
from typing import Final

Span = tuple[int, int]

FRAGMENT_WORDS: Final = 2
_TOKEN: Final = re.compile(r"\S+")
# "fixed it.Then he", and marks that are never followed by a space.
_GLUED: Final = re.compile(r"(?<=[a-z][a-z])[.!?]+(?=[A-Z][a-z]|I(?![\w.]))|[。！？]+(?!$)")  # noqa: RUF001 - full-width marks are meant
_ADDRESS: Final = re.compile(r"[/@\\]|www\.")
_MARKS: Final = ".!?…。！？"  # noqa: RUF001 - full-width marks are meant
_CLOSERS: Final = "\"'”’»)]}*_~"  # noqa: RUF001 - typographic quotes are meant
_BULLETS: Final = frozenset("-–—•*·>&+|")  # noqa: RUF001 - dashes are meant
_LINE_ENDS: Final = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
_WRAPPED_LINE: Final = 60
_LIST_DIGITS: Final = 3  # "12. Open the page" is numbered; "400228. Gave it to you" is not

# Always followed by what they belong to.
_LEADING: Final = re.compile(r"mrs?|m[sx]|dr|prof|rev|gen|sgt|capt|lt|col|hon|mt|ft|e\.?g|i\.?e|vs|cf|approx|fig|ext")
# May end a sentence: they do when a capital follows.
_TRAILING: Final = re.compile(r"etc|inc|ltd|co|corp|[js]r|dept|vol|pp|max|est|acct|ref|qty|tel|st|ave|rd|blvd|cont|incl")
# Belong to a number that follows ("no. 5", "jan. 31"); otherwise they end a sentence ("since tues. nobody rang").
_BEFORE_NUMBER: Final = re.compile(r"nos?|mins?|hrs?|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tues?|weds?|thurs?|fri")
# After these a single capital with a full stop ends a sentence ("plan B. We"); before other words it is an initial ("J. Doe").
_OPENERS: Final = re.compile(r"i|we|you|s?he|it|they|the|an?|this|that|these|those|if|so|but|and|then|there|my|our|your|what|why")
_INITIALS: Final = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")


def tokenize(text: str) -> list[Span]:
    """Finds the runs of characters other than white space, cut further where two sentences touch.

    Returns:
        Half-open spans in code points, in order.
    """
    spans = [match.span() for match in _TOKEN.finditer(text)]
    if _GLUED.search(text) is None:
        return spans
    cut: list[Span] = []
    for start, end in spans:
        token = text[start:end]
        first = 0
        if not _ADDRESS.search(token):
            for match in _GLUED.finditer(token):
                cut.append((start + first, start + match.end()))
                first = match.end()
        cut.append((start + first, end))
    return cut


def has_word(token: str) -> bool:
    """Whether a token holds a letter or digit, and so counts as a word."""
    return token.isalnum() or any(character.isalnum() for character in token)


def sentence_breaks(text: str, tokens: list[Span], words: list[str]) -> list[int]:
    """Finds where sentences begin, by marks and line breaks alone.

    Args:
        text: the turn.
        tokens: spans from `tokenize`.
        words: their text.

    Returns:
        Indices of the tokens, other than the first, that begin a sentence; ascending.
    """
    breaks: list[int] = []
    line_start = 0
    first = 0
    pending = False
    for index in range(1, len(tokens)):
        gap_start, gap_end = tokens[index - 1][1], tokens[index][0]
        following = words[index]
        if gap_end - gap_start != 1 or text[gap_start] != " ":
            lines = len(_LINE_ENDS.findall(text, gap_start, gap_end))
            if lines:
                soft = lines == 1 and gap_start - line_start >= _WRAPPED_LINE and following[0].islower()
                line_start = gap_end
                if not soft:
                    breaks.append(index)
                    first, pending = index, False
                    continue
        word = words[index - 1]
        if word[-1].isalnum() and not pending:
            continue
        pending = pending or _ends_sentence(words, index - 1, first)
        if pending and not _is_trailing_symbol(following):
            breaks.append(index)
            first, pending = index, False
    return breaks


def _is_trailing_symbol(token: str) -> bool:
    """Whether a token is an emoji, an emoticon or a further mark, which belong to the sentence before."""
    return token not in _BULLETS and not has_word(token) and token[0] not in "\"'“‘(["  # noqa: RUF001 - quotes are meant


def _ends_sentence(words: list[str], index: int, first: int) -> bool:
    """Whether a sentence that began at token `first` ends with token `index` (never the last one)."""
    word = words[index]
    bare = word.rstrip(_CLOSERS)
    if not bare or bare[-1] not in _MARKS:
        return False
    initial = _first_letter(words[index + 1])
    if len(bare) < len(word) and initial.islower():
        return False
    body = bare.rstrip(_MARKS)
    marks = bare[len(body) :]
    if marks != ".":
        return _strong_mark_ends(marks, words[index + 1])
    return _full_stop_ends(body.lstrip("\"'“‘([*_").lower(), initial, words, index, first)  # noqa: RUF001 - quotes are meant


def _strong_mark_ends(marks: str, following: str) -> bool:
    """Whether `?`, `!` or an ellipsis ends a sentence; an ellipsis does before a capital other than that of "I"."""
    if marks.strip(".…"):
        return True
    return _first_letter(following).isupper() and re.match(r"\W*I\b", following) is None


def _full_stop_ends(body: str, initial: str, words: list[str], index: int, first: int) -> bool:
    """Whether a single full stop after `body` (lower case) ends a sentence."""
    if _LEADING.fullmatch(body):
        return False
    opener = _OPENERS.fullmatch(words[index + 1].partition("'")[0].lower()) is not None
    if _TRAILING.fullmatch(body) or _INITIALS.fullmatch(body):
        return initial.isupper() or (opener and "." not in body)
    if len(body) == 1 and body != "i" and words[index].lstrip(_CLOSERS)[:1].isupper():
        return opener
    if _BEFORE_NUMBER.fullmatch(body) and initial.isdigit():
        return False
    return not (body.isdigit() and len(body) < _LIST_DIGITS and index == first)


def _first_letter(token: str) -> str:
    """The first letter or digit of a token, or an empty string."""
    if token[0].isalnum():
        return token[0]
    return next((character for character in token if character.isalnum()), "")


def join_fragments(pieces: list[tuple[int, int]], words: list[str]) -> list[tuple[int, int]]:
    """Joins pieces of one or two words to what follows (at the end of the turn: to what precedes), those without a word to what precedes.

    Args:
        pieces: half-open ranges of tokens, without gaps.
        words: the text of the tokens.

    Returns:
        Ranges that cover the same tokens.
    """
    joined: list[tuple[int, int]] = []
    open_from: int | None = None
    spoken = 0
    for first, last in pieces:
        start, carried = (first, 0) if open_from is None else (open_from, spoken)
        spoken = carried + _count_words(words, first, last)
        if spoken == 0 and joined:
            joined[-1] = (joined[-1][0], last)
        elif spoken <= FRAGMENT_WORDS:
            open_from = start
        else:
            joined.append((start, last))
            open_from = None
    if open_from is not None:
        start = joined.pop()[0] if joined else open_from
        joined.append((start, pieces[-1][1]))
    return joined


def _count_words(words: list[str], first: int, last: int) -> int:
    """Words in a stretch, counted only as far as the question "is it a fragment?" needs."""
    count = 0
    for index in range(first, last):
        count += has_word(words[index])
        if count > FRAGMENT_WORDS:
            break
    return count
