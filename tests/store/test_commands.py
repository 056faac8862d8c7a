"""The commands on the database, as a user types them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cs_nlp.cli import app
from cs_nlp.redact import pseudonym
from tests.store.shell import KEY, Shell

CALL = """\
Agent: Good morning, you are through to Rosa, how can I help?
Customer: My router has been dead since Friday, I am Tom Baxter.
Agent: Everybody else can read the letter, Mr Baxter, it is really not our fault.
Agent: Number {n} in the queue, and nobody ever tells us anything either.
"""
METADATA = "transcript,agent,team,queue,started_at,joined_on\n"


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """A folder of calls with their side file: two agents, three weeks."""
    folder = tmp_path / "calls"
    folder.mkdir()
    rows = []
    for n in range(6):
        (folder / f"c{n}.txt").write_text(CALL.format(n=n), encoding="utf-8")
        agent, joined = ("Rosa Marchetti", "2026-01-05") if n % 2 else ("Ann Lee", "")
        rows.append(f"c{n},{agent},north,phone,2026-06-{1 + 3 * n:02}T23:30:00+00:00,{joined}\n")
    (folder / "metadata.csv").write_text(METADATA + "".join(rows), encoding="utf-8")
    return folder


def test_what_is_ingested_is_scored_and_read_as_signals(shell: Shell, calls: Path) -> None:
    assert "6 transcripts read: 6 new" in shell.out("ingest", str(calls), "--tz", "Europe/London")

    stored = shell.rows("signals", "--by", "month")
    read = shell.rows("signals", str(calls), "--by", "month", "--tz", "Europe/London")

    assert [row["n_statements"] for row in stored] == [row["n_statements"] for row in read]
    assert [(row["start"], row["value"]) for row in stored] == [(row["start"], pytest.approx(row["value"])) for row in read]
    assert any(row["value"] is not None for row in stored)


def test_ingesting_again_tells_that_it_was_there(shell: Shell, calls: Path) -> None:
    first = shell.rows("ingest", str(calls))
    again = shell.run("ingest", str(calls))

    assert {row["outcome"] for row in first} == {"new"}
    assert {row["file"] for row in first} == {str(calls / f"c{n}.txt") for n in range(6)}
    assert "6 transcripts read: 6 stored before" in again.stdout
    assert f"{calls}/c0.txt: 1 stored before" in again.stderr


def test_a_report_says_what_became_of_each_file(shell: Shell, calls: Path) -> None:
    (calls / "bad.txt").write_text("no speaker here\n", encoding="utf-8")
    report = shell.folder / "report.jsonl"

    done = shell.run("ingest", str(calls), "--report", str(report))

    rows = {Path(row["path"]).name: row for row in map(json.loads, report.read_text(encoding="utf-8").splitlines())}
    assert done.exit_code == 2
    assert rows["c3.txt"]["stored"] == {"new": 1, "replaced": 0, "duplicate": 0}
    assert rows["bad.txt"]["error"] is not None


def test_a_report_says_what_was_redacted(shell: Shell, calls: Path) -> None:
    report = shell.folder / "report.jsonl"
    shell.out("ingest", str(calls / "c0.txt"), "--report", str(report), CS_NLP_KEEP_TEXT="all")
    assert json.loads(report.read_text(encoding="utf-8"))["redactions"] == {"NAME": 2}


def test_storing_and_scoring_may_be_two_steps(shell: Shell, calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shell.folder)
    assert "6 received" in shell.out("ingest", str(calls), "--later", CS_NLP_KEEP_TEXT="signals")
    waiting = shell.run("signals", CS_NLP_KEEP_TEXT="signals")
    assert "6 transcripts wait to be scored" in waiting.stderr

    assert "6 scored" in shell.out("ingest", CS_NLP_KEEP_TEXT="signals")
    shell.out("signals", "--html", "report.html", CS_NLP_KEEP_TEXT="signals")

    page = (shell.folder / "report.html").read_text(encoding="utf-8")
    assert "north" in page
    assert "Baxter" not in page


def test_people_are_imported_listed_and_erased(shell: Shell, calls: Path) -> None:
    shell.out("ingest", str(calls))
    rosa, ann = (pseudonym(name, KEY.encode(), "default") for name in ("Rosa Marchetti", "Ann Lee"))
    assert shell.rows("people", "list") == [
        {"person": person, "team": "north", "joined_on": joined} for person, joined in sorted([(rosa, "2026-01-05"), (ann, None)])
    ]
    people = shell.folder / "people.csv"
    people.write_text(f"agent,team,joined_on\nAnn Lee,north,2026-02-02\n{rosa},,2026-01-06\nNew One,south,2026-06-01\n", encoding="utf-8")

    assert "3 people" in shell.out("people", "import", str(people))

    found = {row["person"]: row["joined_on"] for row in shell.rows("people", "list")}
    assert found == {rosa: "2026-01-06", ann: "2026-02-02", pseudonym("New One", KEY.encode(), "default"): "2026-06-01"}
    assert len(shell.rows("people", "list", "--team", "south")) == 1
    assert "erased 9 statements in 3 transcripts" in shell.out("people", "erase", "rosa  MARCHETTI", "--yes")
    assert rosa not in shell.out("people", "list")
    assert "nobody of that name" in shell.error("people", "erase", rosa, "--yes")


def test_an_erased_person_is_in_no_figure(shell: Shell, calls: Path) -> None:
    shell.out("ingest", str(calls))
    before = shell.rows("signals", "--by", "month")
    shell.out("people", "erase", "Ann Lee", "-y")
    after = shell.rows("signals", "--by", "month")

    assert (before[0]["n_people"], after[0]["n_people"]) == (2, 1)
    assert (before[0]["n_transcripts"], after[0]["n_transcripts"]) == (6, 3)


def test_transcripts_are_pruned_by_date_by_age_and_by_id(shell: Shell, calls: Path) -> None:
    shell.out("ingest", str(calls))

    assert "erased 2 transcripts" in shell.out("prune", "--before", "2026-06-07", "--yes")
    assert "erased 1 transcripts" in shell.out("prune", "--transcript", "c2", "--yes")
    assert "erased 0 transcripts" in shell.out("prune", "--yes", CS_NLP_RETENTION_DAYS="36500")
    assert "say what to erase" in shell.error("prune", "--yes")
    assert "--transcript c2: no stored transcript has this id" in shell.error("prune", "--transcript", "c2", "--yes")
    assert shell.rows("db", "current")[0]["organisations"] == {"default": {"received": 0, "scoring": 0, "scored": 3, "failed": 0}}


def test_nothing_is_erased_without_a_yes(shell: Shell, calls: Path) -> None:
    shell.out("ingest", str(calls))

    assert "nothing was erased" in shell.run("prune", "--before", "2030-01-01").stderr
    assert CliRunner().invoke(app, ["people", "erase", "Ann Lee"], env=shell.env, input="n\n").exit_code == 0
    assert shell.rows("db", "current")[0]["organisations"] == {"default": {"received": 0, "scoring": 0, "scored": 6, "failed": 0}}


def test_a_database_is_made_told_and_checked(shell: Shell) -> None:
    assert re.search(r"there is no database yet|it has no tables", shell.error("signals"))
    assert "version 0004 (before: no tables)" in shell.out("db", "upgrade")
    assert "version 0004 (current)" in shell.out("db", "current")
    assert "whole" in shell.out("db", "check")


def test_a_team_gets_another_zone(shell: Shell, calls: Path) -> None:
    shell.out("ingest", str(calls))

    def weeks() -> list[object]:
        return [row["n_transcripts"] for row in shell.rows("signals") if row["measure"] == "signal_rate"]

    assert weeks() == [6, 3, 2, 1]
    shell.out("db", "zone", "north", "Asia/Tokyo")
    assert weeks() == [6, 3, 2, 1]  # what is published stands
    assert "6 transcripts published" in shell.out("db", "publish", "--anew")
    assert weeks() == [6, 2, 3, 1]  # half past eleven on Sunday night in UTC is Monday there
    assert "whole" in shell.out("db", "check")
    assert "'south': not in this database" in shell.error("db", "zone", "south", "UTC")
    assert "'Mars/Base': there is none" in shell.error("db", "zone", "north", "Mars/Base")


def test_another_model_scores_what_has_text(shell: Shell, calls: Path, tiny_baseline: Path, tmp_path: Path) -> None:
    shell.out("ingest", str(calls / "c0.txt"), CS_NLP_KEEP_TEXT="all")
    shell.out("ingest", str(calls / "c1.txt"))
    newer = tmp_path / "newer"
    shutil.copytree(tiny_baseline, newer)
    config = json.loads((newer / "config.json").read_text(encoding="utf-8")) | {"name": "newer"}
    (newer / "config.json").write_text(json.dumps(config), encoding="utf-8")

    told = shell.out("db", "rescore", "--model", str(newer), CS_NLP_KEEP_TEXT="all")

    assert told.startswith("1 transcripts scored anew\n1 stay with tiny-words@")
    assert "scored by newer@" in shell.run("signals").stderr


def test_what_is_not_stored_is_told_by_name(shell: Shell, calls: Path) -> None:
    shell.out("ingest", str(calls))

    assert "organisation 'rival': not in this database" in shell.error("signals", "--org", "rival")
    assert "--team south: not in this database; it has north" in shell.error("signals", "--team", "south")
    assert "published by week" in shell.error("signals", "--by", "day")
    assert "groups of 1 or more" in shell.error("signals", CS_NLP_SMALLEST_GROUP="7")
    assert "leave out PATH" in shell.error("signals", str(calls), "--team", "north")
    assert "CS_NLP_KEEP_TEXT=none" in shell.error("ingest", str(calls), "--later")
    assert "nothing to store" in shell.error("ingest", "--later", CS_NLP_KEEP_TEXT="signals")
    assert "CS_NLP_KEEP_TEXT" in shell.error("ingest", str(calls), CS_NLP_KEEP_TEXT="some")
    assert "secret is not the one" in shell.error("ingest", str(calls), CS_NLP_SECRET="f" * 32)
    assert len(shell.rows("signals", "--team", "north")) == len(shell.rows("signals"))


def _process(arguments: Sequence[str], folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).with_name("cs-nlp")
    return subprocess.run(
        [command, *arguments], cwd=folder, env=os.environ | env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("nowhere", ["sqlite"], indirect=True)
def test_the_default_is_a_file_and_its_secret_in_the_current_folder(shell: Shell, calls: Path, tiny_baseline: Path) -> None:
    env = {"CS_NLP_KEEP_TEXT": "none", "CS_NLP_MODEL": str(tiny_baseline)}

    done = _process(["ingest", str(calls)], shell.folder, env)
    assert done.returncode == 0, done.stderr
    assert "cs_nlp.db.secret: made the secret" in done.stderr
    (shell.folder / "cs_nlp.db.secret").unlink()
    again = _process(["ingest", str(calls)], shell.folder, env)

    assert again.returncode == 2
    assert "the secret for pseudonyms is not there; restore the file" in again.stderr
