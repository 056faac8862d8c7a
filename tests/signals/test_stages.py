from __future__ import annotations

from dataclasses import replace

import pytest

from cs_nlp.records import Against, Channel, Difference, Totals, Withheld
from cs_nlp.signals.stages import stage_differences
from tests.signals.samples import week_of

POLITE, RUDE = (0, 0, 0, 3, 7), (5, 0, 0, 1, 4)


def _calls_and_chat(calls: int = 9, chats: int = 9, team: str = "north") -> list[Totals]:
    """Polite to customers, rude among themselves."""
    chat = [
        replace(row, channel=Channel.TEAM_CHAT, transcript_id=f"chat-{row.transcript_id}")
        for row in week_of(1, chats, team=team, counts=RUDE)
    ]
    return [*week_of(0, calls, team=team, counts=POLITE), *chat]


def _one(found: list[Difference], label: str, team: str = "north") -> Difference:
    (one,) = (each for each in found if (each.team, each.measure, each.label) == (team, "prevalence", label))
    return one


def test_calls_are_held_against_the_teams_own_chat() -> None:
    found = _one(stage_differences(_calls_and_chat()), "aggressive")
    assert found.value == pytest.approx(-0.5)
    assert found.interval is not None
    assert found.interval.high < 0
    assert found.adjusted is not None
    assert found.adjusted < 0.001
    assert found.against is Against.TEAM_CHAT
    assert (found.by, found.n_transcripts, found.other_transcripts, found.n_statements) == ("all", 9, 9, 90)


def test_each_team_is_held_against_itself_and_all_comparisons_count_together() -> None:
    found = stage_differences([*_calls_and_chat(), *_calls_and_chat(team="south")])
    assert _one(found, "aggressive", "south").value == _one(found, "aggressive", "north").value
    p_values = [each.p_value for each in found if each.p_value is not None]
    adjusted = [each.adjusted for each in found if each.adjusted is not None]
    assert max(adjusted) >= max(p_values)
    assert len(adjusted) == len(p_values) > 9


def test_a_stage_of_few_people_is_not_shown_and_neither_is_its_size() -> None:
    for rows in (_calls_and_chat(chats=4), _calls_and_chat(calls=4)):
        found = stage_differences(rows)
        assert {each.withheld for each in found} == {Withheld.SMALL_GROUP}
        assert {(each.value, each.n_statements, each.other_statements) for each in found} == {(None, None, None)}


def test_a_team_without_chat_has_nothing_to_be_held_against() -> None:
    found = stage_differences(week_of(0, 9))
    assert {(each.team, each.withheld, each.value) for each in found} == {("north", Withheld.NO_DATA, None)}
    assert stage_differences([]) == []


def test_stages_that_different_models_scored_are_not_compared() -> None:
    rows = [replace(row, model=row.channel.value) for row in _calls_and_chat()]
    assert {each.withheld for each in stage_differences(rows)} == {Withheld.MIXED_MODELS}
