"""Where figures come out: none is of a person, and a quote is of nobody."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator

import pytest

from cs_nlp import records
from cs_nlp.cli.score import statement_row
from cs_nlp.records import Role, Score, ScoredStatement, ScoredTranscript, Statement, Totals, Transcript
from cs_nlp.taxonomy import CULTURES
from tests.signals.samples import totals

PERSONAL = {"person", "people", "speaker", "speakers", "agent", "pseudonym", "name"}
OF_NOBODY = {("Belief", "name"), ("KnownBelief", "name")}  # a redacted sentence that several people said alike


def _fields(kind: object, seen: set[object]) -> Iterator[tuple[str, str]]:
    """The fields of a record, and of all records that it holds."""
    for inner in typing.get_args(kind):
        yield from _fields(inner, seen)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind) and kind not in seen and kind is not ScoredStatement:
        seen.add(kind)
        hints = typing.get_type_hints(kind)
        for field in dataclasses.fields(kind):
            yield kind.__name__, field.name
            yield from _fields(hints[field.name], seen)


@pytest.mark.parametrize("kind", [records.Signal, records.Findings])
def test_no_figure_has_a_place_for_a_person(kind: type) -> None:
    fields = list(_fields(kind, set()))
    assert len(fields) > 10
    assert [field for field in fields if field[1] in PERSONAL and field not in OF_NOBODY] == []


def test_totals_would_be_found_out() -> None:
    assert ("Totals", "people") in list(_fields(Totals, set()))


def test_a_scored_statement_is_printed_without_its_speaker() -> None:
    statement = Statement("call-1", 0, 0, 2, Role.AGENT, "so", speaker="Rosa Martinez")
    score = Score("none", tuple(float(name == "none") for name in CULTURES), "other", (0.0, 0.0, 0.0, 0.0, 0.0, 1.0), (), ())
    scored = ScoredStatement(statement, score)
    transcript = Transcript("call-1", (), "test", "test", agent="Rosa Martinez")
    row = statement_row(ScoredTranscript(transcript, (scored,), totals("call-1")), scored)
    assert not row.keys() & PERSONAL
    assert "Rosa" not in str(row)
