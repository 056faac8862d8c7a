"""Fills a database with made-up totals and statements, and measures how long answers take: 52 weeks of a team, with intervals.

What is loaded has the shape of real data (teams, people, queues, calls and team chat over 52 weeks, twelve statements a transcript,
every seventh with text); the figures mean nothing. Half a million rows are made and loaded in bulk, and copied within the database as often
as need be; cells are then added up, and rows published, by the code that does it in use.

Run it as `make bench-store`, for PostgreSQL as

    make bench-store ARGS="--database postgresql://user@host/an_empty_database --statements 10000000"

It exits with 1 when the slowest twentieth of the answers takes longer than 50 ms. The first answer about a team takes longer than others:
it finds the correction that suits the team, which holds until something else is published of it. Both are printed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from sqlalchemy import Connection, Table, func, select

from cs_nlp.pipeline.published import SeriesQuery, published_signals
from cs_nlp.pipeline.publishing import publish
from cs_nlp.pipeline.scoring import model_of
from cs_nlp.pipeline.storing import refresh
from cs_nlp.records import Cell, Channel, Signal
from cs_nlp.scoring import Artefact, find_artefact
from cs_nlp.signals import By
from cs_nlp.store import Selection, Store, ensure_organisation, open_store, read_cells, read_totals
from cs_nlp.store.organisations import ensure_team
from cs_nlp.store.people import person_ids
from cs_nlp.store.stale import mark_stale
from cs_nlp.store.tables import statements, totals, transcripts
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS

BOUND_MS: Final = 50.0
START: Final = date(2025, 1, 6)
WEEKS: Final = 52
A_TRANSCRIPT: Final = 12
AT_ONCE: Final = 2000
MADE: Final = 500_000
READINGS: Final = 200
PLACES: Final = (("call", "phone"), ("call", "web chat"), ("team_chat", ""))
TEXT: Final = "I have told them three times now that the form is wrong and nobody has ever looked at it."
TRANSCRIPT: Final = (
    *("id", "uid", "organisation_id", "team_id", "name", "source_key", "content_key", "content_at", "fingerprint", "source_format"),
    *("channel", "queue", "started_at", "day", "state", "attempts", "lease_token", "model", "received_at", "scored_at"),
)
TOTALS: Final = ("id", "organisation_id", "transcript_id", "person_id", "n", "counts", "sums")
STATEMENT: Final = (
    *("organisation_id", "totals_id", "turn", "start_char", "end_char", "culture", "confidence", "target", "drivers"),
    *("probabilities", "windows", "text", "context"),
)
ARTEFACT: Final = Artefact.open(find_artefact("culture-en-small"))  # its corrections are applied, as if it had scored all this
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shape:
    """How much of what is loaded.

    Attributes:
        statements: about how many.
        teams: how many.
        people: in each team.
        seed: of the random figures.
    """

    statements: int
    teams: int
    people: int
    seed: int


def copy_rows(db: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Load rows in the way that is fastest for the database."""
    if db.dialect.name == "sqlite":
        holes = ", ".join("?" * len(columns))
        db.exec_driver_sql(f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({holes})", list(rows))  # noqa: S608 - our own names
        return
    raw: Any = db.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(f"COPY {table.name} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def load(store: Store, shape: Shape) -> int:
    """Fill an empty database; returns the id of the organisation."""
    rng = np.random.default_rng(shape.seed)
    names = [f"team {n + 1:02}" for n in range(shape.teams)]
    with store.writing() as db:
        if db.execute(select(func.count()).select_from(transcripts)).scalar_one():
            sys.exit(f"{store.label}: it holds transcripts already; name an empty database")
        organisation = ensure_organisation(db, "bench", b"bench")
        teams = [ensure_team(db, organisation, name, "Europe/London")[0] for name in names]
        people = [list(person_ids(db, organisation, {f"agent-{team}-{n}": team for n in range(shape.people)}).values()) for team in teams]
    count = min(shape.statements, MADE) // A_TRANSCRIPT
    for first in track(range(1, count + 1, AT_ONCE), "loading", console=Console(stderr=True), transient=True):
        with store.writing() as db:
            load_some(db, organisation, range(first, min(first + AT_ONCE, count + 1)), (teams, people, rng))
    copies = range(1, shape.statements // (count * A_TRANSCRIPT))
    for copy in track(copies, "copying", console=Console(stderr=True), transient=True):
        with store.writing() as db:
            copy_loaded(db, copy, count)
    with store.writing() as db:
        days = [START + timedelta(days=n) for n in range(7 * WEEKS)]
        mark_stale(db, organisation, ((team, day) for team in teams for day in days))
    if not store.is_sqlite:
        set_sequences(store)
    return organisation


def copy_loaded(db: Connection, copy: int, count: int) -> None:
    """Load the first `count` transcripts once more, as others: the database does it faster than Python makes new ones."""
    shift = copy * count
    other = {name: f"{name} || '-{copy}'" for name in ("uid", "name", "source_key")} | {"content_at": f"'{copy}'"}
    other |= {name: f"{name} + {shift}" for name in ("id", "transcript_id", "totals_id")}
    for table, columns, key in ((transcripts, TRANSCRIPT, "id"), (totals, TOTALS, "id"), (statements, STATEMENT, "totals_id")):
        taken = ", ".join(other.get(name, name) for name in columns)
        db.exec_driver_sql(
            f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT {taken} FROM {table.name} WHERE {key} <= {count}"  # noqa: S608 - our own names
        )


def load_some(db: Connection, organisation: int, ids: range, who: tuple[list[int], list[list[int]], np.random.Generator]) -> None:
    """Load the transcripts with these ids, their totals (same ids) and their statements."""
    teams, people, rng = who
    cultures = rng.dirichlet([0.3, 0.3, 0.3, 0.5, 6.0], (len(ids), A_TRANSCRIPT))
    targets = rng.dirichlet(np.ones(len(TARGETS)), (len(ids), A_TRANSCRIPT))
    drivers = rng.beta(0.2, 4.0, (len(ids), A_TRANSCRIPT, len(SIGNED_DRIVERS)))
    scores = np.concatenate([cultures, targets, drivers], axis=2).astype("<f4")
    tops = cultures.argmax(axis=2)
    copy_rows(db, transcripts, TRANSCRIPT, transcript_rows(organisation, ids, teams, rng))
    owners = [people[one % len(teams)][int(rng.integers(len(people[0])))] for one in ids]
    figures = zip(ids, owners, packed(cultures, drivers, tops), strict=True)
    copy_rows(db, totals, TOTALS, ((one, organisation, one, owner, A_TRANSCRIPT, *pair) for one, owner, pair in figures))
    copy_rows(db, statements, STATEMENT, statement_rows(organisation, ids, scores, tops))


def transcript_rows(organisation: int, ids: range, teams: Sequence[int], rng: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    """Rows of transcripts, their teams in turn, their days and places at random."""
    now, model = datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" "), model_of(ARTEFACT)
    for one in ids:
        channel, queue = PLACES[int(rng.integers(len(PLACES)))]
        day = START + timedelta(days=int(rng.integers(7 * WEEKS)))
        started = f"{day} 12:00:00.000000"
        key = one.to_bytes(16, "big")
        yield (
            *(one, f"tr_{one}", organisation, teams[one % len(teams)], f"{one}", f"{one}", key, "", key, "made_up"),
            *(channel, queue, started, str(day), "scored", 1, 1, model, now, now),
        )


def packed(cultures: Floats, drivers: Floats, tops: NDArray[np.int64]) -> Iterator[tuple[bytes, bytes]]:
    """Counts and sums of each transcript, as totals keep them."""
    counts = np.concatenate([(tops[:, :, None] == np.arange(len(CULTURES))).sum(axis=1), (drivers >= 0.5).sum(axis=1)], axis=1)  # noqa: PLR2004
    sums = np.concatenate([cultures.sum(axis=1), cultures.max(axis=2).sum(axis=1)[:, None], drivers.sum(axis=1)], axis=1)
    for own, said in zip(counts.astype("<i4"), sums.astype("<f8"), strict=True):
        yield own.tobytes(), said.tobytes()


def statement_rows(organisation: int, ids: range, scores: NDArray[Any], tops: NDArray[np.int64]) -> Iterator[tuple[Any, ...]]:
    """Rows of statements; those with a culture have text."""
    for place, one in enumerate(ids):
        for turn in range(A_TRANSCRIPT):
            culture = CULTURES[tops[place, turn]]
            said = None if culture == "none" else f"{TEXT} {one} {turn}"
            row = scores[place, turn]
            yield (
                *(organisation, one, 2 * turn, 0, len(TEXT), culture, float(row[: len(CULTURES)].max()), "company", ""),
                *(row.tobytes(), 1, said, None if said is None else TEXT),
            )


def set_sequences(store: Store) -> None:
    """Let PostgreSQL's ids go on after those that were loaded, and its planner know the tables."""
    with store.writing() as db:
        for name in ("transcripts", "totals"):
            db.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")  # noqa: S608 - our own names
        db.exec_driver_sql("ANALYZE")


def measure(read: Callable[[int], object], times: int = READINGS) -> tuple[float, float, float]:
    """Median and 95th percentile of a reading, and the median of what this process computed for it, in ms."""
    taken, computed = [], []
    for n in range(times):
        begun, begun_computing = time.perf_counter(), time.process_time()
        read(n)
        taken.append(1000 * (time.perf_counter() - begun))
        computed.append(1000 * (time.process_time() - begun_computing))
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1], statistics.median(computed)


def main() -> int:
    """Load, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", help="an empty database; default: a SQLite file that is removed afterwards")
    parser.add_argument("--statements", type=int, default=1_000_000)
    parser.add_argument("--teams", type=int, default=20)
    parser.add_argument("--people", type=int, default=20, help="in each team")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open_store(given.database or Path(folder) / "bench.db", create=True) as store:
        begun = time.perf_counter()
        organisation = load(store, Shape(given.statements, given.teams, given.people, given.seed))
        loaded = time.perf_counter()
        refresh(store, organisation)
        added = time.perf_counter()
        n = publish(store, organisation)
        print(f"loaded in {loaded - begun:.0f} s, cells added up in {added - loaded:.0f} s", end="; ")
        print(f"{n} transcripts published in {time.perf_counter() - added:.0f} s")
        return report(store, organisation, given.teams)


def report(store: Store, organisation: int, teams: int) -> int:
    """Print what answers take; 1 when that about one team takes too long, or has no intervals."""
    end = START + timedelta(weeks=WEEKS)

    def of_team(n: int) -> Selection:
        return Selection((f"team {n % teams + 1:02}",), START, end)

    def asking(channel: Channel | None = None) -> Callable[[int], list[Signal]]:
        def ask(n: int) -> list[Signal]:
            query = SeriesQuery(f"team {n % teams + 1:02}", start=START, end=end, channel=channel)
            with store.reading() as db:
                return published_signals(db, organisation, ARTEFACT, query)

        return ask

    def reading(selection: Callable[[int], Selection], by: By) -> Callable[[int], list[Cell]]:
        def read(n: int) -> list[Cell]:
            with store.reading() as db:
                return read_cells(db, organisation, selection(n), by=by)

        return read

    def rows(n: int) -> object:
        with store.reading() as db:
            return read_totals(db, organisation, of_team(n))

    with store.reading() as db:
        n = db.execute(select(func.count()).select_from(statements)).scalar_one()
    answered = asking()(0)
    buckets = [one for one in answered if one.measure == "signal_rate" and one.by == "week"]
    whole = sum(one.interval is not None for one in buckets)
    print(
        f"{n} statements, {teams} teams; of one {answered[0].n_statements} in {len(buckets)} weeks, {whole} of them with intervals by",
        end=" ",
    )
    print(answered[0].method)
    told = "{:s}: median {:.1f} ms, p95 {:.1f} ms, of it computing {:.1f} ms"
    print(told.format("first answer about a team", *measure(lambda n: asking()(n + 1), teams - 1)))
    median, slow, computed = measure(asking())
    print(told.format("any other", median, slow, computed), f"(bound {BOUND_MS:.0f} ms)")
    print(told.format("calls only", *measure(asking(Channel.CALL))))
    print(told.format("inside: cells of a team by week", *measure(reading(of_team, "week"))))
    print(told.format("inside: totals of a team's transcripts", *measure(rows, 10)))
    return int(slow > BOUND_MS or whole < WEEKS)


if __name__ == "__main__":
    sys.exit(main())
