"""The words that are named are those whose leaving changes the label, and they stand where they are said to stand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from cs_nlp.errors import InputError
from cs_nlp.labelling import read_dataset
from cs_nlp.scoring import Classifier, load_classifier
from cs_nlp.scoring.explain import explain, without, word_spans
from cs_nlp.taxonomy import CULTURES
from tests.cli.test_read import rows, run
from tools.measure_explain import measure

TURN = "Customers never listen, they're all stupid. I will call you back tomorrow with the new bill."


@pytest.fixture(scope="module")
def released() -> Classifier:
    return load_classifier("culture-en-small", threads=1)


def log_odds(classifier: Classifier, texts: list[str], culture: str) -> list[float]:
    chances = classifier.score(texts).cultures[:, CULTURES.index(culture)].astype(np.float64)
    return np.log(chances / (1 - chances)).tolist()  # type: ignore[no-any-return]


@pytest.mark.parametrize("model", ["tiny_artefact", "tiny_baseline"])
def test_weights_add_up_to_what_all_words_together_change(model: str, request: pytest.FixtureRequest) -> None:
    classifier = load_classifier(request.getfixturevalue(model), threads=1)
    [found] = explain(classifier, ["they never listen to us"], label="aggressive", orders=3)
    whole, nothing = log_odds(classifier, ["they never listen to us", ""], "aggressive")
    assert sum(word.weight for word in found.words) == pytest.approx(whole - nothing, abs=1e-4)


def test_one_word_left_out_at_a_time_is_just_that(released: Classifier) -> None:
    text = "they never listen"
    [found] = explain(released, [text], label="aggressive", orders=0)
    whole, *shorter = log_odds(released, [text, "never listen", "they listen", "they never"], "aggressive")
    np.testing.assert_allclose([word.weight for word in found.words], [whole - one for one in shorter], atol=1e-4)


def test_what_was_said_before_stays_as_it_is(released: Classifier) -> None:
    alone, told = explain(released, ["well she asked for it"] * 2, [None, "I told her she would lose it all"], label="aggressive")
    assert alone.probability != told.probability
    assert [word.weight for word in alone.words] != [word.weight for word in told.words]


def test_words_are_told_with_their_places_and_without_marks(released: Classifier) -> None:
    text = ' "Well... that\'s  great!" - 2nd time'
    [found] = explain(released, [text])
    assert [word.text for word in found.words] == ["Well", "that's", "great", "-", "2nd", "time"]
    assert all(text[word.start_char : word.end_char] == word.text for word in found.words)


@pytest.mark.parametrize("text", ["", "   "])
def test_without_words_there_is_nothing_to_tell(released: Classifier, text: str) -> None:
    assert explain(released, [text])[0].words == ()
    assert explain(released, []) == []


def test_the_same_seed_tells_the_same_and_an_unknown_culture_is_refused(released: Classifier) -> None:
    assert explain(released, [TURN], seed=3) == explain(released, [TURN], seed=3)
    with pytest.raises(InputError, match="got 'rude', expected one of aggressive"):
        explain(released, [TURN], label="rude")


def test_words_are_left_out_without_leaving_gaps() -> None:
    text = "one  two,\nthree"
    assert without(text, word_spans(text), [1]) == "one three"


def test_without_the_named_words_the_probability_falls_more_than_without_random_ones(released: Classifier, repo_root: Path) -> None:
    statements = read_dataset(repo_root / "data" / "corpus" / "documents_2.jsonl")[:80]
    labels = released.score([item.text for item in statements], [item.context for item in statements]).cultures.argmax(axis=1)
    carrying = [item for item, label in zip(statements, labels, strict=True) if CULTURES[label] != "none" and " " in item.text][:12]
    found = measure(released, carrying, 2)
    for share in ("10%", "20%", "50%"):
        assert found[share]["comprehensiveness"]["difference"][1] > 0
        assert found[share]["sufficiency"]["difference"][2] < 0


def test_the_command_cuts_a_turn_and_counts_from_its_start() -> None:
    printed, _, code = run("explain", TURN, "--json", "--orders", 1)
    found = rows(printed)
    assert (code, len(found)) == (0, 2)
    for row in found:
        assert TURN[row["start_char"] : row["end_char"]] == row["text"]
        assert all(TURN[word["start_char"] : word["end_char"]] == word["text"] for word in row["words"])
    assert next(word["weight"] for word in found[0]["words"] if word["text"] == "stupid") > 0


def test_the_command_shows_the_strongest_words_and_refuses_silence() -> None:
    printed, _, _ = run("explain", "Customers never listen, they're all stupid.")
    assert printed.startswith("aggressive ")
    assert "stupid +" in printed
    with pytest.raises(InputError, match="got no words"):
        run("explain", "  ")


def test_predict_tells_the_words_where_it_is_asked_to(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(json.dumps({"text": "they are all stupid"}) + "\n", encoding="utf-8")
    [plain] = rows(run("predict", tmp_path / "rows.jsonl", "--json")[0])
    [told] = rows(run("predict", tmp_path / "rows.jsonl", "--json", "--explain")[0])
    assert told.pop("words")[3]["text"] == "stupid"
    assert told == plain
    assert "because of: stupid" in run("predict", tmp_path / "rows.jsonl", "--explain")[0]
