"""The time, as production takes it."""

from datetime import UTC, datetime

from booking.store.engine import Ask, Clock


def system_clock(ask: Ask) -> datetime:  # noqa: ARG001 - the shape of a clock
    """This machine's clock."""
    return datetime.now(UTC)


def database_clock(ask: Ask) -> datetime:
    """The database server's clock, so that several machines agree on what has expired."""
    now: datetime = ask("SELECT transaction_timestamp()")
    return now.astimezone(UTC)


def clock_for(database_url: str) -> Clock:
    """The clock that belongs to a database."""
    return system_clock if database_url.startswith("sqlite") else database_clock
