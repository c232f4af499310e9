"""Instants keep their meaning on the way into the database and back."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from booking.store.engine import Database
from booking.store.records import Heartbeat
from tests.support import MONDAY

INSTANTS = st.builds(
    lambda micros, minutes: (MONDAY + timedelta(microseconds=micros)).astimezone(
        timezone(timedelta(minutes=minutes))
    ),
    st.integers(-(10**15), 10**15),
    st.integers(-14 * 60, 14 * 60),
)


class Done(Exception):
    pass


def beat(session: Session, worker: str, at: datetime) -> None:
    session.execute(insert(Heartbeat), [{"worker": worker, "at": at}])


@given(st.lists(INSTANTS, max_size=6), INSTANTS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_instants_come_back_in_utc_and_sort_and_compare_as_they_should(
    database: Database, instants: list[datetime], border: datetime
) -> None:
    def work(session: Session, now: datetime) -> None:
        for number, at in enumerate(instants):
            beat(session, str(number), at)
        kept = list(session.scalars(select(Heartbeat.at).order_by(Heartbeat.at)))
        assert kept == sorted(instants)
        assert all(at.tzinfo is UTC for at in kept)
        before = select(Heartbeat.at).where(Heartbeat.at < border)
        assert sorted(session.scalars(before)) == sorted(at for at in instants if at < border)
        raise Done

    with pytest.raises(Done):
        database.write(work)


def test_an_hour_that_comes_twice_is_kept_apart(database: Database) -> None:
    first = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"))

    def work(session: Session, now: datetime) -> list[datetime]:
        beat(session, "first", first)
        beat(session, "second", first.replace(fold=1))
        return list(session.scalars(select(Heartbeat.at).order_by(Heartbeat.worker)))

    one, other = database.write(work)
    assert other - one == timedelta(hours=1)


def test_a_time_without_an_offset_is_never_written_nor_asked_for(database: Database) -> None:
    naive = datetime(2026, 1, 12, 9)  # noqa: DTZ001
    with pytest.raises(StatementError, match="naive"):
        database.write(lambda session, now: beat(session, "worker", naive))
    with pytest.raises(StatementError, match="naive"):
        database.read(
            lambda session, now: session.scalars(select(Heartbeat).where(Heartbeat.at == naive))
        )
