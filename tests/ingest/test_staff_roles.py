"""Roles that follow from metadata: who is of the staff although no label says so; and calls in cells are tables, not text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cs_nlp.ingest import ReadOptions, parse_role_map, read_files
from cs_nlp.records import Role

if TYPE_CHECKING:
    from pathlib import Path

VTT = """WEBVTT

00:00:01.000 --> 00:00:02.000
<v Ida Berg>Let me look.</v>

00:00:05.000 --> 00:00:07.000
<v +47 555 01 02>Thanks.</v>
"""


def _roles(folder: Path, options: ReadOptions | None = None) -> tuple[list[Role], int]:
    (reading,) = read_files([folder], options)
    (transcript,) = reading
    assert reading.error is None
    return [turn.role for turn in transcript.turns], reading.report.unknown_roles


def test_without_metadata_nobody_in_captions_has_a_role(tmp_path: Path) -> None:
    (tmp_path / "call.vtt").write_text(VTT)
    assert _roles(tmp_path) == ([Role.UNKNOWN, Role.UNKNOWN], 2)


def test_the_agent_whom_the_side_file_names_is_the_agent_and_the_other_stays_unknown(tmp_path: Path) -> None:
    (tmp_path / "call.vtt").write_text(VTT)
    (tmp_path / "metadata.csv").write_text("file,agent\ncall.vtt,ida berg\n")
    assert _roles(tmp_path) == ([Role.AGENT, Role.UNKNOWN], 1)


def test_everyone_in_team_chat_is_of_the_staff(tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text("Ida: morning\nJon: hi, printer is dead\nIda: again\n")
    (tmp_path / "metadata.csv").write_text("file,channel\nchat.txt,team_chat\n")
    assert _roles(tmp_path) == ([Role.AGENT] * 3, 0)


def test_a_role_map_goes_before_metadata(tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text("Ida: morning\nHelperbot: shift starts\nIda: ok\n")
    (tmp_path / "metadata.csv").write_text("file,channel\nchat.txt,team_chat\n")
    options = ReadOptions(role_map=parse_role_map("Helperbot=bot"))
    assert _roles(tmp_path, options) == ([Role.AGENT, Role.BOT, Role.AGENT], 0)


def test_a_call_in_a_cell_is_read_as_a_table(tmp_path: Path) -> None:
    rows = ["conversation_id,agent,transcript", 'c1,Ida,"Agent: hello\nCustomer: hi"', 'c2,Jon,"Agent: good day\nCustomer: hey"']
    (tmp_path / "calls.csv").write_text("\n".join(rows))
    (reading,) = read_files([tmp_path])
    found = [(item.id, item.agent, len(item.turns), item.source_format) for item in reading]
    assert found == [("c1", "Ida", 2, "csv"), ("c2", "Jon", 2, "csv")]


def test_labelled_text_under_a_title_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "call.txt").write_text("Transcript\nAgent: hello, Ann\nCustomer: hi\n")
    (reading,) = read_files([tmp_path])
    assert [(item.source_format, [turn.text for turn in item.turns]) for item in reading] == [("plain_text", ["hello, Ann", "hi"])]
