"""Webhooks are told when a team begins to speak differently: by its published series, once for each change, and never in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from cs_nlp.pipeline.events import CULTURE_CHANGED
from cs_nlp.pipeline.published_series import published_changes
from cs_nlp.records import ChangePoint
from cs_nlp.scoring import Artefact
from cs_nlp.store import Store, hold, list_webhooks, send_event, sent_payloads


def announce_changes(store: Store, organisation: int, artefact: Artefact, *, seed: int = 0) -> int:
    """Tell which changes of teams were found that were not told before. Call it when something was published.

    A change whose day may be that of one told before is the same. To a first webhook all changes are told that stand.

    Args:
        store: the database.
        organisation: whose.
        artefact: of the model whose series is looked at.
        seed: of the resampling.

    Returns:
        How many changes were told; 0 where no webhook wants to know.
    """
    with store.reading() as db:
        if not any(CULTURE_CHANGED in one.events and one.disabled_at is None for one in list_webhooks(db, organisation)):
            return 0
        found = published_changes(db, organisation, artefact, seed=seed)
    with store.writing() as db:
        hold(db, organisation)  # several workers may have found the same
        told = [payload["data"] for payload in sent_payloads(db, organisation, CULTURE_CHANGED)]
        new = [(team, point) for team, own in found.items() for point in own.changes.points if not _is_told(team, point, told)]
        for team, point in new:
            send_event(db, organisation, CULTURE_CHANGED, {"type": CULTURE_CHANGED, "data": _payload(team, point)})
    return len(new)


def _is_told(team: str, point: ChangePoint, told: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a change of the same team was told whose day may be the same."""
    return any(
        one["team"] == (team or None)
        and date.fromisoformat(one["earliest"]) <= point.latest
        and point.earliest <= date.fromisoformat(one["latest"])
        for one in told
    )


def _payload(team: str, point: ChangePoint) -> dict[str, Any]:
    days = {name: getattr(point, name).isoformat() for name in ("at", "earliest", "latest")}
    shifts = {
        one.label: {"value": one.value, "low": one.interval.low, "high": one.interval.high}
        for one in point.shifts
        if one.measure == "mix" and one.value is not None and one.interval is not None
    }
    return {"team": team or None, **days, "level": point.level, "p_value": point.p_value, "mix": shifts}
