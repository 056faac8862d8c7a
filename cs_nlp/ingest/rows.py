"""Tables of turns, in CSV, JSONL or JSON: which column says what, and rows gathered into transcripts in bounded memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import lru_cache
from typing import Final

from cs_nlp.errors import IngestError
from cs_nlp.ingest.archive import READ_FAULTS
from cs_nlp.ingest.intake import NO_SPAN, Draft, Intake, Span, Voice
from cs_nlp.ingest.labels import add_labelled, split_turns, text_lines
from cs_nlp.ingest.roles import role_of_label
from cs_nlp.ingest.side_file import channel_of_word
from cs_nlp.ingest.times import offset_seconds
from cs_nlp.ingest.values import as_text, number, split_words
from cs_nlp.records import Channel, Role, Transcript

OPEN_BYTES: Final = 48 * (1 << 20)
"""Characters (and 300 for each row) of unfinished transcripts that are held; beyond it, those that waited longest are finished."""

TURNS_OF_A_CALL, TURNS_BESIDE_A_SPEAKER = 2, 4
"""Labelled turns from which a cell counts as a whole call; more where a column names a speaker, since speech may quote a dialogue."""

_ALIASES: Final = {
    "text": split_words(
        """
        text, utterance, message, content, transcript, body, msg, sentence, utterance_text, message_text, turn_text
        transcription, dialogue, dialog, conversation_text, call_transcript, full_transcript, chat, phrase
        """
    ),
    "speaker": split_words(
        """
        speaker, speaker_name, speaker_id, speaker_label, name, author, author_name, sender, sender_name, participant
        participant_id, participant_name, from, user, user_name, username, author_id, said_by
        """
    ),
    "role": split_words(
        """
        role, speaker_role, participant_role, author_role, sender_type, speaker_type, sender_role, author_type
        participant_type, user_type, party, is_agent
        """
    ),
    "conversation": split_words(
        """
        transcript_id, conversation_id, call_id, dialog_id, dialogue_id, convo_id, session_id, thread_id, chat_id, contact_id
        interaction_id, ticket_id, case_id, conv_id, conversation, call, dialog_no, call_sid
        """
    ),
    "turn": split_words(
        """
        turn, turn_number, turn_index, turn_id, turn_no, utterance_index, sequence, sequence_number, seq, message_index
        line_number, position
        """
    ),
    "start": split_words(
        """
        start_s, start, start_time, start_sec, start_seconds, start_ms, start_time_ms, begin, begin_ms, offset, offset_ms
        begin_offset_millis, start_offset, time_offset
        """
    ),
    "end": split_words("end_s, end, end_time, end_sec, end_seconds, end_ms, end_time_ms, end_offset_millis, end_offset"),
    "at": split_words("at, timestamp, time, datetime, date_time, created_at, sent_at, spoken_at, date, ts"),
    "team": split_words("team, team_name, team_id"),
    "queue": split_words("queue, queue_name, queue_id, skill"),
    "channel": split_words("channel, media_type, channel_type"),
    "agent": split_words("agent, agent_id, agent_name, representative_id, advisor"),
    "started_at": split_words("started_at, call_started_at, call_start, conversation_start, call_date, call_time"),
}
_CALL_IDS = ("id", "uuid", "key", "record_id")
TEXT_COLUMNS = _ALIASES["text"]


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns (or keys) that say what, None where there is none."""

    text: str | None = None
    speaker: str | None = None
    role: str | None = None
    conversation: str | None = None
    turn: str | None = None
    start: str | None = None
    end: str | None = None
    at: str | None = None
    team: str | None = None
    queue: str | None = None
    channel: str | None = None
    agent: str | None = None
    started_at: str | None = None

    @property
    def known(self) -> int:
        """How many of the columns are there."""
        return sum(1 for item in fields(self) if getattr(self, item.name) is not None)


@lru_cache(maxsize=1024)
def plain_name(column: str) -> str:
    """A column's name in lower case with underscores: `conversationId`, `Conversation ID` and `conversation-id` are one."""
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column.strip()).lower()).strip("_")


@lru_cache(maxsize=256)
def find_columns(names: tuple[str, ...]) -> Columns:
    """Tell from the names of columns what they hold; a column holds one thing, the first that fits."""
    plain = {plain_name(name): name for name in reversed(names)}
    taken: dict[str, str] = {}
    for meaning, aliases in _ALIASES.items():
        for alias in aliases:
            if alias in plain and plain[alias] not in taken.values():
                taken[meaning] = plain[alias]
                break
    return Columns(**taken)


@dataclass(slots=True)
class Row:
    """A turn of a table: the transcript it belongs to, its place there (or None), and what `Intake.add` takes."""

    conversation: str
    turn: float | None
    voice: Voice
    text: str
    span: Span = NO_SPAN
    at: datetime | None = None


@dataclass(slots=True)
class _Open:
    draft: Draft
    rows: list[Row] = field(default_factory=list)
    size: int = 0


class Conversations:
    """Rows in, transcripts out.

    Args:
        intake: cleans, counts and finishes.
    """

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._open: dict[str, _Open] = {}
        self._size = 0

    def take(self, cells: Mapping[str, object], columns: Columns) -> Iterator[Transcript]:
        """Take a row, and give the transcripts that had to be finished to keep memory in bounds (mostly none).

        Args:
            cells: values by column.
            columns: which column says what; `columns.text` is there.
        """
        if holds_call(cells, columns):
            yield from read_call(cells, columns, self._intake) or ()
            return
        row = read_row(cells, columns, self._intake)
        found = self._open.pop(row.conversation, None)
        if found is None:
            found = _Open(make_draft(cells, columns, self._intake))
        size = len(row.text) + 300
        found.rows.append(row)
        found.size += size
        self._open[row.conversation] = found
        self._size += size
        if self._size > OPEN_BYTES:
            yield from self._finish(self._size // 2)

    def take_all(self, rows: Iterable[tuple[Mapping[str, object], Columns]]) -> Iterator[Transcript]:
        """Take all rows and finish their transcripts; those of the rows before a fault are given before it is raised."""
        try:
            for cells, columns in rows:
                yield from self.take(cells, columns)
        except (IngestError, *READ_FAULTS):
            yield from self._finish(0)
            raise
        yield from self._finish(0)

    def _finish(self, down_to: int) -> Iterator[Transcript]:
        while self._open and self._size > down_to:
            oldest = next(iter(self._open))
            done = self._open.pop(oldest)
            self._size -= done.size
            if down_to and not self._open:
                self._intake.report.warn(
                    "one transcript is larger than 48 MB and was cut; "
                    "give each row the id of its conversation in a column such as conversation_id"
                )
            yield from self._make(done)

    def _make(self, done: _Open) -> Iterator[Transcript]:
        rows = done.rows
        if all(row.turn is not None for row in rows):
            rows.sort(key=lambda row: row.turn or 0.0)
        for row in rows:
            self._intake.add(done.draft, row.voice, row.text, row.span, row.at)
        return self._intake.finish(done.draft)


def make_draft(cells: Mapping[str, object], columns: Columns, intake: Intake) -> Draft:
    """A transcript in the making with the metadata that a row holds."""
    draft = Draft(id=_cell(cells, columns.conversation))
    draft.team = _cell(cells, columns.team) or None
    draft.queue = _cell(cells, columns.queue) or None
    draft.agent = _cell(cells, columns.agent) or None
    draft.channel = channel_of_word(_cell(cells, columns.channel)) or Channel.CALL
    draft.started_at = intake.time(cells.get(columns.started_at)) if columns.started_at else None
    return draft


def holds_call(cells: Mapping[str, object], columns: Columns) -> bool:
    """Whether a row holds a whole call: several labelled turns in its words, and nothing else that says who speaks."""
    if columns.turn or columns.role or columns.text is None:
        return False
    text = cells.get(columns.text)
    enough = TURNS_BESIDE_A_SPEAKER if columns.speaker else TURNS_OF_A_CALL
    return isinstance(text, str) and text.count(":") >= enough and len(split_turns(text_lines(text))[0]) >= enough


def read_call(cells: Mapping[str, object], columns: Columns, intake: Intake) -> Iterator[Transcript] | None:
    """Read the call that a row holds, or None where its words name no speakers."""
    draft = make_draft(cells, columns, intake)
    draft.id = draft.id or next((as_text(cells[name]).strip() for name in cells if plain_name(name) in _CALL_IDS), "")
    draft.started_at = draft.started_at or (intake.time(cells.get(columns.at)) if columns.at else None)
    if not add_labelled(text_lines(_cell(cells, columns.text)), draft, intake):
        return None
    return intake.finish(draft)


def read_row(cells: Mapping[str, object], columns: Columns, intake: Intake) -> Row:
    """Read the turn that a row holds."""
    turn = number(cells.get(columns.turn)) if columns.turn else None
    at = intake.time(cells.get(columns.at)) if columns.at else None
    start = _offset(cells, columns.start)
    if start is None and at is None:
        if columns.start:
            at = intake.time(cells.get(columns.start))
        elif columns.at:
            start = offset_seconds(cells.get(columns.at))
    span = (start, _offset(cells, columns.end))
    return Row(_cell(cells, columns.conversation), turn, _voice(cells, columns, intake), as_text(cells.get(columns.text or "")), span, at)


def _voice(cells: Mapping[str, object], columns: Columns, intake: Intake) -> Voice:
    speaker = _cell(cells, columns.speaker)
    stated = cells.get(columns.role) if columns.role else None
    keys: tuple[str, ...] = ()
    if isinstance(stated, bool) or (columns.role and plain_name(columns.role) == "is_agent"):
        role = Role.AGENT if as_text(stated).lower() in {"1", "true", "yes"} or stated is True else Role.CUSTOMER
    else:
        word = as_text(stated).strip()
        role = role_of_label(word)
        keys = (word,) if word else ()
        speaker = speaker or word
    channel = _cell(cells, columns.channel)
    if channel and channel_of_word(channel) is None:
        keys = (*keys, channel, f"channel {channel}")
    return intake.voice(speaker or None, role, *keys)


def _cell(cells: Mapping[str, object], column: str | None) -> str:
    return as_text(cells.get(column)).strip() if column else ""


def _offset(cells: Mapping[str, object], column: str | None) -> float | None:
    if column is None:
        return None
    in_milliseconds = plain_name(column).endswith(("_ms", "millis"))
    return offset_seconds(cells.get(column), 0.001 if in_milliseconds else 1.0)


def missing_text(names: Iterable[str]) -> str:
    """What a table or row without words lacks, for messages that begin with `it lacks`.

    Columns are named only where their name is a usual one: without a header, the first row of data stands in its place.
    """
    all_names = tuple(names)
    columns = find_columns(all_names)
    usual = [name.strip() for name in all_names if name in {getattr(columns, item.name) for item in fields(columns)}]
    others = len(all_names) - len(usual)
    shown = " and ".join([*([", ".join(usual)] if usual else []), *([f"{others} of other names"] if others or not usual else [])])
    return f"a column with the words of turns (it has {shown}; expected one of {', '.join(TEXT_COLUMNS[:6])})"
