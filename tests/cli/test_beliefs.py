"""`cs-nlp beliefs` on the sample transcripts: from files and from the database, with and without redaction."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cs_nlp.cli import app
from cs_nlp.cli.beliefs import read_known, show_beliefs
from cs_nlp.errors import InputError
from cs_nlp.ingest import read_files
from cs_nlp.pipeline.redacting import quote_redaction
from cs_nlp.records import Withheld
from cs_nlp.records.beliefs import TeamBeliefs
from tests.cli.test_read import rows, run

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
BANK = SAMPLES / "harbour-bank"


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """What the command says of one team."""
    out, _, code = run("beliefs", BANK, "--tz", "America/New_York", "--json")
    assert code == 0
    (team,) = rows(out)
    return team


def test_a_team_says_what_it_believes_in_words_of_different_people(found: dict[str, Any]) -> None:
    assert (found["team"], found["reason"], found["n_transcripts"], found["n_people"]) == ("harbour-bank", None, 60, 10)
    assert len(found["beliefs"]) >= 3
    for belief in found["beliefs"]:
        assert min(belief["n_people"], belief["n_transcripts"]) >= 5
        assert belief["low"] <= belief["share"] <= belief["high"]
        assert belief["name"]
        assert len({belief["name"], *belief["examples"]}) == 1 + len(belief["examples"])
    assert {"submissive", "passive_aggressive", "assertive"} <= {belief["culture"] for belief in found["beliefs"]}
    assert 0.5 < found["stability"] <= 1


def test_no_member_of_the_staff_and_no_number_is_quoted(found: dict[str, Any]) -> None:
    speakers = {turn.speaker for reading in read_files([BANK]) for transcript in reading for turn in transcript.turns if turn.speaker}
    names = {word.casefold() for name in speakers for word in re.findall(r"[^\W\d_]{3,}", name)} - {"agent", "customer"}
    assert len(names) >= 10
    for belief in found["beliefs"]:
        quoted = " ".join((belief["name"], *belief["examples"])).casefold()
        assert names.isdisjoint(re.findall(r"[^\W\d_]{3,}", quoted))
        assert not re.search(r"\d{4,}", quoted)


def test_a_colleagues_name_is_found_in_the_words_of_others() -> None:
    redact = quote_redaction(transcript for reading in read_files([BANK]) for transcript in reading)
    speakers = sorted(
        {turn.speaker for reading in read_files([BANK]) for transcript in reading for turn in transcript.turns if turn.speaker}
    )
    name = next(
        speaker for speaker in speakers if speaker.casefold() not in {"agent", "customer"} and " " not in speaker and len(speaker) > 4
    )
    (text,) = redact([f"so {name.lower()} said nobody listens anyway"])
    assert name.casefold() not in text.casefold()
    assert "nobody listens anyway" in text


def test_the_table_reads_like_sentences(capsys: pytest.CaptureFixture[str], found: dict[str, Any]) -> None:
    out, _, _ = run("beliefs", BANK, "--tz", "America/New_York")
    printed = " ".join(out.replace("│", " ").split())
    assert "what several people say" in printed
    assert " ".join(found["beliefs"][0]["name"].split()[:5]) in printed
    assert "95 % intervals in brackets" in printed
    nothing = TeamBeliefs("north", None, None, (), None, None, None)
    show_beliefs(TeamBeliefs("south", None, None, (), None, None, None, withheld=Withheld.SMALL_GROUP))
    show_beliefs(nothing)
    shown = capsys.readouterr().out
    assert "south: withheld: too few people or transcripts" in shown
    assert "north: nothing that enough people say." in shown


def test_kept_beliefs_are_known_again_under_their_names(tmp_path: Path, found: dict[str, Any]) -> None:
    keep = tmp_path / "kept.jsonl"
    run("beliefs", BANK, "--tz", "America/New_York", "--keep", keep)
    assert [row["id"] for row in rows(keep.read_text(encoding="utf-8"))] == [belief["id"] for belief in found["beliefs"]]
    renamed = [row | {"id": f"known-{place}"} for place, row in enumerate(rows(keep.read_text(encoding="utf-8")))]
    keep.write_text("".join(json.dumps(row) + "\n" for row in renamed), encoding="utf-8")
    (again,) = rows(run("beliefs", BANK, "--tz", "America/New_York", "--keep", keep, "--json")[0])
    assert {belief["id"] for belief in again["beliefs"]} == {row["id"] for row in renamed}
    assert {belief["name"] for belief in again["beliefs"]} == {belief["name"] for belief in found["beliefs"]}


@pytest.mark.parametrize("text", ["no json\n", '{"team": "north"}\n', "3\n"])
def test_another_file_is_refused_as_kept_beliefs(tmp_path: Path, text: str) -> None:
    path = tmp_path / "kept.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"line 1: .* expected a file that 'cs-nlp beliefs --keep' wrote"):
        read_known(path)
    assert read_known(tmp_path / "not there") == {}


def test_stored_transcripts_give_the_beliefs_that_their_kept_words_carry(tmp_path: Path, found: dict[str, Any]) -> None:
    env = {"CS_NLP_DATABASE": str(tmp_path / "all.db"), "CS_NLP_SECRET": "of enough bytes, and of nobody", "CS_NLP_KEEP_TEXT": "all"}
    done = CliRunner().invoke(app, ["ingest", str(BANK), "--tz", "America/New_York"], env=env)
    assert done.exit_code == 0, done.output
    (stored,) = rows(CliRunner().invoke(app, ["beliefs", "--json"], env=env).stdout)
    assert (stored["n_transcripts"], stored["n_people"]) == (found["n_transcripts"], found["n_people"])
    # Placeholders in place of names move the probabilities of some.
    assert abs(stored["n_statements"] - found["n_statements"]) <= 15
    cultures = [sorted(belief["culture"] for belief in team["beliefs"][:3]) for team in (stored, found)]
    assert cultures[0] == cultures[1]
    with pytest.raises(InputError, match="each stored team has its own zone"):
        _raise(CliRunner().invoke(app, ["beliefs", "--tz", "Europe/Paris"], env=env).exception)
    with pytest.raises(InputError, match="--team south: not in this database; it has harbour-bank"):
        _raise(CliRunner().invoke(app, ["beliefs", "--team", "south"], env=env).exception)
    with pytest.raises(InputError, match="leave out PATH"):
        run("beliefs", BANK, "--team", "south")


def test_a_small_team_has_no_list(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    calls.mkdir()
    for path in sorted(BANK.iterdir())[:3]:
        (calls / path.name).write_bytes(path.read_bytes())
    for team in rows(run("beliefs", calls, "--json")[0]):
        assert (team["reason"], team["beliefs"], team["n_people"]) == ("small_group", [], None)


def _raise(error: BaseException | None) -> None:
    if error is not None:
        raise error
