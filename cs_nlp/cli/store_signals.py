"""What commands do without a path: they read what is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Connection

from cs_nlp.cli.screen import tell
from cs_nlp.cli.store_open import opened_known
from cs_nlp.cli.wish import Wish
from cs_nlp.errors import ArtefactError, InputError
from cs_nlp.pipeline import Reading, report_page
from cs_nlp.pipeline.findings import Known
from cs_nlp.pipeline.published import SeriesQuery, published_signals
from cs_nlp.pipeline.published_words import published_beliefs, published_newcomers, published_transcripts
from cs_nlp.pipeline.publishing import check_rules, rules_of
from cs_nlp.pipeline.stored import other_models, stored_joining_days, stored_zones
from cs_nlp.records import Signal
from cs_nlp.records.beliefs import KnownBelief, TeamBeliefs
from cs_nlp.scoring import Artefact, Classifier, find_artefact, load_classifier
from cs_nlp.settings import Settings
from cs_nlp.signals import zone_of
from cs_nlp.store import Selection, count_waiting, left_sums, list_interventions


def read(settings: Settings, wish: Wish, options: Reading) -> tuple[list[Signal], str]:
    """The published signals of stored teams, and the report on them ("" where it is not wanted).

    Raises:
        StoreError: the database can't be used.
        InputError: there is no such organisation or team in it; or what is asked for is not what is published: another smallest group,
            shorter periods, or another time zone than a team's own.
    """
    artefact = Artefact.open(find_artefact(wish.model or settings.model))
    with chosen(settings, wish, artefact) as (db, organisation):
        options = zoned(db, organisation, wish, options)
        found = _published(db, organisation, artefact, options, wish.teams)
        page = _page(db, organisation, settings, wish, found, options) if wish.html else ""
    return found, page


def _published(db: Connection, organisation: int, artefact: Artefact, options: Reading, teams: Sequence[str]) -> list[Signal]:
    check_group(db, organisation, options.smallest_group)
    found: list[Signal] = []
    for team in sorted(teams or stored_zones(db, organisation)):
        query = SeriesQuery(team, options.by, zone=str(zone_of(options.tz, team)), seed=options.seed)
        found += published_signals(db, organisation, artefact, query)
    return found


def read_beliefs(settings: Settings, wish: Wish, classifier: Classifier, known: Mapping[str, Sequence[KnownBelief]]) -> list[TeamBeliefs]:
    """What stored teams believe, of published transcripts, in the words that were kept.

    Args:
        settings: which database, and seed.
        wish: what is asked for; a zone is refused, as each team has its own.
        classifier: that scored them.
        known: by team, beliefs of a run before.

    Raises:
        StoreError: the database can't be used.
        InputError: there is no such organisation or team in it; a zone or another smallest group than the published one is asked for.
    """
    if wish.has_zone:
        raise InputError("--tz: each stored team has its own zone, which 'cs-nlp db zone' changes")
    with chosen(settings, wish, classifier.artefact) as (db, organisation):
        check_group(db, organisation, settings.smallest_group)
        tell_left(db, organisation)
        return [
            published_beliefs(db, organisation, classifier, team, known.get(team, ()), seed=settings.seed)
            for team in teams_of(db, organisation, wish)
        ]


def _page(db: Connection, organisation: int, settings: Settings, wish: Wish, found: Sequence[Signal], options: Reading) -> str:
    """The report, of published transcripts."""
    tell_left(db, organisation)
    classifier = load_classifier(wish.model or settings.model, threads=settings.threads)
    artefact, teams = classifier.artefact, teams_of(db, organisation, wish)
    scored = [one for team in teams for one in published_transcripts(db, organisation, artefact, team)]
    there = {one.totals.team for one in scored}
    # Where only some teams are asked for, there is nothing to hold a change against.
    done = [] if wish.teams else [one.intervention for one in list_interventions(db, organisation) if one.intervention.team in there]
    joined = stored_joining_days(db, organisation)
    newcomers = [published_newcomers(db, organisation, artefact, team, seed=options.seed) for team in teams if joined.get(team)]
    has_words = any(one.statement.text for each in scored for one in each.statements)
    try:
        beliefs = [published_beliefs(db, organisation, classifier, team, seed=options.seed) for team in teams] if has_words else []
    except ArtefactError as error:
        tell(f"beliefs are left out: {error}")
        beliefs = []
    known = Known(interventions=done, newcomers=newcomers, beliefs=beliefs)
    return report_page(scored, found, artefact, options, redact=list, known=known)


def teams_of(db: Connection, organisation: int, wish: Wish) -> list[str]:
    """The stored teams that are asked for, by name."""
    return sorted(wish.teams or stored_zones(db, organisation))


def zoned(db: Connection, organisation: int, wish: Wish, options: Reading) -> Reading:
    """The options with each team's own zone, unless the user named one."""
    return options if wish.has_zone else replace(options, tz=stored_zones(db, organisation))


def check_group(db: Connection, organisation: int, k: int) -> None:
    """Make sure that figures are published for this smallest group, if they are yet.

    Raises:
        InputError: they are published for another one.
    """
    check_rules(db, organisation, replace(rules_of(db, organisation), k=k))


def tell_left(db: Connection, organisation: int) -> None:
    """Say what is left out while somebody is gone whom published sums still hold."""
    if left_sums(db, organisation):
        tell(
            "weeks are left out in which transcripts were erased or changed since they were published: without them, the answer from before"
            " less this one would tell of whom that was"
        )


@contextmanager
def chosen(settings: Settings, wish: Wish, artefact: Artefact) -> Iterator[tuple[Connection, int]]:
    """What is asked for, in a transaction that reads; at the end the user is told what of it is not counted."""
    selection = Selection(teams=wish.teams or None)
    with opened_known(settings, wish.org) as (store, organisation), store.reading() as db:
        teams = stored_zones(db, organisation).keys()
        if unknown := sorted(set(wish.teams) - teams):
            raise InputError(f"--team {unknown[0]}: not in this database; it has {', '.join(filter(None, teams)) or 'no team'}")
        yield db, organisation
        waiting = count_waiting(db, organisation)
        others = other_models(db, organisation, artefact, selection)
    if waiting:
        tell(f"{waiting} transcripts wait to be scored and are not counted yet: cs-nlp ingest")
    for model, n in others.items():
        tell(f"{n} transcripts were scored by {model} and are not counted: one series is of one model")
