"""What `cs-nlp signals` does without a path: the signals of what is stored."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cs_nlp.cli.screen import tell
from cs_nlp.cli.store_open import opened_known
from cs_nlp.errors import InputError
from cs_nlp.pipeline import Reading, report_page
from cs_nlp.pipeline.stored import other_models, stored_signals, stored_transcripts, stored_zones
from cs_nlp.records import Signal
from cs_nlp.scoring import Artefact, find_artefact
from cs_nlp.settings import Settings
from cs_nlp.store import Selection, count_waiting


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for.

    Attributes:
        org: whose transcripts, or None for the organisation of the settings.
        teams: only these; () for all.
        model: only what this model scored; None for that of the settings.
        has_zone: the user named the zone of the periods; else each team has its own.
        html: whether the report is wanted.
    """

    org: str | None
    teams: tuple[str, ...]
    model: str | None
    has_zone: bool
    html: bool


def read(settings: Settings, wish: Wish, options: Reading) -> tuple[list[Signal], str]:
    """The signals of stored teams, and the report on them ("" where it is not wanted).

    Raises:
        StoreError: the database can't be used.
        InputError: there is no such organisation or team in it.
    """
    artefact = Artefact.open(find_artefact(wish.model or settings.model))
    selection = Selection(teams=wish.teams or None)
    with opened_known(settings, wish.org) as (store, organisation), store.reading() as db:
        zones = stored_zones(db, organisation)
        if unknown := sorted(set(wish.teams) - zones.keys()):
            raise InputError(f"--team {unknown[0]}: not in this database; it has {', '.join(filter(None, zones)) or 'no team'}")
        options = options if wish.has_zone else replace(options, tz=zones)
        found = stored_signals(db, organisation, artefact, options, selection)
        waiting = count_waiting(db, organisation)
        others = other_models(db, organisation, artefact, selection)
        page = ""
        if wish.html:
            page = report_page(list(stored_transcripts(db, organisation, artefact, selection)), found, artefact, options)
    if waiting:
        tell(f"{waiting} transcripts wait to be scored and are not counted yet: cs-nlp ingest")
    for model, n in others.items():
        tell(f"{n} transcripts were scored by {model} and are not counted: one series is of one model")
    return found, page
