"""DataFrame in, DataFrame out: the user's columns stay, ours are added, and what can't be used is told in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import cs_nlp
from cs_nlp.cli import app
from cs_nlp.errors import InputError
from cs_nlp.pipeline.frames import ADDED
from cs_nlp.scoring import Classifier, load_classifier
from cs_nlp.taxonomy import CULTURES

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
FEW = [str(SAMPLES / "alder-health" / f"ah-{number:02d}.vtt") for number in (1, 3, 8, 13)]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return load_classifier("culture-en-small", threads=1)


@pytest.fixture
def mine() -> pd.DataFrame:
    """A user's frame: an index with repetitions, columns of several types, none of them where cs_nlp would have put it."""
    return pd.DataFrame(
        {
            "stars": np.array([1, 5, 3], dtype="int16"),
            "said": ["They never listen, they are all stupid.", "I rang her back and put it right.", "The ticket number is four two."],
            "desk": pd.Categorical(["a", "b", "a"]),
            "before": [None, "You promised to call me.", np.nan],
            "who": ["agent", "agent", "customer"],
        },
        index=pd.Index(["x", "y", "x"], name="call"),
    )


def _run(*arguments: str) -> str:
    done = CliRunner().invoke(app, [*arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_users_columns_index_and_order_are_kept_and_the_frame_is_not_changed(mine: pd.DataFrame, classifier: Classifier) -> None:
    before = mine.copy(deep=True)

    made = cs_nlp.score_frame(mine, text="said", model=classifier)

    pd.testing.assert_frame_equal(mine, before)
    pd.testing.assert_frame_equal(made[list(mine.columns)], before)
    assert tuple(made.columns) == (*mine.columns, *ADDED)


def test_scores_are_those_of_the_classifier(mine: pd.DataFrame, classifier: Classifier) -> None:
    made = cs_nlp.score_frame(mine, text="said", context="before", model=classifier)

    given = classifier.score(mine["said"].tolist(), [None, "You promised to call me.", None])
    np.testing.assert_allclose(made[list(CULTURES)].to_numpy(), given.cultures, atol=1e-6)
    records = given.to_records()
    assert made["culture"].tolist() == [one.culture for one in records]
    assert made["target"].tolist() == [one.target for one in records]
    assert made["drivers"].tolist() == [" ".join(one.drivers) for one in records]
    assert made["culture"].tolist()[:2] == ["aggressive", "assertive"]


def test_doubt_is_told(classifier: Classifier) -> None:
    made = cs_nlp.score_frame(pd.DataFrame({"text": ["Das ist leider nicht meine Schuld, tut mir leid."]}), model=classifier)
    assert made["unsure"].tolist() == ["language"]


def test_with_a_role_only_agents_are_scored_and_other_rows_stay_where_they_are(mine: pd.DataFrame, classifier: Classifier) -> None:
    mine.loc[mine["who"] == "customer", "said"] = None  # what is not scored need not be text

    made = cs_nlp.score_frame(mine, text="said", role="who", model=classifier)

    assert made["culture"].notna().tolist() == [True, True, False]
    assert made[list(ADDED)].iloc[2].isna().all()


def test_a_prefix_keeps_labels_that_are_there_already(mine: pd.DataFrame, classifier: Classifier) -> None:
    labelled = mine.assign(culture="none")

    with pytest.raises(InputError, match=r"column\(s\) culture already.*prefix"):
        cs_nlp.score_frame(labelled, text="said", model=classifier)
    made = cs_nlp.score_frame(labelled, text="said", model=classifier, prefix="model_")

    assert made["culture"].tolist() == ["none"] * 3
    assert tuple(made.columns) == (*labelled.columns, *("model_" + name for name in ADDED))


def test_an_empty_frame_gets_the_same_columns_of_the_same_types(mine: pd.DataFrame, classifier: Classifier) -> None:
    full = cs_nlp.score_frame(mine, text="said", model=classifier)
    empty = cs_nlp.score_frame(mine.iloc[:0], text="said", model=classifier)
    assert len(empty) == 0
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda frame: frame.drop(columns="said"), r"no column 'said'; the frame has 'stars', 'desk', 'before', 'who'.*text='statement'"),
        (
            lambda frame: frame.assign(said=[None, " ", "a"]),
            r"2 of 3 rows of .*'said'.*row 0 \(index 'x'\): no value; row 1 .*empty",
        ),
        (lambda frame: frame.assign(said=[1, "a", "b"]), r"row 0 \(index 'x'\): int. Expected text; drop or fill"),
        (lambda frame: frame.assign(before=[b"a", "a", None]), r"column 'before'.*row 0 \(index 'x'\): bytes. Expected text, None or NaN"),
        (
            lambda frame: frame.assign(who=["agent", "boss", None]),
            r"row 1 \(index 'y'\): an unknown value; row 2 .*no value. Exp",
        ),
        (lambda frame: pd.concat([frame, frame[["said"]]], axis=1), r"2 columns are called 'said'; rename"),
        (lambda frame: frame.to_dict("records"), "got a list, expected a pandas DataFrame"),
    ],
)
def test_what_cant_be_used_is_told_with_what_to_do(
    mine: pd.DataFrame, classifier: Classifier, spoil: Callable[[pd.DataFrame], Any], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        cs_nlp.score_frame(spoil(mine), text="said", context="before", role="who", model=classifier)


def test_no_words_of_a_bad_row_are_told(mine: pd.DataFrame, classifier: Classifier) -> None:
    with pytest.raises(InputError) as caught:
        cs_nlp.score_frame(mine.assign(who="Mary Poppins"), text="said", role="who", model=classifier)
    assert "Mary" not in str(caught.value)


def test_progress_is_told_up_to_the_end(classifier: Classifier, capsys: pytest.CaptureFixture[str]) -> None:
    frame = pd.DataFrame({"text": ["Thanks for waiting."] * 600})
    steps: list[tuple[int, int]] = []

    cs_nlp.score_frame(frame, model=classifier, progress=lambda done, total: steps.append((done, total)))
    cs_nlp.score_frame(frame, model=classifier, progress=True)

    assert steps == [(512, 600), (600, 600)]
    written = capsys.readouterr().err
    assert "600 of 600 statements" in written
    assert " a second" in written
    assert written.rstrip(" \n").endswith("done")


def test_statements_of_transcripts_are_those_that_the_command_writes(classifier: Classifier, tmp_path: Path) -> None:
    _run("score", *FEW, "--out", str(tmp_path / "scores.csv"))
    written = pd.read_csv(tmp_path / "scores.csv")

    transcripts = (transcript for reading in cs_nlp.read_files([Path(name) for name in FEW]) for transcript in reading)
    made = cs_nlp.statements_frame(cs_nlp.score_transcripts(transcripts, classifier))

    assert set(written.columns) - set(made.columns) == {"windows"}
    same = ["transcript_id", "turn", "start_char", "end_char", "text", "culture", "target"]
    assert made[same].to_numpy().tolist() == written[same].to_numpy().tolist()
    np.testing.assert_allclose(made[list(CULTURES)], written[list(CULTURES)], atol=1e-4)
    assert str(made["started_at"].dt.tz) == "UTC"


def test_signals_are_those_that_the_command_prints_and_withheld_ones_keep_their_reason(classifier: Classifier) -> None:
    printed = [json.loads(line) for line in _run("signals", *FEW, "--json").splitlines()]

    transcripts = (transcript for reading in cs_nlp.read_files([Path(name) for name in FEW]) for transcript in reading)
    made = cs_nlp.signals_frame(cs_nlp.signals_of(cs_nlp.score_transcripts(transcripts, classifier), classifier.artefact))

    assert list(made.columns) == list(printed[0])
    assert len(made) == len(printed)
    assert made["reason"].dropna().tolist() == [row["reason"] for row in printed if row["reason"]]
    assert made.loc[made["reason"].notna(), ["value", "low", "high"]].isna().all(axis=None)
    assert (made["reason"] == "small_group").any()
    assert [str(day.date()) if day is not pd.NaT else None for day in made["start"]] == [row["start"] for row in printed]


def test_signals_that_are_told_have_their_numbers() -> None:
    week = cs_nlp.Signal("a", None, None, "mix", "assertive", 0.4, cs_nlp.Interval(0.2, 0.6), 0.5, "pacc", 90, 12, 7)

    (row,) = cs_nlp.signals_frame([week]).to_dict("records")

    assert (row["value"], row["low"], row["high"], row["level"], row["plain"]) == (0.4, 0.2, 0.6, 0.95, 0.5)
    assert (row["n_statements"], row["n_people"]) == (90, 7)
    assert pd.isna(row["reason"])
