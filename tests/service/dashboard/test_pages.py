"""The pages over published teams: what they tell, to whom, and that hostile words stay words."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from cs_nlp.store import list_keys, list_webhooks, make_key, read_feedback
from tests.service.conftest import OTHER
from tests.service.dashboard.conftest import HOSTILE, PAGE, TEAM, Pages

NORTH = quote(TEAM)
SCRIPT = "<script>alert"


def test_teams_are_shown_at_a_glance_and_small_ones_are_withheld(pages: Pages) -> None:
    text = pages.person().get("/").text

    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in text
    assert "the statements that show" in text
    assert re.search(r"small</a></h2>\s*<p>(Nothing is shown|No statement)", text)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        f"/team?team={NORTH}",
        f"/team/found?team={NORTH}",
        f"/team/found?team={NORTH}&by=month",
        f"/evidence?team={NORTH}&culture=aggressive",
        f"/download/report?team={NORTH}",
        "/review",
        "/settings",
        "/upload",
        f"/team?team={quote(HOSTILE)}",
        f"/review?at={quote(HOSTILE)}",
        f"/sign-in?back={quote(HOSTILE)}",
        f"/?said={quote(HOSTILE)}",
    ],
)
def test_hostile_names_and_words_stay_words(pages: Pages, path: str) -> None:
    answer = pages.person().get(path)

    assert answer.status_code in {200, 303, 404}
    assert SCRIPT not in answer.text
    assert "{{7*7}}" in answer.text or "7*7" not in answer.text
    assert "alert(1)</script>" not in answer.text


def test_a_team_s_page_tells_all_that_is_found(pages: Pages) -> None:
    person = pages.person()

    quick, whole = person.get(f"/team?team={NORTH}").text, person.get(f"/team/found?team={NORTH}").text

    assert 'id="mix"' in quick
    assert all(f'id="{part}"' in whole for part in ("mix", "changed", "beliefs", "drivers", "done", "words", "downloads"))
    assert 'aria-busy="true"' not in person.get(f"/team?team={NORTH}").text  # it is known by now


def test_what_is_said_to_customers_and_among_staff_is_told_apart(pages: Pages) -> None:
    person = pages.person()

    for channel, said in (("call", "to customers"), ("team_chat", "among staff")):
        text = person.get(f"/team/found?team={NORTH}&channel={channel}").text
        assert re.search(rf'aria-current="true">{said}<', text)
        assert "What follows is of all that was said" in text
        assert "There is no figure to show of this part" in text or 'data-culture="aggressive"' in text or "Period by period" in text
        assert f"said {said}" in person.get(f"/evidence?team={NORTH}&culture=aggressive&channel={channel}").text
    assert person.get(f"/team?team={NORTH}&channel={quote(HOSTILE[:20])}").status_code == 200


def test_words_need_the_scope_evidence(pages: Pages) -> None:
    person = pages.person("read")

    for path in (f"/team/found?team={NORTH}", f"/download/report?team={NORTH}"):
        text = person.get(path).text
        assert "never read" not in text
        assert "/evidence" not in text
    assert person.get(f"/evidence?team={NORTH}&culture=aggressive").status_code == 403


def test_evidence_is_quoted_without_saying_who(pages: Pages) -> None:
    text = pages.person("evidence", "read").get(f"/evidence?team={NORTH}&culture=aggressive").text

    assert text.count("<blockquote>") >= 1
    assert "never read" in text
    assert not re.search(r"north-\d|tr_\w{8}", text.replace(TEAM, ""))


def test_nothing_is_quoted_of_a_small_team(pages: Pages) -> None:
    text = pages.person().get("/evidence?team=small&culture=aggressive").text

    assert "<blockquote>" not in text
    assert "Nothing is quoted here" in text


@pytest.mark.parametrize("wrong", ["culture=rude", "culture=aggressive&start=2020-01-06", "culture=aggressive&start=yesterday"])
def test_evidence_of_what_is_not_there_is_an_error_in_words(pages: Pages, wrong: str) -> None:
    answer = pages.person().get(f"/evidence?team={NORTH}&{wrong}")

    assert answer.status_code in {404, 422}
    assert "<h1>" in answer.text


@pytest.mark.parametrize("path", ["/team", "/team/found", "/evidence", "/download/series.csv", "/download/series.png"])
def test_another_organisation_finds_no_team_of_this_one(pages: Pages, path: str) -> None:
    other = pages.person(org=OTHER)

    assert other.get(f"{path}?team={NORTH}&culture=aggressive").status_code == 404
    assert "theirs" in other.get("/").text
    assert "north" not in other.get("/").text


def test_numbers_are_given_as_a_table_and_as_a_picture(pages: Pages) -> None:
    person = pages.person("read")

    table, picture = person.get(f"/download/series.csv?team={NORTH}"), person.get(f"/download/series.png?team={NORTH}")

    assert table.text.startswith("team,granularity,start,end,measure,label,value,low,high")
    assert picture.content.startswith(b"\x89PNG")
    for answer in (table, picture):
        assert re.fullmatch(r'attachment; filename="[A-Za-z0-9._-]+"', answer.headers["content-disposition"])


def test_what_was_done_is_noted_shown_with_its_effect_and_removed(pages: Pages) -> None:
    person = pages.person()
    answer = person.post("/team/interventions", team=TEAM, title=f"Coaching {HOSTILE}", on="2026-07-06")
    assert answer.status_code == 303

    text = person.get(f"/team/found?team={NORTH}").text
    assert "Coaching &lt;script&gt;" in text
    assert SCRIPT not in text

    uid = re.search(r'name="uid" value="(iv_[\w-]+)"', text)
    assert uid
    other = pages.person(org=OTHER)
    assert other.post("/team/interventions/remove", uid=uid[1], team=TEAM).status_code == 404
    assert person.post("/team/interventions/remove", uid=uid[1], team=TEAM).status_code == 303
    assert "Coaching" not in person.get(f"/team/found?team={NORTH}").text


@pytest.mark.parametrize("wrong", [{"on": "soon"}, {"title": " "}, {"team": "nobody"}])
def test_what_was_done_must_have_a_day_a_title_and_a_team(pages: Pages, wrong: dict[str, str]) -> None:
    answer = pages.person().post("/team/interventions", **{"team": TEAM, "title": "x", "on": "2026-07-06"} | wrong)

    assert answer.status_code == 422
    assert "<h1>" in answer.text


def test_labels_are_kept_and_the_next_statement_comes(pages: Pages) -> None:
    person = pages.person("label")
    first = person.get("/review").text
    place = re.search(r'name="place" value="([\w.-]+)"', first)
    assert place

    answer = person.post("/review", place=place[1], culture="submissive", target="customer")
    following = person.get(answer.headers["location"]).text

    assert "Kept: Submissive" in following
    assert f'name="place" value="{place[1]}"' not in following
    with pages.service.store.reading() as db:
        assert [(one.gold.culture, one.gold.target) for one in read_feedback(db, 1)] == [("submissive", "customer")]


def test_statements_are_passed_by(pages: Pages) -> None:
    person = pages.person("label")
    place = re.search(r'name="place" value="([\w.-]+)"', person.get("/review").text)
    assert place

    answer = person.post("/review", place=place[1], culture="skip")

    assert f'name="place" value="{place[1]}"' not in person.get(answer.headers["location"]).text


def test_labels_that_are_none_and_statements_of_others_are_refused(pages: Pages) -> None:
    person, other = pages.person(), pages.person(org=OTHER)
    place = re.search(r'name="place" value="([\w.-]+)"', person.get("/review").text)
    assert place

    assert person.post("/review", place=place[1], culture="rude").status_code == 422
    assert person.post("/review", place=place[1], culture="assertive", target="nobody").status_code == 422
    assert other.post("/review", place=place[1], culture="assertive").status_code == 404


def test_a_key_is_made_shown_once_and_revoked(pages: Pages) -> None:
    person = pages.person()
    made = person.client.post(
        "/settings/keys", data={"csrf": person.token, "name": HOSTILE, "days": "7", "scope": ["read", "ingest"]}, headers=PAGE
    )
    shown = re.search(r'value="(key_[\w-]+\.[\w-]+)"', made.text)
    assert shown
    assert made.headers["cache-control"] == "no-store"
    assert SCRIPT not in made.text

    text = person.get("/settings").text
    assert shown[1] not in text
    assert SCRIPT not in text
    uid = shown[1].partition(".")[0]
    assert person.post("/settings/keys/revoke", uid=uid).status_code == 303
    with pages.service.store.reading() as db:
        assert next(key for key in list_keys(db, 1) if key.uid == uid).revoked_at is not None


def test_a_key_can_t_make_one_that_allows_more(pages: Pages) -> None:
    person = pages.person("admin")

    answer = person.post("/settings/keys", name="x", scope="evidence")

    assert answer.status_code == 403
    assert person.post("/settings/keys", name="", scope="admin").status_code == 422
    assert person.post("/settings/keys", name="x", scope="admin", days="many").status_code == 422


def test_keys_of_another_organisation_can_t_be_revoked(pages: Pages) -> None:
    person = pages.person(org=OTHER)
    with pages.service.store.writing() as db:
        key, _ = make_key(db, 1, "mine", ["read"])

    assert person.post("/settings/keys/revoke", uid=key.uid).status_code == 404


def test_webhooks_are_made_with_a_secret_and_ended(pages: Pages) -> None:
    person = pages.person()
    url = "https://example.com/<script>alert(1)</script>"
    made = person.post("/settings/webhooks", url=url, event="batch.finished")
    assert made.status_code == 200
    assert "whsec_" in made.text
    with pages.service.store.reading() as db:
        uid = list_webhooks(db, 1)[-1].uid

    text = person.get("/settings").text
    assert "whsec_" not in text
    assert SCRIPT not in text
    assert "whsec_" in person.post("/settings/webhooks/rotate", uid=uid).text
    assert pages.person(org=OTHER).post("/settings/webhooks/end", uid=uid).status_code == 404
    assert person.post("/settings/webhooks/end", uid=uid).status_code == 303


@pytest.mark.parametrize("url", ["http://example.com", "https://127.0.0.1/x", "file:///etc/passwd", "javascript:alert(1)", ""])
def test_webhooks_never_lead_inside(pages: Pages, url: str) -> None:
    assert pages.person().post("/settings/webhooks", url=url, event="batch.finished").status_code == 422


def test_zones_and_rules_are_checked(pages: Pages) -> None:
    person = pages.person()

    assert person.post("/settings/zone", team="small", zone="Europe/Atlantis").status_code == 422
    assert person.post("/settings/zone", team="small", zone="../../etc/passwd").status_code == 422
    assert person.post("/settings/zone", team="nobody", zone="Europe/Berlin").status_code == 422
    assert person.post("/settings/rules", k="3", grain="week", split="queue").status_code == 422  # others are in force
    assert person.post("/settings/rules", k="0", grain="week", split="queue").status_code == 422


def test_retention_is_chosen_by_who_is_sure(pages: Pages) -> None:
    person = pages.person()

    for given in ({"days": "6", "sure": "yes"}, {"days": "-9", "sure": "yes"}, {"days": "x", "sure": "yes"}, {"days": "9999"}):
        assert person.post("/settings/retention", **given).status_code == 422, given
    assert person.post("/settings/retention", days="9999", sure="yes").status_code == 303
    assert "older than 9999 days" in person.get("/settings").text
    assert "older than 9999 days" not in pages.person(org=OTHER).get("/settings").text
    assert person.post("/settings/retention", days="").status_code == 303
    assert "until they are erased" in person.get("/settings").text


@pytest.mark.parametrize("scopes", [("read", "ingest", "evidence", "label")])
def test_settings_need_their_scope(pages: Pages, scopes: tuple[str, ...]) -> None:
    person = pages.person(*scopes)

    for path in (
        "/settings/keys",
        "/settings/keys/revoke",
        "/settings/webhooks",
        "/settings/zone",
        "/settings/rules",
        "/settings/retention",
    ):
        assert person.post(path).status_code == 403
    assert person.get("/settings").status_code == 403


def test_the_pages_need_nothing_from_elsewhere(pages: Pages) -> None:
    person = pages.person()
    text = "".join(person.get(path).text for path in ("/", f"/team/found?team={NORTH}", "/upload", "/review", "/settings", "/sign-in"))

    for address in re.findall(r'(?:src|href|action)="([^"#]+)"', text):
        assert address.startswith("/"), address
    for address in set(re.findall(r'(?:src|href)="(/static/[^"]+)"', text)):
        found = person.client.get(address)
        assert found.status_code == 200
        assert "immutable" in found.headers["cache-control"]
    assert person.get("/static/nothing.js").status_code == 404
    assert person.get("/static/..%2f..%2fapp.py").status_code == 404
