"""What the pages tell of teams: published figures, and what is found beside them, kept until others are published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, cast

from sqlalchemy import Connection
from starlette.requests import Request

from cs_nlp.errors import ArtefactError
from cs_nlp.pipeline.published import SeriesQuery, published_signals
from cs_nlp.pipeline.published_series import PublishedChanges, published_changes, published_effect
from cs_nlp.pipeline.published_words import (
    Quotes,
    published_beliefs,
    published_coaching,
    published_drivers,
    published_newcomers,
    published_quotes,
    still_quoted,
)
from cs_nlp.pipeline.publishing import rules_of
from cs_nlp.records import Changes, Channel, DriverEvidence, Effect, Findings, Intervention, Newcomers, Signal
from cs_nlp.records.beliefs import TeamBeliefs
from cs_nlp.signals import By, Quoting
from cs_nlp.signals.interventions import Trial
from cs_nlp.store import list_interventions, published_mark
from cs_nlp.taxonomy import SIGNAL_CULTURES
from service.asked import Asked
from service.dashboard.page import Visit
from service.logs import log

Days = tuple[date | None, date | None]
GRAINS: Final[tuple[By, ...]] = ("day", "week", "month")


@dataclass(frozen=True, slots=True)
class Span:
    """How the figures of an organisation are read.

    Attributes:
        by: length of the periods.
        choices: those that may be chosen.
        channel: only what was said there, or None.
        has_channels: whether channels are told apart.
    """

    by: By
    choices: tuple[By, ...]
    channel: Channel | None
    has_channels: bool


class Figures:
    """Reads what pages show of teams, for one visit; the routes under `/v1` share what is kept.

    Args:
        asked: what is open, and the answers that are kept.
        visit: who looks.
        done: marks of the findings that were made before, by what was asked.
    """

    def __init__(self, asked: Asked, visit: Visit, done: dict[object, str]) -> None:
        self._asked = asked
        self._visit = visit
        self._done = done

    @property
    def facts(self) -> dict[str, Any]:
        """What answers say of where they come from."""
        return self._asked.facts

    def span(self, by: str, channel: str = "") -> Span:
        """How figures are read; periods that are not known, or too short to be published, are the shortest there are."""
        with self._visit.service.store.reading() as db:
            rules = rules_of(db, self._visit.organisation)
        choices = tuple(one for one in GRAINS[GRAINS.index(rules.grain) :] if one != "day")
        has_channels = rules.split is not None
        only = Channel(channel) if has_channels and channel in set(Channel) else None
        return Span(cast("By", by) if by in choices else choices[0], choices, only, has_channels)

    def signals(self, team: str, span: Span) -> list[Signal]:
        """The published signals of a team: over the whole time, then by period."""
        query = SeriesQuery(team, by=span.by, channel=span.channel, seed=self._asked.seed)

        def make(db: Connection, _: list[Signal] | None) -> list[Signal]:
            return published_signals(db, self._visit.organisation, self._asked.artefact, query)

        hour = f"{datetime.now(UTC):%Y-%m-%dT%H}"  # buckets end as time goes on
        return self._asked.read(self._visit.caller, ("page signals", team, span), make, also=hour)

    def is_found(self, team: str) -> bool:
        """Whether `findings` would answer soon."""
        return self._done.get((self._visit.organisation, team)) == self._mark(team)

    def findings(self, team: str) -> Findings:
        """What else was found of a team; it may take seconds. Without the scope `evidence` nothing that somebody said is in it."""
        mark, quoted = self._mark(team), self._visit.may("evidence")
        changes, drivers = self._changes().get(team), self._drivers()
        beliefs = self._beliefs(team) if quoted else None
        quotes = [quote for culture in SIGNAL_CULTURES for quote in self.quotes(team, culture).statements] if quoted else []
        found = Findings(
            team,
            quotes=tuple(quotes),
            changes=changes.changes if changes else None,
            differences=changes.differences if changes else (),
            drivers=tuple(row for row in drivers if row.team == team),
            newcomers=self._newcomers(team),
            effects=tuple(self._effects(team)),
            coaching=self._asked.now(
                lambda db, _: published_coaching(db, self._visit.organisation, self._asked.artefact, drivers, beliefs, team)
            ),
            beliefs=beliefs,
        )
        self._done[self._visit.organisation, team] = mark
        return found

    def quotes(self, team: str, culture: str, days: Days = (None, None), channel: Channel | None = None) -> Quotes:
        """What stands behind a figure of a team, in its own words. Not kept: who is erased is quoted no more. Each look is noted."""
        start, end = days
        query = SeriesQuery(team, start=start, end=end, channel=channel, seed=self._asked.seed)
        quoting = Quoting(seed=self._asked.seed)
        found = self._asked.now(lambda db, _: published_quotes(db, self._visit.organisation, self._asked.artefact, query, culture, quoting))
        facts = {"what": "evidence", "key": self._visit.caller.key, "organisation": self._visit.organisation, "team": team}
        log("words read", facts | {"n": len(found.statements), "culture": culture, "from": str(start), "to": str(end)})
        return found

    def changes(self, team: str) -> Changes | None:
        """The change points of a team's series."""
        found = self._changes().get(team)
        return found.changes if found else None

    def _changes(self) -> dict[str, PublishedChanges]:
        def make(db: Connection, _: dict[str, PublishedChanges] | None) -> dict[str, PublishedChanges]:
            return published_changes(db, self._visit.organisation, self._asked.artefact, seed=self._asked.seed)

        return self._asked.read(self._visit.caller, ("changes",), make)

    def _drivers(self) -> list[DriverEvidence]:
        def make(db: Connection, _: list[DriverEvidence] | None) -> list[DriverEvidence]:
            return published_drivers(db, self._visit.organisation, self._asked.artefact)

        return self._asked.read(self._visit.caller, ("drivers",), make, words=True)

    def _newcomers(self, team: str) -> Newcomers:
        def make(db: Connection, _: Newcomers | None) -> Newcomers:
            return published_newcomers(db, self._visit.organisation, self._asked.artefact, team, seed=self._asked.seed)

        return self._asked.read(self._visit.caller, ("newcomers", team), make, words=True)

    def _beliefs(self, team: str) -> TeamBeliefs | None:
        """A team's beliefs, without words that are there no more; None where the model gives no sentence vectors."""
        organisation = self._visit.organisation

        def make(db: Connection, before: TeamBeliefs | None) -> TeamBeliefs | None:
            known = [] if before is None else [one.known for one in before.beliefs]
            try:
                return published_beliefs(db, organisation, self._asked.service.classifier, team, known, seed=self._asked.seed)
            except ArtefactError:
                return None

        found = self._asked.read(self._visit.caller, ("beliefs", team), make, words=True)
        return None if found is None else self._asked.now(lambda db, _: still_quoted(db, organisation, self._asked.artefact, found))

    def _effects(self, team: str) -> Iterator[Effect]:
        """Of each intervention on the share of each culture; other teams where something was done are no comparison."""
        with self._visit.service.store.reading() as db:
            done = [one.intervention for one in list_interventions(db, self._visit.organisation)]
        others = tuple(sorted({other.team for other in done} - {team}))
        for one in (one for one in done if one.team == team):
            for culture in SIGNAL_CULTURES:
                yield self._effect(one, Trial("mix", culture, "week", others))

    def _effect(self, done: Intervention, trial: Trial) -> Effect:
        def make(db: Connection, _: Effect | None) -> Effect:
            return published_effect(db, self._visit.organisation, self._asked.artefact, done, trial, seed=self._asked.seed)

        return self._asked.read(self._visit.caller, ("effect", done, trial), make)

    def _mark(self, team: str) -> str:
        with self._visit.service.store.reading() as db:
            done = [one.uid for one in list_interventions(db, self._visit.organisation)]
            return f"{published_mark(db, self._visit.organisation)} {done} {self._visit.may('evidence')} {team}"


def figures_of(request: Request, visit: Visit) -> Figures:
    """The figures for a visit."""
    state = request.app.state
    if not hasattr(state, "pages_done"):
        state.pages_done = {}
    return Figures(Asked(visit.service, state.remembered, state.kept), visit, state.pages_done)
