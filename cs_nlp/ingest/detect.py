"""Who is the agent in a call of two speakers that states no roles: a guess from what agents and customers say, with its confidence.

It is off unless asked for, never overrules the file or a role map, and leaves roles unknown below `LEAST_CONFIDENCE`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from cs_nlp.records import Channel, Role, Transcript, Turn

LEAST_CONFIDENCE: Final = 0.9
"""Confidence below which roles stay unknown."""
STEEPNESS: Final = 1.0
"""Log-odds for each point of difference between the speakers, fitted on the calls and chats of the project's corpus."""
OPENING_TURNS: Final = 4
"""Turns of each speaker in which greetings and the reason of the call are looked for."""

_OPENING: Final = (
    (3.0, r"\b(?:thank you|thanks) for (?:calling|contacting|reaching|choosing|holding|your patience)"),
    (3.0, r"\bhow (?:can|may|could) (?:i|we) (?:help|assist)\b|\bwhat can i (?:do|help)\b"),
    (2.0, r"\b(?:you're|you are|you've|you have) (?:through to|speaking (?:to|with)|reached|come through)\b|\bspeaking,? how\b"),
    (1.5, r"\bmy name is \w+,? and\b|\bthis is \w+ (?:from|with|at|in) \w+|^[a-z ,]{0,40}\b\w+ speaking\b"),
    (
        -3.0,
        (
            r"\bi(?:'m| am| was)? (?:just )?(?:calling|ringing|phoning|writing|contacting you|getting in touch)"
            r" (?:about|because|to|for|regarding|as|cos)"
        ),
    ),
    (-2.0, r"\bi(?:'ve| have) (?:just )?(?:got|had|received|been (?:charged|billed|waiting|trying|told|on hold))\b"),
    (-2.0, r"\bi(?:'d| would) like to (?:know|cancel|return|speak|change|complain|report|order|book)|\bi (?:want|need) to\b"),
    (-1.5, r"\bmy (?:order|bill|account|card|parcel|delivery|internet|broadband|phone|flight|booking|refund|package|subscription|meter)\b"),
    (-1.5, r"\bi (?:ordered|bought|paid|called|rang|booked|received|purchased)\b|\bcan you (?:help|tell) me\b"),
)
"""Points for being the agent, and patterns in the first turns."""
_ANYWHERE: Final = (
    (2.0, r"\b(?:anything|something) else (?:i|we) can (?:help|do|assist)|\bis there anything else\b"),
    (2.0, r"\b(?:can|could|may) (?:i|you) (?:please )?(?:have|take|get|confirm|give me|verify|provide|tell me) (?:me )?(?:your|the)\b"),
    (
        1.5,
        (
            r"\b(?:let me|i'll|i will|i can|allow me to) (?:just )?"
            r"(?:check|look|pull|see|have a look|bring up|put you|transfer|send you|get that|process|arrange)"
        ),
    ),
    (
        1.5,
        r"\b(?:bear with me|one moment|hold the line|for (?:security|verification)|your (?:account|order|reference|case|ticket) number)\b",
    ),
    (1.5, r"\bi (?:do )?(?:apologi[sz]e|understand (?:your|how|that))|\b(?:sorry (?:about|for|to hear)|apologies for)\b"),
    (
        1.0,
        (
            r"\bi can see (?:here|that|the|your)"
            r"|\bi(?:'ve| have) (?:sent|added|raised|refunded|processed|updated|arranged|cancelled|put (?:a|that))\b"
        ),
    ),
    (1.0, r"\b(?:our (?:policy|system|team|records|end)|on our (?:side|end)|we(?:'ll| will) (?:send|get|be|have|call)|on your account)\b"),
    (-1.0, r"\bmy (?:husband|wife|son|daughter|mum|mother|dad|father|money|bank|address|number is|name's|name is)\b"),
    (
        -1.0,
        (
            r"\b(?:nobody|no one) (?:told|called|rang|answered|has)|\bi(?:'ve| have) (?:already|never|been)\b"
            r"|\byou (?:people|lot|guys)\b|\byou(?:'ve| have) (?:charged|sent|lost)"
        ),
    ),
    (
        -1.0,
        (
            r"\b(?:speak|talk) to (?:a|your) (?:manager|supervisor)|\bi want (?:my|a|it)\b"
            r"|\bthis is (?:ridiculous|unacceptable)|\bthanks for your help\b"
        ),
    ),
)
POSSESSIVE_POINTS: Final = 3.0
"""Points of a speaker who only ever says `your`: agents speak of the customer's things, customers of their own."""
_YOURS, _MINE = re.compile(r"\b(?:your|yours|sir|madam|ma'am)\b"), re.compile(r"\b(?:my|mine)\b")
_PATTERNS: Final = tuple(tuple((points, re.compile(pattern)) for points, pattern in cues) for cues in (_OPENING, _ANYWHERE))


@dataclass(frozen=True, slots=True)
class Guess:
    """Who is the agent, perhaps.

    Attributes:
        agent: the speaker who sounds more like the agent.
        customer: the other one.
        confidence: 0.5 to 1; how sure.
    """

    agent: str
    customer: str
    confidence: float


def guess_roles(turns: Sequence[Turn]) -> Guess | None:
    """Guess who of two speakers is the agent.

    Args:
        turns: of one transcript.

    Returns:
        The guess, or None where there are not exactly two speakers, or any turn of theirs has a role.
    """
    said: dict[str, list[str]] = {}
    for turn in turns:
        if turn.role is not Role.UNKNOWN or turn.speaker is None:
            return None
        said.setdefault(turn.speaker, []).append(turn.text.casefold().replace("\u2019", "'"))
    if len(said) != 2:  # noqa: PLR2004 - a call has two sides
        return None
    (first, first_points), (second, second_points) = ((speaker, _points(texts)) for speaker, texts in said.items())
    confidence = 1 / (1 + math.exp(-STEEPNESS * abs(first_points - second_points)))
    return Guess(first, second, confidence) if first_points >= second_points else Guess(second, first, confidence)


def _points(texts: Sequence[str]) -> float:
    """Points for being the agent; each cue counts once, since a long call repeats them."""
    opening, anywhere = "\n".join(texts[:OPENING_TURNS]), "\n".join(texts)
    cued = sum(
        points for cues, text in zip(_PATTERNS, (opening, anywhere), strict=True) for points, pattern in cues if pattern.search(text)
    )
    yours, mine = len(_YOURS.findall(anywhere)), len(_MINE.findall(anywhere))
    return cued + POSSESSIVE_POINTS * (yours - mine) / (yours + mine + 2)


def with_detected_roles(transcript: Transcript) -> tuple[Transcript, Guess | None]:
    """The transcript with guessed roles where the guess is sure enough; team chat is left alone.

    Returns:
        The transcript, changed or not, and the guess that was made, or None where none could be.
    """
    guess = guess_roles(transcript.turns) if transcript.channel is Channel.CALL else None
    if guess is None or guess.confidence < LEAST_CONFIDENCE:
        return transcript, guess
    roles = {guess.agent: Role.AGENT, guess.customer: Role.CUSTOMER}
    turns = tuple(replace(turn, role=roles[turn.speaker or ""]) for turn in transcript.turns)
    return replace(transcript, turns=turns), guess
