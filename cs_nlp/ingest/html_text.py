"""The words of an HTML message."""

from __future__ import annotations

import html
import re

_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^<>]{0,300}>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")
_BLANK_LINES = re.compile(r"[ \t\xa0]*\n\s*")
_QUOTED = ("blockquote", "style", "script", "head")


def html_to_text(source: str) -> str:
    """The words of an HTML message, a line for each paragraph; quoted messages (`blockquote`), styles and scripts are left out."""
    if "<" in source:
        for name in _QUOTED:
            source = _without(source, name)
        source = _TAG.sub("", _BREAK.sub("\n", source))
    return _BLANK_LINES.sub("\n", html.unescape(source)).strip()


def _without(source: str, name: str) -> str:
    """The text without the elements of a name; one that is not closed goes to the end."""
    lower = source.lower()
    if f"<{name}" not in lower or len(lower) != len(source):
        return source
    kept: list[str] = []
    at = 0
    while (start := lower.find(f"<{name}", at)) >= 0:
        kept.append(source[at:start])
        end = lower.find(f"</{name}", start)
        closed = lower.find(">", end) if end >= 0 else -1
        at = closed + 1 if closed >= 0 else len(source)
    kept.append(source[at:])
    return "".join(kept)
