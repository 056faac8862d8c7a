"""What `changes`, `drivers`, `newcomers`, `intervention` and `coaching` do without a path: they tell what is published of stored teams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from cs_nlp.cli.screen import tell
from cs_nlp.cli.signals import REASONS
from cs_nlp.cli.store_signals import check_group, chosen, teams_of, tell_left
from cs_nlp.cli.wish import Wish
from cs_nlp.errors import ArtefactError, InputError
from cs_nlp.pipeline import Reading
from cs_nlp.pipeline.changes import WhatChanged
from cs_nlp.pipeline.published_series import published_changes, published_effect
from cs_nlp.pipeline.published_words import (
    published_beliefs,
    published_coaching,
    published_drivers,
    published_newcomers,
    unpublished_because,
)
from cs_nlp.pipeline.publishing import rules_of
from cs_nlp.pipeline.scoring import model_of
from cs_nlp.pipeline.stored import stored_zones
from cs_nlp.records import Coaching, DriverEvidence, Effect, Intervention, Newcomers, Withheld
from cs_nlp.records.beliefs import TeamBeliefs
from cs_nlp.scoring import Artefact, Classifier, find_artefact
from cs_nlp.settings import Settings
from cs_nlp.signals import same_zone, zone_of
from cs_nlp.signals.interventions import Trial
from cs_nlp.store import list_interventions, read_published


@dataclass(frozen=True, slots=True)
class Noted:
    """Which interventions are meant.

    Attributes:
        uid: id of a stored one, or None.
        team: with which it was done; alone it means all that are stored of it.
        on: first day from which one that need not be stored could show, or None.
        title: of that one.
    """

    uid: str | None
    team: str | None
    on: date | None
    title: str = ""


@dataclass(frozen=True, slots=True)
class _Published:
    """Where to read: `teams` are those asked for of which something is published."""

    db: Connection
    organisation: int
    artefact: Artefact
    teams: Sequence[str]


def read_drivers(settings: Settings, wish: Wish, options: Reading) -> list[DriverEvidence]:
    """What feeds the culture of stored teams, held against all teams that are stored.

    Raises:
        StoreError: the database can't be used.
        InputError: there is no such organisation or team in it; or what is asked for is not what is published: another smallest group, or
            another time zone than a team's own. So for all functions here.
    """
    with _published(settings, wish, options) as at:
        tell_left(at.db, at.organisation)
        return [row for row in published_drivers(at.db, at.organisation, at.artefact) if row.team in at.teams]


def read_changes(settings: Settings, wish: Wish, options: Reading, since: date | None) -> list[WhatChanged]:
    """What changed in stored teams. What a change is made of is not told: that takes people apart, and published rows don't.

    Raises:
        InputError: as `read_drivers`; other periods than the published ones, or a day at which to take a change apart.
    """
    if since is not None:
        raise InputError("--since takes a change apart by people and queues, which is done for files only: name their PATH")
    with _published(settings, wish, options) as at:
        _check_periods(options, rules_of(at.db, at.organisation).grain)
        found = published_changes(at.db, at.organisation, at.artefact, seed=options.seed)
        for team in sorted({*at.teams} - found.keys()):
            tell(f"{team or '(no team)'}: no single period is published, so there is no series to look at")
        return [WhatChanged(found[team].changes, (), found[team].differences, ()) for team in at.teams if team in found]


def read_newcomers(settings: Settings, wish: Wish, options: Reading) -> list[Newcomers]:
    """How newcomers of stored teams become like these, by the joining days that are stored; cohorts are fixed.

    Raises:
        InputError: as `read_drivers`.
    """
    with _published(settings, wish, options) as at:
        tell_left(at.db, at.organisation)
        return [published_newcomers(at.db, at.organisation, at.artefact, team, seed=options.seed) for team in at.teams]


def read_effects(settings: Settings, wish: Wish, options: Reading, noted: Noted, trial: Trial) -> list[Effect]:
    """What came of interventions in a stored team, against all other stored teams, by day.

    Raises:
        InputError: as `read_drivers`; other periods than the published ones; or there is no such intervention.
    """
    if (noted.uid is None) == (noted.team is None) or (noted.on is not None and noted.team is None):
        raise InputError("say which intervention: --id of a stored one, --team for all that are stored of a team, or --team and --on")
    with _published(settings, wish, options) as at:
        _check_periods(options, "month" if rules_of(at.db, at.organisation).grain == "month" else "week")
        done = _interventions(at, noted)
        return [published_effect(at.db, at.organisation, at.artefact, one, trial, seed=options.seed) for one in done]


def read_coaching(settings: Settings, wish: Wish, options: Reading, classifier: Classifier) -> list[Coaching]:
    """What to do about the culture of stored teams; beliefs are quoted in the words that were kept.

    Raises:
        InputError: as `read_drivers`.
    """
    with _published(settings, wish, options) as at:
        tell_left(at.db, at.organisation)
        drivers = published_drivers(at.db, at.organisation, at.artefact)
        held = _beliefs(at, classifier, options.seed)
        return [published_coaching(at.db, at.organisation, at.artefact, drivers, held.get(team), team) for team in at.teams]


@contextmanager
def _published(settings: Settings, wish: Wish, options: Reading) -> Iterator[_Published]:
    """What is published of what is asked for; the user is told of which teams nothing is, and why."""
    artefact = Artefact.open(find_artefact(wish.model or settings.model))
    with chosen(settings, wish, artefact) as (db, organisation):
        check_group(db, organisation, options.smallest_group)
        teams, zones = teams_of(db, organisation, wish), stored_zones(db, organisation)
        for team in teams if wish.has_zone else ():
            same_zone(str(zone_of(options.tz, team)), str(zones[team]))
        there = [team for team in teams if read_published(db, organisation, team, model_of(artefact))]
        for team in sorted({*teams} - {*there}):
            reason = unpublished_because(db, organisation, artefact, team)
            tell(f"{team or '(no team)'}: nothing is published{f' ({REASONS[reason]})' if reason else ''}")
        yield _Published(db, organisation, artefact, there)


def _check_periods(options: Reading, by: str) -> None:
    if options.by != by:
        raise InputError(f"--by {options.by}: of stored teams this is told by {by}, as their figures are published")


def _interventions(at: _Published, noted: Noted) -> list[Intervention]:
    if noted.team is not None and noted.on is not None:
        return [Intervention(noted.team, noted.on, noted.title)]
    known = list_interventions(at.db, at.organisation)
    found = [one.intervention for one in known if noted.uid in {None, one.uid} and noted.team in {None, one.intervention.team}]
    if not found:
        what = f"--team {noted.team}: no intervention of it is stored" if noted.uid is None else f"--id {noted.uid}: no such one is stored"
        stored = ", ".join(f"{one.uid} ({one.intervention.team}, {one.intervention.on})" for one in known[:10])
        raise InputError(f"{what}; stored are {stored or 'none'} (the service notes them); with --team and --on it need not be stored")
    return found


def _beliefs(at: _Published, classifier: Classifier, seed: int) -> dict[str, TeamBeliefs]:
    """What the teams believe, where the model tells it and words were kept."""
    try:
        found = {team: published_beliefs(at.db, at.organisation, classifier, team, seed=seed) for team in at.teams}
    except ArtefactError as error:
        tell(f"beliefs are left out: {error}")
        return {}
    if wordless := [team or "(no team)" for team, one in found.items() if one.withheld is Withheld.NO_DATA]:
        tell(f"beliefs are left out, since no words of statements were kept: {', '.join(wordless)}")
    return {team: one for team, one in found.items() if one.withheld is not Withheld.NO_DATA}
