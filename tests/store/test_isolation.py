"""Nothing of an organisation can be read or changed with the id of another one: every public function is tried."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from cs_nlp import store as public
from cs_nlp.errors import InputError, StoreError
from cs_nlp.records import Annotation, Intervention
from cs_nlp.store import Answer, Change, KeepText, Outcome, Person, Selection, Store, claim
from cs_nlp.store.published_tables import published
from cs_nlp.store.tables import metadata
from cs_nlp.taxonomy import CULTURES
from tests.store.samples import MODEL, call, keep, result, score_all, version

Try = Callable[[Connection, int, Mapping[str, Any]], object]
NOTHING: tuple[object, ...] = (None, False, 0, [], {}, Outcome.NEW, frozenset())
"""What a function may answer that was asked about somebody else's."""


def fill(store: Store, org: int) -> dict[str, Any]:
    """An organisation with a row in every table, and what its rows are known by."""
    keep(store, org, call("n0"), call("n1", "agent-ann", "agent-bob", words="many more words"))
    score_all(store, org, text=KeepText.ALL)
    with store.writing() as db:
        public.refresh_cells(db, org)
    with store.writing() as db:
        public.keep_rules(db, org, public.KeptRules(1, "week", "queue"))
        parts = public.read_unpublished(db, org, date(2100, 1, 1))
        whole = tuple(dict.fromkeys(part.transcript for part in parts))
        public.write_sheets(db, org, MODEL, [[public.Sum("north", date(2026, 6, 1), date(2026, 6, 8), None, whole)]])
        (sheet,) = db.scalars(select(published.c.sheet))
    keep(store, org, version(call("n0"), words="another version"), call("n2"), call("claimed"))
    score_all(store, org)
    keep(store, org, call("taken"), call("waiting"))
    with store.writing() as db:
        (claimed,) = claim(db, org, "w", at_most=1)
        said = next(iter(public.read_statements(db, org)))
        key, shown = public.make_key(db, org, "theirs", ["admin"])
        job = public.make_job(db, org)
        public.put_upload(db, org, job.id, 0, b"sealed")
        upload = public.claim_upload(db, org)
        public.put_upload(db, org, job.id, 1, b"sealed too")
        webhook = public.make_webhook(db, org, "https://example.com", ["ping"])
        public.send_event(db, org, "ping", {})
        (delivery,) = public.claim_deliveries(db, org)
        public.send_event(db, org, "ping", {})
        public.begin_request(db, org, "request", b"body")
        public.give_feedback(db, org, said, Annotation("none", None, (), "qa"))
        noted = public.add_intervention(db, org, Intervention("north", date(2026, 6, 3), "coaching"))
        transcript = public.list_transcripts(db, org)[0]
    return {
        "claimed": claimed,
        "said": said,
        "key": key,
        "shown": shown,
        "job": job,
        "upload": upload,
        "webhook": webhook,
        "delivery": delivery,
        "noted": noted,
        "transcript": transcript,
        "sheet": sheet,
        "ids": whole,
    }


def rows_of(db: Connection, org: int) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of an organisation."""
    found = {}
    for table in metadata.sorted_tables:
        owner = table.c.id if table.name == "organisations" else table.c.organisation_id
        found[table.name] = sorted(map(tuple, db.execute(select(table).where(owner == org))), key=repr)
    return found


def _results(theirs: Mapping[str, Any]) -> list[public.Result]:
    one = theirs["claimed"]
    return [result(one.lease, one.transcript, one.statements)]


def refused(ask: Callable[[], object]) -> object:
    """What is answered; None where it is refused."""
    try:
        return ask()
    except StoreError:
        return None


# What each function is tried with: the id of one organisation, and all that names rows of another one.
TRIES: dict[str, Try] = {
    "advance_upload": lambda db, org, their: refused(lambda: public.advance_upload(db, org, their["upload"], 1)),
    "change_transcript": lambda db, org, their: public.change_transcript(db, org, their["transcript"].uid, Change("south", drop_text=True)),
    "claim_upload": lambda db, org, _: public.claim_upload(db, org),
    "count_uploads": lambda db, org, _: public.count_uploads(db, org),
    "end_upload": lambda db, org, their: public.end_upload(db, org, their["upload"]),
    "give_up_upload": lambda db, org, their: public.give_up_upload(db, org, their["upload"]),
    "put_upload": lambda db, org, their: public.put_upload(db, org, their["job"].id, 2, b"mine"),
    "add_intervention": lambda db, org, _: public.add_intervention(db, org, Intervention("north", date(2026, 6, 3))),
    "add_up_again": lambda db, org, their: public.add_up_again(db, org, their["sheet"]),
    "announce_finished": lambda db, org, _: public.announce_finished(db, org),
    "begin_request": lambda db, org, _: public.begin_request(db, org, "request", b"another body")[1],
    "claim": lambda db, org, _: public.claim(db, org, "thief"),
    "claim_deliveries": lambda db, org, _: public.claim_deliveries(db, org),
    "close_job": lambda db, org, their: public.close_job(db, org, their["job"].id),
    "count_before": lambda db, org, _: public.count_before(db, org, date(2100, 1, 1)),
    "count_errors": lambda db, org, their: public.count_errors(db, org, their["job"].id, [{"detail": "x"}]),
    "count_item": lambda db, org, their: public.count_item(db, org, their["job"].id, Outcome.NEW),
    "count_models": lambda db, org, _: public.count_models(db, org),
    "count_states": lambda db, org, their: (
        sum(public.count_states(db, org, their["job"].id).values()) + sum(public.count_states(db, org).values())
    ),
    "count_waiting": lambda db, org, _: public.count_waiting(db, org),
    "days_with_scores": lambda db, org, _: public.days_with_scores(db, org, "north", MODEL),
    "disable_webhook": lambda db, org, their: public.disable_webhook(db, org, their["webhook"].uid),
    "end_delivery": lambda db, org, their: public.end_delivery(db, org, their["delivery"], 200, None),
    "erase_before": lambda db, org, _: public.erase_before(db, org, date(2100, 1, 1)).transcripts,
    "erase_person": lambda db, org, _: public.erase_person(db, org, "agent-ann").transcripts,
    "erase_transcripts": lambda db, org, their: public.erase_transcripts(db, org, ["n0", their["transcript"].uid]).transcripts,
    "find_job": lambda db, org, their: public.find_job(db, org, their["job"].uid),
    "find_statement": lambda db, org, their: public.find_statement(db, org, their["said"].id),
    "find_transcript": lambda db, org, their: public.find_transcript(db, org, their["transcript"].uid),
    "finish_request": lambda db, org, _: public.finish_request(db, org, "request", Answer(200, "text/plain", b"mine")),
    "forget_requests": lambda db, org, _: public.forget_requests(db, org),
    "give_back": lambda db, org, their: public.give_back(db, org, their["claimed"].lease, "spite"),
    "give_feedback": lambda db, org, their: public.give_feedback(db, org, their["said"], Annotation("none", None, (), "thief")),
    "hold": lambda db, org, _: not public.hold(db, org),
    "is_scoring": lambda db, org, _: public.is_scoring(db, org, date(2100, 1, 1)),
    "keep_look": lambda db, org, _: public.keep_look(db, org, "mine"),
    "keep_rules": lambda db, org, _: public.keep_rules(db, org, public.KeptRules(2, "day", "")),
    "left_sheets": lambda db, org, _: public.left_sheets(db, org),
    "left_sums": lambda db, org, _: public.left_sums(db, org),
    "list_deliveries": lambda db, org, _: public.list_deliveries(db, org, "pending"),
    "list_interventions": lambda db, org, _: public.list_interventions(db, org, "north"),
    "list_keys": lambda db, org, _: public.list_keys(db, org),
    "list_people": lambda db, org, _: public.list_people(db, org, "north"),
    "list_teams": lambda db, org, _: public.list_teams(db, org),
    "list_transcripts": lambda db, org, _: public.list_transcripts(db, org),
    "list_webhooks": lambda db, org, _: public.list_webhooks(db, org),
    "look_up": lambda db, org, _: public.look_up(db, org, call("n0").identity, "north").outcome,
    "looked_at": lambda db, org, _: public.looked_at(db, org) or None,
    "make_job": lambda db, org, _: public.make_job(db, org).states["received"],
    "make_key": lambda db, org, _: public.make_key(db, org, "mine", ["read"])[0].organisation - org,
    "make_webhook": lambda db, org, _: public.make_webhook(db, org, "https://example.org", ["ping"]).disabled_at,
    "members_of": lambda db, org, their: [one for own in public.members_of(db, org, their["sheet"]) for one in own],
    "next_free": lambda db, org, _: public.next_free(db, org),
    "published_mark": lambda db, org, _: public.published_mark(db, org) or None,
    "put_people": lambda db, org, _: public.put_people(db, org, [Person("agent-ann", "north", date(1999, 1, 1))], "UTC") - 1,
    "read_cells": lambda db, org, _: public.read_cells(db, org, Selection(("north",))) + public.read_cells(db, org),
    "read_feedback": lambda db, org, _: list(public.read_feedback(db, org)),
    "read_parts": lambda db, org, _: public.read_parts(db, org),
    "read_published": lambda db, org, _: public.read_published(db, org, "north", MODEL),
    "read_rules": lambda db, org, _: public.read_rules(db, org),
    "read_statements": lambda db, org, _: list(public.read_statements(db, org, only_text=False)),
    "read_totals": lambda db, org, _: public.read_totals(db, org, Selection(("north",))) + public.read_totals(db, org),
    "read_unpublished": lambda db, org, _: public.read_unpublished(db, org, date(2100, 1, 1)),
    "receive": lambda db, org, _: public.receive(db, org, call("n0")).outcome,
    "receive_to_score": lambda db, org, _: public.receive_to_score(db, org, call("n0"))[0].outcome,
    "refresh_cells": lambda db, org, _: public.refresh_cells(db, org),
    "remove_intervention": lambda db, org, their: public.remove_intervention(db, org, their["noted"].uid),
    "requeue": lambda db, org, _: public.requeue(db, org, "other"),
    "retention_of": lambda db, org, _: public.retention_of(db, org),
    "revoke_key": lambda db, org, their: public.revoke_key(db, org, their["key"].uid),
    "rotate_secret": lambda db, org, their: public.rotate_secret(db, org, their["webhook"].uid),
    "send_event": lambda db, org, _: public.send_event(db, org, "ping", {}),
    "sent_payloads": lambda db, org, _: public.sent_payloads(db, org, "ping"),
    "set_retention": lambda db, org, _: public.set_retention(db, org, 7),
    "set_zone": lambda db, org, _: public.set_zone(db, org, "north", "Asia/Tokyo"),
    "state_of": lambda db, org, _: public.state_of(db, org, date(2100, 1, 1)) != "before 2100-01-01: 0 up to None; left: 0 up to None",
    "statements_of": lambda db, org, their: public.statements_of(db, org, their["transcript"].uid),
    "surest_statements": lambda db, org, _: [
        one for culture in CULTURES for one in public.surest_statements(db, org, Selection(("north",)), culture, 10)
    ],
    "texts_kept": lambda db, org, their: list(public.texts_kept(db, org, Selection(("north",)), [their["said"].scored.statement.text])),
    "unknown_transcripts": lambda db, org, their: public.unknown_transcripts(db, org, {"n0", their["transcript"].uid})[
        2:
    ],  # both are unknown here
    "unlabelled_statements": lambda db, org, _: public.unlabelled_statements(db, org, among=10, at_most=10),
    "withdraw_all": lambda db, org, _: public.withdraw_all(db, org),
    "write_embeddings": lambda db, org, their: public.write_embeddings(db, org, {their["said"].id: b"x"}),
    "wrong_days": lambda db, org, _: public.wrong_days(db, org),
    "write_sheets": lambda db, org, their: public.write_sheets(db, org, MODEL, [[public.Sum(None, None, None, None, their["ids"])]]),
    "wrong_sums": lambda db, org, _: public.wrong_sums(db, org),
    "write_results": lambda db, org, their: public.write_results(db, org, _results(their), model=MODEL, keep=KeepText.ALL),
}


def test_every_public_function_that_takes_an_organisation_is_tried() -> None:
    asked = {
        name
        for name in public.__all__
        if inspect.isfunction(function := getattr(public, name)) and "organisation" in inspect.signature(function).parameters
    }

    assert asked == TRIES.keys()


def test_nothing_of_another_organisation_is_seen_or_changed(store: Store, org: int, other: int) -> None:
    theirs = fill(store, org)
    with store.writing() as db:
        before = rows_of(db, org)
    assert [table for table, rows in before.items() if not rows] == []

    for name, attempt in TRIES.items():
        with store.writing() as db:
            undo = db.begin_nested()
            try:
                found = attempt(db, other, theirs)
            except InputError:
                found = None
            assert found in NOTHING, name
            assert rows_of(db, org) == before, name
            undo.rollback()


def test_a_key_opens_its_own_organisation(store: Store, org: int, other: int) -> None:
    with store.writing() as db:
        shown = {one: public.make_key(db, one, "key", ["read"])[1] for one in (org, other)}
        found = {one: public.check_key(db, text) for one, text in shown.items()}

    assert {one: key.organisation for one, key in found.items() if key is not None} == {org: org, other: other}
