"""A series of visits: its times are found and held together, and booked together or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from booking.domain.errors import NotFound, SlotUnavailable
from booking.domain.lifecycle import OPEN
from booking.domain.people import Person
from booking.domain.series import planned
from booking.domain.time import local_day
from booking.formats.links import Links
from booking.formats.tokens import RandomToken, token_hash
from booking.services.audit import Actor
from booking.services.bookings import bookings
from booking.services.bookings.bookings import Wish
from booking.services.clinic import Plan
from booking.services.times import acceptance, holds
from booking.services.times.availability import Offers
from booking.services.times.free_time import fresh_starts
from booking.services.times.holds import Held
from booking.store.bookings import Booking, Hold

# How many days later than it could be the last visit of a series is looked for.
_SLACK = timedelta(days=56)


@dataclass(frozen=True, slots=True)
class Series:
    """What is asked for: `count` visits at least `weeks` apart, none before the day `first`."""

    service: str
    practitioner: str
    count: int
    weeks: int
    first: date


def propose(
    session: Session,
    offers: Offers,
    asked: Series,
    *,
    random_token: RandomToken,
    now: datetime,
    wanted: Sequence[datetime] = (),
    gives_back: Sequence[str] = (),
) -> list[Held]:
    """
    Find and hold the earliest times of a series, for the clinic's usual minutes.

    `gives_back` are the tokens of what was held for it before, `wanted` the times of that: what is
    still free of them stays. The days beyond those that patients can book are looked at too:
    treatments are planned further ahead.

    Raises:
        NotFound: no such service or practitioner.
        SlotUnavailable: so many visits do not fit.
    """
    practitioner_id = offers.practitioner_id(session, asked.service, asked.practitioner)
    rulebook = acceptance.lock(session, offers, [practitioner_id])
    give_back(session, gives_back)
    last = asked.first + timedelta(weeks=asked.weeks * (asked.count - 1)) + _SLACK
    plans = [
        _looking_ahead(plan, last, now=now)
        for plan in rulebook.plans_for(asked.service, asked.practitioner)
    ]
    fresh = fresh_starts(session, plans, first=asked.first, last=last, now=now, notice=timedelta())
    by_start = {start: busy.plan for busy, starts in fresh for start in starts}
    chosen = planned(
        sorted(by_start),
        count=asked.count,
        weeks=asked.weeks,
        zone=rulebook.clinic.zone,
        wanted=wanted,
    )
    if len(chosen) < asked.count:
        raise SlotUnavailable
    until = now + rulebook.clinic.hold
    return [
        _hold(session, by_start[start], start, until=until, random_token=random_token, now=now)
        for start in chosen
    ]


def _looking_ahead(plan: Plan, last: date, *, now: datetime) -> Plan:
    days = (last - local_day(now, plan.rules.zone)).days
    visit = replace(plan.rules.visit, horizon_days=max(plan.rules.visit.horizon_days, days))
    return replace(plan, rules=replace(plan.rules, visit=visit))


def _hold(
    session: Session,
    plan: Plan,
    start: datetime,
    *,
    until: datetime,
    random_token: RandomToken,
    now: datetime,
) -> Held:
    accepted = acceptance.require_room(session, plan, start, now=now)
    return holds.keep(session, accepted, until=until, random_token=random_token, now=now)


def give_back(session: Session, tokens: Sequence[str]) -> None:
    """Nobody needs these times any more."""
    given = [token_hash(token) for token in tokens]
    session.execute(delete(Hold).where(Hold.token_hash.in_(given)))


def confirm(
    session: Session,
    offers: Offers,
    links: Links,
    booking: Booking,
    asked: Series,
    held: Sequence[tuple[datetime, str]],
    *,
    actor: Actor,
    random_token: RandomToken,
    now: datetime,
) -> list[Booking]:
    """
    Book all visits for the patient of `booking`, each with a confirmation of its own.

    `held` are the starts with the tokens of their holds. A press that comes twice books once.

    Raises:
        SlotRefusal: one of the times is gone; the transaction must not be committed.
        NotFound: the patient is gone.
        PhoneNeeded: the visits are by phone, and there is no number.
    """
    practitioner_id = offers.practitioner_id(session, asked.service, asked.practitioner)
    acceptance.lock(session, offers, [practitioner_id], calendar_changed=now)
    done = _done_before(session, booking, practitioner_id, [start for start, _ in held])
    if len(done) == len(held):
        return done
    made = []
    for start, token in held:
        hold = holds.find(session, token)
        wish = Wish(
            service=asked.service,
            practitioner=asked.practitioner,
            start=start,
            person=_person(booking),
            privacy_notice=None,
            source="phone",
            hold_id=hold.id if hold is not None else None,
            mail_at_once=True,
            patient_id=booking.patient_id,
        )
        made.append(
            bookings.book(
                session, offers, links, wish, actor=actor, random_token=random_token, now=now
            )
        )
    return made


def _done_before(
    session: Session, booking: Booking, practitioner_id: int, starts: Sequence[datetime]
) -> list[Booking]:
    query = select(Booking).where(
        Booking.patient_id == booking.patient_id,
        Booking.practitioner_id == practitioner_id,
        Booking.start.in_(starts),
        Booking.state.in_(OPEN),
    )
    return list(session.scalars(query.order_by(Booking.start)))


def _person(booking: Booking) -> Person:
    patient = booking.patient
    if patient.date_of_birth is None:
        raise NotFound  # the page asks for it first
    return Person(
        patient.name,
        patient.date_of_birth,
        patient.email,
        patient.phone,
        patient.locale,
        patient.guardian,
    )
