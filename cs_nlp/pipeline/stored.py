"""What is stored, read as scored transcripts, for whatever asks for these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from cs_nlp.pipeline.scoring import model_of
from cs_nlp.records import ScoredTranscript, Transcript
from cs_nlp.scoring import Artefact
from cs_nlp.store import EVERYTHING, Selection, count_models, list_people, list_teams, read_statements, read_totals


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
