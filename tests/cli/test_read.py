"""`cs-nlp read`: its options, its report, and that nothing private comes out where it must not."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cs_nlp.cli import app
from cs_nlp.errors import InputError, MissingExtraError
from tests.ingest.samples import SAMPLES

PRIVATE = ("zbyszko", "brzoza", "quillfeather", "07700")
CALL = (
    "WEBVTT\n\n00:00:00.000 --> 00:00:04.000\n<v Zbyszko Brzoza>Thank you for calling, this is Zbyszko, how can I help?</v>\n\n"
    "00:00:05.000 --> 00:00:09.000\n<v 07700 900123>Hi, I'm calling about my bill, my name is Imogen Quillfeather, 07700 900123.</v>\n"
)


def run(*arguments: object) -> tuple[str, str, int]:
    """What a command prints on stdout and stderr, and its exit code; our errors are raised."""
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.stdout, done.stderr, done.exit_code


def rows(text: str) -> list[dict[str, Any]]:
    """The objects of JSON lines."""
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def call(tmp_path: Path) -> Path:
    path = tmp_path / "call.vtt"
    path.write_text(CALL, encoding="utf-8")
    return path


def test_files_of_another_encoding_are_read_where_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "call.txt"
    path.write_bytes("Agent: caf\xe9?\nCustomer: s\xed.\n".encode("cp1252"))
    out, err, code = run("read", path, "--json")
    assert (out, code) == ("", 2)
    assert "name its encoding" in err
    out, _, code = run("read", path, "--json", "--encoding", "cp1252")
    assert ([row["text"] for row in rows(out)], code) == (["caf\xe9?", "s\xed."], 0)
    with pytest.raises(InputError, match="unknown encoding 'latin-99'"):
        run("read", path, "--encoding", "latin-99")


def test_roles_are_guessed_where_asked_and_the_report_says_how_sure(call: Path, tmp_path: Path) -> None:
    out, err, _ = run("read", call, "--json")
    assert {row["role"] for row in rows(out)} == {"unknown"}
    assert "2 turns of unknown role" in err
    report = tmp_path / "report.jsonl"
    out, _, _ = run("read", call, "--json", "--detect-roles", "--report", report)
    assert [row["role"] for row in rows(out)] == ["agent", "customer"]
    (told,) = rows(report.read_text())
    assert told["role_confidence"]["call"] >= 0.9
    _, err, _ = run("read", call, "--detect-roles")
    assert "1 transcripts with guessed roles" in err


def test_redacted_turns_have_stable_placeholders_and_the_report_counts_them_by_kind(call: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.jsonl"
    out, err, code = run("read", call, "--json", "--redact", "--report", report)
    assert [(row["speaker"], row["text"]) for row in rows(out)] == [
        ("[NAME_1]", "Thank you for calling, this is [NAME_1], how can I help?"),
        ("[PHONE_1]", "Hi, I'm calling about my bill, my name is [NAME_2], [PHONE_1]."),
    ]
    (told,) = rows(report.read_text())
    assert told["redactions"] == {"NAME": 2, "PHONE": 1}
    plain, more, _ = run("read", call, "--redact")
    assert "redacted: NAME 2, PHONE 1" in more
    assert not [word for word in PRIVATE if word in f"{out}{err}{report.read_text()}{plain}{more}".casefold()]
    assert code == 0


def test_without_the_packages_redaction_says_what_to_install_before_anything_is_read(call: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "presidio_analyzer", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'cs-nlp\[redact\]'"):
        run("read", call, "--redact")
    assert run("read", call)[2] == 0


def test_the_report_tells_turns_skips_unknown_roles_doubled_text_and_marks(tmp_path: Path) -> None:
    said = "I was told that the meter would be read again on Tuesday."
    turns = [{"speaker": side, "start": place * 9.0, "text": f"{said} {place}"} for place in range(2) for side in ("Agent", "Customer")]
    (tmp_path / "doubled.json").write_text(json.dumps([*turns, {"speaker": "Agent", "start": 30, "text": "Thank you, [NAME]."}]))
    (tmp_path / "lens.json").write_text(SAMPLES["contact_lens-chat"])
    (tmp_path / "broken.json").write_text('{"Transcript": [')
    report = tmp_path / "out" / "report.jsonl"
    report.parent.mkdir()
    files = sorted(tmp_path.glob("*.json"))
    _, err, code = run("read", *files, "--report", report)
    assert code == 2
    assert "broken.json, line 1: the JSON ends in the middle" in err
    broken, doubled, lens = rows(report.read_text())
    assert (broken["error"] is not None, broken["turns"]) == (True, 0)
    assert (doubled["turns"], doubled["doubled"], doubled["unknown_roles"], doubled["pii_marks"]) == (3, 2, 2, 1)
    assert (lens["format"], lens["turns"], lens["skipped"]) == ("contact_lens", 3, {"event": 2})
    _, err, _ = run("read", *files)
    assert "doubled.json: json: 1 transcripts, 3 turns, 2 turns of unknown role, 2 doubled turns left out, 1 marks of removed" in err
    assert "lens.json: contact_lens: 1 transcripts, 3 turns, event left out: 2" in err


def test_what_broken_files_hold_stands_in_no_message(tmp_path: Path) -> None:
    name, number = "Zbyszko Brzoza", "07700 900123"
    broken: dict[str, str | bytes] = {
        "no-header.csv": f"{name},{number},London\n{name},{number},Leeds\n{name},{number},York\n",
        "short-rows.csv": f'conversation_id,text\nc1,"{name}",{number}\n{name}\n',
        "open-quote.csv": f'conversation_id,text\nc1,hello\nc1,"{name} {number}\n',
        "slip.json": f'{{"text": "{name}" "{number}"}}',
        "cut.json": f'{{"Transcript": [{{"Content": "{name} {number}',
        "other.json": json.dumps({name: {number: [name]}}),
        "bad.jsonl": f'{{"text": "{name}", "speaker": "{number}"}}\n{{"text": "{name}, {number}\n{{"{name}": "{number}"}}\n',
        "unlabelled.txt": f"{name} said\nthat {number} is his number\n",
        "no-cues.vtt": f"WEBVTT\n\n{name}\n{number}\n",
        "latin.txt": f"Agent: {name}\nCustomer: {number} caf\xe9\n".encode("latin-1"),
        "vcon.json": json.dumps({"vcon": "1", "parties": [{"name": name, "tel": number}], "dialog": [{"type": name}]}),
        "lens.json": json.dumps({"Transcript": [{"Content": name, "ParticipantId": number}], name: number}),
        "metadata.csv": f"{name},{number}\n{name},{number}\n",
        "call.txt": f"Agent: {name}, {number}?\n",
    }
    for file, content in broken.items():
        (tmp_path / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    for options in ([], ["--detect-roles"], ["--redact"], ["--format", "csv"], ["--role-map", "x=agent"]):
        report = tmp_path.parent / "report.jsonl"
        out, err, code = run("read", tmp_path, *options, "--report", report)
        assert code == 2
        assert err.count("error: ") > 8
        assert not [word for word in PRIVATE if word in f"{err}{report.read_text()}".casefold()]
        if "--redact" in options:
            assert "Agent" in out or "agent" in out
            assert not [word for word in PRIVATE if word in out.casefold()]
