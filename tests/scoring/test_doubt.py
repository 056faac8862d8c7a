"""What is not English, or unlike anything learnt from, is said to be so; ordinary service talk is not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from cs_nlp.errors import ArtefactError
from cs_nlp.labelling import read_dataset
from cs_nlp.scoring import load_classifier
from cs_nlp.scoring.batching import BatchingClassifier
from cs_nlp.scoring.doubt import Doubt, doubt_of, fit_seen, read_seen, write_seen
from cs_nlp.scoring.english import load_english, words_of
from tests.scoring.test_artefact import sign

ORDINARY = [
    "She was right, we had sent two bills, so I fixed it.",
    "ok",
    "",
    "idk why they keep calling us lol",
    "i can call you back at three if that works for you",
    "Thank you for holding, Mr Kowalczyk.",
]


@pytest.fixture(scope="module")
def doubt() -> Doubt:
    """The released model's."""
    return doubt_of(load_classifier("culture-en-small", threads=1).artefact)


def doubtful(repo_root: Path, name: str) -> list[tuple[str, str]]:
    rows = (repo_root / "data" / "doubt" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [(row["kind"], row["text"]) for row in map(json.loads, rows)]


def test_ordinary_service_talk_is_not_doubted(doubt: Doubt) -> None:
    assert doubt(ORDINARY) == (None,) * len(ORDINARY)


def test_few_statements_of_a_corpus_that_was_not_learnt_from_are_doubted(doubt: Doubt, repo_root: Path) -> None:
    reasons = doubt([item.text for item in read_dataset(repo_root / "data" / "corpus" / "documents_2.jsonl")])
    assert reasons.count("language") / len(reasons) < 0.002
    assert reasons.count("unlike") / len(reasons) < 0.03


def test_every_other_language_and_script_is_noticed(doubt: Doubt, repo_root: Path) -> None:
    found = [(kind, doubt([text])[0]) for kind, text in doubtful(repo_root, "languages") if kind != "mixed"]
    assert [kind for kind, reason in found if reason != "language"] == []


def test_most_code_lists_and_random_strings_are_noticed(doubt: Doubt, repo_root: Path) -> None:
    texts = [text for kind, text in doubtful(repo_root, "other_texts") if kind in {"code", "list", "random"}]
    assert sum(reason is not None for reason in doubt(texts)) >= 0.9 * len(texts)


@pytest.mark.parametrize("model", ["tiny_artefact", "tiny_baseline"])
def test_scores_carry_their_doubt_and_records_too(model: str, request: pytest.FixtureRequest) -> None:
    classifier = load_classifier(request.getfixturevalue(model), threads=1)
    texts = ["Das tut mir leid, ich kümmere mich sofort darum.", "{}[]();;==//##{}[]", "she was right"]
    scores = classifier.score(texts)
    assert scores.unsure == ("language", "unlike", None)
    assert [record.unsure for record in scores.to_records()] == ["language", "unlike", None]
    assert classifier.score([]).unsure == ()


def test_doubt_stays_with_its_statement_when_requests_are_scored_together(tiny_baseline: Path) -> None:
    batching = BatchingClassifier(load_classifier(tiny_baseline))
    assert batching.score(["she was right", "Das tut mir leid, ich kümmere mich sofort darum."]).unsure == (None, "language")
    batching.close()


def test_a_model_that_does_not_say_what_it_learnt_from_doubts_the_language_only(tiny_baseline: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_baseline, tmp_path / "model"))
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    del config["sha256"]["seen.npz"]
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "seen.npz").unlink()
    assert load_classifier(folder).score(["{}[]();;==//##{}[]", "Ich habe keine Ahnung davon."]).unsure == (None, "language")


def test_what_was_seen_is_read_as_it_was_written_and_holds_no_words(tmp_path: Path) -> None:
    seen = fit_seen(["they never listen", "they call and call"], ["they listen", "call 1 2 3"])
    write_seen(seen, tmp_path / "seen.npz")
    again = read_seen(tmp_path / "seen.npz")
    np.testing.assert_array_equal(again.words, seen.words)
    np.testing.assert_allclose(again.rarity, seen.rarity, atol=1e-6)
    assert (again.rarest, again.most_rare, again.most_signs) == (seen.rarest, seen.most_rare, seen.most_signs)
    assert b"listen" not in (tmp_path / "seen.npz").read_bytes()


def test_a_damaged_file_is_refused(tiny_baseline: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_baseline, tmp_path / "model"))
    (folder / "seen.npz").write_bytes(b"no zip")
    with pytest.raises(ArtefactError, match=r"seen\.npz: SHA-256"):
        load_classifier(folder)
    sign(folder, "seen.npz")
    with pytest.raises(ArtefactError, match=r"seen\.npz: not readable"):
        load_classifier(folder)
    (folder / "seen.npz").unlink()
    with pytest.raises(ArtefactError, match=r"seen\.npz missing"):
        load_classifier(folder)


def test_words_are_weighed_by_their_letters() -> None:
    english = load_english()
    odds = {word: english.log_odds(word) for word in words_of("refund nicht 我们 don't Überweisung")}
    assert list(odds) == ["refund", "nicht", "我们", "don't", "überweisung"]
    assert min(odds["refund"], odds["don't"]) > 0 > max(odds["nicht"], odds["我们"], odds["überweisung"])
