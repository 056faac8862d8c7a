"""Requests of the tests."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Mapping
from typing import Any

from httpx2 import Client

CALL = "Agent: You should have read the terms.\nCustomer: I did, on {n} pages.\nAgent: Then it is your own fault, number {n}.\n"
STARTED = "2026-06-01T09:30:00+01:00"


def call(n: int) -> str:
    """A call that is like no other."""
    return CALL.format(n=n)


def item(n: int, **about: object) -> dict[str, Any]:
    """A call as an item of JSON."""
    facts = {"id": f"call-{n}", "team": "north", "agent": f"Agent Number{n % 3}", "started_at": STARTED}
    return {"transcript": call(n), "metadata": facts, **about}


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """A zip of files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def job_when(client: Client, where: str, headers: Mapping[str, str], *, patience_s: float = 60) -> dict[str, Any]:
    """A job when it is finished."""
    until = time.monotonic() + patience_s
    while True:
        found: dict[str, Any] = client.get(where, headers=headers).json()
        if found["status"] not in {"queued", "running"} or time.monotonic() > until:
            return found
        time.sleep(0.05)
