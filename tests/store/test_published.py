"""What readers see is sums of published rows: they come after their week, stay as they are, and follow once enough people have left."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from cs_nlp.errors import InputError
from cs_nlp.pipeline.published import SeriesQuery, published_signals
from cs_nlp.pipeline.publishing import DEFAULT_RULES, choose_rules, publish, publish_anew
from cs_nlp.pipeline.scoring import model_of
from cs_nlp.pipeline.storing import refresh
from cs_nlp.records import Channel, Signal, Withheld
from cs_nlp.scoring import Artefact, find_artefact
from cs_nlp.signals import Rules
from cs_nlp.store import Incoming, Store, erase_before, erase_person, faults
from cs_nlp.store.published_tables import departures, published
from tests.store.samples import MONDAY, call, keep, score_all, version

MONDAYS = [MONDAY.date() + timedelta(weeks=week) for week in range(5)]
LATER = datetime(2026, 8, 1, tzinfo=UTC)
PEOPLE = tuple(f"agent-{letter}" for letter in "abcdefgh")


@pytest.fixture(scope="module")
def artefact(tiny_baseline: object) -> Artefact:
    """The model that is said to have scored everything."""
    return Artefact.open(find_artefact(str(tiny_baseline)))


def week(number: int, people: Iterable[str | None] = PEOPLE, *, prefix: str = "c", **facts: object) -> list[Incoming]:
    """Two calls of each person in a week."""
    at = MONDAY + timedelta(weeks=number)
    told = {"queue": None, "zone": "UTC"} | facts
    return [
        call(f"{prefix}{number}-{person}-{day}", person, started_at=at + timedelta(days=day), **told)  # type: ignore[arg-type]
        for person in people
        for day in (0, 2)
    ]


def store_and_score(store: Store, org: int, artefact: Artefact, *calls: Incoming) -> None:
    """Store calls and score them."""
    keep(store, org, *calls)
    score_all(store, org, model=model_of(artefact))
    refresh(store, org)


def rates(store: Store, org: int, artefact: Artefact, *, now: datetime = LATER, **asked: object) -> list[Signal]:
    """The signal rate of the whole time and of each bucket."""
    query = SeriesQuery(**({"team": "north"} | asked))  # type: ignore[arg-type]
    with store.reading() as db:
        return [one for one in published_signals(db, org, artefact, query, now=now) if one.measure == "signal_rate"]


def everything(store: Store, org: int, artefact: Artefact, team: str) -> list[Signal]:
    """All figures of a team."""
    with store.reading() as db:
        return published_signals(db, org, artefact, SeriesQuery(team), now=LATER)


def sizes(found: Iterable[Signal]) -> list[int | None]:
    """How many transcripts are behind each bucket; the whole time comes first."""
    return [one.n_transcripts for one in found]


def test_a_week_is_published_once_it_has_ended(store: Store, org: int, artefact: Artefact) -> None:
    store_and_score(store, org, artefact, *week(0))
    in_the_week, after = MONDAY + timedelta(days=6), MONDAY + timedelta(days=7)

    assert publish(store, org, now=in_the_week) == 0
    assert sizes(rates(store, org, artefact, now=in_the_week)) == [0]
    assert publish(store, org, now=after) == 16
    assert publish(store, org, now=after) == 0
    assert sizes(rates(store, org, artefact, now=after)) == [16, 16]


def test_nothing_is_published_while_transcripts_of_ended_weeks_wait_to_be_scored(store: Store, org: int, artefact: Artefact) -> None:
    store_and_score(store, org, artefact, *week(0))
    keep(store, org, *week(1))

    assert publish(store, org, now=MONDAY + timedelta(weeks=1)) == 16  # what waits is of a week that runs
    assert publish(store, org, now=LATER) == 0
    score_all(store, org, model=model_of(artefact))
    assert publish(store, org, now=LATER) == 16


def test_several_may_publish_and_erase_at_once(store: Store, org: int, artefact: Artefact) -> None:
    people = tuple(f"agent-{n}" for n in range(12))
    store_and_score(store, org, artefact, *week(0, people), *week(1, people))

    def erase(person: str) -> int:
        with store.writing() as db:
            return -erase_person(db, org, person).transcripts

    with ThreadPoolExecutor(8) as pool:
        erased = [pool.submit(erase, one) for one in people[:5]]
        published_by = [pool.submit(publish, store, org, now=LATER) for _ in range(6)]
        assert [one.result() for one in erased] == [-4] * 5
        n = sum(one.result() for one in published_by)

    publish(store, org, now=LATER)
    size = 28 if n == 48 else n  # who was erased before is not in it; those of fewer than five who were erased after are
    assert sizes(rates(store, org, artefact)) == [size, size // 2, size // 2]
    with store.reading() as db:
        assert db.scalar(select(func.count()).select_from(published).where(published.c.is_slice.is_(False))) == 2


def test_every_bucket_has_its_figures_or_says_why_not(store: Store, org: int, artefact: Artefact) -> None:
    store_and_score(store, org, artefact, *week(0), *week(1, PEOPLE[:3]), *week(3))
    publish(store, org, now=LATER)

    found = rates(store, org, artefact)

    assert [one.start for one in found[1:]] == MONDAYS[:4]
    assert [one.withheld for one in found] == [None, None, Withheld.SMALL_GROUP, Withheld.NO_DATA, None]
    assert sizes(found) == [32, 16, None, 0, 16]
    assert sizes(rates(store, org, artefact, start=MONDAYS[1], end=MONDAYS[4])) == [16, None, 0, 16]


def test_channels_and_queues_are_told_apart_where_that_is_safe(store: Store, org: int, artefact: Artefact) -> None:
    chat = {"channel": Channel.TEAM_CHAT}
    store_and_score(store, org, artefact, *week(0, queue="phone"), *week(0, prefix="m", queue="mail"), *week(0, prefix="t", **chat))
    store_and_score(store, org, artefact, *week(1), *week(1, PEOPLE[:2], prefix="t", **chat))
    publish(store, org, now=LATER)

    assert sizes(rates(store, org, artefact)) == [48 + 20, 48, 20]
    assert sizes(rates(store, org, artefact, channel=Channel.TEAM_CHAT)) == [16, 16, None]
    assert sizes(rates(store, org, artefact, queue="phone")) == [16, 16, None]


def test_questions_that_would_cut_rows_are_refused(store: Store, org: int, artefact: Artefact) -> None:
    store_and_score(store, org, artefact, *week(0))
    publish(store, org, now=LATER)

    with pytest.raises(InputError, match="published by week"):
        rates(store, org, artefact, by="day")
    with pytest.raises(InputError, match="Asia/Tokyo"):
        rates(store, org, artefact, zone="Asia/Tokyo")
    with pytest.raises(InputError, match="'south': not in this database; it has north"):
        rates(store, org, artefact, team="south")
    assert sizes(rates(store, org, artefact, by="month", zone="UTC")) == [16, 16]


def test_other_rules_are_refused_until_all_is_published_anew(store: Store, org: int, artefact: Artefact) -> None:
    store_and_score(store, org, artefact, *week(0))
    publish(store, org, now=LATER)

    choose_rules(store, org, DEFAULT_RULES)
    with pytest.raises(InputError, match="for groups of 5 or more by week and queue, and now groups of 9"):
        choose_rules(store, org, Rules(k=9, split="queue"))
    assert publish_anew(store, org, Rules(k=8, split="queue"), now=LATER) == 16
    assert publish_anew(store, org, Rules(k=9, split="queue"), now=LATER) == 0
    assert sizes(rates(store, org, artefact)) == [None, None]


def test_late_ones_are_added_once_they_are_enough_people_and_not_before(store: Store, org: int, artefact: Artefact) -> None:
    store_and_score(store, org, artefact, *week(0))
    publish(store, org, now=LATER)
    for late, size in ((["agent-x", "agent-y", *PEOPLE[:2]], 16), (["agent-z"], 26)):
        store_and_score(store, org, artefact, *week(0, late, prefix="late"))
        publish(store, org, now=LATER)
        assert sizes(rates(store, org, artefact)) == [size, size]


def test_who_has_no_name_is_one_person(store: Store, org: int, artefact: Artefact) -> None:
    nameless = [call(f"nobody-{n}", None, zone="UTC", queue=None) for n in range(8)]
    store_and_score(store, org, artefact, *nameless, *week(0, PEOPLE[:3]))
    assert publish(store, org, now=LATER) == 0

    store_and_score(store, org, artefact, *week(0, PEOPLE[3:]))
    assert publish(store, org, now=LATER) == 24
    assert [one.n_people for one in rates(store, org, artefact)] == [9, 9]


def test_a_published_figure_follows_once_enough_people_are_erased_and_no_other_ever_does(
    store: Store, org: int, other: int, artefact: Artefact
) -> None:
    people = tuple(f"agent-{n}" for n in range(12))
    calls, elsewhere = week(0, people), [*week(1, people[5:]), *week(0, PEOPLE, prefix="s", team="south")]
    store_and_score(store, org, artefact, *calls, *elsewhere)
    store_and_score(store, other, artefact, *(one for one in calls if one.statements[0].speaker in people[5:]), *elsewhere)
    for one in (org, other):
        publish(store, one, now=LATER)
    before = rates(store, org, artefact)
    figures = {team: everything(store, org, artefact, team) for team in ("north", "south")}
    assert sizes(before) == [38, 24, 14]

    for gone in range(5):
        assert rates(store, org, artefact) == before
        with store.writing() as db:
            erase_person(db, org, people[gone])
        publish(store, org, now=LATER)

    assert sizes(rates(store, org, artefact)) == [28, 14, 14]
    for team in ("north", "south"):
        assert everything(store, org, artefact, team) == everything(store, other, artefact, team)  # as if they had never been there
    assert everything(store, org, artefact, "south") == figures["south"]
    # An interval leans on how alike the transcripts of all weeks are, so that of the other week may move; its figures do not.
    plain = [
        [(one.label, one.plain, one.n_people) for one in each if one.by == "week" and one.start == MONDAYS[1]]
        for each in (figures["north"], everything(store, org, artefact, "north"))
    ]
    assert plain[0] == plain[1]
    with store.reading() as db:
        assert db.execute(select(departures)).all() == []


def test_a_new_version_takes_the_place_of_the_old_one_with_enough_others(store: Store, org: int, artefact: Artefact) -> None:
    calls = week(0, tuple(f"agent-{n}" for n in range(12)))
    store_and_score(store, org, artefact, *calls)
    publish(store, org, now=LATER)
    before = rates(store, org, artefact)

    store_and_score(store, org, artefact, *(version(one, f"{one.transcript.id} again") for one in calls[:8]))
    assert publish(store, org, now=LATER) == 0
    assert rates(store, org, artefact) == before
    store_and_score(store, org, artefact, *(version(one, f"{one.transcript.id} again") for one in calls[8:10]))
    assert publish(store, org, now=LATER) == 10

    assert sizes(rates(store, org, artefact)) == [24, 24]
    assert rates(store, org, artefact) != before


def test_another_model_has_a_series_of_its_own(store: Store, org: int, artefact: Artefact) -> None:
    keep(store, org, *week(0))
    score_all(store, org, model="older@1")
    assert publish(store, org, now=LATER) == 16
    assert sizes(rates(store, org, artefact)) == [0]

    keep(store, org, *(version(one, f"{one.transcript.id} again") for one in week(0)))
    score_all(store, org, model=model_of(artefact))
    refresh(store, org)
    assert publish(store, org, now=LATER) == 16
    assert sizes(rates(store, org, artefact)) == [16, 16]
    with store.reading() as db:
        assert set(db.scalars(select(published.c.model))) == {model_of(artefact)}  # nobody is left in the old sums


def test_a_sum_that_is_not_that_of_its_transcripts_is_found(store: Store, org: int, artefact: Artefact) -> None:
    store_and_score(store, org, artefact, *week(0), *week(0, prefix="m", queue="mail"), *week(1))
    publish(store, org, now=LATER)
    with store.writing() as db:
        erase_person(db, org, PEOPLE[0])  # those sums stand, and that is no fault
        assert faults(db) == []

    store_and_score(store, org, artefact, *week(2))
    publish(store, org, now=LATER)
    with store.writing() as db:
        (whole,) = db.scalars(select(published.c.id).where(published.c.first_day == MONDAYS[2], published.c.is_slice.is_(False)))
        db.execute(published.update().where(published.c.id == whole).values(n=published.c.n + 1))
        assert faults(db) == [f"organisation 'acme': 1 published sums are not those of their transcripts, first of {whole}"]


def test_what_is_pruned_is_in_no_figure(store: Store, org: int, artefact: Artefact) -> None:
    store_and_score(store, org, artefact, *week(0), *week(1))
    publish(store, org, now=LATER)
    with store.writing() as db:
        erase_before(db, org, date(2026, 6, 8))
    publish(store, org, now=LATER)

    assert sizes(rates(store, org, artefact)) == [16, 16]
    assert rates(store, org, artefact)[1].start == MONDAYS[1]
