"""`cs-nlp score` and `signals` with `--redact`: whatever comes out, to a screen or a file, holds no name and no number."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cs_nlp.ingest import read_files
from cs_nlp.pipeline import redact_scored, score_transcripts
from cs_nlp.redact import Redactor
from cs_nlp.scoring import load_classifier
from cs_nlp.taxonomy import SIGNAL_CULTURES
from tests.cli.test_read import PRIVATE, rows, run

AGENT_SAYS = (
    "Customers like Imogen Quillfeather never listen.",
    "Imogen Quillfeather was right, so I fixed it myself.",
    "It is really not our fault, ask Zbyszko on 07700 900123.",
    "Let me look at that.",
)


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    folder = tmp_path / "calls"
    folder.mkdir()
    head = "conversation_id,role,speaker,text\n"
    body = "".join(f'c{n},agent,Zbyszko Brzoza {n},"{text}"\n' for n in range(6) for text in AGENT_SAYS)
    (folder / "calls.csv").write_text(head + body)
    return folder


def _leaks(*texts: str) -> list[str]:
    return [word for word in PRIVATE if word in "".join(texts).casefold()]


def test_tables_rows_and_reports_hold_nothing_private(calls: Path, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("all.csv", "report.html", "report.jsonl")]
    out, err, code = run("score", calls, "--redact", "--out", files[0], "--html", files[1], "--report", files[2])
    assert code == 0
    assert _leaks(out, err, *(file.read_text() for file in files)) == []
    assert "[NAME_1]" in out
    assert "[NAME_1]" in files[0].read_text()
    (told,) = rows(files[2].read_text())
    assert told["redactions"]["NAME"] >= 18
    assert told["redactions"]["PHONE"] == 6
    plain, *_ = run("score", calls, "--json")
    assert _leaks(plain) == ["zbyszko", "quillfeather", "07700"]


def test_all_rows_keep_their_redacted_words(calls: Path) -> None:
    out, _, _ = run("score", calls, "--redact", "--json")
    plain, _, _ = run("score", calls, "--json")
    redacted, said = rows(out), rows(plain)
    assert _leaks(out) == []
    assert all(row["text"] for row in redacted)
    assert [{**row, "text": ""} for row in redacted] == [{**row, "text": ""} for row in said]


def test_quotes_in_the_report_of_signals_hold_nothing_private_whether_asked_for_or_not(
    calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CS_NLP_SMALLEST_GROUP", "1")
    pages = []
    for name, options in (("redacted.html", ["--redact"]), ("plain.html", [])):
        _, _, code = run("signals", calls, "--html", tmp_path / name, *options)
        assert code == 0
        pages.append((tmp_path / name).read_text())
    assert [_leaks(page) for page in pages] == [[], []]
    assert all("[NAME_1]" in page for page in pages)


def test_only_what_is_shown_is_redacted_and_the_rest_is_dropped(calls: Path) -> None:
    classifier = load_classifier("culture-en-small", threads=1)
    redactor = Redactor()
    for scored in score_transcripts((transcript for reading in read_files([calls]) for transcript in reading), classifier):
        done, counts = redact_scored(redactor, scored)
        assert done.totals == scored.totals
        assert done.transcript.turns == ()
        assert [item.score for item in done.statements] == [item.score for item in scored.statements]
        assert all(item.statement.context is None for item in done.statements)
        shown = {item.statement.text for item in done.statements if item.score.culture in SIGNAL_CULTURES}
        assert {item.statement.text for item in done.statements} - shown == {""}
        assert _leaks(json.dumps(sorted(shown))) == []
        assert counts.total() == sum(text.count("[") for text in (item.statement.text for item in done.statements))
