"""What the classifier says of statements, and what it adds up to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from cs_nlp.records.speech import Channel, Statement, Transcript

Unsure = Literal["language", "unlike"]


@dataclass(frozen=True, slots=True)
class Score:
    """What the classifier says of one statement.

    Attributes:
        culture: the label: the most probable culture, after the probability of none was multiplied by the model's `none_weight`.
        probabilities: of each culture, in `taxonomy.CULTURES` order, summing to 1, calibrated.
        target: the most probable target.
        target_probabilities: in `taxonomy.TARGETS` order, summing to 1.
        drivers: signed drivers (`"voice-"`) at or above their threshold, in `taxonomy.SIGNED_DRIVERS` order.
        driver_probabilities: in `taxonomy.SIGNED_DRIVERS` order, each 0 to 1 by itself.
        windows: how many windows the text was read in; more than 1 means it was longer than the model's input.
        unsure: why the rest should not be believed: `language` (not English, or mixed with another language) or `unlike` (nothing like it
            was learnt from); None where there is no such reason.
    """

    culture: str
    probabilities: tuple[float, ...]
    target: str
    target_probabilities: tuple[float, ...]
    drivers: tuple[str, ...]
    driver_probabilities: tuple[float, ...]
    windows: int = 1
    unsure: Unsure | None = None


@dataclass(frozen=True, slots=True)
class ScoredStatement:
    """A statement with its score."""

    statement: Statement
    score: Score


@dataclass(frozen=True, slots=True)
class Totals:
    """All that signals need of one scored transcript, or of what one person said in it (then `people` is that person).

    Attributes:
        transcript_id: the transcript.
        team: its team ("" where unknown).
        started_at: aware, or None.
        channel: said to customers, or among staff.
        queue: the queue, or None.
        people: who of the staff spoke (speaker names or pseudonyms).
        n: number of scored statements.
        counts: statements by label, in `taxonomy.CULTURES` order; sums to n.
        sums: summed probabilities, balanced as the model asks for (see `signals.balance`), same order; sums to n.
        confidence: summed probabilities (not balanced) of each statement's most probable culture, 0 to n; None where not known.
        driver_counts: statements by signed driver at or above its threshold, in `taxonomy.SIGNED_DRIVERS` order; () where not known.
        driver_sums: summed driver probabilities, same order; () where not known.
        model: the model that scored it ("" where not known).
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
    driver_counts: tuple[int, ...] = ()
    driver_sums: tuple[float, ...] = ()
    model: str = ""


@dataclass(frozen=True, slots=True)
class ScoredTranscript:
    """A transcript with the scores of all its scored statements, in order, and their totals."""

    transcript: Transcript
    statements: tuple[ScoredStatement, ...]
    totals: Totals


@dataclass(frozen=True, slots=True)
class Cell:
    """The totals of all transcripts of one team, day, channel, queue and model, added up: what a series is made of.

    Sums of outer products keep what the variance between whole transcripts needs, so no transcript has to be looked at again.

    Attributes:
        team: the team ("" where unknown).
        day: the day on which the transcripts began, in the team's time zone; None where they have no time.
        channel: said to customers, or among staff.
        queue: the queue, or None.
        model: the model that scored them ("" where not known).
        transcripts: how many with at least one scored statement.
        people: who of the staff spoke in them.
        n: number of scored statements.
        counts: statements by label, in `taxonomy.CULTURES` order; sums to n.
        sums: summed probabilities, same order; sums to n.
        confidence: summed probabilities of each statement's most probable culture; None where not known of each transcript.
        count_products: sum over transcripts of the outer product of their `counts`, 25 numbers, row by row.
        sum_products: the same of their `sums`.
    """

    team: str
    day: date | None
    channel: Channel
    queue: str | None
    model: str
    transcripts: int
    people: frozenset[str]
    n: int
    counts: tuple[int, ...]
    sums: tuple[float, ...]
    confidence: float | None
    count_products: tuple[float, ...]
    sum_products: tuple[float, ...]
