"""Weak rules fire where they should, their votes are weighed by how far each can be trusted, and faults of a file are told together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cs_nlp.errors import InputError
from cs_nlp.labelling.annotations import read_annotations
from cs_nlp.labelling.weak import RULES, fit_weak, measure_rules, measure_together, weak_labels, wilson
from cs_nlp.labelling.weak_model import UNKNOWN, fit_label_model, majority
from cs_nlp.labelling.weak_rules import SHIPPED, Rule, fire, read_rules
from cs_nlp.records import Annotation, Channel
from tests.labelling.samples import said

CORPUS = Path(__file__).resolve().parents[2] / "data" / "corpus"
LISTEN = Rule(name="listen", culture="aggressive", target="customer", phrases=("they don't listen",), unless=("so they don't listen in",))


def test_a_phrase_is_found_however_it_is_written() -> None:
    said_so = [
        "They don't listen!",
        "they dont listen",
        "They do not listen.",
        "they DON\u2019T listen",
        "they listen",
        "so they don't listen in",
    ]
    fired = fire([LISTEN], [said(n, text=text) for n, text in enumerate(said_so)])
    assert fired[:, 0].tolist() == [True, True, True, True, False, False]


def test_broken_characters_do_not_end_a_run() -> None:
    assert fire([LISTEN], [said(1, text="they don't listen \ud83d")]).all()


def test_patterns_and_channels_are_heeded() -> None:
    pattern = ({"NORM": {"IN": ["these", "those"]}}, {"OP": "?"}, {"NORM": "people"})
    rule = Rule(name="people", culture="aggressive", patterns=(pattern,), channel=Channel.TEAM_CHAT)
    on_call = said(1, text="those daft people")
    assert fire([rule], [on_call, replace(on_call, channel=Channel.TEAM_CHAT)])[:, 0].tolist() == [False, True]


def test_a_pattern_that_spacy_refuses_is_told_with_its_rule() -> None:
    with pytest.raises(InputError, match="rule 'odd'"):
        fire([Rule(name="odd", culture="none", patterns=(({"NORMAL": "x"},),))], [said(1)])


def test_faults_of_a_rule_file_are_told_together(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(
        'version = 1\n[[rule]]\nname = "a"\nculture = "angry"\nphrases = ["x"]\n[[rule]]\nname = "b"\nculture = "none"\n'
        '[[rule]]\nname = "c"\nphrases = ["y"]\n[[rule]]\nname = "d"\ndrivers = ["voice-"]\nphrase = ["y"]\nphrases = ["y"]\n'
    )
    with pytest.raises(InputError) as caught:
        read_rules(path)
    told = str(caught.value)
    for part in (
        "5 faults",
        "'version' is unknown",
        "rule 1 (a): culture: 'angry'",
        "rule 2 (b): it looks for nothing",
        "rule 3 (c): it votes for nothing",
        "rule 4 (d): phrase",
    ):
        assert part in told


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('[[rule]]\nname = "a"\nculture = "none"\nphrases = ["x"]\n' * 2)
    with pytest.raises(InputError, match="the name stands twice"):
        read_rules(path)


def _drawn(n: int, accuracy: list[float], votes: list[int], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rules that fire on a fifth of all statements of three classes, right as often as `accuracy` says."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(3, size=n)
    chance = np.where(truth[:, None] == np.array(votes), 0.6 * np.array(accuracy), 0.3 * (1 - np.array(accuracy)))
    return rng.random((n, len(votes))) < chance, truth


def test_rules_are_trusted_as_far_as_known_labels_bear_them_out() -> None:
    accuracy, votes = [0.95, 0.8, 0.6, 0.9], [0, 1, 2, 2]
    fired, truth = _drawn(6000, accuracy, votes, 1)
    model = fit_label_model(fired, votes, 3, known=truth)
    assert model.accuracy == pytest.approx(accuracy, abs=0.04)


def test_without_known_labels_a_rule_that_others_contradict_is_trusted_less() -> None:
    fired, _ = _drawn(6000, [0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.35], [0, 0, 1, 1, 2, 2, 0], 2)
    model = fit_label_model(fired, [0, 0, 1, 1, 2, 2, 0], 3)
    assert model.accuracy[6] < model.accuracy[:6].min() - 0.1


def test_weighing_votes_beats_counting_them() -> None:
    accuracy, votes = [0.95, 0.5, 0.5, 0.95, 0.5, 0.5, 0.9], [0, 1, 1, 1, 2, 2, 2]
    fired, truth = _drawn(6000, accuracy, votes, 3)
    model = fit_label_model(fired[:3000], votes, 3, known=truth[:3000])
    tried = fired[3000:].any(axis=1)
    weighed = model.probabilities(fired[3000:])[tried].argmax(axis=1)
    counted = majority(fired[3000:], model.votes, 3)[tried]
    assert (weighed == truth[3000:][tried]).mean() > (counted == truth[3000:][tried]).mean() + 0.03


def test_its_probabilities_are_calibrated_where_rules_are_independent() -> None:
    accuracy, votes = [0.95, 0.7, 0.6, 0.9], [0, 1, 2, 2]
    fired, truth = _drawn(20_000, accuracy, votes, 4)
    model = fit_label_model(fired[:10_000], votes, 3, known=truth[:10_000])
    found = model.probabilities(fired[10_000:])
    tried = ~np.isnan(found[:, 0])
    assert found[tried].max(axis=1).mean() == pytest.approx((found[tried].argmax(axis=1) == truth[10_000:][tried]).mean(), abs=0.02)


def test_nothing_is_known_where_no_rule_fires() -> None:
    model = fit_label_model(np.array([[True], [False]]), [1], 3)
    assert np.isnan(model.probabilities(np.array([[False]]))).all()
    assert majority(np.array([[False]]), model.votes, 3).tolist() == [UNKNOWN]


def test_figures_of_rules_are_counted() -> None:
    rules = [
        LISTEN,
        Rule(name="calm", culture="none", phrases=("one moment",)),
        Rule(name="deaf", culture="aggressive", phrases=("listen",), drivers=("voice-",)),
    ]
    statements = [
        said(1, text="they don't listen", gold="aggressive"),
        said(2, text="they don't listen, one moment", gold="none"),
        said(3, text="listen", gold="none"),
        said(4, text="hello"),
    ]
    fired = fire(rules, statements)
    gold = [one.gold for one in statements]
    models = fit_weak(rules, fired, gold)
    found = {(row.rule, row.votes): row for row in measure_rules(rules, fired, models, gold)}
    listen = found["listen", "aggressive"]
    assert (listen.fires, listen.coverage, listen.overlaps, listen.conflicts, listen.judged, listen.precision) == (2, 0.5, 1.0, 0.5, 2, 0.5)
    assert found["listen", "target customer"].judged == 0
    assert (found["deaf", "voice-"].precision, found["deaf", "voice-"].accuracy) == (0.0, None)
    assert measure_together(rules, fired, models, gold).covered == 0.75


def test_weak_labels_are_those_of_one_more_annotator_never_gold() -> None:
    rules = [LISTEN, Rule(name="deaf", drivers=("voice-",), phrases=("listen",))]
    statements = [said(1, ("ann", "none"), text="they don't listen"), said(2, text="listen"), said(3, text="hello")]
    fired = fire(rules, statements)
    found = weak_labels(rules, fired, fit_weak(rules, fired, [None] * 3), statements, 0.5)
    assert found[0].annotations == (Annotation("none", None, (), "ann"), Annotation("aggressive", "customer", ("voice-",), RULES))
    assert found[0].facts["weak"]["rules"] == ["listen", "deaf"]
    assert (found[1].annotations, found[1].facts["weak"]["drivers"], found[2]) == ((), ["voice-"], statements[2])
    assert all(one.gold is None for one in found)
    assert weak_labels(rules, fired, fit_weak(rules, fired, [None] * 3), found, 0.99)[0].annotations == statements[0].annotations


def test_wilson_is_that_of_the_textbook() -> None:
    assert (wilson(8, 10).low, wilson(8, 10).high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 5).low == 0.0


def test_the_shipped_rules_are_better_than_chance_on_documents_that_they_were_not_written_from() -> None:
    rules, statements = read_rules(SHIPPED), read_annotations([CORPUS / "documents_2.jsonl"])
    gold = [one.gold for one in statements]
    fired = fire(rules, statements)
    learnt = read_annotations([CORPUS / "documents.jsonl"])
    models = fit_weak(rules, fire(rules, learnt), [one.gold for one in learnt])
    together = measure_together(rules, fired, models, gold)
    assert together.accuracy is not None
    assert together.covered > 0.08
    assert together.accuracy > 0.6


def test_a_rule_alone_is_right_as_often_as_it_is_trusted_however_often_it_fires() -> None:
    for n in (2, 20, 90):
        fired = np.arange(100)[:, None] < n
        model = fit_label_model(fired, [0], 5)
        assert model.probabilities(fired)[0, 0] == pytest.approx(model.accuracy[0], abs=0.03)
