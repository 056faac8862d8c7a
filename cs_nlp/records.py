"""The nouns that stages hand to one another: frozen records, no behaviour beyond what they derive from themselves.

Times: `datetime` fields are aware unless said otherwise; offsets in seconds end in `_s`; shares are floats from 0 to 1.
Character offsets are half-open (`text[start_char:end_char]`) and count Unicode code points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType


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


@dataclass(frozen=True, slots=True)
class Score:
    """What the classifier says of one statement.

    Attributes:
        culture: the most probable culture.
        probabilities: of each culture, in `taxonomy.CULTURES` order, summing to 1, calibrated.
        target: the most probable target.
        target_probabilities: in `taxonomy.TARGETS` order, summing to 1.
        drivers: signed drivers (`"voice-"`) at or above their threshold, in `taxonomy.SIGNED_DRIVERS` order.
        driver_probabilities: in `taxonomy.SIGNED_DRIVERS` order, each 0 to 1 by itself.
        windows: how many windows the text was read in; more than 1 means it was longer than the model's input.
    """

    culture: str
    probabilities: tuple[float, ...]
    target: str
    target_probabilities: tuple[float, ...]
    drivers: tuple[str, ...]
    driver_probabilities: tuple[float, ...]
    windows: int = 1


@dataclass(frozen=True, slots=True)
class ScoredStatement:
    """A statement with its score."""

    statement: Statement
    score: Score


@dataclass(frozen=True, slots=True)
class Totals:
    """All that signals need of one scored transcript.

    Attributes:
        transcript_id: the transcript.
        team: its team ("" where unknown).
        started_at: aware, or None.
        channel: said to customers, or among staff.
        queue: the queue, or None.
        people: who of the staff spoke (speaker names or pseudonyms).
        n: number of scored statements.
        counts: statements by most probable culture, in `taxonomy.CULTURES` order; sums to n.
        sums: summed probabilities, same order; sums to n.
        confidence: summed probabilities of each statement's most probable culture, 0 to n; None where not known.
    """

    transcript_id: str
    team: str
    started_at: datetime | None
    channel: Channel
    queue: str | None
    people: frozenset[str]
    n: int
    counts: tuple[int, ...]
    sums: tuple[float, ...]
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class ScoredTranscript:
    """A transcript with the scores of all its scored statements, in order, and their totals."""

    transcript: Transcript
    statements: tuple[ScoredStatement, ...]
    totals: Totals


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval for a share: `low <= high`, both 0 to 1, holding the true value in a share `level` of cases."""

    low: float
    high: float
    level: float = 0.95


class Withheld(StrEnum):
    """Why a signal has no value."""

    NO_DATA = "no_data"
    SMALL_GROUP = "small_group"
    NOT_CALIBRATED = "not_calibrated"
    MIXED_MODELS = "mixed_models"


@dataclass(frozen=True, slots=True)
class Signal:
    """A share in a group and period with its doubt, or the reason why there is none.

    Attributes:
        team: the group.
        start: first day of the period; end: the day after its last (half-open), in the team's time zone. Both are None
            in a signal over transcripts of which none has a date.
        measure: `prevalence` (share of all scored statements), `mix` (share of those with a culture) or `signal_rate`.
        label: the culture; "" for `signal_rate`.
        value: the estimate, or None when withheld.
        interval: of the value, or None when withheld.
        plain: the same by classify and count, or None when withheld.
        method: how `value` was estimated.
        n_statements: scored statements in the period; None when withheld for a small group.
        n_transcripts: transcripts; n_people: distinct speakers of the staff; None as for `n_statements`.
        withheld: the reason for a missing value, or None.
        by: kind of the period: `day`, `week`, `month`, or `all` for the whole time that the data span.
    """

    team: str
    start: date | None
    end: date | None
    measure: str
    label: str
    value: float | None
    interval: Interval | None
    plain: float | None
    method: str
    n_statements: int | None
    n_transcripts: int | None
    n_people: int | None
    withheld: Withheld | None = None
    by: str = "all"


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotator's label of a statement.

    Attributes:
        culture: one of `taxonomy.CULTURES`.
        target: one of `taxonomy.TARGETS`, or None where annotators disagreed.
        drivers: signed drivers.
        annotator: who labelled, or None.
    """

    culture: str
    target: str | None
    drivers: tuple[str, ...] = ()
    annotator: str | None = None


@dataclass(frozen=True, slots=True)
class LabelledStatement:
    """A statement of a data set with its gold label.

    Attributes:
        text: the statement.
        context: what was said just before, or None.
        channel: where it was said.
        gold: the agreed label.
        group: what must not be split between training and evaluation (situation, document, conversation).
        slices: further columns to report by (`style`, `kind`, `stratum`, ...).
    """

    text: str
    context: str | None
    channel: Channel
    gold: Annotation
    group: str
    slices: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
