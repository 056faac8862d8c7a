"""Files, folders and zips: a bad one never stops the others; side files; Slack exports as wholes."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cs_nlp.errors import IngestError
from cs_nlp.ingest import FileReading, ReadOptions, read_bytes, read_files, read_side_file
from cs_nlp.records import Channel, Transcript
from tests.ingest.samples import SAMPLES, SLACK_NEXT_DAY, SLACK_USERS

CALL = "Agent: Hello.\nCustomer: Hi.\n"


def _read(*paths: Path, options: ReadOptions | None = None) -> tuple[dict[str, Transcript], list[FileReading]]:
    readings, transcripts = [], {}
    for reading in read_files(paths, options):
        transcripts.update({item.id: item for item in reading})
        readings.append(reading)
    return transcripts, readings


def _zip(members: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _write(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def test_a_folder_is_read_in_order_without_hidden_files_and_side_files(tmp_path: Path) -> None:
    _write(tmp_path, {"b.txt": CALL, "a/c.txt": CALL, ".hidden/x.txt": CALL, ".x.txt": CALL, "metadata.csv": "file,team\nb.txt,North\n"})
    transcripts, readings = _read(tmp_path)
    assert [Path(reading.path).name for reading in readings] == ["c.txt", "b.txt"]
    assert {name: item.team for name, item in transcripts.items()} == {"a/c": None, "b": "North"}


def test_one_bad_file_of_many_never_stops_the_others(tmp_path: Path) -> None:
    _write(tmp_path, {f"call-{place:03}.txt": CALL for place in range(1000)} | {"call-100.txt": b"\x00\x01\x02" * 50})
    transcripts, readings = _read(tmp_path)
    assert len(transcripts) == 999
    assert [reading.path for reading in readings if reading.error] == [str(tmp_path / "call-100.txt")]


def test_paths_that_are_missing_or_no_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "ok.txt").write_text(CALL)
    transcripts, readings = _read(tmp_path / "gone", Path("/dev/null"), tmp_path / "ok.txt")
    assert list(transcripts) == ["ok"]
    assert [str(reading.error) for reading in readings[:2]] == [
        f"{tmp_path / 'gone'}: there is no such file or folder",
        "/dev/null: it is neither a file nor a folder",
    ]


@pytest.mark.parametrize("files", [{}, {".hidden": "x"}, {"metadata.csv": "file,team\na,b\n"}])
def test_a_folder_without_files_says_so(tmp_path: Path, files: dict[str, str | bytes]) -> None:
    _write(tmp_path, files)
    _, (reading,) = _read(tmp_path)
    assert f"{tmp_path}: the folder is empty" in str(reading.error)


def test_a_folder_without_any_transcript_says_so_after_its_files(tmp_path: Path) -> None:
    _write(tmp_path, {"a.txt": "just words", "b.bin": b"\x00\x01\x02\x03" * 9})
    _, readings = _read(tmp_path)
    assert len(readings) == 3
    assert "holds no transcript" in str(readings[-1].error)


def test_readings_may_be_collected_first_and_read_later(tmp_path: Path) -> None:
    _write(tmp_path, {"a.txt": CALL, "b.zip": _zip({"c.txt": CALL})})
    readings = list(read_files([tmp_path]))
    assert [len(list(reading)) for reading in readings] == [1, 1]
    assert [reading.error for reading in readings] == [None, None]


def test_ids_are_unique_and_stable(tmp_path: Path) -> None:
    _write(
        tmp_path,
        {
            "a/call.txt": CALL,
            "b/call.txt": CALL,
            "b/call.vtt": SAMPLES["webvtt"],
            "one.jsonl": SAMPLES["jsonl"],
            "two.jsonl": SAMPLES["jsonl"],
        },
    )
    transcripts, readings = _read(tmp_path)
    assert list(transcripts) == ["a/call", "b/call", "b/call~2", "c1", "c2", "c1~2", "c2~2"]
    assert list(_read(tmp_path)[0]) == list(transcripts)
    assert [any("comes twice" in warning for warning in reading.report.warnings) for reading in readings] == [
        False,
        False,
        True,
        False,
        True,
    ]


def test_side_files_reach_every_format_and_go_before_the_file(tmp_path: Path) -> None:
    _write(
        tmp_path,
        {
            "lens.json": SAMPLES["contact_lens"],
            "genesys.json": SAMPLES["genesys_cloud"],
            "teams.vtt": SAMPLES["webvtt"],
            "metadata.csv": (
                "transcript,file,agent,team,queue,channel,started_at,joined_on\n"
                "contact-1,,Ida Berg,North,bills,voice,2026-06-01 09:30,2025-02-03\n"
                ",genesys.json,,South,,,,\n"
                ",teams,,West,,team chat,2026-06-02T10:00:00+02:00,\n"
            ),
        },
    )
    transcripts, _ = _read(tmp_path, options=ReadOptions(zone=ZoneInfo("Europe/London")))
    lens, genesys, teams = (transcripts[name] for name in ("contact-1", "conv-9", "teams"))
    assert (lens.agent, lens.team, lens.queue, lens.channel) == ("Ida Berg", "North", "bills", Channel.CALL)
    assert lens.started_at == datetime(2026, 6, 1, 8, 30, tzinfo=UTC)
    assert (lens.joined_on, genesys.joined_on) == (date(2025, 2, 3), None)
    assert (genesys.team, genesys.queue) == ("South", "queue-1")
    assert (teams.team, teams.channel) == ("West", Channel.TEAM_CHAT)
    side_file = read_side_file(tmp_path / "metadata.csv", UTC)
    assert side_file.joined_on == {"Ida Berg": date(2025, 2, 3)}


def test_side_files_may_be_json_and_lie_above_or_be_named(tmp_path: Path) -> None:
    _write(tmp_path, {"calls/a.txt": CALL, "metadata.json": json.dumps([{"file": "calls/a.txt", "team": "North"}])})
    assert _read(tmp_path)[0]["calls/a"].team == "North"
    _write(tmp_path, {"other.json": json.dumps({"a": {"team": "South"}})})
    options = ReadOptions(side_file=tmp_path / "other.json")
    assert _read(tmp_path / "calls", options=options)[0]["a"].team == "South"
    assert _read(tmp_path / "calls" / "a.txt", options=options)[0]["a"].team == "South"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("team,queue\nNorth,bills\n", "lacks a column transcript or file; of .* it has team, queue"),
        ("Zbyszko,07700 900123\nBo,07700 900124\n", "it has none that is known; its first line must be a header"),
        (b"\xff\xfe\xff", "not utf-16"),
        ('{"a": ', "not valid JSON"),
    ],
)
def test_a_bad_side_file_is_told_and_the_transcripts_are_read(tmp_path: Path, content: str | bytes, reason: str) -> None:
    _write(tmp_path, {"a.txt": CALL, "metadata.csv": content})
    transcripts, readings = _read(tmp_path)
    assert list(transcripts) == ["a"]
    assert re.search(reason, str(readings[0].error))
    assert "Zbyszko" not in str(readings[0].error)
    with pytest.raises(IngestError, match=reason):
        _read(tmp_path / "a.txt", options=ReadOptions(side_file=tmp_path / "metadata.csv"))


def test_a_side_file_may_be_of_the_named_encoding_or_unicode(tmp_path: Path) -> None:
    for encoding in ("cp1252", "utf-8"):
        _write(tmp_path, {"a.txt": "Agent: caf\xe9\n".encode("cp1252"), "metadata.csv": "file,agent\na.txt,Ren\xe9e\n".encode(encoding)})
        (transcript,) = _read(tmp_path, options=ReadOptions(encoding="cp1252"))[0].values()
        assert (transcript.agent, transcript.turns[0].text) == ("Ren\xe9e", "caf\xe9")


def test_cells_of_a_side_file_that_make_no_sense_are_warned_about(tmp_path: Path) -> None:
    _write(tmp_path, {"a.txt": CALL, "metadata.csv": "file,channel,started_at,joined_on\na.txt,pigeon,31/31/2024,never\n"})
    _, (reading,) = _read(tmp_path)
    assert len([warning for warning in reading.report.warnings if "row 2" in warning]) == 3


def test_zips_are_read_as_folders_side_files_and_zips_inside_included() -> None:
    inner = _zip({"deep.txt": CALL})
    data = _zip({"calls/a.txt": CALL, "metadata.csv": "file,team\na.txt,North\n", "bad.txt": "words", "more.zip": inner, "__MACOSX/x": "y"})
    readings = list(read_bytes(data, "week.zip"))
    found = {item.id: (item.team, item.source) for reading in readings for item in reading}
    assert found == {"calls/a": ("North", "week.zip!calls/a.txt"), "more.zip/deep": (None, "week.zip!more.zip!deep.txt")}
    assert [reading.path for reading in readings if reading.error] == ["week.zip!bad.txt"]


def test_a_slack_export_is_one_reading_with_names_and_threads_across_days(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "users.json": json.dumps(SLACK_USERS),
        "channels.json": "[]",
        "integration_logs.json": "[]",
        "north/2026-06-01.json": SAMPLES["slack_messages"],
        "north/2026-06-02.json": json.dumps(SLACK_NEXT_DAY),
        "metadata.csv": "file,team\nnorth,North\n",
    }
    _write(tmp_path / "folder", files)
    (tmp_path / "export.zip").write_bytes(_zip(files))
    for path in (tmp_path / "folder", tmp_path / "export.zip"):
        transcripts, (reading,) = _read(path)
        assert reading.error is None
        assert reading.report.format == "slack_export"
        assert {name: [(turn.speaker, turn.text) for turn in item.turns] for name, item in transcripts.items()} == {
            "north/1780304400.000100": [("Ida", "morning & welcome @Jon Vale"), ("Jon Vale", "thanks!")],
            "north/2026-06-01": [("Jon Vale", "see the board")],
            "north/2026-06-02": [("U7", "@here who is on late")],
        }
        assert {item.channel for item in transcripts.values()} == {Channel.TEAM_CHAT}
        assert {item.team for item in transcripts.values()} == {"North"}


def test_a_damaged_day_of_a_slack_export_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    _write(
        tmp_path,
        {
            "channels.json": "[]",
            "north/2026-06-01.json": '[{"type":',
            "north/2026-06-02.json": json.dumps(SLACK_NEXT_DAY),
            "south/canvas.txt": CALL,
        },
    )
    transcripts, readings = _read(tmp_path)
    assert set(transcripts) == {"north/1780304400.000100", "north/2026-06-02", "south/canvas"}
    assert "2026-06-01.json, line 1: the JSON ends in the middle" in str(readings[0].error)
    assert any("no users.json" in warning for warning in readings[0].report.warnings)


def test_reports_count_what_was_read_and_left_out(tmp_path: Path) -> None:
    _write(tmp_path, {"chat.json": SAMPLES["contact_lens-chat"]})
    _, (reading,) = _read(tmp_path)
    report = reading.report
    assert (report.format, report.transcripts, report.turns, report.unknown_roles, report.doubled) == ("contact_lens", 1, 3, 0, 0)
    assert dict(report.skipped) == {"event": 2}
    assert report.error is None
    assert reading.finished


def test_reports_can_be_written_as_json() -> None:
    (reading,) = read_bytes(SAMPLES["contact_lens-chat"].encode(), "chat.json")
    list(reading)
    assert json.loads(json.dumps(asdict(reading.report)))["skipped"] == {"event": 2}
