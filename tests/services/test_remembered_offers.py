"""
What a process remembers of free times is never stale: it is compared, after every deed and at every
edge of time, with what somebody sees who remembers nothing.
"""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from booking.domain.errors import Refusal
from booking.services.times import availability
from booking.services.times.availability import Offers
from booking.store.bookings import Booking, Hold
from booking.store.clinic import Closure, OpeningHours, Practitioner, Service
from tests.services import deeds
from tests.support import MONDAY, RECEPTION, Clinic

TICK = timedelta.resolution
NOON = 12 * 60
NOTICE = timedelta(minutes=90)
ZONE = ZoneInfo("America/New_York")
CHOICE = st.integers(0, 200)


def begin(clinic: Clinic) -> None:
    """The clinic as on its first day."""
    usual = update(OpeningHours).where(OpeningHours.closes == NOON).values(opens=540)
    clinic.write(lambda session, now: session.execute(usual) and None)
    clinic.write(lambda session, now: session.execute(delete(Closure)) and None)
    clinic.time.now = MONDAY
    deeds.forget_everything(clinic)
    deeds.change_service(
        clinic,
        length_minutes=60,
        step_minutes=30,
        buffer_before_minutes=10,
        buffer_after_minutes=5,
        notice_minutes=90,
        horizon_days=3,
        cap_day=None,
        cap_week=None,
    )


class Days(RuleBasedStateMachine):
    """People come and go at the clinic, and time passes."""

    clinic: Clinic

    def __init__(self) -> None:
        super().__init__()
        begin(self.clinic)
        self.clinic.offers = type(self.clinic.offers)()
        self.bookings: list[Booking] = []
        self.holds: list[int] = []

    def offered(self, offers: Offers) -> list[datetime]:
        today = self.clinic.time.now.date()
        slots = self.clinic.read(
            lambda session, now: availability.slots(
                session,
                offers,
                service="consultation",
                first=today - timedelta(days=2),
                last=today + timedelta(days=9),
                now=now,
            )
        )
        return [slot.start for slot in slots]

    def at_a_glance(self) -> tuple[datetime, ...] | None:
        """What memory alone answers, without a session."""
        glance = self.clinic.database.glance(availability.VERSIONS)
        assert glance is not None
        tables = self.clinic.offers.remembered(glance, service="consultation")
        return tables and tables[0].starts

    def start(self, choice: int) -> datetime:
        free = self.offered(Offers())
        return free[choice % len(free)] if free and choice % 5 else deeds.TUESDAY_9

    @rule(choice=CHOICE)
    def book(self, choice: int) -> None:
        try:
            self.bookings.append(self.clinic.book(self.start(choice)))
        except Refusal:
            return

    @rule(choice=CHOICE)
    def hold(self, choice: int) -> None:
        try:
            self.holds.append(deeds.hold(self.clinic, self.start(choice)).id)
        except Refusal:
            return

    @rule(choice=CHOICE, after=st.sampled_from([-TICK, timedelta(), TICK]))
    def hold_and_forget_about_it(self, choice: int, after: timedelta) -> None:
        try:
            held = deeds.hold(self.clinic, self.start(choice))
        except Refusal:
            return
        # It is remembered as taken before it runs out.
        self.what_is_remembered_is_what_is_so()
        self.clinic.time.now = held.expires_at + after

    @rule(choice=CHOICE)
    def hold_something_else(self, choice: int) -> None:
        if self.holds:
            replaced = self.holds[choice % len(self.holds)]
            try:
                held = deeds.hold(self.clinic, self.start(choice), replaces=replaced)
            except Refusal:
                return
            self.holds.append(held.id)

    @rule(choice=CHOICE)
    def keep_holding(self, choice: int) -> None:
        if self.holds:
            try:
                deeds.extend(self.clinic, self.holds[choice % len(self.holds)])
            except Refusal:
                return

    @rule(choice=CHOICE)
    def confirm_what_is_held(self, choice: int) -> None:
        if self.holds:
            hold_id = self.holds.pop(choice % len(self.holds))
            try:
                self.bookings.append(self.clinic.book(self.start(choice), hold_id=hold_id))
            except Refusal:
                return

    @rule(choice=CHOICE)
    def move(self, choice: int) -> None:
        if self.bookings:
            booking = self.bookings[choice % len(self.bookings)]
            try:
                deeds.move(self.clinic, booking, self.start(choice), actor=RECEPTION)
            except Refusal:
                return

    @rule(choice=CHOICE, undone=st.booleans())
    def cancel(self, choice: int, undone: bool) -> None:
        if self.bookings:
            booking = self.bookings[choice % len(self.bookings)]
            try:
                deeds.cancel(self.clinic, booking, actor=RECEPTION, reason="asked for")
                if undone:
                    deeds.undo(self.clinic, booking)
            except Refusal:
                return

    @rule()
    def sweep(self) -> None:
        deeds.sweep(self.clinic)

    @rule(weekday=st.integers(0, 4), opens=st.sampled_from([480, 540, 600]))
    def change_the_hours(self, weekday: int, opens: int) -> None:
        changed = (
            update(OpeningHours)
            .where(OpeningHours.weekday == weekday, OpeningHours.closes == NOON)
            .values(opens=opens)
        )
        self.clinic.write(lambda session, now: session.execute(changed) and None)
        deeds.new_rules(self.clinic)

    @rule(most=st.sampled_from([None, 1, 2, 5]), of=st.sampled_from(["cap_day", "cap_week"]))
    def change_a_cap(self, most: int | None, of: str) -> None:
        changed = update(Service).values({of: most})
        self.clinic.write(lambda session, now: session.execute(changed) and None)
        deeds.new_rules(self.clinic)

    @rule(days=st.integers(0, 3), begins=st.sampled_from([0, 600]), absent=st.booleans())
    def close(self, days: int, begins: int, absent: bool) -> None:
        day = self.clinic.time.now.date() + timedelta(days=days)

        def work(session: Session, now: datetime) -> None:
            doctor = session.scalars(select(Practitioner.id)).first()
            closure = Closure(first_day=day, last_day=day, begins=begins, ends=720, name="away")
            closure.practitioner_id = doctor if absent else None
            session.add(closure)

        self.clinic.write(work)
        deeds.new_rules(self.clinic)

    @rule(minutes=st.sampled_from([0, 1, 5, 10, 30, 90, 24 * 60]))
    def let_time_pass(self, minutes: int) -> None:
        self.clinic.time.pass_(minutes=minutes)

    @rule(minutes=st.sampled_from([1, 5]))
    def set_the_clock_back(self, minutes: int) -> None:
        self.clinic.time.now -= timedelta(minutes=minutes)

    @rule(choice=CHOICE, after=st.sampled_from([-TICK, timedelta(), TICK]))
    def come_to_an_edge(self, choice: int, after: timedelta) -> None:
        """To where time alone changes the answer: a hold runs out, notice is short, a day ends."""
        expiries = self.clinic.read(
            lambda session, now: list(session.scalars(select(Hold.expires_at)))
        )
        notices = [start - NOTICE for start in self.offered(Offers())[:1]]
        today = self.clinic.time.now.astimezone(ZONE).date()
        midnight = datetime.combine(today + timedelta(days=1), time(), ZONE).astimezone(UTC)
        edges = [*expiries, *expiries, *notices, midnight]
        edge = edges[choice % len(edges)] + after
        self.clinic.time.now = max(self.clinic.time.now, edge)

    @invariant()
    def what_is_remembered_is_what_is_so(self) -> None:
        fresh = self.offered(Offers())
        assert self.at_a_glance() in {None, tuple(fresh)}
        assert self.offered(self.clinic.offers) == fresh
        assert self.at_a_glance() == tuple(fresh)

    @invariant()
    def no_two_claims_overlap(self) -> None:
        spans = [(start, end) for start, end, _ in deeds.owners(self.clinic)]
        assert all(before[1] <= after[0] for before, after in pairwise(spans))


def machine(clinic: Clinic) -> type[Days]:
    return type("DaysAtTheClinic", (Days,), {"clinic": clinic})


def live(clinic: Clinic, like: settings) -> None:
    run_state_machine_as_test(
        machine(clinic), settings=settings(like, deadline=None, print_blob=True)
    )


# What fails is not made shorter here: that takes minutes. In the long version it is.
A_FEW = settings(max_examples=30, stateful_step_count=15, phases=[Phase.reuse, Phase.generate])
FEWER = settings(A_FEW, max_examples=8)
MANY = settings(max_examples=400, stateful_step_count=40)


def test_what_is_remembered_is_never_stale(clinic: Clinic) -> None:
    live(clinic, A_FEW if clinic.database.is_sqlite else FEWER)


@pytest.mark.soak
def test_what_is_remembered_is_not_stale_in_very_many_days(clinic: Clinic) -> None:
    live(clinic, MANY)


def test_the_test_above_notices_an_answer_that_is_kept_too_long(clinic: Clinic) -> None:
    class Stubborn(Offers):
        def _known(self, plan, versions, now):  # type: ignore[no-untyped-def]
            """Remember for ever, whatever the versions and the clock say."""
            return self._timetables.get(plan.key)

    clinic.offers = Stubborn()
    with pytest.raises(AssertionError):
        live(clinic, settings(A_FEW, database=None, derandomize=True))


def test_sweeping_past_claims_changes_nothing_that_is_offered(clinic: Clinic) -> None:
    deeds.change_service(clinic, buffer_before_minutes=30, notice_minutes=0)
    clinic.book(deeds.TUESDAY_9)
    clinic.time.now = deeds.TUESDAY_930
    before = clinic.slots(deeds.TUESDAY_9.date())
    deeds.sweep(clinic)
    fresh = Clinic(clinic.database, clinic.time)
    assert fresh.slots(deeds.TUESDAY_9.date()) == before
