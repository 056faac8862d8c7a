"""`cs-nlp label`: every subcommand for real, from several people's files to shares of a team."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cs_nlp.errors import InputError
from cs_nlp.labelling import read_dataset
from cs_nlp.labelling.annotations import annotation_row, read_annotations, write_annotations
from cs_nlp.pipeline.storing import Keeping, ingest, open_organisation, score_waiting
from cs_nlp.records import AnnotatedStatement, Annotation, Channel, Role, Transcript, Turn
from cs_nlp.scoring import load_classifier
from cs_nlp.store import KeepText, give_feedback, open_store, read_statements
from tests.cli.test_read import rows, run
from tests.labelling.samples import said

CORPUS = Path(__file__).resolve().parents[2] / "data" / "corpus"


def _write(path: Path, statements: Sequence[AnnotatedStatement]) -> Path:
    write_annotations(path, statements)
    return path


@pytest.fixture
def annotated(tmp_path: Path) -> Path:
    """Labels of two on four statements: they agree on two, differ on one, and one has a single label."""
    statements = [
        said(1, ("ann", "none"), ("bob", "none"), group="c1"),
        said(2, ("ann", "assertive"), ("bob", "assertive"), group="c2"),
        said(3, ("ann", "none"), ("bob", "submissive"), group="c3"),
        said(4, ("ann", "none"), group="c4"),
    ]
    return _write(tmp_path / "annotated.jsonl", statements)


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first documents of the corpus that nothing has learnt from."""
    path = tmp_path_factory.mktemp("documents") / "documents.jsonl"
    path.write_text("\n".join((CORPUS / "documents_2.jsonl").read_text(encoding="utf-8").splitlines()[:15]), encoding="utf-8")
    return path


def test_agreement_is_printed_with_its_interval(annotated: Path) -> None:
    printed, _, code = run("label", "agreement", annotated, "--replicates", 50)
    assert code == 0
    assert "ann and bob" in printed
    assert "Most confused: submissive / none 1" in printed
    found = {row["question"]: row for row in rows(run("label", "agreement", annotated, "--replicates", 50, "--json")[0])}
    assert found["culture"]["statements"] == 3
    assert found["culture"]["interval"]["low"] <= found["culture"]["value"] <= found["culture"]["interval"]["high"]
    assert found["aggressive"]["value"] is None


def test_labels_become_gold_and_ties_are_settled_in_a_file(annotated: Path, tmp_path: Path) -> None:
    gold, ties = tmp_path / "gold.jsonl", tmp_path / "ties.jsonl"
    _, told, _ = run("label", "adjudicate", annotated, "--out", gold, "--ties", ties)
    assert "2 with a gold label (2 by majority, 0 settled, 0 that had one)" in told
    assert "1 ties" in told
    assert "1 with fewer than 2 annotators" in told
    assert "s4" in told

    decided = [replace(one, gold=Annotation("submissive", "self")) for one in read_annotations([ties])]
    _, told, _ = run("label", "adjudicate", annotated, "--out", tmp_path / "all.jsonl", "--settled", _write(tmp_path / "d.jsonl", decided))
    assert "3 with a gold label (2 by majority, 1 settled" in told
    assert [one.gold.culture for one in read_dataset(tmp_path / "all.jsonl")] == ["none", "assertive", "submissive"]

    _, told, _ = run("label", "adjudicate", annotated, "--out", tmp_path / "senior.jsonl", "--senior", "bob", "--least", 1)
    assert "4 with a gold label (3 by majority, 1 settled" in told


def test_gold_is_not_written_over(annotated: Path) -> None:
    before = annotated.read_text()
    with pytest.raises(InputError, match="there already"):
        run("label", "adjudicate", annotated, "--out", annotated)
    assert annotated.read_text() == before


def test_rules_of_ones_own_are_measured_and_label(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('[[rule]]\nname = "listen"\nculture = "aggressive"\nphrases = ["they never listen"]\n')
    statements = [said(1, text="They never listen!", gold="aggressive"), said(2, text="they never listen to me", gold="none"), said(3)]
    given = _write(tmp_path / "given.jsonl", statements)
    printed = rows(run("label", "weak", given, "--rules", rules, "--out", tmp_path / "weak.jsonl", "--json")[0])
    assert (printed[0]["rule"], printed[0]["fires"], printed[0]["precision"]) == ("listen", 2, 0.5)
    assert printed[-1]["together"]["judged"] == 2
    labelled = read_annotations([tmp_path / "weak.jsonl"])
    assert [len(one.annotations) for one in labelled] == [1, 1, 0]
    assert [one.gold for one in labelled] == [one.gold for one in statements]


def test_shipped_rules_are_measured(documents: Path) -> None:
    printed, _, code = run("label", "weak", documents, "--learn", documents)
    assert code == 0
    assert "sarcastic-openers" in printed
    assert "have a vote for a culture" in printed


@pytest.mark.parametrize("by", ["words", "out-of-fold", "model"])
def test_suspects_are_named_the_worst_first(by: str, documents: Path, tiny_baseline: Path, tiny_artefact: Path) -> None:
    model = tiny_baseline if by == "model" else tiny_artefact
    found = rows(run("label", "suspects", documents, "--by", by, "--model", model, "--json")[0])
    assert found
    assert all(one["given"] != one["likely"] for one in found)
    assert [one["quality"] for one in found] == sorted(one["quality"] for one in found)
    _, told, _ = run("label", "suspects", documents, "--by", by, "--model", model, "--limit", 1)
    assert f"{len(found)} of" in told


def test_suspects_of_somebody_who_labelled_nothing_are_refused(annotated: Path) -> None:
    with pytest.raises(InputError, match="a label of 'zoe'"):
        run("label", "suspects", annotated, "--annotator", "zoe")


@pytest.fixture
def pool(documents: Path, tmp_path: Path) -> Path:
    """The same statements without labels."""
    return _write(tmp_path / "pool.jsonl", [replace(one, gold=None) for one in read_annotations([documents])])


@pytest.mark.parametrize("by", ["mixed", "uncertain", "diverse", "balanced"])
def test_what_to_label_next_is_chosen_and_not_what_is_labelled(by: str, pool: Path, tiny_artefact: Path, tmp_path: Path) -> None:
    first = tmp_path / "first.jsonl"
    run("label", "next", pool, "-n", 20, "--by", by, "--model", tiny_artefact, "--out", first)
    chosen = read_annotations([first])
    assert len(chosen) == 20
    assert all(one.facts["chosen"] for one in chosen)

    done = _write(tmp_path / "done.jsonl", [replace(one, annotations=(Annotation("none", None, (), "ann"),)) for one in chosen])
    printed = rows(run("label", "next", pool, "-n", 20, "--by", by, "--model", tiny_artefact, "--labelled", done, "--json")[0])
    assert not {row["id"] for row in printed} & {one.id for one in chosen}


def test_what_a_model_scored_can_be_chosen_from(tiny_artefact: Path, tmp_path: Path) -> None:
    samples = Path(__file__).resolve().parents[2] / "data" / "samples" / "alder-health" / "ah-01.vtt"
    (tmp_path / "scored.jsonl").write_text(run("score", samples, "--model", tiny_artefact, "--json")[0])
    printed = rows(run("label", "next", tmp_path / "scored.jsonl", "-n", 3, "--model", tiny_artefact, "--json")[0])
    assert len(printed) == 3


def test_a_labelled_sample_tells_the_shares_of_a_team(pool: Path, documents: Path, tiny_artefact: Path, tmp_path: Path) -> None:
    sample = tmp_path / "sample.jsonl"
    _, told, _ = run("label", "next", pool, "-n", 120, "--by", "interval", "--culture", "none", "--model", tiny_artefact, "--out", sample)
    assert "expected standard error" in told
    truth = read_annotations([documents])
    golds = {one.id: one.gold for one in truth}
    labelled = _write(tmp_path / "labelled.jsonl", [replace(one, gold=golds[one.id]) for one in read_annotations([sample])])
    found = {row["culture"]: row for row in rows(run("label", "shares", labelled, "--json")[0])}
    is_none = [one.gold is not None and one.gold.culture == "none" for one in truth]
    assert found["none"]["low"] <= sum(is_none) / len(truth) <= found["none"]["high"]
    assert found["none"]["of"] == len(truth)
    assert f"Shares in {len(truth)} statements" in run("label", "shares", labelled)[0]
    with pytest.raises(InputError, match="expected one for each"):
        run("label", "shares", sample)


@pytest.mark.parametrize("arguments", [("--culture", "none"), ("--by", "interval", "--culture", "angry")])
def test_cultures_that_make_no_sense_are_refused(arguments: tuple[str, ...], pool: Path) -> None:
    with pytest.raises(InputError, match="--culture"):
        run("label", "next", pool, *arguments)


@pytest.mark.parametrize("tool", ["label-studio", "argilla", "doccano"])
def test_labels_go_to_a_tool_and_come_back(tool: str, annotated: Path, tmp_path: Path) -> None:
    out, back = tmp_path / "out", tmp_path / "back.jsonl"
    run("label", "export", annotated, "--tool", tool, "--out", out)
    _, told, _ = run("label", "import", out, "--tool", tool, "--out", back)
    assert "4 statements, 7 labels of 2 annotators (ann, bob)" in told
    assert [json.loads(line) for line in back.read_text().splitlines()] == [annotation_row(one) for one in read_annotations([annotated])]
    with pytest.raises(InputError, match="there already"):
        run("label", "export", annotated, "--tool", tool, "--out", out)


def test_people_of_a_tool_get_their_names(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('[{"id": 1, "text": "hm", "culture": "none", "annotator": 3}]')
    run("label", "import", tmp_path / "x.json", "--tool", "label-studio", "--person", "3=ann", "--out", tmp_path / "a.jsonl")
    assert read_annotations([tmp_path / "a.jsonl"])[0].annotations[0].annotator == "ann"
    with pytest.raises(InputError, match="WHO=NAME"):
        run("label", "import", tmp_path / "x.json", "--tool", "label-studio", "--person", "3", "--out", tmp_path / "b.jsonl")


def test_a_project_is_set_up_with_our_labels() -> None:
    assert '<Choice value="passive_aggressive"/>' in run("label", "setup", "--tool", "label-studio")[0]
    assert {"text": "target:customer"} in json.loads(run("label", "setup", "--tool", "doccano")[0])


def test_an_import_of_nothing_in_particular_is_refused(tmp_path: Path) -> None:
    for arguments in ((), (tmp_path / "x",), (tmp_path / "x", "--tool", "argilla", "--db"), ("--tool", "argilla")):
        with pytest.raises(InputError, match="either a file and its --tool, or --db"):
            run("label", "import", *arguments, "--out", tmp_path / "a.jsonl")


def test_corrections_of_the_service_become_an_annotation_file(tiny_baseline: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CS_NLP_DATABASE", str(tmp_path / "store.db"))
    turns = tuple(Turn(n, Role.AGENT, f"ann {n}", f"they never listen to us, number {n}") for n in range(3))
    call = Transcript(
        id="c1",
        turns=turns,
        source_format="test",
        source="t",
        channel=Channel.CALL,
        team="north",
        started_at=datetime(2026, 3, 2, tzinfo=UTC),
    )
    keeping = Keeping("default", b"0123456789abcdef", KeepText.ALL)
    with open_store(tmp_path / "store.db", create=True) as store:
        organisation = open_organisation(store, keeping)
        list(ingest(store, [call], keeping))
        list(score_waiting(store, organisation, load_classifier(str(tiny_baseline)), worker="test", keep=KeepText.ALL))
        with store.writing() as db:
            one, other, *_ = read_statements(db, organisation)
            give_feedback(db, organisation, one, Annotation("aggressive", "customer", ("voice-",), "qa"))
            give_feedback(db, organisation, one, Annotation("none", None, (), "lead"))
            give_feedback(db, organisation, other, Annotation("none", None, (), "qa"))
    _, told, _ = run("label", "import", "--db", "--out", tmp_path / "feedback.jsonl")
    assert "2 statements, 3 labels of 2 annotators (lead, qa)" in told
    first, _ = read_annotations([tmp_path / "feedback.jsonl"])
    assert first.annotations == (Annotation("aggressive", "customer", ("voice-",), "qa"), Annotation("none", None, (), "lead"))
    assert first.group == one.scored.statement.transcript_id


def test_an_import_of_no_corrections_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CS_NLP_DATABASE", str(tmp_path / "store.db"))
    with open_store(tmp_path / "store.db", create=True) as store:
        open_organisation(store, Keeping("default", b"0123456789abcdef", KeepText.ALL))
    with pytest.raises(InputError, match="nobody has corrected"):
        run("label", "import", "--db", "--out", tmp_path / "feedback.jsonl")
    assert not (tmp_path / "feedback.jsonl").exists()


def test_broken_characters_do_not_end_a_run(tiny_artefact: Path, tmp_path: Path) -> None:
    given = tmp_path / "given.jsonl"
    given.write_text('{"text": "hm \\ud83d", "context": "\\ud83d"}\n{"text": "hello there"}\n')
    out = tmp_path / "out.jsonl"
    command = [sys.executable, "-c", "from cs_nlp.cli import main; main()", "label", "next", str(given), "--model", str(tiny_artefact)]
    subprocess.run([*command, "--out", str(out)], check=True, capture_output=True)
    assert [one.text for one in read_annotations([out])].count("hm \ud83d") == 1
