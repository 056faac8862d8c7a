"""E-mail addresses, written and spoken, and links that carry an id."""

from __future__ import annotations

import re
from typing import Final

from cs_nlp.redact.found import Found
from cs_nlp.redact.runs import SPOKEN
from cs_nlp.redact.wordlists import listed

_EMAIL: Final = re.compile(
    r"(?<![\w.+-])[\w!#$%&*+/=?^`{|}~-][\w.!#$%&'*+/=?^`{|}~-]{0,63}@[^\W_][\w-]{0,62}(?:\.[^\W_][\w-]{0,62}){1,8}"
    r"|(?<![\w.+-])[\w+-]+(?:(?:\.|\s?[\[(]dot[\])]\s?)[\w+-]+)*\s?(?:@|[\[(]at[\])])\s?[\w-]+(?:\s?(?:\.|[\[(]dot[\])])\s?[\w-]{2,})+",
    re.IGNORECASE,
)
_TOP: Final = r"com|co|org|net|edu|gov|info|biz|io|me|uk|ie|au|nz|in|ph|de|us|ca|za|ng|sg|eu|example|test|local"
_SPOKEN_DOMAIN: Final = re.compile(
    rf"\bat\s+(?:[a-z0-9]+(?:\s+(?:dash|hyphen|dot|point)\s+|\s+)){{1,5}}?(?:dot|point)\s+(?:{_TOP})\b(?:\s+(?:dot|point)\s+(?:{_TOP})\b)*"
    rf"|\bat\s+[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:{_TOP})\b",
    re.IGNORECASE,
)
_WORD_BEFORE: Final = re.compile(r"([^\s,;:!?]+)\s+$")
_TIMES: Final = listed("double triple treble")
_CONNECTORS: Final = listed("dot underscore dash hyphen point plus")
_NOT_LOCAL: Final = (
    listed(
        "is it's its that's thats email email's emails e-mail address id to the my me on so and yes yeah yep um uh er okay ok right well"
    )
    | listed(
        "at in by for with from or sent send write contact reach get it was as use under office one's i'm you can looking look meet are be"
    )
    | listed("mail we him her them us po sir madam please")
)
_NOT_DOMAIN: Final = listed("and the then it is was so that this with for of on to you we they he she")
_MAX_LOCAL_WORDS: Final = 9
_MAX_PLAIN_WORDS: Final = 2
_LINK_SIGNS: Final = r"[^\s<>\"'`\ufffc]+"
_URL: Final = re.compile(
    rf"(?:\b(?:https?|ftp)://|\bwww\.){_LINK_SIGNS}|(?<![\w@.-])(?:[a-z0-9-]{{1,63}}\.){{1,6}}[a-z]{{2,24}}/{_LINK_SIGNS}", re.IGNORECASE
)
_SEGMENT_WITH_ID: Final = re.compile(r"\d{4,}|(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{7,}|[=@]|%40")
_STOP: Final = ".,;:!?)]}"


def find_emails(text: str) -> list[Found]:
    """Finds `j.smith@example.com`, `j.smith (at) example.com` and `j dot smith at example dot com`."""
    found = [Found(*match.span(), "EMAIL", 0.95) for match in _EMAIL.finditer(text)]
    for match in _SPOKEN_DOMAIN.finditer(text):
        start = _local_start(text, match.start())
        if start < match.start() and _NOT_DOMAIN.isdisjoint(match[0].lower().split()[1:]):
            found.append(Found(start, match.end(), "EMAIL", 0.95))
    return found


def _local_start(text: str, at: int) -> int:
    """Where the part before a spoken `at` begins.

    Goes back over digits, letters, and words joined by `dot` and the like, and over at most two plain words (`sarah jones eighty two`),
    up to a word that introduces an address (`email`, `is`, `on`).
    """
    start, plain, joined = at, 0, False
    for _ in range(_MAX_LOCAL_WORDS):
        match = _WORD_BEFORE.search(text[max(0, start - 64) : start])
        word = "" if match is None else match[1].lower()
        if match is None or word in _NOT_LOCAL or not any(map(str.isalnum, word)):
            break
        is_piece = word in _CONNECTORS or word in SPOKEN or len(word) == 1 or word.isdecimal() or word in _TIMES
        if not is_piece and not joined:
            if plain == _MAX_PLAIN_WORDS:
                break
            plain += 1
        joined = word in _CONNECTORS
        start -= len(match[0])
    return start


def find_urls(text: str) -> list[Found]:
    """Finds links whose path or query carries an id: four digits in a row, a long mix of letters and digits, or `key=value`."""
    found = []
    for match in _URL.finditer(text):
        link = match[0].rstrip(_STOP)
        path = re.sub(r"^(?:\w+://)?[^/?#]*", "", link)
        if _SEGMENT_WITH_ID.search(path):
            found.append(Found(match.start(), match.start() + len(link), "URL", 0.97))
    return found
