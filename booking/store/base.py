"""What all tables share: names for constraints, and instants that are always aware and in UTC."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import DateTime, Dialect, Executable, FromClause, Insert, MetaData, Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator


class UTCDateTime(TypeDecorator[datetime]):
    """
    An instant: aware datetimes go in, aware datetimes in UTC come out.

    PostgreSQL keeps `timestamptz`, SQLite text in UTC that sorts as it should.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime names no instant")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        instant: datetime = value
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def as_instant(value: Any) -> datetime:
    """An instant as a driver gives it where no column says its type: SQLite keeps text in UTC."""
    moment: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Base(DeclarativeBase):
    """The declarative base; every constraint has a name that errors and migrations can use."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UTCDateTime()}  # noqa: RUF012 - SQLAlchemy reads it so


def table(model: type[Base]) -> Table:
    """A model's table, for statements that need no objects: they cost a third."""
    found: FromClause = model.__table__
    assert isinstance(found, Table)  # noqa: S101 - every model here is one table
    return found


def insert_row(session: Session, model: type[Base], **values: Any) -> int:
    """
    Add a row that nobody needs back as an object; all its columns must be given.

    Gives the row's key.
    """
    done: Any = session.connection().execute(_insertion(model), values)
    key: int = done.inserted_primary_key[0]
    return key


def insert_unless_taken(
    session: Session, model: type[Base], unique: str, **values: Any
) -> int | None:
    """The same; None, and no row, where another row has the value of the column `unique`."""
    statement = _cautious_insertion(model, unique, session.get_bind().dialect.name)
    key: int | None = session.connection().execute(statement, values).scalar_one_or_none()
    return key


# Made once: most of a small statement's cost is making it.
@cache
def _insertion(model: type[Base]) -> Insert:
    return insert(table(model))


@cache
def _cautious_insertion(model: type[Base], unique: str, dialect: str) -> Executable:
    inserts: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    statement = inserts[dialect](table(model)).on_conflict_do_nothing(index_elements=[unique])
    found: Executable = statement.returning(table(model).c.id)
    return found
