"""What the sample files say comes back whole: every turn of all 240 transcripts, with who, where and when."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

from cs_nlp.ingest import read_files, read_side_file
from cs_nlp.records import Channel, Role
from tools.data_card import read_rows
from tools.make_samples import SAMPLES, TEAM_ZONES, TRUTH, read_samples, read_source, transcript_id

if TYPE_CHECKING:
    from cs_nlp.ingest import FileReading
    from cs_nlp.records import Transcript

ROWS, PEOPLE = read_source()
MADE = {transcript_id(sample): sample for sample in read_samples(ROWS)}
LABELS_FOR_AGENTS = {"AGENT", "Agent"}
"""What platforms write in place of the agent's name; the side file has the name."""


@pytest.fixture(scope="module")
def readings() -> list[tuple[FileReading, list[Transcript]]]:
    """All files of the sample folder, read as a user would have them read."""
    return [(reading, list(reading)) for reading in read_files([SAMPLES])]


@pytest.fixture(scope="module")
def transcripts(readings: list[tuple[FileReading, list[Transcript]]]) -> dict[str, Transcript]:
    """Transcripts by their id without folders."""
    found = [transcript for _, read in readings for transcript in read]
    by_id = {PurePosixPath(transcript.id).name: transcript for transcript in found}
    assert len(by_id) == len(found)
    return by_id


def test_every_file_is_read_without_fault_or_warning(readings: list[tuple[FileReading, list[Transcript]]]) -> None:
    assert [str(reading.error) for reading, _ in readings if reading.error] == []
    assert [warning for reading, _ in readings for warning in reading.report.warnings] == []
    assert {reason for reading, _ in readings for reason in reading.report.skipped} <= {"header line"}
    assert sum(reading.report.doubled for reading, _ in readings) == 0


def test_the_samples_come_in_five_formats(transcripts: dict[str, Transcript]) -> None:
    assert {transcript.source_format for transcript in transcripts.values()} == {"contact_lens", "csv", "jsonl", "plain_text", "webvtt"}


def test_all_transcripts_come_back_with_their_words_in_order(transcripts: dict[str, Transcript]) -> None:
    assert sorted(transcripts) == sorted(MADE)
    changed = [
        name
        for name, transcript in transcripts.items()
        if [turn.text for turn in transcript.turns] != [line.text for line in MADE[name].lines]
    ]
    assert changed == []


def test_team_channel_agent_and_time_come_back(transcripts: dict[str, Transcript]) -> None:
    for name, transcript in transcripts.items():
        sample = MADE[name]
        assert transcript.team == sample.team
        assert transcript.channel is (Channel.TEAM_CHAT if sample.kind == "team_chat" else Channel.CALL)
        assert (transcript.agent or "") == sample.agent
        assert transcript.started_at == sample.started_at
        assert transcript.started_at is not None
        assert transcript.started_at.utcoffset() == sample.started_at.utcoffset()


def test_every_line_of_staff_is_an_agents_and_no_line_of_a_customer_is(transcripts: dict[str, Transcript]) -> None:
    for name, transcript in transcripts.items():
        for line, turn in zip(MADE[name].lines, transcript.turns, strict=True):
            assert (turn.role is Role.AGENT) == (line.name is not None), (name, turn.index)


def test_customers_known_by_a_number_only_have_an_unknown_role(transcripts: dict[str, Transcript]) -> None:
    roles = {
        (MADE[name].team == "harbour-bank" and MADE[name].kind == "call", turn.role)
        for name, transcript in transcripts.items()
        for line, turn in zip(MADE[name].lines, transcript.turns, strict=True)
        if line.name is None
    }
    assert roles == {(True, Role.UNKNOWN), (False, Role.CUSTOMER)}


def test_every_line_of_staff_can_be_put_to_its_speaker(transcripts: dict[str, Transcript]) -> None:
    for name, transcript in transcripts.items():
        for line, turn in zip(MADE[name].lines, transcript.turns, strict=True):
            if line.name is not None:
                speaker = transcript.agent if turn.speaker in LABELS_FOR_AGENTS else turn.speaker
                assert speaker == line.name, (name, turn.index)


def test_the_truth_points_at_the_turns_that_are_read(transcripts: dict[str, Transcript]) -> None:
    truth = read_rows(TRUTH)
    assert {row["transcript"] for row in truth} == set(transcripts)
    for row in truth:
        turn = transcripts[row["transcript"]].turns[row["turn"]]
        assert turn.index == row["turn"]
        assert turn.role is Role.AGENT


@pytest.mark.parametrize("team", TEAM_ZONES)
def test_side_files_say_when_agents_joined(team: str) -> None:
    side_file = read_side_file(SAMPLES / team / "metadata.csv", TEAM_ZONES[team])
    assert {name: day.isoformat() for name, day in side_file.joined_on.items()}.items() <= {
        name: person["joined_on"] for name, person in PEOPLE[team].items()
    }.items()
    assert len(side_file.joined_on) >= 9
