"""What is told of stored teams without a path: the answer from the files where all of them is published, refusals where it is not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cs_nlp.records import Intervention
from cs_nlp.store import add_intervention, find_organisation, open_store
from tests.store.shell import Shell

SAID = (
    "Everybody else can read the letter, it is really not our fault.",
    "I can do nothing here, I am sorry, nobody ever tells us anything either.",
    "You never read anything, do you?",
    "You are right, it was our error and I have put it right at once.",
    "Could you give me the number under the barcode?",
)
MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
WEEKS = 14
TEAMS = {"north": ("Rosa Marchetti", "Ann Lee"), "south": ("Ben Okafor", "Mia Brandt")}
JOINED = {"Ann Lee": "2025-01-06", "Rosa Marchetti": "2026-03-16"}
ON = date(2026, 4, 20)


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Two teams of two over fourteen weeks; one of the first team joined in the third of them."""
    folder = tmp_path / "calls"
    folder.mkdir()
    rows, rng = ["transcript,agent,team,queue,started_at,joined_on"], np.random.default_rng(4)
    for team, people in TEAMS.items():
        for week in range(WEEKS):
            for person in people:
                name = f"{team}-{week}-{person[:3]}"
                words = "".join(f"Customer: It is dead again.\nAgent: {SAID[rng.integers(len(SAID))]}\n" for _ in range(6))
                (folder / f"{name}.txt").write_text(words, encoding="utf-8")
                at = MONDAY + timedelta(weeks=week, days=int(rng.integers(5)))
                rows.append(f"{name},{person},{team},phone,{at.isoformat()},{JOINED.get(person, '')}")
    (folder / "metadata.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def filled(shell: Shell, calls: Path) -> Shell:
    """The shell over a database that holds them all, published for groups of one."""
    shell.out("ingest", str(calls), "--tz", "UTC")
    return shell


def alike(value: object) -> Any:  # noqa: ANN401 - as pytest.approx
    """The same, with numbers to nine digits."""
    if isinstance(value, dict):
        return {name: alike(own) for name, own in value.items()}
    if isinstance(value, list):
        return [alike(own) for own in value]
    return pytest.approx(value, rel=1e-9, abs=1e-12) if isinstance(value, float) else value


def note(shell: Shell, *given: Intervention) -> list[str]:
    """Store interventions, as the service does; their ids."""
    with open_store(shell.env["CS_NLP_DATABASE"]) as store, store.writing() as db:
        organisation = find_organisation(db, "default")
        return [add_intervention(db, organisation, one).uid for one in given]


@pytest.mark.parametrize(
    "command", [("drivers",), ("newcomers",), ("intervention", "--team", "north", "--on", str(ON)), ("coaching",)], ids=lambda one: one[0]
)
def test_what_is_published_as_a_whole_is_told_as_from_the_files(filled: Shell, calls: Path, command: Sequence[str]) -> None:
    name, *options = command
    read = filled.rows(name, str(calls), *options)

    assert filled.rows(name, *options) == alike(read)
    assert read


def test_changes_are_those_of_the_files_without_what_takes_people_apart(filled: Shell, calls: Path) -> None:
    def pairs(rows: Iterable[dict[str, Any]]) -> dict[tuple[str, ...], float | None]:
        keys = ("team", "start", "end", "by", "against", "measure", "label")
        return {tuple(str(one[key]) for key in keys): one["value"] for row in rows for one in row["differences"]}

    stored, read = filled.rows("changes"), filled.rows("changes", str(calls))
    told, known = pairs(stored), pairs(read)

    assert [row["team"] for row in stored] == ["north", "south"]
    for ours, theirs in zip(stored, read, strict=True):
        assert {**ours, "differences": [], "parts": [], "pooled": []} == alike({**theirs, "differences": [], "parts": [], "pooled": []})
        assert (ours["parts"], ours["pooled"]) == ([], [])
    assert told == alike({key: known[key] for key in told})
    assert {key[4] for key in told} == {"previous", "other_teams"}


def test_one_team_is_told_as_among_all(filled: Shell) -> None:
    for command in ("drivers", "changes", "newcomers", "coaching"):
        every = filled.rows(command)
        assert filled.rows(command, "--team", "north") == [row for row in every if row["team"] == "north"]
        assert {row["team"] for row in every} == {"north", "south"}


def test_stored_interventions_are_told_by_id_and_by_team(filled: Shell) -> None:
    first, _, _ = note(filled, Intervention("north", ON, "coaching"), Intervention("north", MONDAY.date()), Intervention("south", ON))

    (own,) = filled.rows("intervention", "--team", "north", "--on", str(ON), "--title", "coaching")
    every = filled.rows("intervention", "--team", "north")

    assert filled.rows("intervention", "--id", first) == [own]
    assert every == [every[0], own]
    assert every[0]["reason"] == "too_few_periods"
    assert own["others"] == ["south"]
    assert "there is no team to compare it with" in filled.out("intervention", "--id", first, "--without", "south")


def test_imported_joining_days_count(filled: Shell) -> None:
    people = filled.folder / "people.csv"
    people.write_text("agent,team,joined_on\nBen Okafor,south,2026-03-09\nMia Brandt,south,2024-01-01\n", encoding="utf-8")
    before = filled.out("newcomers", "--team", "south")
    filled.out("people", "import", str(people))
    (after,) = filled.rows("newcomers", "--team", "south")

    assert "say who joined when with 'cs-nlp people import'" in " ".join(before.split())
    assert after["weeks"]


def test_of_small_teams_nothing_is_told_but_why(shell: Shell, calls: Path) -> None:
    env = {"CS_NLP_SMALLEST_GROUP": "5"}
    shell.out("ingest", str(calls), **env)

    for command in ("drivers", "changes", "newcomers", "coaching"):
        done = shell.run(command, "--json", **env)
        assert (done.exit_code, done.stdout) == (0, "")
        assert "north: nothing is published (withheld: too few people or transcripts)" in done.stderr
    (effect,) = shell.rows("intervention", "--team", "north", "--on", str(ON), **env)
    assert (effect["value"], effect["n_statements"], effect["reason"]) == (None, None, "too_few_periods")


def test_what_is_not_published_is_refused(filled: Shell) -> None:
    team = ("--team", "north")
    for command in (("drivers",), ("changes",), ("newcomers",), ("coaching",), ("intervention", "--on", str(ON))):
        assert "groups of 1 or more" in filled.error(*command, *team, CS_NLP_SMALLEST_GROUP="7")
        assert "this team's days are those of UTC" in filled.error(*command, *team, "--tz", "Asia/Tokyo")
        assert "organisation 'rival': not in this database" in filled.error(*command, *team, "--org", "rival")
        assert "--team west: not in this database; it has north, south" in filled.error(*command, "--team", "west")
        assert filled.out(*command, *team, "--tz", "UTC")
    assert "told by week" in filled.error("changes", "--by", "month")
    assert "told by week" in filled.error("intervention", *team, "--by", "month")
    assert "for files only" in filled.error("changes", "--since", "2026-04-20")
    for option in (("--weeks", "2"), ("--settled", "20"), ("--people", "people.csv")):
        assert "cohorts fixed" in filled.error("newcomers", *option)


def test_an_intervention_has_to_be_said(filled: Shell, calls: Path) -> None:
    assert "say which intervention" in filled.error("intervention")
    assert "say which intervention" in filled.error("intervention", "--on", str(ON))
    assert "say which intervention" in filled.error("intervention", "--id", "iv_x", "--team", "north")
    assert "--team north: no intervention of it is stored; stored are none" in filled.error("intervention", "--team", "north")
    (uid,) = note(filled, Intervention("south", ON))
    assert f"--id iv_x: no such one is stored; stored are {uid} (south, {ON})" in filled.error("intervention", "--id", "iv_x")
    assert "--team and --on say what was done" in filled.error("intervention", str(calls), "--id", uid)
    for command in (("drivers",), ("changes",), ("newcomers",), ("coaching",), ("intervention",)):
        assert "leave out PATH" in filled.error(*command, str(calls), "--org", "default")


def test_weeks_that_somebody_has_left_are_left_out_of_what_is_made_of_transcripts(shell: Shell, calls: Path) -> None:
    env = {"CS_NLP_SMALLEST_GROUP": "2"}
    shell.out("ingest", str(calls), "--tz", "UTC", **env)
    before = {command: shell.run(command, "--json", **env) for command in ("signals", "changes", "drivers", "newcomers", "coaching")}
    shell.out("people", "erase", "Ann Lee", "--yes", **env)
    after = {command: shell.run(command, "--json", **env) for command in before}

    assert {command: "weeks are left out" in done.stderr for command, done in before.items()} == dict.fromkeys(before, False)
    assert {command for command, done in after.items() if "weeks are left out" in done.stderr} == {"drivers", "newcomers", "coaching"}
    assert {command: after[command].stdout for command in ("signals", "changes")} == {
        command: before[command].stdout for command in ("signals", "changes")
    }
    told = [json.loads(line) for line in after["drivers"].stdout.splitlines()]
    assert {row["team"] for row in told} == {"south"}, "Ann Lee was in all published weeks of north"


def test_what_was_scored_by_another_model_is_not_counted(filled: Shell, tiny_baseline: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer"
    newer.mkdir()
    for path in tiny_baseline.iterdir():
        (newer / path.name).write_bytes(path.read_bytes())
    config = json.loads((newer / "config.json").read_text(encoding="utf-8")) | {"name": "newer"}
    (newer / "config.json").write_text(json.dumps(config), encoding="utf-8")

    done = filled.run("drivers", "--model", str(newer), "--json")

    assert done.stdout == ""
    assert "56 transcripts were scored by tiny-words@" in done.stderr
