"""Webhooks are told once when a team begins to speak differently."""

from __future__ import annotations

import time

import pytest
from starlette.testclient import TestClient

from cs_nlp.pipeline.announcing import announce_changes
from cs_nlp.pipeline.storing import Keeping, open_organisation
from cs_nlp.scoring import Artefact, find_artefact
from cs_nlp.settings import Settings
from cs_nlp.store import Delivery, list_deliveries, make_webhook, open_store
from service.app import create_app
from service.state import Service
from service.worker import Worker
from tests.service.conftest import SECRET
from tests.service.reading.world import SAID, fill


def test_a_change_is_told_once_and_without_words(database: str) -> None:
    artefact = Artefact.open(find_artefact("culture-en-small"))
    with open_store(database) as store:
        organisation = open_organisation(store, Keeping("acme", SECRET.encode()))
        fill(store, organisation, artefact, {"north": 8, "south/east": 7})

        assert announce_changes(store, organisation, artefact) == 0  # nobody wants to know
        with store.writing() as db:
            make_webhook(db, organisation, "https://platform.example/hook", ["culture.changed"])
        assert announce_changes(store, organisation, artefact) == 1
        assert announce_changes(store, organisation, artefact) == 0
        with store.reading() as db:
            (sent,) = list_deliveries(db, organisation, "pending")

    data = sent.payload["data"]
    assert (sent.event, sent.payload["type"], data["team"], data["at"]) == ("culture.changed", "culture.changed", "north", "2026-07-13")
    assert data["mix"]["assertive"]["value"] > 0.2
    assert not any(text in str(sent.payload) for texts in SAID.values() for text in texts)


@pytest.mark.parametrize("nowhere", ["sqlite"], indirect=True)
def test_the_worker_tells_it_when_something_is_published(database: str) -> None:
    settings = Settings(database=database, organisation="acme", threads=1, score_inside=False, secret=SECRET)  # type: ignore[arg-type]
    app = create_app(settings)
    with open_store(database) as store:
        organisation = open_organisation(store, Keeping("acme", SECRET.encode()))
        fill(store, organisation, Artefact.open(find_artefact("culture-en-small")), {"north": 8, "south/east": 7})
        with store.writing() as db:
            make_webhook(db, organisation, "https://127.0.0.1/hook", ["culture.changed"])
    with TestClient(app):
        service: Service = app.state.service
        worker, found = Worker(service), list[Delivery]()
        worker.start()
        try:
            for _ in range(300):
                with service.store.reading() as db:
                    found = [one for state in ("pending", "dead", "delivered") for one in list_deliveries(db, organisation, state)]
                if found:
                    break
                time.sleep(0.1)
        finally:
            worker.stop()

    assert [one.event for one in found] == ["culture.changed"]
