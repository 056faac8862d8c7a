"""`/v1/batches` and `/v1/jobs`: many at once, read in the background, each item counted and each fault told."""

from __future__ import annotations

from typing import Any

from httpx2 import Client

from service.state import Service
from tests.service.conftest import Keys
from tests.service.samples import STARTED, call, item, job_when, zipped


def begin(client: Client, keys: Keys, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - what httpx takes
    """A batch when it is finished."""
    answer = client.post("/v1/batches", headers=keys("ingest"), **request)
    assert answer.status_code == 202, answer.text
    return job_when(client, answer.headers["location"], keys("read"))


def test_items_are_counted_and_each_fault_is_told(client: Client, keys: Keys) -> None:
    items = [item(0), item(1), item(0), {"transcript": "<<<", "name": "broken.txt"}, {"transcript": {"no": "format"}, "name": "x.json"}]

    job = begin(client, keys, json={"items": items})

    assert job["status"] == "partial"
    assert job["counts"] == {"accepted": 2, "replaced": 0, "duplicates": 1, "rejected": 2}
    assert job["transcripts"] == {"received": 0, "scoring": 0, "scored": 2, "failed": 0}
    assert [(one["index"], one["file"]) for one in job["errors"]] == [(3, "broken.txt"), (4, "x.json")]
    assert all(one["detail"] for one in job["errors"])


def test_a_zip_is_read_with_its_side_file(client: Client, keys: Keys) -> None:
    rows = "".join(f"c{n}.txt,east,{STARTED}\n" for n in range(3))
    data = zipped({"metadata.csv": f"file,team,started_at\n{rows}"} | {f"c{n}.txt": call(n) for n in range(3)})

    job = begin(client, keys, files={"file": ("week.zip", data, "application/zip")})

    assert (job["status"], job["counts"]["accepted"]) == ("succeeded", 3)
    listed = client.get("/v1/transcripts", headers=keys("read")).json()["items"]
    assert [(one["team"], one["started_at"] is not None) for one in listed] == [("east", True)] * 3


def test_files_of_a_form_and_a_side_file_among_them_belong_together(client: Client, keys: Keys) -> None:
    side = f"file,team,started_at\na.txt,west,{STARTED}\n"
    files = [("file", ("a.txt", call(0).encode())), ("file", ("metadata.csv", side.encode())), ("file", ("b.txt", call(1).encode()))]

    job = begin(client, keys, files=files, data={"detect_roles": "false"})

    assert job["counts"]["accepted"] == 2
    listed = client.get("/v1/transcripts", headers=keys("read")).json()["items"]
    assert sorted(str(one["team"]) for one in listed) == ["None", "west"]


def test_several_files_without_a_side_file_are_items_of_their_own(client: Client, keys: Keys) -> None:
    files = [("file", (f"{n}.txt", call(n).encode())) for n in range(2)] + [("file", ("bad.bin", b"\0\1\2" * 99))]

    job = begin(client, keys, files=files)

    assert (job["status"], job["counts"]["accepted"], job["errors"][0]["index"]) == ("partial", 2, 2)


def test_nothing_of_a_batch_stands_readable_in_the_database(client: Client, keys: Keys, service: Service) -> None:
    client.post("/v1/batches", json={"items": [item(0)]}, headers=keys("ingest"))

    with service.store.reading() as db:
        rows = db.exec_driver_sql("SELECT sealed FROM uploads").all()
    assert all(b"fault" not in bytes(row.sealed) for row in rows)


def test_who_may_and_what_is_malformed(client: Client, keys: Keys) -> None:
    body = {"items": [item(0)]}
    where = client.post("/v1/batches", json=body, headers=keys("ingest")).headers["location"]

    assert client.post("/v1/batches", json=body).status_code == 401
    assert client.post("/v1/batches", json=body, headers=keys.without("ingest")).status_code == 403
    assert client.get(where).status_code == 401
    assert client.get(where, headers=keys("label")).status_code == 403
    assert client.get(where, headers=keys.others()).status_code == 404
    assert client.get("/v1/jobs/job_none", headers=keys("read")).status_code == 404
    malformed: list[object] = [{"items": []}, {}, {"items": [{}]}, {"items": [item(0)] * 1001}]
    for bad in malformed:
        assert client.post("/v1/batches", json=bad, headers=keys("ingest")).status_code == 422
    assert client.post("/v1/batches", data={"x": "y"}, files={"other": b"1"}, headers=keys("ingest")).status_code == 422
    assert client.post("/v1/batches", content=b"a,b", headers=keys("ingest") | {"Content-Type": "text/csv"}).status_code == 415
