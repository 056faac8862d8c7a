"""What is stored, read as signals, and as scored transcripts for whatever asks for these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from cs_nlp.pipeline.scoring import model_of
from cs_nlp.pipeline.signals import Reading, correction_of
from cs_nlp.records import ScoredTranscript, Signal, Transcript
from cs_nlp.scoring import Artefact
from cs_nlp.signals import Resampling, team_signals
from cs_nlp.store import EVERYTHING, Selection, count_models, list_people, list_teams, read_cells, read_statements, read_totals


def stored_signals(
    db: Connection, organisation: int, artefact: Artefact, options: Reading, selection: Selection = EVERYTHING
) -> list[Signal]:
    """The signals of stored teams, of the transcripts that one model scored.

    Where the periods lie in each team's own zone, they are read from cells, else from the totals of all transcripts.

    Args:
        db: a transaction that reads.
        organisation: whose.
        artefact: of the model.
        options: periods, zones, smallest group and seed.
        selection: which transcripts; its model does not matter.
    """
    chosen = replace(selection, model=model_of(artefact))
    is_own = options.tz == stored_zones(db, organisation)
    rows = read_cells(db, organisation, chosen, by=options.by) if is_own else read_totals(db, organisation, chosen)
    return team_signals(
        rows,
        by=options.by,
        tz=options.tz,
        k=options.smallest_group,
        correction=correction_of(artefact),
        resampling=Resampling(seed=options.seed),
    )


def stored_transcripts(
    db: Connection, organisation: int, artefact: Artefact, selection: Selection = EVERYTHING
) -> Iterator[ScoredTranscript]:
    """The stored transcripts that one model scored, with all their statements, one after the other.

    Args:
        db: a transaction that reads; it must last as long as the reading.
        organisation: whose.
        artefact: of the model.
        selection: which transcripts; its model does not matter.

    Yields:
        Those with a scored statement. `id` is the uid, there are no turns, speakers are pseudonyms, and the text of a statement is "" where
        it was not kept.
    """
    chosen = replace(selection, model=model_of(artefact))
    said = groupby(read_statements(db, organisation, chosen, only_text=False), key=lambda one: one.scored.statement.transcript_id)
    for totals, (uid, own) in zip(read_totals(db, organisation, chosen), said, strict=True):
        transcript = Transcript(
            id=uid,
            turns=(),
            source_format="",
            source="",
            channel=totals.channel,
            team=totals.team or None,
            queue=totals.queue,
            started_at=totals.started_at,
        )
        yield ScoredTranscript(transcript, tuple(one.scored for one in own), totals)


def stored_zones(db: Connection, organisation: int) -> dict[str, ZoneInfo]:
    """The time zone of each team."""
    return {team.name: ZoneInfo(team.zone) for team in list_teams(db, organisation)}


def stored_joining_days(db: Connection, organisation: int) -> Mapping[str, Mapping[str, date]]:
    """When people joined their teams, where that is known: by team and pseudonym."""
    found: defaultdict[str, dict[str, date]] = defaultdict(dict)
    for person in list_people(db, organisation):
        if person.joined_on is not None:
            found[person.team or ""][person.pseudonym] = person.joined_on
    return found


def other_models(db: Connection, organisation: int, artefact: Artefact, selection: Selection = EVERYTHING) -> dict[str, int]:
    """How many of the selected transcripts were scored by models other than this one, by model: they are in none of its signals."""
    return {model: n for model, n in count_models(db, organisation, selection).items() if model != model_of(artefact)}
