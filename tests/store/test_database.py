"""The database itself: migrations, transactions, files and what is told when it can't be used."""

from __future__ import annotations

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from cs_nlp.errors import StoreError
from cs_nlp.store import Store, Version, differences, ensure_organisation, open_store, organisation_names, read_secret, upgrade, version_of
from cs_nlp.store.engine import database_url
from cs_nlp.store.migrate import _FOLDER
from cs_nlp.store.tables import metadata, organisations
from tests.store.samples import only_postgresql

only_sqlite = pytest.mark.parametrize("nowhere", ["sqlite"], indirect=True)


def test_migrations_make_exactly_the_tables_that_the_code_knows(store: Store) -> None:
    with store.reading() as db:
        assert differences(db) == []


def test_constraints_have_the_names_that_the_code_gives_them(store: Store) -> None:
    with store.reading() as db:
        found = inspect(db)
        for table in metadata.sorted_tables:
            listed = (
                *found.get_foreign_keys(table.name),
                *found.get_check_constraints(table.name),
                *found.get_unique_constraints(table.name),
            )
            assert {one["name"] for one in listed} == {str(one.name) for one in table.constraints if one is not table.primary_key}


def test_a_change_that_no_migration_makes_is_noticed(store: Store) -> None:
    with store.writing() as db:
        db.exec_driver_sql("DROP INDEX ix_totals_person_id")
        assert "ix_totals_person_id" in str(differences(db))


def test_what_is_not_there_is_made_only_when_asked(nowhere: str) -> None:
    with pytest.raises(StoreError, match=r"there is no database yet|it has no tables"):
        open_store(nowhere)
    open_store(nowhere, create=True).close()
    with open_store(nowhere) as store:
        assert version_of(store) is Version.CURRENT


def test_upgrading_again_changes_nothing(store: Store, org: int) -> None:
    upgrade(store)

    with store.reading() as db:
        assert organisation_names(db) == {"acme": org}


def test_several_processes_may_make_the_tables_at_once(nowhere: str) -> None:
    def make(_: int) -> Version:
        with open_store(nowhere, create=True) as store:
            return version_of(store)

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(make, range(4))) == {Version.CURRENT}


def test_a_database_of_a_newer_version_is_left_alone(store: Store, database: str) -> None:
    with store.writing() as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(StoreError, match="newer version"):
        open_store(database, create=True)
    with pytest.raises(StoreError, match="left as it is"):
        upgrade(store)


def test_a_database_of_something_else_is_left_alone(nowhere: str) -> None:
    store = Store(database_url(nowhere))
    with store, store.writing() as db:
        db.exec_driver_sql("CREATE TABLE transcripts (id integer)")

    with pytest.raises(StoreError, match="something else"):
        open_store(nowhere, create=True)


def test_a_database_of_the_first_version_keeps_its_rows(nowhere: str) -> None:
    with Store(database_url(nowhere)) as store:
        with store.writing() as db:
            _migrate(db, command.upgrade, "0001")
            db.exec_driver_sql("INSERT INTO organisations (id, name, key_check, created_at) VALUES (7, 'acme', 'check', '2026-06-01')")
            db.exec_driver_sql("INSERT INTO teams (id, organisation_id, name, time_zone) VALUES (3, 7, 'north', 'UTC')")
        assert version_of(store) is Version.OLD

        upgrade(store)

        assert version_of(store) is Version.CURRENT
        with store.reading() as db:
            assert differences(db) == []
            assert organisation_names(db) == {"acme": 7}


def test_going_back_leaves_nothing(store: Store) -> None:
    with store.writing() as db:
        _migrate(db, command.downgrade, "base")

    with store.reading() as db:
        assert inspect(db).get_table_names() == ["alembic_version"]


def _migrate(db: Connection, way: Callable[[Config, str], None], to: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = db
    way(config, to)


def test_what_is_raised_undoes_a_transaction(store: Store) -> None:
    def write_and_fail() -> None:
        with store.writing() as db:
            ensure_organisation(db, "acme", b"check")
            raise KeyError

    with pytest.raises(KeyError):
        write_and_fail()

    with store.reading() as db:
        assert organisation_names(db) == {}


def test_a_transaction_that_reads_can_not_write(store: Store) -> None:
    with pytest.raises((DBAPIError, StoreError), match=r"read-?only"), store.reading() as db:
        ensure_organisation(db, "acme", b"check")


def test_a_transaction_that_reads_sees_one_state(store: Store) -> None:
    with store.reading() as db:
        assert organisation_names(db) == {}
        with store.writing() as writer:
            ensure_organisation(writer, "acme", b"check")
        assert organisation_names(db) == {}


def test_many_threads_write_without_a_loss(store: Store) -> None:
    def write(n: int) -> None:
        with store.writing() as db:
            ensure_organisation(db, f"o{n}", b"check")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))

    with store.reading() as db:
        assert len(organisation_names(db)) == 40


def test_a_row_without_its_owner_is_refused(store: Store) -> None:
    with pytest.raises(IntegrityError), store.writing() as db:
        db.exec_driver_sql("INSERT INTO teams (organisation_id, name, time_zone) VALUES (77, 'north', 'UTC')")


def test_times_are_read_back_in_utc_from_whatever_zone(store: Store, org: int) -> None:
    at = datetime(2026, 6, 1, 9, 30, 15, 123456, tzinfo=timezone(timedelta(hours=-4)))
    with store.writing() as db:
        db.execute(organisations.update().where(organisations.c.id == org).values(created_at=at))

    with store.reading() as db:
        found = db.scalar(select(organisations.c.created_at))
    assert found == at
    assert found is not None
    assert found.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(store: Store, org: int) -> None:
    with pytest.raises(Exception, match="no UTC offset"), store.writing() as db:
        db.execute(organisations.update().where(organisations.c.id == org).values(created_at=datetime(2026, 6, 1)))  # noqa: DTZ001 - the point


@only_sqlite
def test_the_file_is_for_its_owner_only(nowhere: str) -> None:
    open_store(nowhere, create=True).close()

    assert stat.S_IMODE(Path(nowhere).stat().st_mode) == 0o600


def test_urls_and_files_are_told_apart(tmp_path: Path) -> None:
    assert database_url(tmp_path / "x.db").render_as_string() == f"sqlite:///{tmp_path}/x.db"
    assert database_url("sqlite:///x.db").database == "x.db"
    assert database_url("postgres://a@b/c").drivername == database_url("postgresql://a@b/c").drivername == "postgresql+psycopg"


@pytest.mark.parametrize("text", ["mysql://host/name", "sqlite://", "postgresql://:::/x://"])
def test_other_databases_are_refused_in_words(text: str) -> None:
    with pytest.raises(StoreError, match="expected"):
        database_url(text)


def test_who_does_not_answer_is_named_without_the_password() -> None:
    with pytest.raises(StoreError, match=r"postgresql.*127\.0\.0\.1:1/") as caught:
        open_store("postgresql://me:hushhush@127.0.0.1:1/nothing?connect_timeout=2")

    assert "hushhush" not in str(caught.value)


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="can't be opened"):
        open_store(tmp_path, create=True)


@only_sqlite
def test_a_secret_is_made_once_for_its_owner_only(store: Store) -> None:
    first, made = read_secret(store, "")
    again, none = read_secret(store, "")

    assert made is not None
    assert none is None
    assert first == again
    assert len(first) == 64
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert made.parent == (store.path or Path()).parent


@only_sqlite
def test_a_secret_made_by_several_at_once_is_one(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: read_secret(store, ""), range(8)))

    assert len({secret for secret, _ in found}) == 1
    assert sum(made is not None for _, made in found) == 1


def test_a_secret_that_is_set_goes_first(store: Store) -> None:
    assert read_secret(store, "0123456789abcdef") == (b"0123456789abcdef", None)
    with pytest.raises(StoreError, match="at least 16"):
        read_secret(store, "short")


@only_postgresql
def test_a_shared_database_needs_a_secret_that_is_set(store: Store) -> None:
    with pytest.raises(StoreError, match="CS_NLP_SECRET"):
        read_secret(store, "")


def test_another_secret_is_noticed(store: Store, org: int) -> None:
    with store.writing() as db:
        assert ensure_organisation(db, "acme", b"check") == org
    with pytest.raises(StoreError, match="not the one that its pseudonyms were made with"), store.writing() as db:
        ensure_organisation(db, "acme", b"other")
