"""Which statements a figure is of: where they were said, how they are written, and the same statements changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import Channel, LabelledStatement

FEWEST: Final = 20
"""Statements without which a slice is left out."""

_MEDIA: Final = MappingProxyType(
    {
        "call": ("call", "rude", "retold"),
        "chat": ("chat", "cs", "social", "email"),
        "story": ("story", "cand", "staffweb", "review"),
        "team_chat": ("team_chat",),
    }
)
_MEDIUM_OF: Final = {kind: medium for medium, kinds in _MEDIA.items() for kind in kinds}

# Of text without capitals, this alone says that somebody typed it: recognisers write words, apostrophes and hyphens only.
_TYPED = re.compile(r"[^\w\s'\u2019\-]")
_CHATTY = re.compile(
    r"(?<!\w)[@#]\w|https?://|[!?]{2,}|\.{2,}|…|[\U0001F300-\U0001FAFF\u2600-\u27BF]|(?<!\w)[:;]-?[()DP]|<3"
    r"|\b(?:i|u|ur|pls|plz|thx|lol|lmao|omg|tbh|idk|smh|wtf|btw|imo|ngl|ppl|cuz|asap|fyi|dm|haha|gonna|wanna|gotta|dunno|kinda)\b"
)


def medium_of(item: LabelledStatement) -> str:
    """Where it was said, by the data set's `kind`, else by its channel.

    Returns:
        `call` (spoken to a customer, also as somebody retold it), `chat` (written to a customer: chat, mail, replies in public), `story`
        (written about work for others to read: posts, blogs, reviews) or `team_chat` (written among staff).
    """
    return _MEDIUM_OF.get(item.slices.get("kind", ""), "call" if item.channel is Channel.CALL else "team_chat")


def style_of(text: str) -> str:
    """How a statement is written, told from its text alone.

    Returns:
        `asr`, as a speech recogniser writes it: no capital and no mark but apostrophes and hyphens; `chat`, typed in haste: no capital
        at the start, no mark at the end, or a sign of chat (`@name`, `#tag`, link, emoji, smiley, dots, doubled marks, a lower-case "i",
        "thx" and the like); else `clean`. It agrees with the style that the corpus's writers gave in 90 to 96 % of its statements; what
        it misses is mostly chat without capitals and marks, which it takes for recogniser text.
    """
    text = text.strip()
    has_capital = any(sign.isupper() for sign in text)
    if not has_capital and not _TYPED.search(text):
        return "asr"
    if not has_capital or text[0].islower() or text[-1].isalnum() or _CHATTY.search(text):
        return "chat"
    return "clean"


def rows_by_slice(statements: Sequence[LabelledStatement]) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """Each slice's name and rows: context, the data set's own columns, `medium` and `style`; those with fewer than `FEWEST` left out.

    Statements without a `style` get that of `style_of`.
    """
    named = [_named(item) for item in statements]
    first = ["context=yes", "context=no"]
    names = [*first, *sorted({name for one in named for name in one}.difference(first))]
    for name in names:
        rows = np.flatnonzero([name in one for one in named])
        if len(rows) >= FEWEST:
            yield name, rows


def _named(item: LabelledStatement) -> set[str]:
    columns = {"style": style_of(item.text), **item.slices, "medium": medium_of(item), "context": "no" if item.context is None else "yes"}
    return {f"{key}={value}" for key, value in columns.items()}


def hide_context(item: LabelledStatement) -> LabelledStatement:
    """The statement alone."""
    return replace(item, context=None)


def as_recognised(item: LabelledStatement) -> LabelledStatement:
    """The statement and its context as a speech recogniser would write them: small letters, no marks but apostrophes and hyphens."""
    return replace(item, text=_recognised(item.text), context=None if item.context is None else _recognised(item.context))


CHANGES: Final[MappingProxyType[str, Callable[[LabelledStatement], LabelledStatement]]] = MappingProxyType(
    {"context_hidden": hide_context, "recogniser_text": as_recognised}
)
"""What the same statements are measured with as well; each measured on those that it changes."""


def _recognised(text: str) -> str:
    return " ".join(_TYPED.sub(" ", text.lower()).split()) or text
