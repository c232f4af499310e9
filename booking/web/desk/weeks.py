"""The week as a grid and as a list, and the month with its load."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from booking.domain.lifecycle import ActorKind, Standing
from booking.domain.slots import Slot
from booking.domain.time import ONE_DAY, local_day
from booking.formats import dates
from booking.services.clinic import Rulebook
from booking.services.desk.board import weeks
from booking.services.desk.board.weeks import Block, Load
from booking.services.staff.sessions import SignedIn
from booking.store.engine import Session
from booking.web import times
from booking.web.access import current_staff
from booking.web.clinic import facts, now, rulebook
from booking.web.desk import done, live, steps
from booking.web.desk.blueprint import blueprint
from booking.web.installation import read
from booking.web.wording import STATE_WORDS, WEEKDAYS

_WEEK = timedelta(days=7)
# A line of the grid, in minutes.
_LINE = 30
# So many of them may stand empty between two visits: a long afternoon off, and no night.
_LONGEST_EMPTY = 8


@blueprint.get("/week")
def week() -> ResponseReturnValue:
    """Seven days from a Monday on, with what is booked and what is free."""
    first, etag = asked(), live.now_named(current_staff())
    return render_template(
        "desk/week.html",
        first=first,
        earlier=first - _WEEK,
        later=first + _WEEK,
        done=done.said(),
        grid=_grid(first),
        etag=etag,
    )


@blueprint.get("/week/grid")
def live_week() -> ResponseReturnValue:
    """The grid alone, for a page that shows it already; 304 while nothing changed."""
    etag = live.now_named(current_staff())
    if request.if_none_match.contains(etag):
        return live.named(Response(status=304), etag)
    return live.named(Response(_grid(asked()), mimetype="text/html"), etag)


def _grid(first: date) -> Markup:
    person = current_staff()
    days = [first + number * ONE_DAY for number in range(7)]

    def look(session: Session, now: datetime) -> dict[str, Any]:
        rules, only = rulebook(), person.only_practitioner
        booked = weeks.blocks(session, rules, days[0], days[-1], practitioner_id=only)
        free = _free(session, rules, days, person, now=now)
        cells = _cells(rules, booked, free, by=person.actor.kind, now=now)
        # A weekend on which nobody works is no column.
        shown = [day for day in days if day.weekday() < 5 or any(one[0] == day for one in cells)]
        return {"days": shown, "lines": _lines(shown, cells), "cells": cells}

    made = render_template("desk/week_grid.html", **read(look), first=first, today=_today())
    return Markup(made)  # noqa: S704 - it escaped


@blueprint.get("/month")
def month() -> ResponseReturnValue:
    """How full each day of a month is."""
    person, today = current_staff(), _today()
    first = _first(request.args.get("month")) or today.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)

    def look(session: Session, now: datetime) -> list[Load]:
        return weeks.loads(
            session,
            rulebook(),
            first,
            following - ONE_DAY,
            practitioner_id=person.only_practitioner,
            now=now,
        )

    loads = read(look)
    return render_template(
        "desk/month.html",
        first=first,
        today=today,
        earlier=(first - ONE_DAY).replace(day=1),
        later=following,
        days=[_load(one) for one in loads],
        booked=sum(one.booked for one in loads),
        free=sum(one.free for one in loads),
    )


def asked() -> date:
    """The Monday of the week with the day in the address, or of this one."""
    day = times.parse_day(request.args.get("day")) or _today()
    return day - day.weekday() * ONE_DAY


def _today() -> date:
    return local_day(now(), facts().zone)


def _first(text: str | None) -> date | None:
    """The first of a month, from an address such as `2026-01`."""
    return times.parse_day(f"{text}-01") if text and len(text) == 7 else None


def _free(
    session: Session, rules: Rulebook, days: Sequence[date], person: SignedIn, *, now: datetime
) -> list[Slot]:
    """What reception could book."""
    if person.actor.kind != "reception":
        return []
    only = person.only_practitioner
    return weeks.free(session, rules, days[0], days[-1], practitioner_id=only, now=now)


def _cells(
    rules: Rulebook,
    booked: Sequence[Block],
    free: Sequence[Slot],
    *,
    by: ActorKind,
    now: datetime,
) -> dict[tuple[date, int], list[dict[str, Any]]]:
    """What stands at which day and line, in the order of time."""
    names = {plan.practitioner: plan.practitioner_name for plan in rules.plans}
    several = len(names) > 1
    places = {place.slug: place.zone for place in rules.places}
    entries = [_block(rules, one, several=several, by=by, now=now) for one in booked]
    for slot in free:
        start = slot.start.astimezone(places[slot.location])
        day = start.date().isoformat()
        entries.append(
            {
                "free": True,
                "start": start,
                "clock": dates.show_clock(start),
                "address": url_for("desk.new", day=day, slot=slot.id),
                "slot": slot.id,
                "practitioner": names.get(slot.practitioner) if several else None,
            }
        )
    cells: dict[tuple[date, int], list[dict[str, Any]]] = defaultdict(list)
    for entry in sorted(entries, key=lambda one: (one["start"], one["free"])):
        start = entry["start"]
        cells[start.date(), (start.hour * 60 + start.minute) // _LINE].append(entry)
    return dict(cells)


def _block(
    rules: Rulebook, one: Block, *, several: bool, by: ActorKind, now: datetime
) -> dict[str, Any]:
    standing = Standing(one.state, one.start, one.end)
    can_move = steps.can_move(standing, by=by, now=now)
    start = one.start.astimezone(rules.at(one.location_id).zone)
    return {
        "free": False,
        "start": start,
        "id": one.id,
        "version": one.version.isoformat(),
        "clock": dates.show_clock(start),
        "name": one.name,
        "state": one.state.value,
        "state_words": STATE_WORDS[one.state],
        "address": url_for("desk.booking", booking_id=one.id),
        "move": url_for("desk.move", booking_id=one.id) if can_move else None,
        "free_times": url_for("desk.free_times", booking_id=one.id),
        "practitioner": one.practitioner if several else None,
    }


def _lines(
    days: Sequence[date], cells: dict[tuple[date, int], list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """
    The lines from the first that is used to the last, with a cell for each day; half a night
    without anything is one line that says so.
    """
    used = sorted({line for _, line in cells})
    lines = []
    for before, line in zip([None, *used], used, strict=False):
        since = line if before is None else before + 1
        is_long = line - since > _LONGEST_EMPTY
        lines += [_line(one, days, cells) for one in range(line if is_long else since, line + 1)]
        if is_long:
            lines[-1]["nothing_since"] = _clock(since)
    return lines


def _line(
    line: int, days: Sequence[date], cells: dict[tuple[date, int], list[dict[str, Any]]]
) -> dict[str, Any]:
    return {
        "clock": _clock(line),
        "minute": line * _LINE,
        "cells": [(day, cells.get((day, line), [])) for day in days],
        "nothing_since": None,
    }


def _clock(line: int) -> str:
    return dates.show_clock(datetime(2000, 1, 1, *divmod(line * _LINE, 60), tzinfo=UTC))


def _load(one: Load) -> dict[str, Any]:
    whole = one.booked + one.free
    return {
        "date": one.day,
        "short": WEEKDAYS[one.day.weekday()][:3],
        "booked": one.booked,
        "free": one.free,
        "percent": round(100 * one.booked / whole) if whole else 0,
        "is_open": whole > 0,
    }
