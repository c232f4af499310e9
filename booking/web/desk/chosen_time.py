"""The time that staff choose: one that is free, any other, or now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time

from booking.domain import references
from booking.domain.errors import NotFound, Unexplained
from booking.domain.people import Findings, read_reason
from booking.domain.slots import parse_slot_id
from booking.domain.time import local_day
from booking.formats import dates
from booking.services.bookings import bookings
from booking.services.clinic import Plan
from booking.store.engine import Session
from booking.web import times
from booking.web.clinic import at, local
from booking.web.installation import read

FIELDS = ("slot", "other_day", "other_time", "other_practitioner", "reason")
OTHER, NOW = "other", "now."
_NOT_A_TIME = "Write the time like 17:30"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A start (aware), of what and with whom; `any_time` where it need not be on offer."""

    service: str
    practitioner: str
    start: datetime
    any_time: bool
    reason: str = ""


def choose(
    values: Mapping[str, str], plans: list[Plan], found: Findings, *, now: datetime
) -> Chosen | None:
    """The time that the form says, by the plans that it shows; None when `found` says why not."""
    slot = values["slot"]
    if slot == OTHER:
        return _other(values, plans, found, now=now)
    if slot.startswith(NOW):
        plan = _plan(plans, slot.removeprefix(NOW))
        if plan is not None:
            minute = now.replace(second=0, microsecond=0)
            return _any(plan, minute, values, found)
    try:
        return Chosen(*parse_slot_id(slot), any_time=False)
    except NotFound:
        found.add("slot", "missing", "Choose a time")
        return None


def _plan(plans: list[Plan], practitioner: str) -> Plan | None:
    return next((plan for plan in plans if plan.practitioner == practitioner), None)


def _other(
    values: Mapping[str, str], plans: list[Plan], found: Findings, *, now: datetime
) -> Chosen | None:
    plan = _plan(plans, values["other_practitioner"]) or next(iter(plans), None)
    if plan is None:
        found.add("slot", "missing", "Choose a time")
        return None
    day = times.parse_day(values["other_day"])
    if day is None:
        found.add("other_day", "missing", "Choose the day")
    elif day < local_day(now, plan.rules.zone):
        found.add("other_day", "in_past", "Choose today or a day to come")
    try:
        clock = time.fromisoformat(values["other_time"]).replace(second=0, tzinfo=None)
    except ValueError:
        clock = None
        found.add("other_time", "not_a_time", _NOT_A_TIME)
    if day is None or clock is None or found.errors:
        return None
    return _any(plan, datetime.combine(day, clock, plan.rules.zone), values, found)


def _any(plan: Plan, start: datetime, values: Mapping[str, str], found: Findings) -> Chosen:
    reason = read_reason(values["reason"], found)
    return Chosen(plan.service, plan.practitioner, start, any_time=True, reason=reason)


def say_why(refusal: Unexplained, found: Findings) -> None:
    """What staff must give a reason for: closed hours, or whose time it is."""
    if not refusal.is_overbooked:
        found.add(
            "reason",
            refusal.code,
            "This is outside of opening hours. Say why it has to be, so that colleagues know",
        )
        return
    found.add(
        "reason",
        refusal.code,
        "That time is taken: {others}. Say why both have to be, so that colleagues know",
        others="; ".join(_others(refusal.overbooks)) or "by something in the calendar",
    )


def _others(booking_ids: tuple[int, ...]) -> list[str]:
    return read(lambda session, _: [_one(session, booking_id) for booking_id in booking_ids])


def _one(session: Session, booking_id: int) -> str:
    booking = bookings.get(session, booking_id)
    zone = at(booking.location_id).zone
    start, end = local(booking.start, zone), local(booking.end, zone)
    clocks = f"{dates.show_clock(start)} – {dates.show_clock(end)}"
    return f"{booking.patient.name}, {clocks} ({references.show(booking.reference)})"
