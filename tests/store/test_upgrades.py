"""Migrations on databases that have been in use."""

from pathlib import Path

import pytest
from alembic.command import upgrade
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

from booking.store import schema
from booking.store.engine import make_engine

NAMED = (
    "INSERT INTO patients (name, email, phone, locale, created_at, erased_at) "
    "VALUES (:name, :email, :phone, 'en', '2026-01-12 08:00:00', :erased_at)"
)
ANN = {"name": "Ann", "email": "ann@patient.example", "phone": None, "erased_at": None}
NOWHERE = {"name": "Ann", "email": None, "phone": None, "erased_at": None}
ERASED = NOWHERE | {"erased_at": "2026-01-12 09:00:00"}


def before(name: str) -> str:
    """The schema's version before the migration of this name."""
    for script in ScriptDirectory.from_config(schema._config()).walk_revisions():
        if Path(script.path).stem.endswith(name):
            return str(script.down_revision)
    raise LookupError(name)


def migrate(engine: Engine, version: str) -> None:
    with engine.execution_options(writing=True).begin() as connection:
        upgrade(schema._config(connection), version)


def add(connection: Connection, patient: dict[str, str | None]) -> None:
    connection.execute(text(NAMED), patient)


def test_patients_who_are_there_stay_and_only_the_erased_need_no_contact(empty: Engine) -> None:
    migrate(empty, before("_erased"))
    with empty.execution_options(writing=True).begin() as connection:
        add(connection, ANN)
        connection.execute(text("INSERT INTO patient_words (word, patient_id) VALUES ('ann', 1)"))
    other = make_engine(empty.url.render_as_string(hide_password=False))
    with other.connect() as connection:
        # It has read the tables' definitions, and must notice that they change.
        assert connection.scalar(text("SELECT name FROM patients")) == "Ann"
    schema.upgrade(empty)
    for engine in (empty, other):
        with engine.execution_options(writing=True).begin() as connection:
            add(connection, ERASED)
        with (
            pytest.raises(IntegrityError, match="can_be_reached"),
            engine.execution_options(writing=True).begin() as connection,
        ):
            add(connection, NOWHERE)
    other.dispose()
    with empty.connect() as connection:
        names = "SELECT name FROM patients JOIN patient_words ON patient_id = patients.id"
        assert connection.execute(text(names)).scalars().all() == ["Ann"]
        if empty.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
            assert connection.exec_driver_sql("PRAGMA writable_schema").scalar() == 0
