"""How much is given away where nothing is subtracted, and what is not stopped: docs/privacy.md says so."""

from __future__ import annotations

from tests.attacks.limits import attendance, explained, joining, noisy_erasure, one_voice


def test_a_figure_of_mostly_one_persons_words_is_not_shown() -> None:
    assert explained(one_voice) == 0
    assert explained(one_voice, "threshold") > 0.6


def test_who_knows_when_somebody_joined_a_small_team_learns_of_them_and_less_in_a_large_one() -> None:
    small, large = (explained(joining(12, size), targets=20) for size in (8, 25))
    assert small > 0.5
    assert large < 0.5


def test_who_knows_attendance_learns_of_people_in_a_small_team_and_less_in_a_large_one() -> None:
    small, large = (explained(attendance(12, size), targets=20) for size in (8, 25))
    assert small > 0.3
    assert large < 0.2


def test_noise_well_inside_the_intervals_would_not_hide_an_erasure() -> None:
    outcome = noisy_erasure(26, 10, targets=20)
    assert outcome.succeeds, outcome
