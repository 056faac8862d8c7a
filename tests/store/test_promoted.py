"""Webhooks are told when another model is live."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_nlp.pipeline.events import MODEL_PROMOTED, announce_promoted
from cs_nlp.scoring import Artefact
from cs_nlp.scoring.registry import live_entry, record_promotion
from cs_nlp.store import Store, list_deliveries, make_webhook
from tests.cli.test_read import run


def test_every_organisation_that_asked_is_told_of_a_new_live_model(
    store: Store, org: int, other: int, tiny_baseline: Path, tmp_path: Path
) -> None:
    with store.writing() as db:
        make_webhook(db, org, "https://example.com/a", [MODEL_PROMOTED])
        make_webhook(db, other, "https://example.com/b", [MODEL_PROMOTED])
        make_webhook(db, other, "https://example.com/c", ["batch.finished"])
    entry = record_promotion(Artefact.open(tiny_baseline), ("macro-F1 0.5 against 0.4",), tmp_path)
    assert announce_promoted(store, entry, live_entry(tmp_path)) == 2
    with store.reading() as db:
        [told] = list_deliveries(db, org, state="pending")
    assert told.payload["type"] == MODEL_PROMOTED
    assert told.payload["data"]["model"] == "tiny-words"
    assert told.payload["data"]["replaced"] == "culture-en-small"
    assert told.payload["data"]["learnt"] == entry.learnt > 0


def test_the_commands_tell_the_webhooks_where_they_are_asked_to(
    store: Store, org: int, database: str, tiny_baseline: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CS_NLP_DATABASE", database)
    with store.writing() as db:
        make_webhook(db, org, "https://example.com/a", [MODEL_PROMOTED])
    gold = tiny_baseline.parents[1] / "evaluation.jsonl"
    _, told, _ = run("promote", tiny_baseline, "--gold", gold, "--models", tmp_path, "--force", "a test", "--announce")
    _, back, _ = run("rollback", "--models", tmp_path, "--announce")
    assert "webhooks that are told: 1" in told
    assert "webhooks that are told: 1" in back
    with store.reading() as db:
        first, last = (one.payload["data"] for one in sorted(list_deliveries(db, org, state="pending"), key=lambda one: one.created_at))
    assert (first["action"], first["model"], first["replaced"]) == ("promote", "tiny-words", "culture-en-small")
    assert (last["action"], last["model"], last["replaced"], last["learnt"]) == ("rollback", "culture-en-small", "tiny-words", None)
