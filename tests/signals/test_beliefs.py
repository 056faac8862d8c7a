"""What becomes a belief, what is said of it, and whom it must not give away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from cs_nlp.errors import InputError
from cs_nlp.records import Withheld
from cs_nlp.records.beliefs import TeamBeliefs
from cs_nlp.signals.beliefs import Believing, team_beliefs
from tests.signals.believing import crowd, embed, heard, renamed
from tests.signals.samples import day

DEAF = ("deaf customers who never listen", "aggressive")
USELESS = ("useless is what we are here", "submissive")


def _only(found: Sequence[TeamBeliefs]) -> TeamBeliefs:
    (team,) = found
    return team


def test_what_several_people_say_is_a_belief_with_its_figures() -> None:
    found = _only(team_beliefs([*crowd(DEAF, 8), *crowd(USELESS, 6)], embed, list))
    first, second = found.beliefs
    assert (first.culture, first.target, first.n_statements, first.n_transcripts, first.n_people) == ("aggressive", "customer", 8, 8, 8)
    assert second.culture == "submissive"
    assert first.share == pytest.approx(8 / 14, abs=0.01)
    assert first.interval.low < first.share < first.interval.high
    assert first.culture_share == pytest.approx(0.9 / 0.975, abs=1e-6)
    assert first.name.startswith("deaf customers who never listen")
    assert len(first.examples) == 3
    assert (found.n_statements, found.n_transcripts, found.n_people) == (14, 14, 8)
    assert (str(found.start), str(found.end)) == ("2026-06-01", "2026-06-09")
    assert found.stability == pytest.approx(1.0)
    assert first.stability is not None
    assert first.stability > 0.9


@pytest.mark.parametrize(("transcripts", "people"), [(8, 4), (4, 4)])
def test_what_fewer_people_or_transcripts_say_than_the_smallest_group_is_none(transcripts: int, people: int) -> None:
    found = _only(team_beliefs([*crowd(DEAF, transcripts, people=people), *crowd(USELESS, 9)], embed, list))
    assert [belief.culture for belief in found.beliefs] == ["submissive"]


def test_five_people_in_one_chat_are_too_few_transcripts() -> None:
    chat = heard("chat", "p0", [(f"{DEAF[0]} {place}", DEAF[1]) for place in range(9)], day(0))
    said = tuple(replace(one, statement=replace(one.statement, speaker=f"p{place}")) for place, one in enumerate(chat.statements))
    together = replace(chat, statements=said, totals=replace(chat.totals, people=frozenset(f"p{place}" for place in range(9))))
    found = _only(team_beliefs([together, *crowd(USELESS, 9)], embed, list))
    assert [belief.culture for belief in found.beliefs] == ["submissive"]


def test_who_says_it_over_and_over_counts_for_a_third_at_most() -> None:
    again = [heard(f"again-{place}", "p0", [(f"{DEAF[0]} again {place}", DEAF[1])], day(place)) for place in range(20)]
    useless, deaf = _only(team_beliefs([*crowd(DEAF, 6), *again, *crowd(USELESS, 40)], embed, list)).beliefs
    assert useless.n_statements == 40
    assert (deaf.culture, deaf.n_people) == ("aggressive", 6)
    assert deaf.n_statements == 5 + 2  # two of seven are less than a third, three of eight would be more


def test_a_small_team_is_withheld_with_its_sizes() -> None:
    found = _only(team_beliefs(crowd(DEAF, 4), embed, list))
    assert found.withheld is Withheld.SMALL_GROUP
    assert (found.beliefs, found.n_statements, found.n_transcripts, found.n_people) == ((), None, None, None)


def test_two_models_are_no_one_list_and_routine_is_no_belief() -> None:
    mixed = [renamed(one, "other") if place % 2 else one for place, one in enumerate(crowd(DEAF, 8))]
    assert _only(team_beliefs(mixed, embed, list)).withheld is Withheld.MIXED_MODELS
    routine = _only(team_beliefs(crowd(("lunch is at one", "none"), 8), embed, list))
    assert (routine.withheld, routine.beliefs) == (Withheld.NO_DATA, ())


def test_statements_that_may_be_routine_all_together_are_no_belief() -> None:
    said = [heard(f"t{place}", f"p{place}", [(f"lunch is at one {place}", "none")], day(place), sure=0.6) for place in range(8)]
    assert _only(team_beliefs(said, embed, list)).beliefs == ()


def test_names_are_the_most_typical_words_that_name_nobody() -> None:
    said = [heard(f"t{place}", f"zoe{'abcdefgh'[place]}", [(f"deaf they are {place}", "aggressive")], day(place)) for place in range(8)]
    told = [heard(f"u{place}", f"p{place}", [("deaf as posts, ask Zoea or 07700", "aggressive")], day(place)) for place in range(8)]
    (belief,) = _only(team_beliefs([*said, *told], embed, list)).beliefs
    quoted = " ".join((belief.name, *belief.examples))
    assert "Zoea" not in quoted
    assert "07700" not in quoted
    assert belief.name.startswith("deaf they are")


def test_what_is_quoted_went_through_redaction_and_nothing_is_quoted_without() -> None:
    (belief,) = _only(team_beliefs(crowd(DEAF, 8), embed, lambda texts: [text.replace("customers", "[NAME_1]") for text in texts])).beliefs
    assert all("customers" not in text and "[NAME_1]" in text for text in (belief.name, *belief.examples))
    (silent,) = _only(team_beliefs(crowd(DEAF, 8), embed, None)).beliefs
    assert (silent.name, silent.examples) == ("", ())
    assert silent.share == belief.share


def test_examples_are_of_different_people_and_transcripts() -> None:
    said = [heard(f"t{place}", f"p{place // 2}", [(f"deaf they are {place}", "aggressive")], day(place)) for place in range(12)]
    (belief,) = _only(team_beliefs(said, embed, list, options=Believing(examples=9))).beliefs
    people = [int(text.split()[-1]) // 2 for text in (belief.name, *belief.examples)]
    assert len(people) == len(set(people)) == 6


def test_a_statement_of_another_culture_is_not_quoted_as_one_of_the_belief() -> None:
    said = [*crowd(DEAF, 8), heard("odd", "p99", [("deaf people were right, so I fixed it", "assertive")], day(3))]
    (belief,) = _only(team_beliefs(said, embed, list, options=Believing(examples=9))).beliefs
    assert belief.n_statements == 9
    assert not any("right" in text for text in (belief.name, *belief.examples))


def test_a_known_belief_keeps_its_id_and_name_as_long_as_somebody_says_it() -> None:
    (before,) = _only(team_beliefs(crowd(DEAF, 8), embed, list)).beliefs
    known = {"north": [before.known]}
    more = [*crowd(DEAF, 8), *crowd(("deaf they were and deaf they are", "aggressive"), 20, first=20)]
    (after,) = _only(team_beliefs(more, embed, list, known=known)).beliefs
    assert (after.id, after.name) == (before.id, before.name)
    (anew,) = _only(team_beliefs(more, embed, list)).beliefs
    assert anew.name != before.name
    (gone,) = _only(team_beliefs(more[8:], embed, list, known=known)).beliefs
    assert (gone.id, gone.name != before.name) == (before.id, True)


def test_the_order_of_transcripts_does_not_matter_and_teams_are_apart() -> None:
    both = [*crowd(DEAF, 8), *crowd(USELESS, 8), *crowd(DEAF, 8, team="south")]
    found = team_beliefs(both, embed, list)
    assert found == team_beliefs(both[::-1], embed, list)
    assert [(team.team, len(team.beliefs)) for team in found] == [("north", 2), ("south", 1)]
    assert found[1] == _only(team_beliefs(both[16:], embed, list))


def test_a_smallest_group_of_none_is_refused() -> None:
    with pytest.raises(InputError, match="smallest group can't be 0"):
        team_beliefs(crowd(DEAF), embed, list, options=Believing(k=0))
