"""What the service keeps: keys, requests that may come twice, batches, deliveries, labels and interventions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, update

from cs_nlp.errors import InputError
from cs_nlp.records import Annotation, Intervention, LabelledStatement
from cs_nlp.store import (
    Answer,
    Delivery,
    Outcome,
    Repeat,
    Store,
    add_intervention,
    announce_finished,
    begin_request,
    check_key,
    claim_deliveries,
    close_job,
    count_errors,
    count_item,
    disable_webhook,
    end_delivery,
    find_job,
    finish_request,
    forget_requests,
    give_feedback,
    list_deliveries,
    list_interventions,
    list_keys,
    make_job,
    make_key,
    make_webhook,
    note_use,
    read_feedback,
    read_statements,
    receive,
    remove_intervention,
    revoke_key,
    rotate_secret,
    send_event,
)
from cs_nlp.store.idempotency import HELD, KEPT
from cs_nlp.store.service_tables import deliveries, idempotency
from cs_nlp.store.webhooks import PAUSES
from tests.store.samples import call, keep, score_all


def test_a_key_is_known_by_what_was_shown_once(store: Store, org: int) -> None:
    with store.writing() as db:
        key, shown = make_key(db, org, "platform", ["read", "ingest"])

    with store.reading() as db:
        assert check_key(db, shown) == key
        assert key.scopes == ("ingest", "read")
        for wrong in ("", ".", key.uid, f"{key.uid}.", f"{key.uid}.x", shown[:-1], shown + "x", f"x{shown}", "\ud800"):
            assert check_key(db, wrong) is None
        stored = str(db.exec_driver_sql("SELECT * FROM api_keys").all())
    assert shown.partition(".")[2] not in stored


def test_a_revoked_or_ended_key_opens_nothing(store: Store, org: int) -> None:
    with store.writing() as db:
        key, shown = make_key(db, org, "revoked", ["read"])
        _, ended = make_key(db, org, "ended", ["read"], datetime.now(UTC) - timedelta(seconds=1))
        _, running = make_key(db, org, "running", ["read"], datetime.now(UTC) + timedelta(hours=1))
        assert revoke_key(db, org, key.uid)
        assert not revoke_key(db, org, key.uid)

        assert check_key(db, shown) is None
        assert check_key(db, ended) is None
        assert check_key(db, running) is not None
        assert [one.revoked_at is not None for one in list_keys(db, org)] == [True, False, False]


def test_the_use_of_a_key_is_noted(store: Store, org: int) -> None:
    with store.writing() as db:
        key, shown = make_key(db, org, "platform", ["read"])
        note_use(db, key)
        used = check_key(db, shown)
        assert used is not None
        note_use(db, used)  # not again within a minute
        assert check_key(db, shown) == used
        assert used.used_at is not None


@pytest.mark.parametrize("scopes", [[], ["reed"]])
def test_a_key_with_no_or_unknown_scopes_is_refused(store: Store, org: int, scopes: list[str]) -> None:
    with pytest.raises(InputError, match="expected some of ingest, read"), store.writing() as db:
        make_key(db, org, "platform", scopes)


def test_a_request_sent_twice_is_answered_as_the_first(store: Store, org: int) -> None:
    answer = Answer(201, "application/json", b"{}")
    with store.writing() as db:
        assert begin_request(db, org, "k", b"body") == (Repeat.FIRST, None)
        assert begin_request(db, org, "k", b"body") == (Repeat.RUNNING, None)
        finish_request(db, org, "k", answer)
        assert begin_request(db, org, "k", b"body") == (Repeat.DONE, answer)
        assert begin_request(db, org, "k", b"other") == (Repeat.OTHER, None)


def test_a_request_sent_by_many_at_once_goes_ahead_once(store: Store, org: int) -> None:
    def send(_: int) -> Repeat:
        with store.writing() as db:
            return begin_request(db, org, "k", b"body")[0]

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(send, range(12))) == [Repeat.FIRST, *[Repeat.RUNNING] * 11]


def test_a_request_that_died_or_was_taken_back_may_be_sent_again(store: Store, org: int) -> None:
    with store.writing() as db:
        begin_request(db, org, "died", b"body")
        db.execute(update(idempotency).values(held_until=datetime.now(UTC) - timedelta(seconds=1)))
        assert begin_request(db, org, "died", b"body")[0] is Repeat.FIRST
        assert begin_request(db, org, "died", b"body")[0] is Repeat.RUNNING
        begin_request(db, org, "taken back", b"body")
        finish_request(db, org, "taken back", None)
        assert begin_request(db, org, "taken back", b"other")[0] is Repeat.FIRST
    assert HELD < KEPT


def test_answers_are_forgotten_after_a_day(store: Store, org: int) -> None:
    with store.writing() as db:
        for key in ("a", "b"):
            begin_request(db, org, key, b"body")
            finish_request(db, org, key, Answer(200, "text/plain", b""))
        db.execute(update(idempotency).values(created_at=datetime.now(UTC) - KEPT - timedelta(seconds=1)))

        assert begin_request(db, org, "a", b"other")[0] is Repeat.FIRST
        assert forget_requests(db, org) == 1


def test_a_job_tells_how_far_it_is_and_its_end_is_told_once(store: Store, org: int) -> None:
    with store.writing() as db:
        job = make_job(db, org)
        for name in ("a", "b", "a"):
            count_item(db, org, job.id, receive(db, org, call(name), job.id).outcome)
        count_errors(db, org, job.id, [{"file": "x.txt", "detail": "no format fits"}])
    score_all(store, org)
    with store.writing() as db:
        assert announce_finished(db, org) == []  # more may come in
        close_job(db, org, job.id)
        assert [one.uid for one in announce_finished(db, org)] == [job.uid]
        assert announce_finished(db, org) == []
        found = find_job(db, org, job.uid)

    assert found is not None
    assert found.is_finished
    assert found.counts == {"accepted": 2, "replaced": 0, "duplicates": 1, "rejected": 1}
    assert found.errors == ({"file": "x.txt", "detail": "no format fits"},)
    assert found.states == {"received": 0, "scoring": 0, "scored": 2, "failed": 0}


def test_a_job_is_not_finished_while_a_transcript_waits(store: Store, org: int) -> None:
    with store.writing() as db:
        job = make_job(db, org)
        receive(db, org, call("a"), job.id)
        count_item(db, org, job.id, Outcome.NEW)
        close_job(db, org, job.id)

        assert announce_finished(db, org) == []


def make_due(db: Connection) -> None:
    """All pauses are over."""
    db.execute(update(deliveries).values(due_at=datetime.now(UTC) - timedelta(seconds=1)))


def test_an_event_goes_to_those_who_want_it(store: Store, org: int) -> None:
    with store.writing() as db:
        wanting = make_webhook(db, org, "https://example.com/a", ["batch.finished"])
        make_webhook(db, org, "https://example.com/b", ["model.promoted"])
        silent = make_webhook(db, org, "https://example.com/c", ["batch.finished"])
        disable_webhook(db, org, silent.uid)

        assert send_event(db, org, "batch.finished", {"job": "job_1"}) == 1
        (one,) = claim_deliveries(db, org)
        assert (one.webhook, one.event, one.payload, one.attempts) == (wanting, "batch.finished", {"job": "job_1"}, 1)
        assert claim_deliveries(db, org) == []
        end_delivery(db, org, one, 200, None)
        assert [item.uid for item in list_deliveries(db, org, "delivered")] == [one.uid]


def test_a_sender_that_died_loses_its_delivery_to_another(store: Store, org: int) -> None:
    with store.writing() as db:
        make_webhook(db, org, "https://example.com", ["ping"])
        send_event(db, org, "ping", {})
        (first,) = claim_deliveries(db, org)
        make_due(db)
        (second,) = claim_deliveries(db, org)
        end_delivery(db, org, first, 200, None)  # too late

        assert (second.uid, second.attempts) == (first.uid, 2)
        assert [one.uid for one in list_deliveries(db, org, "pending")] == [first.uid]


def test_a_delivery_is_tried_with_pauses_and_ends_as_a_dead_letter(store: Store, org: int) -> None:
    with store.writing() as db:
        make_webhook(db, org, "https://example.com", ["ping"])
        send_event(db, org, "ping", {})
        found: list[Delivery] = []
        for _ in range(len(PAUSES) + 1):
            (one,) = claim_deliveries(db, org)
            end_delivery(db, org, one, 500, "the server failed")
            assert claim_deliveries(db, org) == []  # not at once
            make_due(db)
            found.append(one)

        assert claim_deliveries(db, org) == []
        (dead,) = list_deliveries(db, org)
    assert [one.attempts for one in found] == list(range(1, len(PAUSES) + 2))
    assert (dead.status, dead.error) == (500, "the server failed")


def test_a_rotated_secret_signs_beside_the_new_one_for_a_while(store: Store, org: int) -> None:
    with store.writing() as db:
        first = make_webhook(db, org, "https://example.com", ["ping"])
        second = rotate_secret(db, org, first.uid)
        third = rotate_secret(db, org, first.uid)

    assert second is not None
    assert third is not None
    assert len({first.secrets[0], second.secrets[0], third.secrets[0]}) == 3
    assert second.secrets == (second.secrets[0], first.secrets[0])
    assert third.secrets == (third.secrets[0], second.secrets[0])
    assert all(secret.startswith("whsec_") for secret in third.secrets)


def test_deliveries_of_a_disabled_webhook_are_dead(store: Store, org: int) -> None:
    with store.writing() as db:
        webhook = make_webhook(db, org, "https://example.com", ["ping"])
        send_event(db, org, "ping", {})
        assert disable_webhook(db, org, webhook.uid)
        assert not disable_webhook(db, org, webhook.uid)

        assert claim_deliveries(db, org) == []
        assert [one.error for one in list_deliveries(db, org)] == ["the webhook was disabled"]


def test_feedback_is_read_back_as_something_to_learn_from(store: Store, org: int) -> None:
    keep(store, org, *(call(f"c{n}") for n in range(4)))
    score_all(store, org)
    with store.writing() as db:
        one = next(read_statements(db, org))
        give_feedback(db, org, one, Annotation("none", "team", ("voice-",), "qa"))
        give_feedback(db, org, one, Annotation("assertive", None, (), "qa"))  # a second thought
        give_feedback(db, org, one, Annotation("submissive", None, (), "other"))

        found = list(read_feedback(db, org))
    said = one.scored.statement
    golds = [Annotation("assertive", None, (), "qa"), Annotation("submissive", None, (), "other")]
    assert found == [LabelledStatement(said.text, said.context, said.channel, gold, said.transcript_id) for gold in golds]


def test_feedback_outlives_a_new_scoring(store: Store, org: int) -> None:
    given = call("a", *["agent-ann"] * 5)
    keep(store, org, given)
    score_all(store, org)
    with store.writing() as db:
        give_feedback(db, org, next(read_statements(db, org)), Annotation("none", None, (), "qa"))
        db.exec_driver_sql("UPDATE transcripts SET state = 'received', attempts = 0, fingerprint = content_key")
    keep(store, org, given)  # as another version
    assert score_all(store, org) == 1

    with store.reading() as db:
        assert len(list(read_feedback(db, org))) == 1


def test_feedback_on_words_that_were_not_kept_is_refused(store: Store, org: int) -> None:
    keep(store, org, *(call(f"c{n}") for n in range(9)))
    score_all(store, org)
    with store.writing() as db:
        wordless = next(one for one in read_statements(db, org, only_text=False) if not one.scored.statement.text)
        with pytest.raises(InputError, match="was not kept"):
            give_feedback(db, org, wordless, Annotation("none", None, (), "qa"))
        with pytest.raises(InputError, match="no annotator"):
            give_feedback(db, org, next(read_statements(db, org)), Annotation("none", None))


def test_interventions_are_listed_by_date(store: Store, org: int) -> None:
    keep(store, org, call("a", team="north"), call("b", team="south"))
    with store.writing() as db:
        late = add_intervention(db, org, Intervention("north", date(2026, 7, 1), "coaching"))
        early = add_intervention(db, org, Intervention("south", date(2026, 6, 1), "refunds"))

        assert list_interventions(db, org) == [early, late]
        assert list_interventions(db, org, "north") == [late]
        assert remove_intervention(db, org, late.uid)
        assert list_interventions(db, org) == [early]
        with pytest.raises(InputError, match="'west': not in this database"):
            add_intervention(db, org, Intervention("west", date(2026, 7, 1)))
