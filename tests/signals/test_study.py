"""Small, seeded versions of `make study`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tools.study import rewrite
from tools.study_coverage import ALIKE, IN_USE, LADDER, Answers, Held, resampled, simulated
from tools.study_data import conversations_of, draw, weights_for
from tools.study_errors import Errors, Setting, measure
from tools.study_methods import COUNTING, DEFAULT
from tools.study_page import Study, readme_part, tables
from tools.study_picture import picture
from tools.study_settings import HELD_OUT, ORDINARY, REAL, Material, apart, material, protocol, shifts

DRAWS = 25


@pytest.fixture(scope="module")
def known(shared_dir: Path) -> Material:
    return material("culture-en-small", shared_dir / "real" / "dev.jsonl")


def _errors(known: Material, n: int) -> Errors:
    return measure(Setting(HELD_OUT, REAL, "even", n, DRAWS), known.rows[HELD_OUT], known.rows[REAL], known.balance, seed=1)


def test_conversations_are_weighted_so_that_they_have_the_prevalence_asked_for() -> None:
    counts = np.random.default_rng(0).multinomial(3, (0.1, 0.1, 0.1, 0.2, 0.5), size=200).astype(np.float64)
    for target in ((0.2, 0.2, 0.2, 0.2, 0.2), (0.02, 0.02, 0.02, 0.04, 0.9)):
        weights = weights_for(counts, np.array(target))
        assert weights.min() >= 0
        np.testing.assert_allclose(weights @ counts / (weights @ counts.sum(axis=1)), target, atol=1e-5)


@pytest.mark.shared
def test_samples_are_of_whole_conversations_and_have_the_size_and_the_prevalence_asked_for(known: Material) -> None:
    rows = known.rows[REAL]
    members, _ = conversations_of(rows)
    whole = {tuple(own.tolist()) for own in members}
    samples = draw(rows, 500, 10, "realistic", 0)
    for sample in samples:
        assert len(sample.places) == 500
        assert all(tuple(own.tolist()) in whole for own in sample.conversations[:-1])
        np.testing.assert_allclose(rows.shares(sample.places), sample.target, atol=0.08)


@pytest.mark.shared
@pytest.mark.parametrize(("n", "largest"), [(200, 0.45), (1000, 0.35)])
def test_the_default_errs_much_less_than_counting_and_no_more_than_quapys_best(known: Material, n: int, largest: float) -> None:
    found = _errors(known, n)
    assert found.ratio(DEFAULT).mean <= largest
    assert found.error(DEFAULT).mean < 0.045
    assert found.ahead.high > 0, f"{found.best_of_quapy} is better beyond chance"
    assert found.error(DEFAULT, of_mix=True).mean < found.error(COUNTING, of_mix=True).mean


@pytest.mark.shared
@pytest.mark.parametrize("transcripts", [20, 100])
def test_intervals_of_real_text_hold_where_held_out_rows_are_like_it(known: Material, transcripts: int) -> None:
    answers = Answers(known.rows[HELD_OUT], known.rows[REAL], known.balance)
    found = resampled(ALIKE, answers, transcripts, 50, seed=2)
    assert 0.92 <= found.all <= 0.99
    assert min(found.by_share) >= 0.86  # three standard errors of so small a study below 95 %
    assert resampled(IN_USE, answers, transcripts, 50, seed=2).all >= 0.92


@pytest.mark.shared
def test_where_no_correction_can_be_learnt_counts_stand_and_the_method_says_why(known: Material) -> None:
    judged = known.rows["real text, picked"]
    learnt = apart(known.rows[ORDINARY], judged)
    found = measure(Setting(ORDINARY, "", "around", 200, 5), learnt, judged, known.balance, seed=0)
    assert found.said == {"plain: fewer than 10 held-out rows of submissive": 5}
    assert found.shares[DEFAULT].tolist() == found.shares[COUNTING].tolist()


def test_a_simulated_cell_is_reported_by_share() -> None:
    found = simulated("no errors", 20, 30, seed=0)
    assert len(found.by_share) == len(found.width) == len(LADDER)
    assert list(found.width) == sorted(found.width)
    assert 0.88 <= found.all <= 1


def _made_up() -> Study:
    rng = np.random.default_rng(0)
    names = (DEFAULT, COUNTING, "PACC", *(f"QuaPy {name}" for name in ("PACC", "EMQ VS", "KDEy-ML")))

    def made(setting: Setting) -> Errors:
        shares, mixes = ({name: rng.random(4) / 10 for name in names} for _ in range(2))
        return Errors(setting, shares, mixes, said={"pacc": 4}, held=0.95, gives=1.0)

    cells = [Held(world, size, 10, (0.95,) * 5, 0.95, 0.95, (0.1,) * 5) for world in (ALIKE, IN_USE) for size in (20, 100, 500)]
    return Study(tuple(made(each) for each in (*protocol(4), *shifts(4))), tuple(cells), {20: {"sums": 1.0, "counts": 2.0}}, 4, 10)


def test_tables_and_picture_have_a_place_for_everything(tmp_path: Path) -> None:
    found = _made_up()
    text = tables(found)
    assert all(f"### Intervals of {size} transcripts" in text for size in (20, 100, 500))
    assert text.count("| held-out rows of calls | real chat |") == 1
    assert "nan" not in text
    assert "docs/study.svg" in readme_part(found)
    picture(found).save(str(tmp_path / "picture.svg"))
    assert "10 to 50 % carry a culture" in (tmp_path / "picture.svg").read_text(encoding="utf-8")


def test_only_what_stands_between_the_marks_is_written_anew(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "Before.\n\n<!-- study: written by `make study`, do not edit -->\nold\n<!-- end of study -->\nAfter.\n", encoding="utf-8"
    )
    for _ in range(2):
        rewrite(page, "new\n")
    text = page.read_text(encoding="utf-8")
    assert text == "Before.\n\n<!-- study: written by `make study`, do not edit -->\n\nnew\n\n<!-- end of study -->\nAfter.\n"
