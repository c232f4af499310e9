"""The database itself refuses two claims of one resource that overlap, whoever writes them."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Insert, Update, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from booking.store.bookings import Hold
from booking.store.claims import Claim, is_overlap
from booking.store.clinic import Resource
from booking.store.engine import Database
from tests.support import MONDAY, drop_guarantee, set_up_clinic

ZERO = datetime(2026, 1, 13, 12, 0, tzinfo=UTC)
DOCTOR, ROOM = 1, 2


@pytest.fixture
def book(database: Database) -> Database:
    """A practitioner, a room, and one hold that owns every claim of these tests."""
    set_up_clinic(database)

    def work(session: Session, now: datetime) -> None:
        session.add(Resource(id=ROOM, kind="room", calendar_second=0))
        session.add(
            Hold(
                id=1,
                token_hash="none",
                practitioner_id=DOCTOR,
                service_id=1,
                start=ZERO,
                end=ZERO + timedelta(minutes=1),
                expires_at=ZERO,
                created_at=MONDAY,
            )
        )

    database.write(work)
    return database


def minute(number: float) -> datetime:
    return ZERO + timedelta(minutes=number)


def row(resource: int, start: float, end: float) -> dict[str, object]:
    return {"resource_id": resource, "start": minute(start), "end": minute(end), "hold_id": 1}


def claim(session: Session, resource: int, start: float, end: float) -> int:
    return session.scalars(insert(Claim).returning(Claim.id), [row(resource, start, end)]).one()


def claims(database: Database) -> list[tuple[int, float, float]]:
    return database.read(
        lambda session, now: sorted(
            (
                row.resource_id,
                (row.start - ZERO) / timedelta(minutes=1),
                (row.end - ZERO) / timedelta(minutes=1),
            )
            for row in session.scalars(select(Claim))
        )
    )


@dataclass
class Book:
    """What the claims table should hold, and whether a change should be taken."""

    rows: dict[int, tuple[int, float, float]] = field(default_factory=dict)

    def allows(self, resource: int, start: float, end: float, *, without: int = 0) -> bool:
        return all(
            other_resource != resource or end <= other_start or other_end <= start
            for number, (other_resource, other_start, other_end) in self.rows.items()
            if number != without
        )


# A step: what to do, to which of the claims there are, and the span to claim.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["insert", "insert", "update", "delete"]),
        st.integers(0, 7),
        st.sampled_from([DOCTOR, DOCTOR, ROOM]),
        st.integers(0, 40),
        st.integers(1, 12),
        st.sampled_from([0.0, 0.0, 0.5, 1 / 60_000_000]),
    ),
    max_size=14,
)
USUAL = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
LONG = settings(USUAL, max_examples=3_000)

Step = tuple[str, int, int, int, int, float]


def check(session: Session, steps: list[Step]) -> None:
    """Take the steps; each must be accepted exactly if nothing overlaps."""
    book = Book()
    for deed, which, resource, begin, length, shift in steps:
        start, end = begin + shift, begin + length
        chosen = sorted(book.rows)[which % len(book.rows)] if book.rows else 0
        if deed == "delete" and chosen:
            session.execute(delete(Claim).where(Claim.id == chosen))
            del book.rows[chosen]
        if deed == "insert":
            number = attempt(session, insert(Claim).returning(Claim.id), resource, start, end)
            assert (number is not None) == book.allows(resource, start, end)
            if number is not None:
                book.rows[number] = (resource, start, end)
        if deed == "update" and chosen:
            change = (
                update(Claim)
                .where(Claim.id == chosen)
                .returning(Claim.id)
                .execution_options(synchronize_session=False)
            )
            moved = attempt(session, change, resource, start, end)
            assert (moved is not None) == book.allows(resource, start, end, without=chosen)
            if moved is not None:
                book.rows[chosen] = (resource, start, end)


def attempt(
    session: Session, statement: Insert | Update, resource: int, start: float, end: float
) -> int | None:
    """Run a statement of its own; None when the database refuses it as an overlap."""
    try:
        with session.begin_nested():
            return session.execute(statement.values(row(resource, start, end))).scalar_one()
    except IntegrityError as error:
        if is_overlap(error):
            return None
        raise


class Done(Exception):
    """Ends a transaction without keeping anything of it."""


def try_out(database: Database, work: Callable[[Session], None]) -> None:
    def all_for_nothing(session: Session, now: datetime) -> None:
        work(session)
        raise Done

    with pytest.raises(Done):
        database.write(all_for_nothing)


@given(STEPS)
@USUAL
def test_a_claim_is_accepted_exactly_if_it_overlaps_none_of_its_resource(
    book: Database, steps: list[Step]
) -> None:
    try_out(book, lambda session: check(session, steps))


@pytest.mark.soak
@given(STEPS)
@LONG
def test_very_many_claims_are_accepted_exactly_if_they_overlap_none(
    book: Database, steps: list[Step]
) -> None:
    try_out(book, lambda session: check(session, steps))


def test_the_test_above_notices_when_the_guarantee_is_gone(book: Database) -> None:
    drop_guarantee(book)

    @given(STEPS)
    @settings(USUAL, phases=[Phase.generate], database=None, max_examples=100, derandomize=True)
    def the_same(steps: list[Step]) -> None:
        try_out(book, lambda session: check(session, steps))

    with pytest.raises(AssertionError):
        the_same()


OVERLAPS = [(10, 20), (12, 18), (5, 11), (19, 25), (0, 30), (10, 11), (19.99, 20), (10, 20.00001)]


def test_an_overlapping_claim_is_refused_by_name(book: Database) -> None:
    book.write(lambda session, now: claim(session, DOCTOR, 10, 20))
    for start, end in OVERLAPS:
        with pytest.raises(IntegrityError) as refusal:
            book.write(lambda session, now, s=start, e=end: claim(session, DOCTOR, s, e))
        assert is_overlap(refusal.value)
    assert claims(book) == [(DOCTOR, 10, 20)]


def test_without_the_guarantee_the_same_claims_get_in(book: Database) -> None:
    drop_guarantee(book)
    book.write(lambda session, now: claim(session, DOCTOR, 10, 20))
    for start, end in OVERLAPS:
        book.write(lambda session, now, s=start, e=end: claim(session, DOCTOR, s, e))
    assert len(claims(book)) == 1 + len(OVERLAPS)


def test_a_claim_may_begin_where_another_ends_and_end_where_another_begins(book: Database) -> None:
    for start, end in ((10, 20), (30, 40), (20, 30), (0, 10), (40, 41)):
        book.write(lambda session, now, s=start, e=end: claim(session, DOCTOR, s, e))
    assert len(claims(book)) == 5


def test_a_room_may_be_taken_while_the_doctor_is(book: Database) -> None:
    book.write(lambda session, now: claim(session, DOCTOR, 10, 20))
    book.write(lambda session, now: claim(session, ROOM, 10, 20))
    assert len(claims(book)) == 2


def test_a_claim_moves_in_place_even_across_its_own_old_time(book: Database) -> None:
    book.write(lambda session, now: claim(session, DOCTOR, 10, 20))
    for start in (5, 15, 12, 100):
        change = update(Claim).values(start=minute(start), end=minute(start + 10))
        book.write(lambda session, now, change=change: session.execute(change) and None)
        assert claims(book) == [(DOCTOR, start, start + 10)]


def test_a_claim_that_would_move_onto_another_stays_where_it_is(book: Database) -> None:
    book.write(lambda session, now: claim(session, DOCTOR, 20, 40))
    book.write(lambda session, now: claim(session, ROOM, 50, 60))
    mine = book.write(lambda session, now: claim(session, DOCTOR, 0, 10))
    for resource, start, end in ((DOCTOR, 15, 25), (DOCTOR, 0, 30.5), (ROOM, 55, 57)):
        change = update(Claim).where(Claim.id == mine).values(row(resource, start, end))
        with pytest.raises(IntegrityError) as refusal:
            book.write(lambda session, now, change=change: session.execute(change))
        assert is_overlap(refusal.value)
    assert (DOCTOR, 0, 10) in claims(book)


def test_many_claims_in_one_statement_are_checked_against_each_other(book: Database) -> None:
    rows = [row(DOCTOR, 0, 10), row(DOCTOR, 10, 20), row(DOCTOR, 19, 30)]
    with pytest.raises(IntegrityError) as refusal:
        book.write(lambda session, now: session.execute(insert(Claim), rows))
    assert is_overlap(refusal.value)
    assert claims(book) == []


def test_a_claim_takes_some_time_and_belongs_to_one_hold_or_one_booking(book: Database) -> None:
    for wrong, constraint in (
        (row(DOCTOR, 10, 10), "ck_claims_starts_first"),
        (row(DOCTOR, 20, 10), "ck_claims_starts_first"),
        (row(DOCTOR, 0, 1) | {"hold_id": None}, "ck_claims_one_owner"),
        (row(DOCTOR, 0, 1) | {"booking_id": 1}, "ck_claims_one_owner"),
    ):
        with pytest.raises(IntegrityError) as refusal:
            book.write(lambda session, now, wrong=wrong: session.execute(insert(Claim), [wrong]))
        assert constraint in str(refusal.value)


def test_a_hold_takes_its_claim_along_when_it_goes(book: Database) -> None:
    book.write(lambda session, now: claim(session, DOCTOR, 0, 10))
    book.write(lambda session, now: session.execute(delete(Hold)))
    assert claims(book) == []


@pytest.mark.parametrize("kept", [True, False])
def test_a_claim_waits_for_an_unfinished_one_and_is_refused_only_if_that_is_kept(
    book: Database, kept: bool
) -> None:
    written, outcome = threading.Event(), threading.Event()

    def first(session: Session, now: datetime) -> None:
        claim(session, DOCTOR, 0, 10)
        written.set()
        outcome.wait(0.3)
        if not kept:
            raise Done

    thread = threading.Thread(target=_ignoring_done, args=(book, first))
    thread.start()
    assert written.wait(5)
    refused = False
    try:
        book.write(lambda session, now: claim(session, DOCTOR, 5, 15))
    except IntegrityError as error:
        refused = is_overlap(error)
    thread.join()
    assert refused is kept
    assert claims(book) == ([(DOCTOR, 0, 10)] if kept else [(DOCTOR, 5, 15)])


def _ignoring_done(database: Database, work: Callable[[Session, datetime], None]) -> None:
    try:
        database.write(work)
    except Done:
        return
