"""Files that are broken, cut, huge or made to do harm: one clear message each, or read right; never a crash, a hang or a flood."""

from __future__ import annotations

import io
import json
import os
import struct
import time
import zipfile
from pathlib import Path

import pytest

from cs_nlp.errors import InputError
from cs_nlp.ingest import ReadOptions, read_bytes, read_files
from tests.ingest.helpers import fault, read, read_one, said
from tests.ingest.samples import JSON_SAMPLES, SAMPLES

MEGABYTE = 1 << 20
CALL = "Agent: Hello.\nCustomer: Grüß Gott, 你好.\n"
EXPECTED = [("agent", "Agent", "Hello."), ("customer", "Customer", "Grüß Gott, 你好.")]


@pytest.mark.parametrize("data", [b"", b"  \n\r\n\t ", b"\xef\xbb\xbf", b"\xff\xfe\n\x00"])
def test_empty_files_are_told(data: bytes) -> None:
    assert fault(data) == "call: the file is empty; expected a transcript"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"RIFF\x00\x00WAVE", "sound"),
        (b"ID3\x03", "sound"),
        (b"{\\rtf1 Agent: hi}", "RTF"),
        (b"SQLite format 3\x00", "SQLite"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "binary"),
        (b"\x7fELF" + b"\x00" * 60, "binary"),
        (bytes(range(1, 256)) * 20, "binary"),
    ],
)
def test_binary_files_are_told_by_their_kind(data: bytes, reason: str) -> None:
    assert reason in fault(data)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_of_unicode_are_read(encoding: str) -> None:
    ascii_call = "Agent: Hello.\nCustomer: Good morning, I paid twice.\n"
    assert said(read(ascii_call.encode(encoding))[0][0]) == [
        ("agent", "Agent", "Hello."),
        ("customer", "Customer", "Good morning, I paid twice."),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("name", ["csv", "jsonl", "webvtt", "contact_lens"])
def test_marked_encodings_are_read_in_every_kind_of_format(name: str, encoding: str) -> None:
    plain, _ = read(SAMPLES[name])
    transcripts, reading = read(SAMPLES[name].encode(encoding))
    assert reading.error is None
    assert transcripts == plain


def test_marks_for_big_endian_are_read() -> None:
    assert said(read(b"\xfe\xff" + CALL.encode("utf-16-be"))[0][0]) == EXPECTED


def test_broken_utf8_is_told_with_line_and_offset() -> None:
    message = fault("Agent: Hello.\nCustomer: caf\xe9\n".encode("latin-1"))
    assert message.startswith("call, line 2: byte 0xe9 at offset 27 is not UTF-8")


def test_broken_utf8_in_a_row_costs_only_that_row() -> None:
    lines = SAMPLES["jsonl"].encode().split(b"\n")
    transcripts, reading = read(b"\n".join([lines[0], b'{"text": "caf\xe9"}', *lines[1:]]))
    assert [len(item.turns) for item in transcripts] == [2, 1]
    assert reading.error is not None
    assert reading.error.line == 2
    assert "0xe9" in str(reading.error)


def test_a_named_encoding_is_used_and_a_wrong_one_told() -> None:
    text = "Agent: Hello.\nCustomer: caf\xe9\n"
    data = text.encode("cp1252")
    for name in ("cp1252", "CP1252", "windows-1252"):
        transcripts, _ = read(data, options=ReadOptions(encoding=name))
        assert transcripts[0].turns[1].text == "caf\xe9"
    assert "the bytes at offset 27 are not ascii" in fault(data, ReadOptions(encoding="ascii"))


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("named", ["cp1252", "utf8", "UTF-8"])
def test_a_mark_in_the_file_goes_before_the_named_encoding(mark: str, named: str) -> None:
    transcripts, _ = read(CALL.encode(mark), options=ReadOptions(encoding=named))
    assert said(transcripts[0]) == EXPECTED


@pytest.mark.parametrize("name", ["cp99999", "hex", "", "a\x00b", "../x"])
def test_an_encoding_that_is_none_is_refused_before_anything_is_read(name: str) -> None:
    with pytest.raises(InputError, match=r"unknown encoding .*; expected a name such as utf-8"):
        list(read_bytes(CALL.encode(), "x", ReadOptions(encoding=name)))


@pytest.mark.parametrize("name", JSON_SAMPLES)
def test_json_cut_in_the_middle_is_told_with_line(name: str) -> None:
    text = json.dumps(json.loads(JSON_SAMPLES[name]), indent=1)
    message = fault(text[: len(text) * 2 // 3])
    assert "ends in the middle" in message
    assert ", line " in message


def test_json_with_a_slip_is_told_with_line_and_column() -> None:
    assert fault('{"vcon": 0.0.1,\n "parties": []}').startswith("call, line 1: not valid JSON: expecting ',' delimiter at column 13")
    assert "something after the end" in fault('{\n"a": 1\n}\n}')


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        '{"a":' * 200_000,
        '{"Transcript": ' + "[" * 100_000 + "]" * 100_000 + "}",
        json.dumps({"payload": "W1tb" * 50_000, "signatures": []}),
        json.dumps({"vcon": "1", "parties": [], "analysis": [{"type": "transcript", "body": "[" * 100_000}]}),
    ],
)
def test_deep_nesting_is_refused(text: str) -> None:
    assert fault(text)


def test_deep_nesting_in_one_line_costs_only_that_line() -> None:
    transcripts, reading = read(SAMPLES["jsonl"] + '{"text": ' + "[" * 100_000 + "\n")
    assert len(transcripts) == 2
    assert "nested too deeply" in str(reading.error)


@pytest.mark.parametrize(
    "literal", ["9" * 100_000, "1e999", "-1e999", "NaN", "Infinity", "-0", "1e-999", "true", "null", '"\\ud800"', "[]"]
)
def test_odd_numbers_are_read_as_absent(literal: str) -> None:
    rows = f'[{{"speaker": "Agent", "text": "Hello.", "start_ms": {literal}, "at": {literal}, "turn": {literal}}}]'
    transcripts, reading = read(rows)
    assert [turn.text for item in transcripts for turn in item.turns] == ([] if "too long" in str(reading.error) else ["Hello."])


def test_nul_bytes_in_text_are_dropped() -> None:
    assert said(read_one("Agent: Hel\x00lo.\nCustomer: Grüß Gott, 你好.\n")) == EXPECTED


def test_too_many_values_are_refused() -> None:
    assert "more than" in fault('{"Transcript": [' + "[]," * 3_100_000 + "[]]}")


def test_a_line_of_100_mb_costs_only_that_line(tmp_path: Path) -> None:
    good = SAMPLES["jsonl"]
    path = tmp_path / "long.jsonl"
    with path.open("wb") as stream:
        stream.write(good.encode() + b'{"text": "')
        for _ in range(100):
            stream.write(b"a" * MEGABYTE)
        stream.write(b'"}\n' + good.replace('"c1"', '"d1"').replace('"c2"', '"d2"').encode())
    (reading,) = read_files([path])
    assert [item.id for item in reading] == ["c1", "c2", "d1", "d2"]
    assert f"{path}, line 4: the line is 100 MB long; lines are read up to 16 MB" in str(reading.error)


@pytest.mark.parametrize("start", ['{"text": "', "Agent: ", "WEBVTT\n\n", "id,text\n1,", "[["])
def test_files_of_one_long_line_are_refused(tmp_path: Path, start: str) -> None:
    path = tmp_path / "long"
    path.write_bytes(start.encode() + b"a" * (100 * MEGABYTE))
    (reading,) = read_files([path])
    assert list(reading) == []
    assert "100 MB" in str(reading.error)


def test_a_cell_that_swallows_the_rest_is_told_with_its_line() -> None:
    transcripts, reading = read('id,speaker,text\n1,Agent,Hello.\n2,Agent,"' + "x, y, z and so on to the end\n" * MEGABYTE)
    assert [len(item.turns) for item in transcripts] == [1]
    assert reading.error is not None
    assert reading.error.line == 3
    assert "quote" in str(reading.error)


@pytest.mark.parametrize(
    "text",
    [
        "Agent:" + " " * MEGABYTE + "x",
        " " * MEGABYTE + "Agent",
        "Agent: hi\n" + "A" + " " * MEGABYTE + "\nCustomer: x",
        "-" * MEGABYTE,
        "(" * MEGABYTE,
        "[00:00] " * 30_000,
        "A: " * 60_000,
        "A:\n" * 60_000,
        "Aa Bb " * 60_000 + ": x",
        "WEBVTT\n\n" + "<v " * 60_000,
        "WEBVTT\n\n00:01.000 --> 00:02.000\n" + "<v " * 60_000,
        "WEBVTT\n\n00:01.000 --> 00:02.000\n" + "<c " * 60_000 + "&lt;" * 9,
        "WEBVTT\n\n" + "00:01.000 --" * 80_000,
        "WEBVTT" + "\n " * 500_000,
        "1\n00:00:01,000 --> 00:00:02,000\n" + "\n" * MEGABYTE,
        "text,speaker\n" + '"' * MEGABYTE,
        "a,b,c\n" * 60_000,
        '{"text": "Agent: hi' + " " * MEGABYTE + 'Customer: x"}',
        json.dumps({"source": {"body": "<blockquote>" * 80_000}, "conversation_parts": {}}),
        json.dumps({"source": {"body": "<" * MEGABYTE}, "conversation_parts": {}}),
        json.dumps([{"ts": "1", "type": "message", "user": "U", "text": "<@" * 60_000}]),
        json.dumps({"vcon": "1", "parties": [], "dialog": [{"type": "text", "body": "On " * 60_000}]}),
        json.dumps([{"text": "word " * 20 + str(place % 7), "speaker": str(place % 3)} for place in range(8_000)]),
    ],
)
def test_patterns_do_not_hang_on_text_made_for_it(text: str) -> None:
    start = time.process_time()
    read(text)
    assert time.process_time() - start < 10


def _zip(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _faults(data: bytes) -> list[str]:
    found = []
    for reading in read_bytes(data, "a.zip"):
        list(reading)
        found.append(str(reading.error))
    return found


def test_zip_bombs_are_not_unpacked() -> None:
    bomb = _zip({"zeros.txt": b"\0" * (64 * MEGABYTE)})
    assert any("zip bombs" in message for message in _faults(bomb))
    nested = _zip({"1.zip": _zip({"2.zip": _zip({"3.txt": b"Agent: hi\n"})})})
    assert any("not read; unpack it" in message for message in _faults(nested))


@pytest.mark.parametrize("name", ["../../etc/x.txt", "/etc/x.txt", "a/../../x.txt", "C:/x.txt", "..\\x.txt", "\\\\host\\x.txt"])
def test_names_that_lead_out_of_a_zip_are_refused_and_the_others_read(name: str) -> None:
    readings = list(read_bytes(_zip({name: CALL.encode(), "ok.txt": CALL.encode()}), "a.zip"))
    assert [item.id for reading in readings for item in reading] == ["ok"]
    assert any("leads out of it" in str(reading.error) for reading in readings)


def test_damaged_encrypted_and_office_zips_are_told() -> None:
    good = _zip({"a.txt": CALL.encode() * 50}, zipfile.ZIP_STORED)
    assert any("damaged" in message for message in _faults(good[: len(good) // 2]))
    hello = good.index(b"Hello")
    assert any("damaged (BadZipFile)" in message for message in _faults(good[:hello] + b"J" + good[hello + 1 :]))
    place = good.rindex(b"PK\x01\x02") + 8
    assert any("encrypted" in message for message in _faults(good[:place] + b"\x01" + good[place + 1 :]))
    assert any("Office document" in message for message in _faults(_zip({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})))
    assert any("empty" in message for message in _faults(_zip({})))


def test_a_file_without_a_name_in_a_zip_is_told_and_the_others_read() -> None:
    for name in (" ", ".", "\t"):
        readings = list(read_bytes(_zip({name: CALL.encode(), "ok.txt": CALL.encode()}), "a.zip"))
        assert [item.id for reading in readings for item in reading] == ["ok"]
        assert any("no name" in str(reading.error) for reading in readings)
    data = _zip({"qq": CALL.encode(), "ok.txt": CALL.encode()})
    entry = data.index(b"PK\x01\x02")
    lengths = struct.pack("<HHH", 0, 0, 2)  # of name, extra and comment: the name becomes a comment
    assert any("no name" in message for message in _faults(data[: entry + 28] + lengths + data[entry + 34 :]))


def test_names_of_files_that_are_no_text_can_be_written_anywhere(tmp_path: Path) -> None:
    for name in (b"call\xff.txt", b"new\nline.txt", b"caf\xc3\xa9.txt"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(CALL.encode())
    readings = list(read_files([tmp_path]))
    assert sorted(item.id for reading in readings for item in reading) == ["caf\xe9", "call\\udcff", "new\\nline"]
    for reading in readings:
        assert reading.path.encode().count(b"\n") == 0
        assert reading.error is None


def test_messages_hold_no_words_of_the_transcript() -> None:
    private = "Wrenfield"
    for text in (
        f"{private} said that\nhe paid twice.\n",
        f'{{"text": "{private}" "x"}}',
        f'{{"a": "{private}',
        f'{{"text": "{private}", "speaker": "A"}}\n{{"text": "{private}\n',
        f"id,text\n1,{private}\n2,3,{private}\n",
        f"WEBVTT\n\n{private}\n",
        json.dumps({"vcon": "1", "parties": [{"name": private}], "dialog": []}),
    ):
        _, reading = read(text)
        assert private not in str(reading.error)
        assert not any(private in warning for warning in reading.report.warnings)
