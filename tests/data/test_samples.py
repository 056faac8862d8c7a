"""The sample files are what their source makes them, and their truth holds every label and no text."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS
from tools.data_card import CORPUS, read_rows, staff_lines
from tools.make_samples import SAMPLES, SOURCE, TEAM_ZONES, TRUTH, make_files, make_truth, read_samples, read_source, write_files
from tools.sample_truth import weekly_truth

if TYPE_CHECKING:
    from pathlib import Path

ROWS, PEOPLE = read_source()


def test_making_the_samples_again_gives_the_same_bytes() -> None:
    made = {name: text.encode() for name, text in make_files(ROWS, PEOPLE).items()}
    there = {path.relative_to(SAMPLES).as_posix(): path.read_bytes() for path in SAMPLES.rglob("*") if path.is_file()}
    assert sorted(made) == sorted(there)
    assert [name for name in made if made[name] != there[name]] == [], "run: python -m tools.make_samples"
    assert TRUTH.read_bytes() == make_truth(ROWS).encode()


def test_writing_removes_what_the_source_no_longer_makes(tmp_path: Path) -> None:
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / "old.vtt").write_text("WEBVTT\n")
    write_files({"team/new.vtt": "WEBVTT\n"}, tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["new.vtt"]


def test_the_truth_has_a_known_label_for_every_line_of_staff_and_no_text() -> None:
    truth = read_rows(TRUTH)
    lines = staff_lines(ROWS)
    assert len(truth) == len(lines) == 1883
    assert [(row["culture"], row["target"], row["drivers"]) for row in truth] == [
        (line["culture"], line["target"], line["drivers"]) for line in lines
    ]
    assert not {"text", "lines"} & set().union(*truth)
    assert {row["culture"] for row in truth} == set(CULTURES)
    assert {row["target"] for row in truth} == set(TARGETS)
    assert {driver for row in truth for driver in row["drivers"]} <= set(SIGNED_DRIVERS)


def test_no_label_stands_in_the_sample_files() -> None:
    words = re.compile(r"\b(culture|passive_aggressive|submissive|customer_commitment)\b")
    assert [path.name for path in SAMPLES.rglob("*.*") if words.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("team", TEAM_ZONES)
def test_each_team_has_five_transcripts_in_each_of_twelve_weeks(team: str) -> None:
    weeks = [week for week in weekly_truth(read_rows(TRUTH)) if week.team == team]
    assert [week.start for week in weeks] == [date(2026, 6, 1) + timedelta(weeks=number) for number in range(12)]
    assert {week.n_transcripts for week in weeks} == {5}
    for week in weeks:
        assert sum(week.prevalence) == pytest.approx(1)
        assert week.mix is not None
        assert sum(week.mix) == pytest.approx(1)
        assert 0 < week.signal_rate < 1


def test_the_teams_tell_the_stories_that_the_readme_tells() -> None:
    weeks = {team: [week for week in weekly_truth(read_rows(TRUTH)) if week.team == team] for team in TEAM_ZONES}

    def share(team: str, culture: str, first: int, last: int) -> float:
        """Share of a culture among the lines with a signal, weeks counted from 1, both included."""
        counts = Counter[str]()
        for week in weeks[team][first - 1 : last]:
            counts.update(dict(zip(CULTURES, week.counts, strict=True)))
        return counts[culture] / (counts.total() - counts["none"])

    assert share("north-broadband", "aggressive", 1, 6) > 0.5
    assert share("north-broadband", "assertive", 10, 12) > 0.5
    assert share("harbour-bank", "passive_aggressive", 1, 12) > 0.6
    assert weeks["harbour-bank"][7].signal_rate > 1.3 * max(week.signal_rate for week in weeks["harbour-bank"][:7])
    assert share("sunrise-retail", "submissive", 1, 7) > share("sunrise-retail", "submissive", 8, 12)
    assert share("alder-health", "assertive", 5, 7) < 0.5 < share("alder-health", "assertive", 1, 4)


def test_weeks_without_a_signal_have_no_mix() -> None:
    row = {"team": "t", "transcript": "a", "started_at": "2026-06-07T23:30:00-04:00", "culture": "none"}
    (week,) = weekly_truth([row])
    assert week.start == date(2026, 6, 1)
    assert week.mix is None
    assert week.signal_rate == 0


def test_side_files_name_every_transcript_once_with_its_offset() -> None:
    samples = {sample.id: sample for sample in read_samples(ROWS)}
    started = Counter((sample.team, sample.started_at) for sample in samples.values())
    for team in TEAM_ZONES:
        with (SAMPLES / team / "metadata.csv").open(encoding="utf-8", newline="") as file:
            side = list(csv.DictReader(file))
        assert len({row["transcript"] for row in side}) == len(side) == 60
        assert Counter((row["team"], datetime.fromisoformat(row["started_at"])) for row in side) <= started
        assert [row["transcript"] for row in side if not (SAMPLES / team / row["file"]).is_file()] == []
        assert [row["transcript"] for row in side if (row["channel"] == "call") != bool(row["agent"] and row["joined_on"])] == []


def test_everyone_who_speaks_is_among_the_people_of_the_team() -> None:
    known = json.loads((SOURCE / "people.json").read_text(encoding="utf-8"))
    assert [sample.id for sample in read_samples(ROWS) if not set(sample.people) <= set(known[sample.team])] == []


def test_no_text_of_the_samples_stands_in_the_corpus() -> None:
    def words(text: str) -> str:
        return re.sub(r"\W+", " ", text.lower()).strip()

    corpus = {words(row["text"]) for row in [*read_rows(CORPUS / "statements.jsonl"), *staff_lines(read_rows(CORPUS / "documents.jsonl"))]}
    assert [line["text"] for line in staff_lines(ROWS) if words(line["text"]) in corpus] == []
