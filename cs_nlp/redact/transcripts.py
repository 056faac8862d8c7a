"""Redaction of whole transcripts and of the statements that are kept of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cs_nlp.records import Channel, Role, Statement, Transcript
from cs_nlp.redact.ledger import Ledger
from cs_nlp.redact.pseudonyms import pseudonym
from cs_nlp.redact.redactor import Redactor
from cs_nlp.redact.texts import RedactedText

# Labels that name the part and not the person.
_PART: Final = re.compile(
    r"(?:agent|advis[oe]r|representative|rep|staff|support|customer|caller|client|user|visitor|guest|bot|ivr|system|unknown|speaker|spk|spkr|channel|ch"
    r"|participant)?[\s_:#-]*(?:\d{1,3}|[a-z])?",
    re.IGNORECASE,
)
_MACHINES: Final = frozenset({Role.BOT, Role.SYSTEM})


@dataclass(frozen=True, slots=True)
class RedactedTranscript:
    """A transcript without what should not be kept.

    Attributes:
        transcript: with the redacted turns.
        turns: for each turn what was replaced, in offsets of the original turn.
    """

    transcript: Transcript
    turns: tuple[RedactedText, ...]

    def move(self, statement: Statement) -> Statement:
        """The same statement in the redacted transcript: offsets and text fit its turn; without context."""
        position = next(n for n, turn in enumerate(self.transcript.turns) if turn.index == statement.turn)
        turn = self.turns[position]
        start, end = turn.new_start(statement.start_char), turn.new_end(statement.end_char)
        return replace(statement, start_char=start, end_char=end, text=turn.text[start:end], context=None)


def redact_transcript(redactor: Redactor, transcript: Transcript, *, speakers: bool = False) -> RedactedTranscript:
    """Redacts all turns of a transcript; speakers that the file names are found in the text as well.

    Args:
        redactor: made once for a process.
        transcript: as read.
        speakers: whether the speakers' own names, and the agent's, get the placeholders that they have in the text. Otherwise they stay
            as they are: see `with_pseudonyms`.
    """
    ledger = Ledger(names_of(transcript))
    done = redactor.redact_texts([turn.text for turn in transcript.turns], ledger=ledger)
    turns = tuple(replace(turn, text=one.text) for turn, one in zip(transcript.turns, done, strict=True))
    redacted = replace(transcript, turns=turns)
    return RedactedTranscript(_with_placeholders(redacted, ledger) if speakers else redacted, tuple(done))


def _with_placeholders(transcript: Transcript, ledger: Ledger) -> Transcript:
    def hide(name: str | None, role: Role) -> str | None:
        if name is None or role in _MACHINES or _is_part(name):
            return name
        kind = "EMAIL" if "@" in name else "NAME" if any(map(str.isalpha, name)) else "PHONE"
        return ledger.placeholder(kind, name)

    turns = tuple(replace(turn, speaker=hide(turn.speaker, turn.role)) for turn in transcript.turns)
    return replace(transcript, turns=turns, agent=hide(transcript.agent, Role.AGENT))


def redact_quotes(redactor: Redactor, transcript: Transcript, statements: Sequence[Statement]) -> tuple[RedactedText, ...]:
    """Redacts the words of statements that are shown or written; what was said before them is only read.

    Args:
        redactor: made once for a process.
        transcript: where they stand; it names the speakers.
        statements: in order.

    Returns:
        The words of each, redacted.
    """
    texts = [statement.text for statement in statements]
    return tuple(redactor.redact_texts(texts, ledger=Ledger(names_of(transcript)), before=[one.context for one in statements]))


def redact_statements(
    redactor: Redactor, transcript: Transcript, statements: Sequence[Statement]
) -> tuple[tuple[Statement, ...], Counter[str]]:
    """Redacts only the statements of a transcript that will be kept, and their contexts.

    Args:
        redactor: made once for a process.
        transcript: where they stand; it names the speakers.
        statements: in order.

    Returns:
        The statements with redacted text and context, and how much was replaced in the texts, by kind. Offsets still point into the turns
        as they were read, so that a statement can be found again in the source.
    """
    texts: list[str] = []
    before: list[str | None] = []
    for statement in statements:
        texts += [statement.context or "", statement.text]
        before += [None, statement.context]
    done = redactor.redact_texts(texts, ledger=Ledger(names_of(transcript)), before=before)
    pairs = zip(statements, done[::2], done[1::2], strict=True)
    redacted = tuple(
        replace(statement, context=None if statement.context is None else context.text, text=text.text)
        for statement, context, text in pairs
    )
    return redacted, Counter(span.kind for text in done[1::2] for span in text.spans)


def with_pseudonyms(transcript: Transcript, key: bytes, organisation: str) -> Transcript:
    """Replaces the names of speakers and of the agent by keyed pseudonyms.

    Labels that name a part (`agent`, `Speaker 1`) stay: as pseudonyms they would make one person of many. Whoever speaks in team chat is
    staff, and has the pseudonym that he or she has as an agent in calls.

    Args:
        transcript: as read.
        key: see `pseudonyms.pseudonym`.
        organisation: whose people they are.

    Raises:
        ValueError: for a short key.
    """

    def hide(name: str | None, kind: str) -> str | None:
        return name if name is None or _is_part(name) else pseudonym(name, key, organisation, kind=kind)

    kinds = {role: role.value for role in Role} | {Role.UNKNOWN: "agent" if transcript.channel is Channel.TEAM_CHAT else "speaker"}
    turns = tuple(replace(turn, speaker=hide(turn.speaker, kinds[turn.role])) for turn in transcript.turns)
    return replace(transcript, turns=turns, agent=hide(transcript.agent, Role.AGENT.value))


def names_of(transcript: Transcript) -> Iterator[str]:
    """Names of the people in a transcript, as far as the file gives them."""
    named = {turn.speaker for turn in transcript.turns if turn.role not in _MACHINES} | {transcript.agent}
    return (name for name in sorted(name for name in named if name is not None) if not _is_part(name))


def _is_part(name: str) -> bool:
    return _PART.fullmatch(name.strip()) is not None
