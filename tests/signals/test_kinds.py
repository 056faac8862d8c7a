from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import Totals
from cs_nlp.signals import Correction, Resampling
from cs_nlp.signals.estimate import Estimator
from cs_nlp.signals.kinds import fit_kinds
from tests.signals.samples import week_of

SKILL = {"hard": 0.2, "easy": 0.7}
MIX = np.array([0.3, 0.1, 0.05, 0.15, 0.4])


def _said(truth: NDArray[np.int64], skill: float, rng: np.random.Generator) -> NDArray[np.float64]:
    return np.asarray(skill * np.eye(5)[truth] + (1 - skill) * rng.dirichlet(np.full(5, 3.0), size=len(truth)))


def _correction(rng: np.random.Generator) -> Correction:
    """Two kinds of text, of which one is easy to the classifier, with 300 rows each."""
    truth = np.tile(np.arange(5), 60)
    return Correction(
        np.tile(truth, 2),
        np.concatenate([_said(truth, skill, rng) for skill in SKILL.values()]),
        np.arange(600),
        kinds=np.repeat([0, 1], 300),
    )


def _team(kind: str, rng: np.random.Generator) -> list[Totals]:
    rows = []
    for row in week_of(0, 60):
        said = _said(rng.choice(5, size=10, p=MIX), SKILL[kind], rng)
        counts = tuple(np.bincount(said.argmax(axis=1), minlength=5).tolist())
        rows.append(replace(row, n=10, counts=counts, sums=tuple(said.sum(axis=0)), confidence=float(said.max(axis=1).sum())))
    return rows


def test_the_kind_that_a_team_s_text_is_like_counts_more_and_the_estimate_comes_nearer_to_the_truth() -> None:
    rng = np.random.default_rng(4)
    correction, team = _correction(rng), {kind: _team(kind, rng) for kind in SKILL}
    fitted = {kind: fit_kinds(correction, rows, 1.0) for kind, rows in team.items()}
    assert fitted["hard"].weights[0] > 1.5 * fitted["hard"].weights[1]
    assert fitted["easy"].weights[1] > 1.5 * fitted["easy"].weights[0]
    for kind, rows in team.items():
        off = [np.abs(Estimator(each, Resampling())([rows])[0].value[:5] - MIX).mean() for each in (fitted[kind], correction)]
        assert off[0] < off[1]


def test_the_fewer_statements_the_less_is_known_of_their_kind() -> None:
    rng = np.random.default_rng(4)
    correction, rows = _correction(rng), _team("easy", rng)
    doubts = [np.trace(fit_kinds(correction, rows[:size], 1.0).doubt) for size in (2, 60)]
    assert doubts[0] > doubts[1] > 0


def test_where_all_rows_are_of_one_kind_nothing_is_weighed() -> None:
    correction = replace(_correction(np.random.default_rng(4)), kinds=np.zeros(600, dtype=np.int64))
    fitted = fit_kinds(correction, week_of(0, 3), 1.0)
    np.testing.assert_allclose(fitted.matrix(), correction.matrix())


def test_text_that_does_not_fit_the_held_out_rows_makes_intervals_wider() -> None:
    rng = np.random.default_rng(4)
    correction = replace(_correction(rng), kinds=np.array([], dtype=np.int64))
    easy = replace(correction, **{name: getattr(correction, name)[300:] for name in ("truth", "probabilities", "groups")})
    widths = {}
    for kind in SKILL:
        rows = _team(kind, rng)
        fitted = fit_kinds(easy, rows, 1.0)
        made = Estimator(fitted, Resampling())([rows])[0]
        widths[kind] = float((made.high - made.low).mean()), fitted.strange
    assert widths["easy"][1] < 0.02 < widths["hard"][1]
    assert widths["easy"][0] < widths["hard"][0]


def test_text_like_the_held_out_rows_is_seldom_taken_for_strange() -> None:
    rng = np.random.default_rng(5)
    found = []
    for _ in range(30):
        both = replace(_correction(rng), kinds=np.array([], dtype=np.int64))
        easy = replace(both, **{name: getattr(both, name)[300:] for name in ("truth", "probabilities", "groups")})
        found.append(fit_kinds(easy, _team("easy", rng), 1.0).strange)
    assert np.mean(found) < 0.01


def test_rows_of_one_conversation_do_not_count_as_so_many_independent_ones() -> None:
    rng = np.random.default_rng(6)
    alone = replace(_correction(rng), kinds=np.array([], dtype=np.int64))
    base = np.concatenate([300 + np.flatnonzero(alone.truth[300:] == place)[:24] for place in range(5)])
    said = np.repeat(base, 5)  # each of 120 rows five times
    alike = {
        name: replace(alone, truth=alone.truth[said], probabilities=alone.probabilities[said], groups=groups)
        for name, groups in (("known", np.repeat(np.arange(120), 5)), ("taken for independent", np.arange(600)))
    }
    rows = [_team("easy", rng) for _ in range(10)]
    found = {name: np.mean([fit_kinds(each, team, 1.0).strange for team in rows]) for name, each in alike.items()}
    assert found["known"] < found["taken for independent"]
