"""Names of operations, and what leads from one to the next (OpenAPI links)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

TAGS: Final = (
    {"name": "score", "description": "Scores now; nothing is stored."},
    {"name": "transcripts", "description": "Transcripts come in, are looked up, corrected and erased."},
    {"name": "batches", "description": "Many transcripts at once, and what became of them."},
    {"name": "teams", "description": "Published figures of teams: sums of many people, or null with the reason."},
    {"name": "findings", "description": "What is found beside a team's figures, of published transcripts only."},
    {"name": "interventions", "description": "What was done about a team's culture, and what came of it."},
    {"name": "labels", "description": "People teach the model, and see how well it does."},
    {"name": "webhooks", "description": "Events, sent to you."},
    {"name": "health", "description": "For who runs the service; without a key."},
)

OPERATIONS: Final[Mapping[str, tuple[str, str]]] = {
    "GET /healthz": ("isAlive", "Whether the process answers"),
    "GET /readyz": ("isReady", "Whether requests can be served"),
    "GET /metrics": ("readMetrics", "Metrics for Prometheus"),
    "POST /v1/score": ("score", "Score statements or a transcript"),
    "POST /v1/transcripts": ("receiveTranscript", "Take in a transcript"),
    "GET /v1/transcripts": ("listTranscripts", "List transcripts"),
    "GET /v1/transcripts/{transcript}": ("getTranscript", "Look up a transcript"),
    "PATCH /v1/transcripts/{transcript}": ("changeTranscript", "Correct a transcript's facts"),
    "DELETE /v1/transcripts/{transcript}": ("eraseTranscript", "Erase a transcript"),
    "POST /v1/batches": ("receiveBatch", "Take in many transcripts"),
    "GET /v1/jobs/{job}": ("getJob", "Look up a batch"),
    "GET /v1/teams": ("listTeams", "List teams"),
    "GET /v1/teams/{team}/culture": ("getCulture", "A team's culture over time"),
    "GET /v1/teams/{team}/drivers": ("getDrivers", "What feeds a team's culture"),
    "GET /v1/teams/{team}/beliefs": ("getBeliefs", "What a team believes"),
    "GET /v1/teams/{team}/newcomers": ("getNewcomers", "How newcomers become like their team"),
    "GET /v1/teams/{team}/changes": ("getChanges", "Since when a team speaks differently"),
    "GET /v1/teams/{team}/evidence": ("getEvidence", "Quotes behind a figure"),
    "GET /v1/teams/{team}/coaching": ("getCoaching", "What to do about a team's culture"),
    "POST /v1/interventions": ("noteIntervention", "Note an intervention"),
    "GET /v1/interventions": ("listInterventions", "List interventions"),
    "GET /v1/interventions/{intervention}": ("getIntervention", "Look up an intervention"),
    "DELETE /v1/interventions/{intervention}": ("removeIntervention", "Remove an intervention"),
    "GET /v1/interventions/{intervention}/effect": ("getEffect", "What came of an intervention"),
    "POST /v1/feedback": ("giveFeedback", "Say the right label of a statement"),
    "GET /v1/review": ("getReview", "What to label next"),
    "GET /v1/model": ("getModel", "What is known of the model"),
    "GET /v1/webhooks": ("listWebhooks", "List webhooks"),
    "POST /v1/webhooks": ("makeWebhook", "Make a webhook"),
    "GET /v1/webhooks/deliveries": ("listDeliveries", "List deliveries"),
    "GET /v1/webhooks/{webhook}": ("getWebhook", "Look up a webhook"),
    "DELETE /v1/webhooks/{webhook}": ("endWebhook", "End a webhook"),
    "POST /v1/webhooks/{webhook}/rotate": ("rotateSecret", "Give a webhook a new secret"),
}
"""Operation id and summary of each route."""

PARAMETERS: Final[Mapping[str, str]] = {
    "transcript": "Id of the transcript, as the answer that took it in gives it.",
    "job": "Id of the batch.",
    "intervention": "Id of the intervention.",
    "webhook": "Id of the webhook.",
    "limit": "Most items.",
}
"""What parameters are that don't say so themselves."""


def _to(operation: str, **parameters: str) -> dict[str, Any]:
    return {"operationId": operation, "parameters": parameters}


_TEAM: Final = "$response.body#/items/0/name"
_REVIEWED: Final = {name: f"$response.body#/items/0/{name}" for name in ("transcript", "turn", "start_char", "culture")}
_OF_TEAM: Final = ("getCulture", "getDrivers", "getBeliefs", "getNewcomers", "getChanges", "getCoaching")

LINKS: Final[Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]] = {
    "GET /v1/teams": {
        "200": (
            *(_to(one, team=_TEAM) for one in _OF_TEAM),
            _to("getEvidence", team=_TEAM),
            {"operationId": "noteIntervention", "requestBody": {"team": _TEAM, "on": "2026-07-06", "title": "coaching"}},
        )
    },
    "POST /v1/interventions": {
        "201": tuple(_to(one, intervention="$response.body#/id") for one in ("getIntervention", "getEffect", "removeIntervention"))
    },
    "GET /v1/interventions": {"200": (_to("getEffect", intervention="$response.body#/items/0/id"),)},
    "GET /v1/review": {
        "200": ({"operationId": "giveFeedback", "requestBody": _REVIEWED}, _to("getTranscript", transcript=_REVIEWED["transcript"]))
    },
    "GET /v1/transcripts": {"200": (_to("getTranscript", transcript="$response.body#/items/0/id"),)},
    "POST /v1/transcripts": {
        status: tuple(
            _to(one, transcript="$response.body#/transcript/id") for one in ("getTranscript", "changeTranscript", "eraseTranscript")
        )
        for status in ("200", "202")
    },
    "POST /v1/batches": {"202": (_to("getJob", job="$response.body#/id"),)},
    "POST /v1/webhooks": {"201": tuple(_to(one, webhook="$response.body#/id") for one in ("getWebhook", "rotateSecret", "endWebhook"))},
}
"""By operation and status, where its answer leads."""
