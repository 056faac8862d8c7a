"""What is told of teams: complete, with reasons where there is nothing, the same as JSON and as CSV."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from service.answers import best_of
from tests.service.reading.conftest import World
from tests.service.reading.world import SAID, WEEKS

FIGURES = 10


def get(world: World, path: str, *scopes: str, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - parameters
    """An answer that is a success."""
    answer = world.client.get(path, headers=world.keys(*scopes), params={name.rstrip("_"): value for name, value in asked.items()})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def table(world: World, path: str) -> list[dict[str, str]]:
    """The same as CSV."""
    answer = world.client.get(path, headers=world.keys() | {"Accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_teams_are_listed_with_what_is_published_of_them(world: World) -> None:
    found = get(world, "/v1/teams")

    assert (found["granularity"], found["smallest_group"]) == ("week", 5)
    spans = {one["name"]: (one["start"], one["end"]) for one in found["items"]}
    assert spans == {"north": ("2026-06-01", "2026-08-24"), "south/east": ("2026-06-01", "2026-08-24"), "small": (None, None)}
    path = next(one["path"] for one in found["items"] if one["name"] == "south/east")
    assert get(world, f"{path}/culture")["team"] == "south/east"


def test_every_bucket_has_all_its_figures(world: World) -> None:
    found = get(world, "/v1/teams/north/culture", from_="2026-05-25", to="2026-08-31")

    assert len(found["buckets"]) == (WEEKS + 2) * FIGURES
    assert len(found["whole"]) == FIGURES
    reasons = {one["start"]: one["reason"] for one in found["buckets"]}
    assert [start for start, reason in reasons.items() if reason] == ["2026-05-25", "2026-08-24"]
    shown = [one for one in found["buckets"] if one["reason"] is None]
    assert all(one["low"] <= one["value"] <= one["high"] and one["level"] == 0.95 and one["n_people"] == 8 for one in shown)
    assert {one["reason"] for one in found["buckets"] if one["value"] is None} == {"no_data"}


def test_a_small_team_is_withheld_as_a_whole_and_says_so(world: World) -> None:
    figures = get(world, "/v1/teams/small/culture")

    assert {(one["value"], one["n_people"], one["reason"]) for one in figures["whole"] + figures["buckets"]} == {
        (None, None, "small_group")
    }
    for part in ("drivers", "beliefs", "newcomers", "changes"):
        assert get(world, f"/v1/teams/small/{part}")["reason"] == "small_group", part
        assert [row["reason"] for row in table(world, f"/v1/teams/small/{part}")] == ["small_group"], part


def test_csv_tells_the_same(world: World) -> None:
    found = get(world, "/v1/teams/north/culture")
    rows = table(world, "/v1/teams/north/culture")

    told = [*found["whole"], *found["buckets"]]
    assert [float(row["value"]) for row in rows] == [one["value"] for one in told]
    assert rows[0].keys() == told[0].keys()
    assert [row["driver"] for row in table(world, "/v1/teams/north/drivers")] == [
        one["driver"] for one in get(world, "/v1/teams/north/drivers")["items"]
    ]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("text/*;q=0.5, application/json;q=0.4", "text/csv"),
        ("text/csv;q=0, */*", "application/json"),
        ("application/json;q=0", None),
        ("text/html", None),
        ("", None),
        ("text/csv;q=x", None),
    ],
)
def test_the_format_is_what_the_client_likes_best(accept: str, kind: str | None) -> None:
    assert best_of(accept) == kind


def test_buckets_are_compared_with_those_before(world: World) -> None:
    found = get(world, "/v1/teams/north/culture", compare="previous")["differences"]

    jump = next(one for one in found if (one["start"], one["measure"], one["label"]) == ("2026-07-13", "mix", "assertive"))
    assert (jump["other_start"], jump["against"]) == ("2026-07-06", "previous")
    assert jump["value"] > 0.2
    assert all(one["adjusted"] >= one["p_value"] for one in found if one["p_value"] is not None)
    assert len(found) == (WEEKS - 1) * (FIGURES - 1)


def test_two_windows_are_compared(world: World) -> None:
    window = {"from_": "2026-07-13", "to": "2026-08-24"}
    found = get(world, "/v1/teams/north/culture", **window, compare="2026-06-01..2026-07-13")["differences"]
    shared = world.client.get(
        "/v1/teams/north/culture",
        headers=world.keys(),
        params={"from": "2026-07-06", "to": "2026-08-24", "compare": "2026-06-01..2026-07-13"},
    )

    rise = next(one for one in found if (one["measure"], one["label"]) == ("mix", "assertive"))
    assert (rise["start"], rise["other_start"], rise["n_statements"]) == ("2026-07-13", "2026-06-01", 384)
    assert rise["value"] > 0.3
    assert rise["low"] > 0
    assert (shared.status_code, "share days" in shared.json()["detail"]) == (422, True)


@pytest.mark.parametrize(
    "asked",
    [
        {"granularity": "day"},
        {"tz": "Europe/Berlin"},
        {"from": "2026-07-01", "to": "2026-07-01"},
        {"from": "1950-01-02", "granularity": "week", "to": "2026-01-01"},
        {"compare": "2026-02-30..2026-03-30", "from": "2026-06-01", "to": "2026-07-06"},
    ],
)
def test_what_can_not_be_told_is_refused_in_words(world: World, asked: dict[str, str]) -> None:
    answer = world.client.get("/v1/teams/north/culture", headers=world.keys(), params=asked)

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert len(answer.json()["detail"]) > 30


def test_the_change_of_a_team_is_found(world: World) -> None:
    found = get(world, "/v1/teams/north/changes")

    assert [point["at"] for point in found["points"]] == ["2026-07-13"]
    assert found["points"][0]["shifts"]
    assert get(world, "/v1/teams/south%2Feast/changes")["points"] == []


def test_an_intervention_has_an_effect_against_the_other_teams(world: World) -> None:
    noted = world.client.post("/v1/interventions", json={"team": "north", "on": "2026-07-13", "title": "=cmd()"}, headers=world.keys())
    found = get(world, f"{noted.headers['location']}/effect")

    assert (found["value"] > 0.2, found["others"], found["by"]) == (True, ["south/east"], "week")
    assert "'=cmd()" in world.client.get("/v1/interventions", headers=world.keys() | {"Accept": "text/csv"}).text
    page = get(world, "/v1/interventions", limit=1)
    assert len(page["items"]) == 1


def test_words_need_their_own_scope(world: World) -> None:
    with_words, without = get(world, "/v1/teams/north/beliefs"), get(world, "/v1/teams/north/beliefs", "read")

    said = {text for texts in SAID.values() for text in texts}
    assert {one["name"] for one in with_words["items"]} <= said
    assert len(with_words["items"]) == len(without["items"]) > 0
    assert {one["name"] for one in without["items"]} == {None}
    assert not any(one["examples"] for one in without["items"])
    assert [one["share"] for one in without["items"]] == [one["share"] for one in with_words["items"]]
    quoting = [one["about"] for one in get(world, "/v1/teams/north/coaching", "read")["items"]]
    assert "belief" not in quoting


def test_quotes_are_of_the_culture_and_tell_nobody(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "cs_nlp.service"):
        found = get(world, "/v1/teams/north/evidence", culture="aggressive", from_="2026-06-01", to="2026-06-08", limit=3)

    assert 0 < len(found["items"]) <= 3
    assert {one["culture"] for one in found["items"]} == {"aggressive"}
    assert {one["text"] for one in found["items"]} <= set(SAID["aggressive"])
    assert found["items"][0].keys() == {"text", "context", "culture", "target", "drivers"}
    noted = [record.fields for record in caplog.records if record.getMessage() == "words read"]  # type: ignore[attr-defined]
    assert [(one["team"], one["culture"], one["n"]) for one in noted] == [("north", "aggressive", len(found["items"]))]
    assert found["items"][0]["text"] not in caplog.text


def test_nothing_is_quoted_from_what_is_withheld(world: World) -> None:
    for asked in ({"team": "small"}, {"team": "north", "from_": "2026-06-03", "to": "2026-06-06"}):
        found = get(world, f"/v1/teams/{asked.pop('team')}/evidence", culture="aggressive", **asked)

        assert (found["items"], found["reason"] in {"small_group", "no_data"}) == ([], True)


def test_review_gives_what_feedback_takes_and_never_the_same_again(world: World) -> None:
    first = get(world, "/v1/review", limit=5)["items"]
    one = first[0]
    label = {name: one[name] for name in ("transcript", "turn", "start_char")} | {"culture": "submissive", "drivers": ["voice-"]}
    kept = world.client.post("/v1/feedback", json=label, headers=world.keys())
    again = get(world, "/v1/review", limit=100)["items"]

    assert (kept.status_code, kept.json()["said"]) == (201, one["culture"])
    places = [(item["transcript"], item["turn"]) for item in again]
    assert (one["transcript"], one["turn"]) not in places
    assert len({item["text"] for item in first}) == len(first)


def test_the_model_tells_how_well_it_does(world: World) -> None:
    found = get(world, "/v1/model")

    assert found["held_out"]["classes"].keys() == set(found["cultures"])
    rows = found["held_out"]["confusion"]
    assert [sum(row) for row in rows] == [found["held_out"]["classes"][name]["support"] for name in found["cultures"]]
    assert len(found["training"]) == 64
