"""Every sample is recognised by its structure as exactly one format, whatever its file is called."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime

import pytest

from cs_nlp.errors import UnknownFormatError
from cs_nlp.ingest import FORMATS, ReadOptions, read_bytes
from cs_nlp.ingest.registry import JSON_FORMATS
from cs_nlp.records import Channel, Role
from tests.ingest.helpers import fault, read
from tests.ingest.samples import JSON_SAMPLES, SAMPLES, document, format_of


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_read_as_their_format_under_any_name(name: str) -> None:
    transcripts, reading = read(SAMPLES[name], "misleading.vtt.csv")
    assert reading.error is None
    assert reading.report.format == format_of(name)
    assert transcripts
    assert all(transcript.turns and transcript.source_format == format_of(name) for transcript in transcripts)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_make_no_difference(name: str, line_end: str) -> None:
    def turns(text: str) -> list[tuple[str, str | None, str, float | None]]:
        transcripts, reading = read(text)
        assert reading.error is None
        return [(turn.role.value, turn.speaker, turn.text, turn.start_s) for item in transcripts for turn in item.turns]

    assert turns(SAMPLES[name].replace("\n", line_end)) == turns(SAMPLES[name])


@pytest.mark.parametrize("name", SAMPLES)
def test_a_role_map_goes_before_the_file_in_every_format(name: str) -> None:
    plain, _ = read(SAMPLES[name])
    speaker = next((turn.speaker for item in plain for turn in item.turns if turn.speaker), "nobody")
    mapped, reading = read(SAMPLES[name], options=ReadOptions(role_map={speaker.upper(): Role.BOT, "*": Role.SYSTEM}))
    assert reading.report.unknown_roles == 0
    for before, after in zip(
        (turn for item in plain for turn in item.turns), (turn for item in mapped for turn in item.turns), strict=True
    ):
        stated = before.role if before.role is not Role.UNKNOWN else Role.SYSTEM
        among_staff = plain[0].channel is Channel.TEAM_CHAT
        assert after.role is (Role.BOT if before.speaker == speaker else Role.SYSTEM if among_staff else stated)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_side_file_reaches_every_format(name: str) -> None:
    side = "file,agent,team,queue,channel,started_at,joined_on\ncalls/x,Nobody Here,North,bills,voice,2026-06-01T09:30:00Z,2025-02-03\n"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("metadata.csv", side)
        archive.writestr("calls/x", SAMPLES[name])
    (reading,) = read_bytes(buffer.getvalue(), "week.zip")
    transcripts = list(reading)
    assert reading.error is None
    assert transcripts
    for item in transcripts:
        assert (item.agent, item.team, item.queue, item.channel) == ("Nobody Here", "North", "bills", Channel.CALL)
        assert (item.started_at, item.joined_on) == (datetime(2026, 6, 1, 9, 30, tzinfo=UTC), date(2025, 2, 3))


@pytest.mark.parametrize("name", JSON_SAMPLES)
def test_only_one_specific_format_recognises_a_document(name: str) -> None:
    found = [item.name for item in JSON_FORMATS if not item.generic and item.recognise(document(name)).recognised]
    assert found in ([format_of(name)], [] if name.startswith("json") else None)


def test_every_format_has_a_sample_and_says_what_is_taken() -> None:
    tried = {format_of(name) for name in SAMPLES} | {"slack_export"}
    assert {item.name for item in FORMATS} == tried
    assert len({item.name for item in FORMATS}) == len(FORMATS)
    assert all(item.title and item.recognised_by and item.taken and item.not_taken for item in FORMATS)


@pytest.mark.parametrize("name", [name for name, text in JSON_SAMPLES.items() if text.startswith("{")])
def test_documents_are_read_one_a_line_too(name: str) -> None:
    line = json.dumps(document(name))
    one, _ = read(line)
    transcripts, reading = read(f"{line}\n\n{line}\n")
    assert reading.error is None
    assert reading.report.format == format_of(name)
    assert [len(item.turns) for item in transcripts] == [len(item.turns) for item in (*one, *one)]
    assert len({item.id for item in transcripts}) == len(transcripts)


def test_an_array_of_documents_is_read_document_by_document() -> None:
    documents = [document("vcon"), document("vcon-text"), {"something": "else"}]
    transcripts, reading = read(json.dumps(documents))
    assert [item.id for item in transcripts] == ["0195-1", "0195-2"]
    assert reading.report.skipped["document of another shape"] == 1


def test_a_near_miss_names_the_format_and_what_is_missing() -> None:
    message = fault(json.dumps({"Transcript": [{"Content": "hi", "ParticipantId": "A"}]}))
    assert "contact_lens" in message
    assert "Participants[].ParticipantRole" in message


def test_two_fitting_formats_are_named() -> None:
    both = {**document("zendesk_chat"), **document("intercom")}
    (reading,) = read_bytes(json.dumps(both).encode(), "x")
    assert list(reading) == []
    assert isinstance(reading.error, UnknownFormatError)
    assert set(reading.error.candidates) == {"zendesk_chat", "intercom"}
    assert "intercom, zendesk_chat" in str(reading.error)


def test_the_user_decides_between_fitting_formats() -> None:
    both = {**document("zendesk_chat"), **document("intercom")}
    _, reading = read(json.dumps(both), options=ReadOptions(format="zendesk_chat"))
    assert reading.error is None
    assert reading.report.format == "zendesk_chat"


def test_a_format_that_does_not_fit_says_what_is_lacking() -> None:
    assert "Transcript[].Content" in fault(JSON_SAMPLES["vcon"], ReadOptions(format="contact_lens"))
    assert "it is text" in fault("Agent: hi", ReadOptions(format="vcon"))


def test_an_unknown_format_name_is_refused_before_anything_is_read() -> None:
    with pytest.raises(UnknownFormatError, match=r"'teletext'.*expected one of.*webvtt"):
        list(read_bytes(SAMPLES["jsonl"].encode(), "x", ReadOptions(format="teletext")))
