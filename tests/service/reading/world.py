"""Three teams over twelve weeks, stored, scored and published: one of them changes halfway, one is small, one has newcomers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from cs_nlp.pipeline.publishing import publish
from cs_nlp.pipeline.scoring import by_person, model_of, totals_of
from cs_nlp.pipeline.storing import refresh
from cs_nlp.records import Channel, Score, ScoredStatement, Statement, Transcript
from cs_nlp.scoring import Artefact
from cs_nlp.store import Incoming, KeepText, PersonScores, Result, Store, claim, put_people, receive, write_results
from cs_nlp.store import Person as StoredPerson
from cs_nlp.taxonomy import CULTURES
from tests.store.samples import call, score, statement

MONDAY: Final = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
WEEKS: Final = 12
LATER: Final = datetime(2026, 10, 1, tzinfo=UTC)
TEAMS: Final = {"north": 8, "south/east": 7, "small": 3}
SAID: Final = {
    "aggressive": ["customers never read what we send them", "these callers simply never read anything", "they can't even read a bill"],
    "passive_aggressive": ["that is what happens when head office decides", "head office decided that, so blame them"],
    "submissive": [
        "there is nothing that I can do about it",
        "I can do nothing here, I am sorry",
        "nothing I can do, we are just the desk",
    ],
    "assertive": ["she was right and I put it right at once", "he was right, so I corrected the bill", "it was our error and I fixed it"],
    "none": ["could you give me the number", "one moment please", "thank you for waiting"],
}


def fill(store: Store, organisation: int, artefact: Artefact, teams: dict[str, int] = TEAMS, weeks: int = WEEKS) -> None:
    """Store the calls of some weeks, score them as if the model had, and publish."""
    given = [one for team, people in teams.items() for week in range(weeks) for one in _week(team, people, week)]
    for portion in (given[start : start + 100] for start in range(0, len(given), 100)):
        with store.writing() as db:
            for one in portion:
                receive(db, organisation, one)
    with store.writing() as db:
        if "south/east" in teams:
            joined = {f"south-{place}": MONDAY - timedelta(weeks=40) if place else MONDAY for place in range(7)}
            put_people(db, organisation, [StoredPerson(who, "south/east", at.date()) for who, at in joined.items()], "UTC")
    while True:
        with store.writing() as db:
            claims = claim(db, organisation, "test", at_most=500)
        if not claims:
            break
        results = []
        for held in claims:
            scored = [ScoredStatement(said, _score(said)) for said in held.statements]
            parts = by_person(held.transcript, scored).items()
            made = tuple(PersonScores(totals_of(held.transcript, own, model_of(artefact)), person, own) for person, own in parts)
            results.append(Result(held.lease, made))
        with store.writing() as db:
            write_results(db, organisation, results, model=model_of(artefact), keep=KeepText.ALL)
    refresh(store, organisation)
    publish(store, organisation, now=LATER)


def _week(team: str, people: int, week: int) -> list[Incoming]:
    rng = np.random.default_rng([week, people])
    found = []
    for person in range(people):
        for day in (0, 2):
            name, speaker = f"{team}-{week}-{person}-{day}", f"{team.partition('/')[0]}-{person}"
            at = MONDAY + timedelta(weeks=week, days=day, minutes=person)
            told = call(name, speaker, team=team, queue="phone" if person % 2 else "mail", zone="UTC", started_at=at)
            cultures = rng.choice(CULTURES, size=4, p=_shares(team, week))
            said = tuple(_statement(told.transcript, turn, str(culture), speaker, rng) for turn, culture in enumerate(cultures))
            found.append(replace(told, statements=said))
    return found


def _shares(team: str, week: int) -> list[float]:
    if team == "north" and week >= WEEKS // 2:
        return [0.05, 0.1, 0.1, 0.35, 0.4]
    return [0.3, 0.1, 0.15, 0.05, 0.4]


def _statement(transcript: Transcript, turn: int, culture: str, speaker: str, rng: np.random.Generator) -> Statement:
    return statement(transcript.id, turn, str(rng.choice(SAID[culture])), speaker=speaker, channel=Channel.CALL)


def _score(said: Statement) -> Score:
    """The score that its text stands for."""
    culture = next(name for name, texts in SAID.items() if said.text in texts)
    given = score(said.text)
    shares = np.full(len(CULTURES), 0.04, dtype=np.float32)
    shares[CULTURES.index(culture)] = 0.84
    return replace(given, culture=culture, probabilities=tuple(shares.tolist()))
