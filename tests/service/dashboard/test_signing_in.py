"""Signing in and out, links that sign in once, and what keeps others out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from httpx2 import Client
from starlette.testclient import TestClient

from cs_nlp.pipeline.storing import open_organisation
from cs_nlp.store import SCOPES, make_key, revoke_key
from service.dashboard.session import COOKIE, Seal, make_link
from service.state import Service
from tests.service.conftest import OTHER, Keys
from tests.service.dashboard.conftest import PAGE, Person

PAGES = ("/", "/team?team=x", "/team/found?team=x", "/evidence?team=x", "/upload", "/upload/jobs/job_x")


@pytest.mark.parametrize("path", PAGES)
def test_strangers_are_asked_to_sign_in(stranger: Person, path: str) -> None:
    answer = stranger.get(path)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


def test_a_key_signs_in_and_leads_to_where_one_wanted_to_go(stranger: Person, keys: Keys) -> None:
    stranger.get("/sign-in?back=/upload")
    answer = stranger.post("/sign-in", key=keys()["Authorization"].removeprefix("Bearer "), back="/upload")

    assert (answer.status_code, answer.headers["location"]) == (303, "/upload")
    assert stranger.get("/upload").status_code == 200


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/open/x"])
def test_signing_in_never_leads_to_another_site(stranger: Person, keys: Keys, back: str) -> None:
    stranger.get("/sign-in")

    assert stranger.post("/sign-in", key=keys()["Authorization"].removeprefix("Bearer "), back=back).headers["location"] == "/"


@pytest.mark.parametrize("key", ["", "nonsense", "key_x.y", "\x00", "<script>alert(1)</script>"])
def test_wrong_keys_open_nothing(stranger: Person, key: str) -> None:
    answer = stranger.sign_in(key)

    assert answer.status_code == 401
    assert "opens nothing" in answer.text
    assert "<script>alert" not in answer.text


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(stranger: Person, keys: Keys) -> None:
    cookie = stranger.sign_in(keys()["Authorization"].removeprefix("Bearer ")).headers["set-cookie"].lower()

    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie  # http, for tests and one's own machine


def test_by_https_the_cookie_is_secure(app: FastAPI, client: Client, keys: Keys) -> None:  # noqa: ARG001 - it is open while the client is
    person = Person(TestClient(app, base_url="https://testserver"))

    assert "secure" in person.sign_in(keys()["Authorization"].removeprefix("Bearer ")).headers["set-cookie"].lower()


def test_a_forged_cookie_is_no_session(stranger: Person, service: Service) -> None:
    forged = Seal(b"another secret").write({"key": "key_x", "organisation": 1, "nonce": "x"}, 100)
    stranger.client.cookies.set(COOKIE, forged)
    assert stranger.get("/").status_code == 303

    stale = Seal(service.derived("page session")).write({"key": "key_x", "organisation": 1, "nonce": "x"}, -1)
    stranger.client.cookies.set(COOKIE, stale)
    assert stranger.get("/").status_code == 303


def test_a_revoked_key_ends_its_sessions(stranger: Person, service: Service, keys: Keys) -> None:
    keys()
    with service.store.writing() as db:
        key, shown = make_key(db, 1, "to be revoked", SCOPES)
    stranger.sign_in(shown)
    assert stranger.get("/").status_code == 200

    with service.store.writing() as db:
        revoke_key(db, 1, key.uid)

    assert stranger.get("/").status_code == 303


def test_signing_out_ends_the_visit(signed_in: Callable[..., Person]) -> None:
    person = signed_in()
    person.get("/")

    assert person.post("/sign-out").headers["location"] == "/sign-in"
    assert person.get("/").status_code == 303


def test_a_link_signs_in_once(stranger: Person, service: Service, app: FastAPI, keys: Keys) -> None:
    keys()
    organisation = open_organisation(service.store, service.keeping("acme"))
    with service.store.writing() as db:
        key, _ = make_key(db, organisation, "link", SCOPES)
    path = make_link(service, organisation, key.uid)

    assert stranger.get(path).status_code == 200
    assert stranger.get("/").status_code == 200
    again = Person(TestClient(app))
    assert again.get(path).status_code == 401
    assert again.get("/").status_code == 303


def test_links_that_are_old_or_not_from_here_sign_nobody_in(stranger: Person, service: Service, keys: Keys) -> None:
    keys()
    facts = {"key": "key_x", "organisation": 1, "nonce": "x"}
    for seal, seconds in ((service.derived("page link"), -1), (service.derived("page session"), 100), (b"x" * 32, 100)):
        assert stranger.get("/open/" + Seal(seal).write(facts, seconds)).status_code == 401
    assert stranger.get("/open/nonsense").status_code == 401


def test_forms_without_their_token_are_refused(signed_in: Callable[..., Person], stranger: Person, keys: Keys) -> None:
    person = signed_in()
    for token in ("", "0" * 64, person.token[:-1] + "g"):
        assert person.post("/sign-out", token=token).status_code == 403
        assert person.post("/team/interventions", token=token, team="x", title="x", on="2026-07-01").status_code == 403
    assert person.client.post("/upload/jobs", headers=PAGE).status_code == 403
    assert stranger.post("/sign-in", token="", key=keys()["Authorization"]).status_code == 403


def test_a_token_of_one_visit_does_not_fit_another(signed_in: Callable[..., Person]) -> None:
    one, other = signed_in(), signed_in()

    assert one.post("/sign-out", token=other.token).status_code == 403


def test_what_another_site_sends_is_refused(signed_in: Callable[..., Person]) -> None:
    person = signed_in()
    headers = PAGE | {"Sec-Fetch-Site": "cross-site"}

    assert person.client.post("/sign-out", data={"csrf": person.token}, headers=headers).status_code == 403


def test_every_page_forbids_scripts_and_styles_that_are_not_its_own(signed_in: Callable[..., Person], stranger: Person) -> None:
    for answer in (signed_in().get("/"), stranger.get("/sign-in"), signed_in().get("/team?team=nope")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "style-src 'self';" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert not any(mark in answer.text for mark in ("<style", " style=", " onclick", " onload", "javascript:"))


def test_pages_show_only_what_the_key_allows(signed_in: Callable[..., Person]) -> None:
    person = signed_in("ingest")

    assert person.get("/upload").status_code == 200
    refused = person.get("/")
    assert refused.status_code == 403
    assert "does not allow" in refused.text


def test_another_organisation_sees_nothing_of_this_one(signed_in: Callable[..., Person]) -> None:
    mine, other = signed_in(), signed_in(org=OTHER)
    job = mine.client.post("/upload/jobs", headers={"X-CSRF-Token": mine.token}).json()["job"]

    assert mine.client.get(f"/upload/jobs/{job}").status_code == 200
    assert other.client.get(f"/upload/jobs/{job}").status_code == 404
