"""Transcripts and scores that are made up but have every field."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from cs_nlp.pipeline.scoring import by_person, totals_of
from cs_nlp.records import Channel, Role, Score, ScoredStatement, Statement, Transcript
from cs_nlp.store import Identity, Incoming, KeepText, Lease, PersonScores, Receipt, Result, Store, claim, receive, write_results
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS

# On SQLite one transaction writes at a time, so there is nothing to see.
only_postgresql = pytest.mark.parametrize("nowhere", ["postgresql"], indirect=True)

MODEL = "made-up@1"
MONDAY = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)


def call(name: str, *people: str | None, words: str = "", zone: str = "Europe/London", **facts: object) -> Incoming:
    """A transcript to be stored: each of the people says two statements; `facts` are fields of `Transcript`."""
    who = people or ("agent-ann",)
    told: dict[str, Any] = {"team": "north", "queue": "phone", "started_at": MONDAY} | facts
    transcript = Transcript(id=name, turns=(), source_format="jsonl", source=f"{name}.jsonl", **told)
    said = tuple(
        statement(name, turn, f"{words or name} says {person} in {turn}", speaker=person, channel=transcript.channel)
        for turn, person in enumerate([one for one in who for _ in range(2)])
    )
    return Incoming(identity(transcript, words or name), transcript, said, zone)


def identity(transcript: Transcript, words: str) -> Identity:
    """What tells whether a transcript is known."""
    minute = transcript.started_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") if transcript.started_at else ""
    return Identity(transcript.id, f"{transcript.id}@{minute}", _hash(words), minute, _hash(f"{transcript}{words}"))


def statement(name: str, turn: int, text: str, *, speaker: str | None = None, channel: Channel = Channel.CALL) -> Statement:
    """A statement that fills its turn."""
    return Statement(name, turn, 0, len(text), Role.AGENT, text, f"before {text}", speaker, channel)


def score(text: str) -> Score:
    """A score that depends on nothing but the text; float32, as classifiers give it."""
    rng = np.random.default_rng(list(_hash(text)))
    cultures = rng.dirichlet([1, 1, 1, 1, 2]).astype(np.float32)
    targets = rng.dirichlet(np.ones(len(TARGETS))).astype(np.float32)
    drivers = rng.beta(0.5, 1.5, len(SIGNED_DRIVERS)).astype(np.float32)
    return Score(
        culture=CULTURES[int(cultures.argmax())],
        probabilities=tuple(cultures.tolist()),
        target=TARGETS[int(targets.argmax())],
        target_probabilities=tuple(targets.tolist()),
        drivers=tuple(name for name, value in zip(SIGNED_DRIVERS, drivers, strict=True) if value >= 0.5),
        driver_probabilities=tuple(drivers.tolist()),
    )


def result(lease: Lease, transcript: Transcript, statements: Sequence[Statement], model: str = MODEL) -> Result:
    """The scores of a claimed transcript."""
    scored = [ScoredStatement(one, score(one.text)) for one in statements]
    parts = by_person(transcript, scored).items()
    return Result(lease, tuple(PersonScores(totals_of(transcript, own, model), person, own) for person, own in parts))


def keep(store: Store, org: int, *calls: Incoming) -> list[Receipt]:
    """Store transcripts, one transaction each."""
    receipts = []
    for one in calls:
        with store.writing() as db:
            receipts.append(receive(db, org, one))
    return receipts


def score_all(store: Store, org: int, *, model: str = MODEL, text: KeepText = KeepText.SIGNALS) -> int:
    """Score whatever waits; returns how many transcripts."""
    n = 0
    while True:
        with store.writing() as db:
            claims = claim(db, org, "test")
        if not claims:
            return n
        results = [result(one.lease, one.transcript, one.statements, model) for one in claims]
        with store.writing() as db:
            n += len(write_results(db, org, results, model=model, keep=text))


def week_of_calls() -> list[Incoming]:
    """Calls and a team chat of two teams over seven days, some without a name, a start or a queue."""
    calls = []
    for day in range(7):
        at = MONDAY + timedelta(days=day)
        calls += [
            call(f"n{day}", "agent-ann", team="north", started_at=at),
            call(f"m{day}", "agent-bob", team="north", queue=None, started_at=at + timedelta(hours=1)),
            call(f"s{day}", "agent-cem", team="south", started_at=at),
            call(f"c{day}", "agent-ann", "agent-bob", "agent-dee", team="north", channel=Channel.TEAM_CHAT, queue=None, started_at=at),
        ]
    return [*calls, call("undated", "agent-bob", started_at=None), call("nameless", None), call("teamless", "agent-eve", team=None)]


def version(given: Incoming, words: str, **facts: Any) -> Incoming:  # noqa: ANN401 - fields of any type
    """Another version of a transcript."""
    made = call(given.transcript.id, *(one.speaker for one in given.statements[::2]), words=words)
    transcript = replace(given.transcript, **facts)
    return replace(made, identity=identity(transcript, words), transcript=transcript)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]
