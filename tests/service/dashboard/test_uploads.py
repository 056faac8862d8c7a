"""Files that are dropped on the page, and what it says of each."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from cs_nlp.store import list_transcripts
from service.state import Service
from tests.service.dashboard.conftest import PAGE, Person

CALL = "agent: You never read the manual, do you?\ncustomer: I did.\nagent: Then read it again, that is what it is for.\n"
HOSTILE = "<script>alert(1)</script>"
Sent = Sequence[tuple[str, str | bytes]]


def send(person: Person, files: Sent, **fields: str) -> list[dict[str, Any]]:
    """Send files as the page's script does; the words on each."""
    headers = {"X-CSRF-Token": person.token, "X-Requested-With": "fetch"}
    job = person.client.post("/upload/jobs", headers=headers).json()["job"]
    parts = [("file", (name, data.encode() if isinstance(data, str) else data)) for name, data in files]
    answer = person.client.post(f"/upload/jobs/{job}/files", files=parts, data=fields, headers=headers)
    assert answer.status_code == 200, answer.text
    person.client.post(f"/upload/jobs/{job}/end", headers=headers)
    for _ in range(100):
        if person.client.get(f"/upload/jobs/{job}").json()["finished"]:
            break
        time.sleep(0.1)
    return [json.loads(line) for line in answer.text.splitlines()]


def test_each_file_is_told_what_became_of_it(signed_in: Callable[..., Person]) -> None:
    person = signed_in()

    told = send(person, [("a.txt", CALL), ("b.pdf", b"%PDF-1.7 nothing"), ("empty.txt", b"")], team="north")
    again = send(person, [("a.txt", CALL)], team="north")

    assert [(one["file"], one["state"]) for one in told] == [("a.txt", "good"), ("b.pdf", "bad"), ("empty.txt", "bad")]
    assert told[0]["said"].startswith("1 transcript stored")
    assert all(one["todo"] for one in told[1:])
    assert again[0]["state"] == "same"


def test_a_side_file_goes_with_the_files_of_its_folder(signed_in: Callable[..., Person], service: Service) -> None:
    side = "file,agent,team,started_at\na.txt,sam,south,2026-06-01T10:00:00Z\n"

    send(signed_in(), [("one/metadata.csv", side), ("one/a.txt", CALL), ("two/a.txt", CALL.replace("manual", "leaflet"))], team="north")

    with service.store.reading() as db:
        found = {(one.team, one.started_at is not None) for one in list_transcripts(db, 1)}
    assert found == {("south", True), ("north", False)}


def test_a_broken_side_file_is_told_and_the_rest_goes_on(signed_in: Callable[..., Person]) -> None:
    told = send(signed_in(), [("metadata.csv", "nothing,that,names\n1,2,3\n"), ("a.txt", CALL)], team="north")

    assert [one["state"] for one in told] == ["bad", "good"]
    assert told[0]["file"] == "metadata.csv"


def test_zips_are_told_file_by_file(signed_in: Callable[..., Person]) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("calls/a.txt", CALL)
        archive.writestr("calls/b.bin", b"\x00\x01\x02")

    told = send(signed_in(), [("all.zip", packed.getvalue())], team="north")

    assert [(one["file"], one["state"]) for one in told] == [("all.zip!calls/a.txt", "good"), ("all.zip!calls/b.bin", "bad")]


def test_where_nobody_is_marked_as_staff_the_page_says_what_to_do(signed_in: Callable[..., Person]) -> None:
    nameless = "WEBVTT\n\n00:00.000 --> 00:02.000\nHello there.\n\n00:02.000 --> 00:04.000\nThe box is broken.\n"

    told = send(signed_in(), [("a.vtt", nameless)], team="north")

    assert told[0]["state"] == "bad"
    assert "Work out who the agent is" in told[0]["todo"]


def test_without_scripts_the_form_does_the_same(signed_in: Callable[..., Person]) -> None:
    person = signed_in()
    answer = person.client.post(
        "/upload",
        files=[("file", ("a.txt", CALL.encode())), ("file", (f"{HOSTILE}.txt", b"\x00"))],
        data={"csrf": person.token, "team": "north"},
        headers=PAGE,
    )

    assert answer.status_code == 200
    assert "1 transcript stored" in answer.text
    assert HOSTILE not in answer.text


def test_no_file_is_an_error_in_words(signed_in: Callable[..., Person]) -> None:
    person = signed_in()

    answer = person.post("/upload", team="north")

    assert answer.status_code == 422
    assert "No file came" in answer.text


@pytest.mark.parametrize("scopes", [("read",), ("label", "admin", "evidence")])
def test_uploading_needs_its_scope(signed_in: Callable[..., Person], scopes: tuple[str, ...]) -> None:
    assert signed_in(*scopes).get("/upload").status_code == 403


def test_names_that_lead_elsewhere_are_only_names(signed_in: Callable[..., Person], tmp_path: Path) -> None:
    told = send(signed_in(), [("../../../../etc/passwd", CALL), (f"{tmp_path}/x.txt", CALL)], team="north")

    assert len(told) == 2
    assert not (tmp_path / "x.txt").exists()
