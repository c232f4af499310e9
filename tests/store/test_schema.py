"""Migrations give exactly the schema that the models describe, the guarantee included."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, event, inspect, text

from booking.store import schema
from booking.store.claims import NO_OVERLAP
from booking.store.engine import Database, make_engine
from booking.store.models import metadata
from booking.store.schema import SchemaIsNewer
from tests.support import set_up_clinic


def description(engine: Engine) -> dict[str, object]:
    """All that the database says of its tables, in an order of our own."""
    looking = inspect(engine)
    found: dict[str, object] = {}
    for table in sorted(set(looking.get_table_names()) - {"alembic_version"}):
        found[table] = {
            "columns": sorted(
                (column["name"], str(column["type"]), column["nullable"], _default(column))
                for column in looking.get_columns(table)
            ),
            "primary key": looking.get_pk_constraint(table),
            "checks": sorted(map(_plain, looking.get_check_constraints(table))),
            "unique": sorted(map(_plain, looking.get_unique_constraints(table))),
            "foreign keys": sorted(map(_plain, foreign_keys(engine, table))),
            "indexes": sorted(map(_plain, looking.get_indexes(table))),
        }
    return found | {"guarantee": guarantee(engine)}


def foreign_keys(engine: Engine, table: str) -> list[Mapping[str, Any]]:
    """With the names of those that came with a column of their own, which SQLite does not tell."""
    found = inspect(engine).get_foreign_keys(table)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            query = text("SELECT sql FROM sqlite_master WHERE name = :table")
            words = connection.execute(query, {"table": table}).scalar_one()
        for key in found:
            name = f"fk_{table}_{'_'.join(key['constrained_columns'])}"
            if key["name"] is None and f"CONSTRAINT {name} REFERENCES" in words:
                key["name"] = name
    return [dict(key) for key in found]


def _default(column: Mapping[str, Any]) -> str | None:
    # Where numbers come from shows at the first insert; the clinic's own is always 1.
    return None if column["name"] == "id" else column["default"]


def _plain(part: object) -> str:
    """Text that is the same for the same thing; a clause by itself shows its place in memory."""
    if isinstance(part, dict):
        return str(sorted((key, _plain(value)) for key, value in part.items()))
    return str(part)


def guarantee(engine: Engine) -> list[str]:
    """The triggers or the constraint that refuse an overlap, in the database's own words."""
    query = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
        "postgresql": "SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'x'",
    }[engine.dialect.name]
    with engine.connect() as connection:
        return [" ".join(words.split()) for words in connection.execute(text(query)).scalars()]


def test_alembic_finds_no_difference_between_migrations_and_models(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [
            difference
            for difference in compare_metadata(context, metadata)
            # The exclusion constraint's index belongs to the constraint, which is compared below.
            if NO_OVERLAP not in str(difference)
        ]
    assert differences == []


def test_migrations_and_models_give_the_same_columns_constraints_and_guarantee(
    database: Database, empty: Engine
) -> None:
    with empty.execution_options(writing=True).begin() as connection:
        metadata.create_all(connection)
    by_models, by_migrations = description(empty), description(database.engine)
    assert by_migrations.keys() == by_models.keys()
    for table, described in by_models.items():
        assert by_migrations[table] == described, table
    assert guarantee(empty)


def test_every_constraint_has_a_name(database: Database) -> None:
    looking = inspect(database.engine)
    for table in looking.get_table_names():
        if table != "alembic_version":
            for constraint in (
                *looking.get_check_constraints(table),
                *looking.get_unique_constraints(table),
                *foreign_keys(database.engine, table),
            ):
                assert constraint["name"], (table, constraint)


def test_migrating_twice_is_harmless(database: Database) -> None:
    set_up_clinic(database)
    before = description(database.engine)
    schema.upgrade(database.engine)
    assert description(database.engine) == before
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM clinic")).scalar_one() == 1
        assert schema.current_version(connection) == schema.newest_version() is not None


def test_an_empty_database_has_no_version(empty: Engine) -> None:
    with empty.connect() as connection:
        assert schema.current_version(connection) is None


def test_several_that_start_at_once_on_an_empty_database_all_find_it_migrated(
    empty: Engine,
) -> None:
    errors: list[Exception] = []

    def start() -> None:
        # An engine of its own, as another process would have.
        engine = make_engine(empty.url.render_as_string(hide_password=False))
        try:
            schema.upgrade(engine)
        except Exception as error:  # noqa: BLE001 - told below
            errors.append(error)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with empty.connect() as connection:
        assert schema.current_version(connection) == schema.newest_version()


def test_who_migrates_on_sqlite_waits_for_another_longer_than_pages_do(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'one.db'}")
    waits: list[int] = []

    def note(connection: Connection) -> None:
        cursor = connection.connection.cursor()
        waits.append(cursor.execute("PRAGMA busy_timeout").fetchone()[0])
        cursor.close()

    event.listen(engine, "begin", note, insert=True)
    for _ in range(2):
        with engine.begin():
            pass
        schema.upgrade(engine)
    engine.dispose()
    page, migration, page_again, _ = waits
    assert migration >= 60_000 > page == page_again


def test_a_schema_from_a_newer_program_is_left_alone(database: Database) -> None:
    with database.engine.execution_options(writing=True).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = description(database.engine)
    with pytest.raises(SchemaIsNewer, match="9999"):
        schema.upgrade(database.engine)
    assert description(database.engine) == before
