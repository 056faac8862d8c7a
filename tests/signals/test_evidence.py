from __future__ import annotations

from cs_nlp.records import Role, Score, ScoredStatement, ScoredTranscript, Statement, Totals, Transcript
from cs_nlp.signals import pick_evidence
from cs_nlp.taxonomy import CULTURES
from tests.signals.samples import week_of

Said = tuple[str, str | None, str, float]


def _scored(row: Totals, said: list[Said]) -> ScoredTranscript:
    statements = tuple(_statement(row.transcript_id, place, *one) for place, one in enumerate(said))
    return ScoredTranscript(Transcript(row.transcript_id, (), "test", "test", team=row.team), statements, row)


def _statement(transcript: str, turn: int, text: str, speaker: str | None, culture: str, sure: float) -> ScoredStatement:
    probabilities = tuple(sure if name == culture else (1 - sure) / 4 for name in CULTURES)
    score = Score(culture, probabilities, "other", (0.0, 0.0, 0.0, 0.0, 0.0, 1.0), (), ())
    return ScoredStatement(Statement(transcript, turn, 0, len(text), Role.AGENT, text, speaker=speaker), score)


def test_the_surest_are_quoted_in_the_order_of_cultures_and_routine_is_not() -> None:
    rows = week_of(0, 5)
    said: list[list[Said]] = [
        [("mine to fix", "a", "assertive", 0.7)],
        [("I own this", "b", "assertive", 0.9)],
        [("they never listen", "c", "aggressive", 0.6)],
        [("hello", "d", "none", 0.99)],
        [],
    ]
    found = pick_evidence([_scored(row, own) for row, own in zip(rows, said, strict=True)])
    assert [scored.statement.text for scored in found["north"]] == ["they never listen", "I own this", "mine to fix"]


def test_one_speaker_and_one_transcript_are_quoted_once_for_a_culture() -> None:
    rows = week_of(0, 5)
    said: list[list[Said]] = [
        [("first", "ann", "aggressive", 0.9), ("same call", "bob", "aggressive", 0.8), ("other culture", "ann", "submissive", 0.9)],
        [("same person", "ann", "aggressive", 0.7)],
        [("no name", None, "aggressive", 0.6)],
        [("no name either", None, "aggressive", 0.5)],
        [],
    ]
    found = pick_evidence([_scored(row, own) for row, own in zip(rows, said, strict=True)])
    assert [scored.statement.text for scored in found["north"]] == ["first", "no name", "no name either", "other culture"]


def test_nothing_is_quoted_from_withheld_weeks_or_withheld_teams() -> None:
    shown, small, companion = week_of(0, 9), week_of(7, 3), week_of(14, 6)
    rows = [*shown, *small, *companion, *week_of(0, 4, team="tiny")]
    found = pick_evidence([_scored(row, [(row.transcript_id, None, "aggressive", 0.9)]) for row in rows], quotes=99)
    assert {scored.statement.transcript_id for scored in found["north"]} == {row.transcript_id for row in shown}
    assert found["tiny"] == []


def test_no_more_are_quoted_than_asked_for() -> None:
    rows = week_of(0, 8)
    found = pick_evidence([_scored(row, [(row.transcript_id, None, "aggressive", 0.9)]) for row in rows], quotes=2)
    assert len(found["north"]) == 2
