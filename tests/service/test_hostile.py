"""Input that means harm: nothing breaks, nothing leaks, and each is answered with a problem."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from pathlib import Path
from urllib.parse import quote

import pytest
from httpx2 import Client

from cs_nlp.settings import Settings
from cs_nlp.store import differences
from service.logs import JsonLines
from service.state import Service
from tests.service.conftest import Keys
from tests.service.samples import call, item, job_when, zipped

INJECTIONS = (
    "'; DROP TABLE transcripts; --",
    '" OR 1=1 --',
    "{{ 7 * 7 }}",
    "${7*7}",
    "{% raw %}",
    "<script>alert(1)</script>",
    "%s%s%s%n",
    "line\r\nSet-Cookie: a=b",
    "\u202eevil",
    "../../../../etc/passwd",
)
DEEP = 100_000
JSON = {"Content-Type": "application/json"}


def test_json_nested_too_deeply_is_refused_everywhere(client: Client, keys: Keys) -> None:
    bodies = ("[" * DEEP, '{"a":' * DEEP, '{"texts": ' + "[" * DEEP + "]" * DEEP + "}", '{"transcript": ' + "[" * DEEP + "]" * DEEP + "}")
    for path in ("/v1/score", "/v1/transcripts", "/v1/batches"):
        for body in bodies:
            answer = client.post(path, content=body, headers=keys() | JSON)
            assert answer.status_code in {400, 422}, (path, body[:20])
            assert answer.headers["content-type"] == "application/problem+json"


def test_json_as_deep_as_the_parser_takes_it_breaks_nothing(client: Client, keys: Keys) -> None:
    for depth in (200, 900, 960, 990):
        document = '{"transcript": ' + "[" * depth + "]" * depth + "}"
        for path in ("/v1/score", "/v1/transcripts"):
            assert client.post(path, content=document, headers=keys() | JSON).status_code in {400, 422}, (path, depth)


def test_bodies_that_are_not_what_they_say(client: Client, keys: Keys) -> None:
    for path in ("/v1/score", "/v1/transcripts", "/v1/batches"):
        for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "", "application/octet-stream"):
            answer = client.post(path, content=b"texts=x", headers=keys() | {"Content-Type": kind})
            assert (answer.status_code, answer.json()["type"]) == (415, "urn:cs-nlp:problem:media-type"), (path, kind)
        for body in (b"", b"\xff\xfe\x00", b'{"texts": ["\xff"]}', b"{", b"NaN", b'"x"', b"null", b"[]"):
            assert client.post(path, content=body, headers=keys() | JSON).status_code in {400, 422}, (path, body)


# Starlette leaves the file of a part that never ends to the garbage collector, which closes it with a warning.
@pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning")
def test_forms_that_are_broken_or_hold_too_much(client: Client, keys: Keys) -> None:
    form = keys() | {"Content-Type": "multipart/form-data; boundary=b"}
    part = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nx\r\n'
    bodies = (
        "",
        "no boundary",
        part,
        part * 3000 + "--b--\r\n",
        '--b\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n{\r\n--b--\r\n',
    )
    for path in ("/v1/transcripts", "/v1/batches"):
        for body in bodies:
            answer = client.post(path, content=body, headers=form)
            assert answer.status_code in {400, 413, 422}, (path, body[:40], answer.text)
        assert client.post(path, content="x", headers=keys() | {"Content-Type": "multipart/form-data"}).status_code in {400, 422}


def test_what_looks_like_sql_or_a_template_is_a_name_like_any_other(client: Client, keys: Keys, service: Service) -> None:
    for n, text in enumerate(INJECTIONS):
        body = item(n) | {"metadata": {"id": text, "team": text, "queue": text, "agent": text}, "name": text}
        answer = client.post("/v1/transcripts", json=body, headers=keys("ingest"))
        assert answer.status_code == 202, text
        found = client.get("/v1/transcripts", params={"team": text}, headers=keys("read")).json()["items"]
        assert [(one["team"], one["queue"]) for one in found] == [(text, text)]
        assert "\r" not in answer.headers["location"]
        assert "set-cookie" not in answer.headers
        assert client.get(f"/v1/jobs/{quote(text)}", headers=keys("read")).status_code in {404, 422}
        assert client.get("/v1/transcripts", params={"cursor": text, "state": text}, headers=keys("read")).status_code == 422
    with service.store.reading() as db:
        assert differences(db) == []


def test_null_characters_and_half_pairs_end_nothing(client: Client, keys: Keys) -> None:
    for team in ("%00", "a%00b", "%ff%fe", "%ed%a0%80"):
        assert client.get(f"/v1/transcripts?team={team}", headers=keys("read")).status_code == 200, team
        assert client.get(f"/v1/transcripts/{team}", headers=keys("read")).status_code in {404, 422}, team
    half = json.dumps({"transcript": "Agent: \ud800 it is your own fault.\n"})
    assert client.post("/v1/transcripts", content=half, headers=keys() | JSON).status_code == 422
    inside = json.dumps({"transcript": [{"role": "agent", "text": "your \ud800 own \0 fault"}]})
    assert client.post("/v1/transcripts", content=inside, headers=keys() | JSON).status_code < 500


def test_names_of_files_lead_nowhere(client: Client, keys: Keys, tmp_path: Path, settings: Settings) -> None:
    before = sorted(path.name for path in tmp_path.rglob("*"))
    names = (
        "../../evil.txt",
        "/etc/evil.txt",
        "C:\\Windows\\evil.txt",
        "..\\evil.txt",
        "evil.txt/",
        ".. ",
        "evil\r\n.txt",
        "a" * 900 + ".txt",
    )
    for n, name in enumerate(names):
        answer = client.post("/v1/transcripts", files={"file": (name, call(n).encode())}, headers=keys("ingest"))
        assert answer.status_code == 202, name
        found = answer.json()["transcript"]["name"]
        assert not set("/\\\r\n") & set(found)
        assert ".." not in found
        assert len(found) <= 200

    data = zipped({"../../evil.txt": call(90), "/abs.txt": call(91), "good/one.txt": call(92), "..\\win.txt": call(93)})
    posted = client.post("/v1/batches", files={"file": ("../x.zip", data)}, headers=keys("ingest"))
    job = job_when(client, posted.headers["location"], keys("read"))

    assert (job["counts"]["accepted"], job["counts"]["rejected"]) == (1, 3)
    assert all("leads out of it" in one["detail"] for one in job["errors"])
    after = {path.name for path in tmp_path.rglob("*")} - set(before)
    assert not any("evil" in name or "abs" in name for name in after)
    assert settings.database


def test_zip_bombs_are_told_and_not_unpacked(client: Client, keys: Keys) -> None:
    bomb = zipped({"zeros.txt": b"\0" * 200_000_000})
    inner = zipped({"again.zip": zipped({"again.zip": zipped({"deep.txt": call(0)})})})
    lying = bytearray(zipped({"a.txt": call(1)}))
    lying[lying.find(b"PK\x01\x02") + 24] = 1  # the directory says another size than the file has
    files = [
        ("file", ("bomb.zip", bomb)),
        ("file", ("inner.zip", inner)),
        ("file", ("lying.zip", bytes(lying))),
        ("file", ("good.txt", call(2).encode())),
    ]

    posted = client.post("/v1/batches", files=files, headers=keys("ingest"))
    job = job_when(client, posted.headers["location"], keys("read"))

    assert len(bomb) < 1_000_000
    told = " ".join(one["detail"] for one in job["errors"])
    assert "as zip bombs do" in told
    assert "zip archive in a zip archive in a zip archive" in told
    assert job["counts"]["accepted"] >= 1


def test_many_small_files_in_one_zip_are_all_told_or_read(client: Client, keys: Keys) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for n in range(2000):
            archive.writestr(f"{n}.txt", "")

    posted = client.post("/v1/batches", files={"file": ("empty.zip", data.getvalue())}, headers=keys("ingest"))
    job = job_when(client, posted.headers["location"], keys("read"))
    assert (job["counts"]["rejected"], len(job["errors"])) == (2001, 1000)  # one says so of the zip as a whole
    assert job["counts"]["rejected"] >= 1000
    assert len(job["errors"]) <= 1000


def test_nothing_that_was_said_gets_into_logs_or_problems(client: Client, keys: Keys, caplog: pytest.LogCaptureFixture) -> None:
    word = "zanzibarword"
    texts = (
        json.dumps({"texts": [word, 5]}),
        json.dumps({"transcript": {word: word}}),
        '{"transcript": "' + word,
        json.dumps({"inputs": {word: 1}}),
    )
    caplog.set_level(logging.INFO, "cs_nlp.service")
    for path in ("/v1/score", "/v1/transcripts", "/v1/batches"):
        for body in texts:
            answer = client.post(path, content=body, headers=keys() | JSON, params={"q": word})
            assert answer.status_code in {400, 422}
            told = answer.json()
            assert word not in json.dumps([told["detail"], told.get("errors")]), (path, body)
    formatter = JsonLines()
    lines = [formatter.format(record) for record in caplog.records if record.name == "cs_nlp.service"]
    assert len(lines) >= 3 * len(texts)
    assert all(word not in line for line in lines)
