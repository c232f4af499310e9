"""
What the board of a day shows, ready to be written down.

Everything is put into words here, once a row: a template that asks for addresses, translations and
dates in each of its cells would be the dearest part of the page.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for

from booking.domain import lifecycle, references
from booking.domain.disruptions import Why
from booking.domain.lifecycle import ActorKind, State, Stranding
from booking.domain.modes import MODE_WORDS, Mode
from booking.domain.slots import Slot
from booking.domain.time import local_day
from booking.formats import dates
from booking.formats.contacts import show_phone
from booking.services.bookings.new_times import Waiting
from booking.services.clinic import Rulebook
from booking.services.desk.board.day import DayRow, OpenEnd
from booking.services.desk.board.lateness import Late
from booking.services.desk.closings.closings import Closing
from booking.store.bookings import Booking
from booking.web.desk import closing_words, follow_ups, intakes, steps
from booking.web.desk.board import EXCEPTION_WORDS, SOURCES, STRANDING_WORDS
from booking.web.wording import STATE_WORDS

BESIDE, LIST = "beside", "list"
_MINUTE = timedelta(minutes=1)
# Letters of a note that stand in a row.
_NOTE = 120
# Whoever comes at a time stands before those who are free at it.
_LAST = 2**62
_COUNTED = {
    State.CONFIRMED: "booked",
    State.REQUESTED: "booked",
    State.ARRIVED: "here",
    State.IN_ROOM: "here",
    State.COMPLETED: "done",
    State.NO_SHOW: "missed",
    State.LEFT: "missed",
    State.CANCELLED: "cancelled",
}
_GONE = frozenset(
    {State.COMPLETED, State.NO_SHOW, State.LEFT, State.CANCELLED, State.ENTERED_IN_ERROR}
)


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks at which day, when, and how: what all rows of a board have in common."""

    rulebook: Rulebook
    day: date
    today: date
    by: ActorKind
    now: datetime
    view: str = LIST
    # A doctor without another role sees their own patients only.
    only: int | None = None

    @property
    def names(self) -> dict[int, str]:
        """The practitioners who can be booked, in their order."""
        return {plan.practitioner_id: plan.practitioner_name for plan in self.rulebook.plans}

    def zone(self, location_id: int) -> ZoneInfo:
        """The zone of the wall there."""
        return self.rulebook.at(location_id).zone


def page(
    look: Look,
    rows: Sequence[DayRow],
    free: Sequence[Slot],
    unresolved: Sequence[OpenEnd],
    waiting: Sequence[Waiting],
    late: Sequence[Late],
    closings: Sequence[Closing],
) -> dict[str, Any]:
    """The board of a day."""
    names = look.names | {row.practitioner_id: row.practitioner for row in rows}
    several = len(names) > 1
    # In columns of their own, everybody's name stands above.
    beside = several and look.view == BESIDE
    entries = [*_booked(look, rows, named=several and not beside)]
    entries += _free(look, free, named=several and not beside)
    entries.sort(key=lambda entry: entry["order"])
    return {
        "day": look.day,
        "columns": _columns(look, entries, names if beside else {}),
        "counts": _counts(rows, len(free) if look.by is ActorKind.RECEPTION else None),
        "unresolved": [_open_end(look, one) for one in unresolved],
        "waiting": [_waiting(look, one) for one in _elsewhere(look, waiting, closings)],
        "late": [_late(look, one) for one in late],
        "can_be_late": _can_be_late(look, late),
        "closings": closing_words.on_board(closings, look.rulebook, look.by),
        "can_close": _can_close(look),
    }


def _elsewhere(
    look: Look, waiting: Sequence[Waiting], closings: Sequence[Closing]
) -> list[Waiting]:
    """
    Those whom no line of what closes counts, with a page where reception sees them: all of them
    today, and on another day those of that day.
    """
    if look.day != look.today:
        zone = look.rulebook.clinic.zone
        waiting = [one for one in waiting if local_day(one.booking.start, zone) == look.day]
    if look.by is not ActorKind.RECEPTION:
        return list(waiting)
    counted = {one.booking_id for closing in closings for one in closing.affected}
    return [one for one in waiting if one.booking.id not in counted]


def _can_close(look: Look) -> dict[str, str]:
    """Where reception says that somebody is ill, or blocks time: on this day."""
    if look.by is not ActorKind.RECEPTION:
        return {}
    day = look.day.isoformat()
    return {
        "ill": url_for("desk.closing", day=day),
        "block": url_for("desk.closing", day=day, why=Why.BLOCK.value),
    }


def _late(look: Look, one: Late) -> dict[str, Any]:
    since = one.since.astimezone(look.rulebook.clinic.zone)
    return {
        "name": look.names.get(one.practitioner_id, "The doctor"),
        "minutes": one.minutes,
        "since": dates.show_clock(since),
        "told": one.told,
        "over": _address(look, "desk.on_time", one.practitioner_id),
    }


def _can_be_late(look: Look, late: Sequence[Late]) -> list[dict[str, Any]]:
    """Of whom that can be said: today, and by a doctor of nobody else."""
    if look.day != look.today:
        return []
    known = {one.practitioner_id for one in late}
    return [
        {"name": name, "again": one in known, "address": _address(look, "desk.late", one)}
        for one, name in look.names.items()
        if look.only in {None, one}
    ]


def _address(look: Look, endpoint: str, practitioner_id: int) -> str | None:
    slugs = {plan.practitioner_id: plan.practitioner for plan in look.rulebook.plans}
    slug = slugs.get(practitioner_id)
    view = look.view if look.view == BESIDE else None
    return url_for(endpoint, practitioner=slug, view=view) if slug else None


def _columns(
    look: Look, entries: list[dict[str, Any]], names: Mapping[int, str]
) -> list[dict[str, Any]]:
    if not names:
        return [{"key": "all", "name": None, "rows": entries}]
    slugs = {plan.practitioner_id: plan.practitioner for plan in look.rulebook.plans}
    return [
        {
            "key": str(one),
            "name": name,
            "slug": slugs.get(one),
            "rows": [entry for entry in entries if entry["of"] == one],
        }
        for one, name in names.items()
    ]


def _counts(rows: Sequence[DayRow], free: int | None) -> dict[str, int]:
    numbers = Counter(_COUNTED.get(row.state, "other") for row in rows)
    counts = {key: numbers[key] for key in ("booked", "here", "done") if key == "booked" or rows}
    counts |= {key: numbers[key] for key in ("missed", "cancelled") if numbers[key]}
    # What is over needs nothing any more.
    open_ = [row.needs for row in rows if row.state in lifecycle.OPEN]
    waits = {
        "to_call": sum(needs.to_call > 0 for needs in open_),
        "to_review": sum(needs.to_review for needs in open_),
    }
    counts |= {key: number for key, number in waits.items() if number}
    return counts if free is None else counts | {"free": free}


def _booked(look: Look, rows: Iterable[DayRow], *, named: bool) -> Iterable[dict[str, Any]]:
    one_place = look.rulebook.clinic.is_one_place
    country = look.rulebook.clinic.country
    several_services = len(look.rulebook.services) > 1
    address = url_for("desk.booking", booking_id=0)[:-1]
    known: dict[tuple[State, bool, int], list[dict[str, Any]]] = {}
    for row in rows:
        zone = look.zone(row.location_id)
        start = row.start.astimezone(zone)
        clock, words = dates.show_clock(start), STATE_WORDS[row.state]
        # All rows of a day that stand alike have the same buttons.
        alike = row.state, row.start <= look.now, row.location_id
        if alike not in known:
            known[alike] = steps.buttons(row.standing, by=look.by, now=look.now, zone=zone)
        is_open = row.state in lifecycle.OPEN
        is_now = is_open and row.start <= look.now < row.end
        yield {
            "free": False,
            "order": (start, row.id),
            "of": row.practitioner_id,
            "id": row.id,
            "address": f"{address}{row.id}",
            "said": f"{clock} {row.name}: {words}",
            "class": " ".join(
                [f"is-{row.state.value}", *["gone"] * (row.state in _GONE), *["now"] * is_now]
            ),
            "iso": start.isoformat(),
            "clock": clock,
            "name": row.name,
            "reference": references.show(row.reference),
            "source": SOURCES.get(row.source, row.source),
            "practitioner": row.practitioner if named else None,
            "service": row.service if several_services else None,
            "mode": None if row.mode is Mode.IN_PERSON else MODE_WORDS[row.mode],
            "place": None if one_place else look.rulebook.at(row.location_id).place.name,
            "will_come": row.state is State.CONFIRMED and row.reconfirmed_at is not None,
            "stranding": STRANDING_WORDS[row.stranding] if row.stranding else None,
            "exceptional": EXCEPTION_WORDS[row.exceptional] if row.exceptional else None,
            "state": row.state.value,
            "state_words": words,
            "waits": _minutes(row.arrived_at, look.now),
            "contact": show_phone(row.phone, country) if row.phone else row.email or "",
            "mail_failed": row.mail_failed,
            "needs": intakes.needs(row.needs) if is_open else None,
            "note": _one_line(row.note) if row.note else None,
            "follow_up": follow_ups.in_weeks(row.follow_up) if row.follow_up else None,
            "follow_up_address": (
                url_for("desk.follow_up", booking_id=row.id)
                if row.follow_up and look.by is ActorKind.RECEPTION
                else None
            ),
            "version": row.version.isoformat(),
            "actions": known[alike],
            "undo": _can_undo(look, row, zone),
            "can_move": steps.can_move(row.standing, by=look.by, now=look.now),
            # Nobody will see them then: another time is the first thing to do.
            "must_move": row.stranding is Stranding.TO_MOVE,
        }


def _one_line(note: str) -> str:
    """As much of a note as a row has room for; the patient's card has all of it."""
    line = " ".join(note.split())
    return line if len(line) <= _NOTE else f"{line[: _NOTE - 1].rstrip()}…"


def _minutes(since: datetime | None, now: datetime) -> int | None:
    return None if since is None else max(0, (now - since) // _MINUTE)


def _can_undo(look: Look, row: DayRow, zone: ZoneInfo) -> bool:
    step = row.step
    if step is None or step.came_from is None:
        return False
    return steps.can_undo(row.standing, taken_at=step.at, by=look.by, now=look.now, zone=zone)


def _free(look: Look, slots: Iterable[Slot], *, named: bool) -> list[dict[str, Any]]:
    places = {place.slug: place for place in look.rulebook.places}
    whose = {plan.practitioner: plan for plan in look.rulebook.plans}
    one_place = look.rulebook.clinic.is_one_place
    form = url_for("desk.new", day=look.day.isoformat())
    found = []
    for slot in slots:
        start = slot.start.astimezone(places[slot.location].zone)
        plan = whose[slot.practitioner]
        found.append(
            {
                "free": True,
                "order": (start, _LAST),
                "of": plan.practitioner_id,
                "id": slot.id,
                "address": f"{form}&slot={slot.id}",
                "iso": start.isoformat(),
                "clock": dates.show_clock(start),
                "place": None if one_place else places[slot.location].name,
                "practitioner": plan.practitioner_name if named else None,
            }
        )
    return found


def _open_end(look: Look, one: OpenEnd) -> dict[str, Any]:
    zone = look.zone(one.location_id)
    return {
        "id": one.id,
        "address": url_for("desk.booking", booking_id=one.id),
        "name": one.name,
        "start": one.start.astimezone(zone),
        "version": one.version.isoformat(),
        "actions": steps.outcomes(one.standing, by=look.by, now=look.now, zone=zone),
    }


def _waiting(look: Look, one: Waiting) -> dict[str, Any]:
    booking = one.booking
    zone = look.rulebook.clinic.zone
    return {
        "address": url_for("desk.booking", booking_id=booking.id),
        "name": booking.patient.name,
        "start": booking.start.astimezone(look.zone(booking.location_id)),
        "offers": [hold.start.astimezone(look.zone(hold.location_id)) for hold in one.offers],
        "kept_until": one.kept_until.astimezone(zone) if one.kept_until else None,
        "contact": _contact(look, booking),
        "by_mail": booking.patient.email is not None,
    }


def _contact(look: Look, booking: Booking) -> str:
    phone, country = booking.patient.phone, look.rulebook.clinic.country
    return show_phone(phone, country) if phone else booking.patient.email or ""
