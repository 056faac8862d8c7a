"""Webhooks are told when another model is live."""

from __future__ import annotations

from pathlib import Path

from cs_nlp.pipeline.events import MODEL_PROMOTED, announce_promoted
from cs_nlp.scoring import Artefact
from cs_nlp.scoring.registry import record_promotion
from cs_nlp.store import Store, list_deliveries, make_webhook


def test_every_organisation_that_asked_is_told_of_a_new_live_model(
    store: Store, org: int, other: int, tiny_baseline: Path, tmp_path: Path
) -> None:
    with store.writing() as db:
        make_webhook(db, org, "https://example.com/a", [MODEL_PROMOTED])
        make_webhook(db, other, "https://example.com/b", [MODEL_PROMOTED])
        make_webhook(db, other, "https://example.com/c", ["batch.finished"])
    entry = record_promotion(Artefact.open(tiny_baseline), ("macro-F1 0.5 against 0.4",), tmp_path)
    assert announce_promoted(store, entry) == 2
    with store.reading() as db:
        [told] = list_deliveries(db, org, state="pending")
    assert told.payload["type"] == MODEL_PROMOTED
    assert told.payload["data"]["model"] == "tiny-words"
    assert told.payload["data"]["replaced"] == "culture-en-small"
    assert told.payload["data"]["learnt"] == entry.learnt > 0
