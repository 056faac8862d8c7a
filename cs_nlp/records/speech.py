"""What was said, by whom, when: transcripts, their turns and statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Role(StrEnum):
    """Who speaks. `UNKNOWN` unless the file or a role map says."""

    AGENT = "agent"
    CUSTOMER = "customer"
    BOT = "bot"
    SYSTEM = "system"
    UNKNOWN = "unknown"


class Channel(StrEnum):
    """Where it was said: to a customer (`CALL`: calls, chats, mails, posts) or among staff (`TEAM_CHAT`)."""

    CALL = "call"
    TEAM_CHAT = "team_chat"


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said at once.

    Attributes:
        index: position among the transcript's turns, from 0.
        role: who speaks.
        text: the words, never empty, white space at the ends removed.
        speaker: name or id as the file gives it, or None.
        start_s: seconds from the start of the recording, or None.
        end_s: as `start_s`, for the turn's end.
        at: wall-clock time, aware, or None where the file has none.
    """

    index: int
    role: Role
    text: str
    speaker: str | None = None
    start_s: float | None = None
    end_s: float | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """One call, or one chat thread or channel-day.

    Attributes:
        id: the platform's id where the file has one, else made from the file's name (and its place in the file).
        turns: in order of speech.
        source_format: name of the reader that read it.
        source: the file as the user named it.
        channel: said to customers, or among staff.
        team: the team, queue: the queue, agent: the agent, where file or side file say; else None.
        started_at: aware, or None.
        joined_on: the day on which `agent` joined the team, where the side file says; else None.
    """

    id: str
    turns: tuple[Turn, ...]
    source_format: str
    source: str
    channel: Channel = Channel.CALL
    team: str | None = None
    queue: str | None = None
    agent: str | None = None
    started_at: datetime | None = None
    joined_on: date | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """The unit that gets a label: a stretch of one turn.

    Attributes:
        transcript_id: the transcript it stands in.
        turn: index of its turn.
        start_char: offset into the turn's text; `end_char`: end of the half-open stretch.
        role: of the turn.
        text: exactly `turn.text[start_char:end_char]`.
        context: what was said just before (the statement before in the turn, else the turn before), or None.
        speaker: of the turn.
        channel: of the transcript.
    """

    transcript_id: str
    turn: int
    start_char: int
    end_char: int
    role: Role
    text: str
    context: str | None = None
    speaker: str | None = None
    channel: Channel = Channel.CALL
