from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta

import pytest

from cs_nlp.records import Role, Score, ScoredStatement, ScoredTranscript, Statement, Totals, Transcript
from cs_nlp.signals import Quoting, pick_evidence
from cs_nlp.signals.periods import Period
from cs_nlp.taxonomy import CULTURES
from tests.signals.samples import day, totals, week_of

Said = tuple[str, str | None, str, float]


def _scored(row: Totals, said: Sequence[Said], context: str | None = None) -> ScoredTranscript:
    statements = tuple(_statement(row.transcript_id, place, one, context) for place, one in enumerate(said))
    return ScoredTranscript(Transcript(row.transcript_id, (), "test", "test", team=row.team), statements, row)


def _statement(transcript: str, turn: int, said: Said, context: str | None) -> ScoredStatement:
    text, speaker, culture, sure = said
    probabilities = tuple(sure if name == culture else (1 - sure) / 4 for name in CULTURES)
    score = Score(culture, probabilities, "other", (0.0, 0.0, 0.0, 0.0, 0.0, 1.0), (), ())
    return ScoredStatement(Statement(transcript, turn, 0, len(text), Role.AGENT, text, context, speaker), score)


def _texts(found: dict[str, list[ScoredStatement]], team: str = "north") -> list[str]:
    return [scored.statement.text for scored in found[team]]


def _week(texts: Sequence[str], culture: str = "aggressive") -> list[ScoredTranscript]:
    """A week with one statement of each of so many people, the surest first."""
    rows = week_of(0, len(texts))
    return [_scored(row, [(text, None, culture, 0.9 - place / 100)]) for place, (row, text) in enumerate(zip(rows, texts, strict=True))]


def test_the_surest_of_different_people_are_drawn_in_the_order_of_cultures_and_routine_is_not() -> None:
    rows = week_of(0, 12)
    said: list[list[Said]] = [
        [
            (f"mine {place}", None, "assertive", 0.9 - place / 100),
            (f"theirs {place}", None, "aggressive", 0.6),
            ("hello", None, "none", 0.99),
        ]
        for place in range(12)
    ]
    half = [_scored(row, own if place < 6 else own[:1]) for place, (row, own) in enumerate(zip(rows, said, strict=True))]
    found = pick_evidence(half, list)["north"]
    assert [scored.score.culture for scored in found] == ["aggressive"] * 5 + ["assertive"] * 5
    assert {scored.statement.text for scored in found[5:]} <= {f"mine {place}" for place in range(10)}


def test_one_speaker_and_one_transcript_are_quoted_once_for_a_culture() -> None:
    scored = []
    for place in range(7):
        row = totals(f"{place}", day(0), people=f"p{place} ann" if place < 3 else f"p{place}")
        own: list[Said] = [(f"by {place}", f"p{place}", "aggressive", 0.6)]
        scored.append(_scored(row, [*own, (f"hers {place}", "ann", "aggressive", 0.9)] if place < 3 else own))
    texts = _texts(pick_evidence(scored, list, quoting=Quoting(quotes=9)))
    assert sorted(texts) == ["by 1", "by 2", "by 3", "by 4", "by 5", "by 6", "hers 0"]


def test_nobody_is_quoted_where_fewer_people_than_the_smallest_group_said_such_things() -> None:
    four = [
        *_week([f"they never listen {word}" for word in "abcd"]),
        _scored(totals("z", day(0), people="p9"), [("hello", None, "none", 0.9)]),
    ]
    assert pick_evidence(four, list) == {"north": []}
    assert len(pick_evidence(four, list, quoting=Quoting(k=4))["north"]) == 4
    unnamed = [
        _scored(totals(f"{place}", day(0), people=f"a{place} b{place}"), [(f"so {place}", None, "aggressive", 0.9)]) for place in range(9)
    ]
    assert pick_evidence(unnamed, list) == {"north": []}


def test_nothing_is_quoted_from_withheld_weeks_or_withheld_teams() -> None:
    shown, small, companion = week_of(0, 9), week_of(7, 3), week_of(14, 6)
    rows = [*shown, *small, *companion, *week_of(0, 4, team="tiny")]
    scored = [_scored(row, [(f"{row.transcript_id}", f"p{place}", "aggressive", 0.9)]) for place, row in enumerate(rows)]
    found = pick_evidence(scored, list, quoting=Quoting(quotes=99))
    assert set(_texts(found)) == {row.transcript_id for row in shown}
    assert found["tiny"] == []


def test_a_single_week_is_quoted_by_itself_if_it_is_shown() -> None:
    monday = date(2026, 6, 1)
    weeks = [Period(monday + timedelta(weeks=number), monday + timedelta(weeks=number + 1)) for number in range(3)]
    rows = [*week_of(0, 9), *week_of(7, 2), *week_of(14, 6)]
    scored = [_scored(row, [(row.transcript_id, None, "aggressive", 0.9)]) for row in rows]
    found = [_texts(pick_evidence(scored, list, quoting=Quoting(quotes=99, within=week))) for week in weeks]
    assert [len(texts) for texts in found] == [9, 0, 0]
    assert all(text.startswith("north-00") for text in found[0])


def test_quotes_hold_no_speaker_transcript_place_or_time() -> None:
    scored = [
        _scored(
            totals(f"call-{word}", day(0), people=f"agent-{word}47d9"),
            [(f"they never listen {word}", f"agent-{word}47d9", "aggressive", 0.9)],
        )
        for word in "abcdefg"
    ]
    for quoted in pick_evidence(scored, list)["north"]:
        statement = quoted.statement
        assert (statement.speaker, statement.transcript_id, statement.turn, statement.start_char) == (None, "", 0, 0)
        assert not any(trace in str(asdict(quoted)) for trace in ("call-", "agent-", "47d9", "2026"))


@pytest.mark.parametrize("trace", ["ask Rosa about it", "ticket 44871 again", "at 10:42 he rang", "and MARTINEZ knows"])
def test_what_names_staff_a_case_or_a_time_is_not_quoted(trace: str) -> None:
    named = [_scored(totals("r", day(0), people="Rosa"), []), _scored(totals("m", day(0), people="Martinez"), [])]
    texts = [trace, *(f"they never listen {word}" for word in "abcde")]
    rows = [totals(f"{place}", day(0), people=f"p{place}") for place in range(6)]
    scored = [_scored(row, [(text, None, "aggressive", 0.9)]) for row, text in zip(rows, texts, strict=True)]
    assert set(_texts(pick_evidence([*named, *scored], list))) == set(texts[1:])


def test_texts_and_contexts_are_redacted_and_a_context_that_still_names_somebody_is_left_out() -> None:
    def redact(texts: Sequence[str]) -> list[str]:
        return [text.replace("Mrs Smith", "[NAME_1]") for text in texts]

    rows = week_of(0, 6)
    contexts = ["Mrs Smith called", "ask p3x", "", None, "so", "so"]
    scored = [
        _scored(row, [(f"Mrs Smith never listens, {word}", None, "aggressive", 0.9)], context)
        for row, word, context in zip(rows, "abcdef", contexts, strict=True)
    ]
    rosa = _scored(totals("r", day(0), people="Rosa"), [])
    scored[1] = _scored(rows[1], [("Mrs Smith never listens, b", None, "aggressive", 0.9)], "ask Rosa")
    found = {one.statement.text[-1]: one.statement for one in pick_evidence([*scored, rosa], redact, quoting=Quoting(quotes=6))["north"]}
    assert {letter: statement.context for letter, statement in found.items()} == {
        "a": "[NAME_1] called", "b": None, "c": None, "d": None, "e": "so", "f": "so",
    }  # fmt: skip
    assert all(statement.text.startswith("[NAME_1] never listens") for statement in found.values())


def test_texts_that_were_not_kept_are_not_quoted() -> None:
    assert pick_evidence(_week([""] * 9), list) == {"north": []}


def test_no_more_are_quoted_than_asked_for_and_another_pool_is_another_draw() -> None:
    words = [f"they never listen {word}" for word in "abcdefghij"]
    assert len(pick_evidence(_week(words), list, quoting=Quoting(quotes=2))["north"]) == 2
    whole = _texts(pick_evidence(_week(words), list))
    assert whole == _texts(pick_evidence(_week(words), list))
    draws = {tuple(sorted(_texts(pick_evidence(_week(words[:-1]), list, quoting=Quoting(seed=seed))))) for seed in range(9)}
    assert len(draws) > 1


def test_a_quote_that_is_gone_after_an_erasure_is_not_known_to_be_of_who_was_erased() -> None:
    words = [f"they never listen {word}" for word in "abcdefghij"]
    gone_too = 0
    for place in range(10):
        before = set(_texts(pick_evidence(_week(words), list)))
        after = set(_texts(pick_evidence(_week(words[:place] + words[place + 1 :]), list)))
        assert words[place] not in after
        gone_too += bool(before - after - {words[place]})
    assert gone_too >= 8
