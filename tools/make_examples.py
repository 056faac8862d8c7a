"""Ask each route of the service about the sample teams, and write the answers down as the examples of the OpenAPI document.

    python -m tools.make_examples

The samples go the whole way: read, redacted, stored, scored, published. Long lists are cut to their first two items; secrets are replaced.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from httpx2 import Client
from pydantic import SecretStr
from starlette.testclient import TestClient

from cs_nlp.ingest import read_files
from cs_nlp.pipeline.storing import Keeping, ingest, open_organisation, score_waiting
from cs_nlp.settings import Settings
from cs_nlp.store import SCOPES, KeepText, make_key
from service.app import create_app
from service.state import Service
from tools.make_samples import TEAM_ZONES

SAMPLES: Final = Path("data/samples")
OUT: Final = Path("service/examples.json")
SECRET: Final = "what the examples are made with"  # noqa: S105 - opens nothing
TEAM: Final = "north-broadband"
CALL: Final = (
    "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v Agent Priya>Thank you for calling, how can I help?\n\n"
    "00:00:05.000 --> 00:00:09.000\n<v Customer>You billed me twice.\n\n"
    "00:00:10.000 --> 00:00:16.000\n<v Agent Priya>You are right, that was our mistake, and I have refunded it just now.\n"
)
_SHOWN: Final = 2
_ADDRESS: Final = "93.184.215.14"  # a public one, which no name server needs to know


def main() -> None:
    """Write the examples."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database=f"{folder}/store.db", secret=SecretStr(SECRET), score_inside=False)
        app = create_app(settings)
        with TestClient(app) as client:
            key = _fill(app)
            found = _ask(client, {"Authorization": f"Bearer {key}"})
    written = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    OUT.write_text(written.replace(_ADDRESS, "platform.example"), encoding="utf-8")


def _fill(app: FastAPI) -> str:
    service: Service = app.state.service
    keeping = Keeping("default", SECRET.encode(), KeepText.SIGNALS, {team: str(zone) for team, zone in TEAM_ZONES.items()})
    transcripts = [one for reading in read_files([SAMPLES]) for one in reading]
    for _ in ingest(service.store, transcripts, keeping, redactor=service.redactor):
        pass
    organisation = open_organisation(service.store, keeping)
    for _ in score_waiting(service.store, organisation, service.classifier, worker="examples"):
        pass
    with service.store.writing() as db:
        return make_key(db, organisation, "examples", SCOPES)[1]


def _ask(client: Client, headers: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def ask(name: str, *, body: Any = None, csv: bool = False, path: str = "", **asked: Any) -> Any:  # noqa: ANN401 - JSON
        method, template = name.split(" ")
        where = path or template.replace("{team}", TEAM)
        answer = client.request(method, where, json=body, params=asked, headers=headers)
        answer.raise_for_status()
        status = str(answer.status_code)
        example = found.setdefault(name, {})
        if body is not None:
            example["request"] = body
        if answer.content:
            kind = answer.headers["content-type"].partition(";")[0]
            made = _shortened(answer.json()) if kind == "application/json" else answer.text
            example.setdefault("responses", {})[status] = {kind: made}
        if csv:
            lines = client.request(method, where, params=asked, headers=headers | {"Accept": "text/csv"}).text.splitlines(keepends=True)
            example["responses"][status]["text/csv"] = "".join(lines[: _SHOWN + 1])
        return (
            answer.json() if answer.content and example.get("responses", {}).get(status, {}).get("application/json") is not None else None
        )

    _ask_teams(ask)
    _ask_rest(ask)
    return dict(sorted(found.items()))


def _ask_teams(ask: Any) -> None:  # noqa: ANN401 - a function
    ask("GET /v1/teams", csv=True)
    ask("GET /v1/teams/{team}/culture", csv=True, compare="previous", **{"from": "2026-06-01", "to": "2026-08-24"})
    for part in ("drivers", "beliefs", "newcomers", "changes", "coaching"):
        ask(f"GET /v1/teams/{{team}}/{part}", csv=True)
    ask("GET /v1/teams/{team}/evidence", csv=True, culture="aggressive")
    noted = ask("POST /v1/interventions", body={"team": TEAM, "on": "2026-07-13", "title": "A coaching programme starts"})
    ask("GET /v1/interventions", csv=True)
    ask("GET /v1/interventions/{intervention}", path=f"/v1/interventions/{noted['id']}")
    ask("GET /v1/interventions/{intervention}/effect", path=f"/v1/interventions/{noted['id']}/effect", csv=True)


def _ask_rest(ask: Any) -> None:  # noqa: ANN401 - as above
    review = ask("GET /v1/review", limit=2)["items"][0]
    place = {name: review[name] for name in ("transcript", "turn", "start_char")}
    ask("POST /v1/feedback", body=place | {"culture": "none", "annotator": "qa-lead"})
    ask("GET /v1/model")
    ask("POST /v1/score", body={"texts": ["You are right, that was our mistake, and I have refunded it."]})
    received = ask("POST /v1/transcripts", body={"transcript": CALL, "name": "call-1.vtt", "metadata": {"team": TEAM}})
    ask("GET /v1/transcripts", limit=2)
    ask("GET /v1/transcripts/{transcript}", path=f"/v1/transcripts/{received['transcript']['id']}")
    ask("PATCH /v1/transcripts/{transcript}", path=f"/v1/transcripts/{received['transcript']['id']}", body={"queue": "billing"})
    batch = ask("POST /v1/batches", body={"items": [{"transcript": CALL, "name": "call-2.vtt", "metadata": {"team": TEAM}}]})
    ask("GET /v1/jobs/{job}", path=f"/v1/jobs/{batch['id']}")
    made = ask("POST /v1/webhooks", body={"url": f"https://{_ADDRESS}/hooks/culture", "events": ["batch.finished"]})
    ask("GET /v1/webhooks")
    ask("GET /v1/webhooks/deliveries", state="pending")
    ask("GET /v1/webhooks/{webhook}", path=f"/v1/webhooks/{made['id']}")
    ask("POST /v1/webhooks/{webhook}/rotate", path=f"/v1/webhooks/{made['id']}/rotate")
    ask("GET /healthz")
    ask("GET /readyz")


def _shortened(body: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(body, dict):
        return {name: "whsec_..." if name == "secret" else _shortened(value) for name, value in body.items()}
    if isinstance(body, list):
        keeps_all = all(isinstance(one, (int, float, list)) for one in body)
        return [_shortened(one) for one in (body if keeps_all else body[:_SHOWN])]
    return body


if __name__ == "__main__":
    main()
