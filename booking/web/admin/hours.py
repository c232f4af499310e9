"""A practitioner's weekly hours: plain fields, and the week drawn beside them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.hours import (
    Break,
    Minutes,
    OpenStretch,
    breaks_on,
    open_on,
    show_clock,
)
from booking.domain.people import Findings
from booking.domain.time import MINUTE, ONE_DAY, local_day
from booking.services.admin import hours as rules
from booking.services.admin import practitioners as people
from booking.services.admin.hours import Located
from booking.services.admin.rule_changes import Edit
from booking.services.clinic import Place
from booking.store.engine import Session
from booking.web import forms
from booking.web.admin import busy_times, changing, reading
from booking.web.admin.blueprint import blueprint
from booking.web.clinic import facts, now, places_in_use, rulebook
from booking.web.installation import read
from booking.web.wording import WEEKDAYS

_PARTS = ("weekday", "kind", "opens", "closes", "location", "since", "until", "every")
_BREAK = "break"
_BLANK_ROWS = 3
_ROWS_AT_MOST = 60
_EVERY_AT_MOST = 8
# What alternates differently meets within so many weeks, or never.
_WEEKS_LOOKED_AT = _EVERY_AT_MOST * (_EVERY_AT_MOST - 1)
Row = dict[str, str]


@blueprint.get("/hours")
def all_hours() -> ResponseReturnValue:
    """Whose hours? With one practitioner there is no question."""
    found = read(lambda session, _: people.bookable(session))
    if not found:
        return redirect(url_for("admin.practitioners"), code=303)
    return redirect(url_for("admin.hours", practitioner=found[0].slug), code=303)


@blueprint.route("/hours/<practitioner>", methods=["GET", "POST"])
def hours(practitioner: str) -> ResponseReturnValue:
    """One practitioner's week."""

    def look(session: Session, _: object) -> tuple[Any, rules.Week, list[Any], dict[str, Any]]:
        who = people.practitioner(session, practitioner)
        week, busy = rules.week_of(session, who.id), busy_times.shown(session, who.id)
        return who, week, people.bookable(session), busy

    who, week, everybody, busy = read(look)
    places = places_in_use()
    found, rows = Findings(), [_row(located) for located in week]
    edit: Edit | None = None
    if request.method == "POST":
        rows = _typed()
        typed = _read(rows, found, places)
        if not found.errors:
            _check_services(who.id, typed, found)
        if not found.errors:
            week, edit = typed, rules.set_week(who, typed)

    def show(effect: dict[str, Any]) -> ResponseReturnValue:
        return changing.page(
            "admin/hours.html",
            effect,
            found,
            who={"slug": who.slug, "name": who.name},
            practitioners=[{"slug": one.slug, "name": one.name} for one in everybody],
            rows=[*rows, *({"weekday": ""} for _ in range(_BLANK_ROWS))],
            typed=_flat(rows),
            weekdays=WEEKDAYS,
            locations=reading.choice_of(places),
            drawn=_drawn(week),
            busy=busy,
        )

    if edit is None:
        return show(changing.as_it_is())
    done = url_for("admin.hours", practitioner=who.slug, saved="1")
    return changing.change(edit, found, show=show, done=done)


def _check_services(practitioner_id: int, week: rules.Week, found: Findings) -> None:
    """Something is open long enough for each service; always closed is an answer, too."""
    most = rules.longest(week)
    plans = [one for one in rulebook().plans if one.practitioner_id == practitioner_id]
    longer = [one for one in plans if one.rules.visit.length // MINUTE > most]
    if most and longer:
        minutes = longer[0].rules.visit.length // MINUTE
        words = f"{longer[0].service_name} takes {minutes} minutes, and no opening is that long"
        found.add("closes-0", "too_short", words)


def _row(located: Located) -> Row:
    location_id, stretch = located
    return {
        "weekday": str(stretch.weekday),
        "kind": _BREAK if isinstance(stretch, Break) else "",
        "opens": show_clock(stretch.opens),
        "closes": reading.show_end(stretch.closes),
        "location": str(location_id),
        "since": stretch.since.isoformat() if stretch.since else "",
        "until": stretch.until.isoformat() if stretch.until else "",
        "every": str(stretch.every),
    }


def _typed() -> list[Row]:
    """The rows of the form in which something stands."""
    rows = []
    for number in range(_ROWS_AT_MOST):
        values = forms.typed(request.form, *(f"{part}-{number}" for part in _PARTS))
        row = {part: values[f"{part}-{number}"] for part in _PARTS}
        if row["opens"].strip() or row["closes"].strip():
            rows.append(row)
    return rows


def _flat(rows: Sequence[Row]) -> Row:
    return {f"{part}-{n}": row[part] for n, row in enumerate(rows) for part in _PARTS}


def _read(rows: Sequence[Row], found: Findings, places: Sequence[Place]) -> rules.Week:
    values = _flat(rows)
    week = [
        (
            reading.read_location(values, f"location-{number}", found, places),
            _read_row(values, number, found),
        )
        for number in range(len(rows))
    ]
    if not found.errors:
        for number, (where, stretch) in enumerate(week):
            # At two places at once nobody can be either.
            alike = (one for _, one in week[:number] if type(one) is type(stretch))
            if any(_overlap(stretch, other) for other in alike):
                what = "has a break" if isinstance(stretch, Break) else "is open"
                words = f"{WEEKDAYS[stretch.weekday]} {what} at this time already"
                found.add(f"opens-{number}", "overlap", words)
            if isinstance(stretch, Break) and not _interrupts(stretch, where, week):
                words = (
                    f"{WEEKDAYS[stretch.weekday]} is not open at this time, so it needs no break"
                )
                found.add(f"opens-{number}", "not_open", words)
    return week


def _interrupts(pause: Break, where: int, week: rules.Week) -> bool:
    return any(
        place == where and isinstance(one, OpenStretch) and _overlap(pause, one)
        for place, one in week
    )


def _read_row(values: Mapping[str, str], number: int, found: Findings) -> OpenStretch | Break:
    weekday, kind, opened, closed, _, first, last, often = (f"{part}-{number}" for part in _PARTS)
    if values[weekday] not in {str(day) for day in range(7)}:
        found.add(weekday, "missing", "Choose a day")
    for name in (opened, closed):
        if not values[name].strip():
            found.add(name, "missing", "Enter a time like 09:30")
    opens = reading.read_clock(values, opened, found, default=0)
    closes = reading.read_end(values, closed, found)
    if closes <= opens and not any(error.field in {opened, closed} for error in found.errors):
        begins = "begins" if values[kind] == _BREAK else "opens"
        words = f"Enter a time after the one it {begins} at, on the same day"
        found.add(closed, "before_open", words)
    since = reading.read_optional_day(values, first, found)
    until = reading.read_optional_day(values, last, found)
    if since and until and until < since:
        found.add(last, "before_first", "Enter a day that is not before the first")
    every = reading.read_number(
        {often: values[often] or "1"}, often, found, least=1, most=_EVERY_AT_MOST
    )
    if every > 1 and since is None:
        found.add(first, "missing", "Enter the day from which the weeks are counted")
    if found.errors:
        return OpenStretch(0, 0, 0)
    stretch = Break if values[kind] == _BREAK else OpenStretch
    return stretch(int(values[weekday]), opens, closes, since, until, every)


def _overlap(one: OpenStretch | Break, other: OpenStretch | Break) -> bool:
    """Whether both are on at one time on some date to come."""
    if one.weekday != other.weekday or one.opens >= other.closes or other.opens >= one.closes:
        return False
    starts = [day for day in (one.since, other.since) if day]
    first = max(starts, default=date(2024, 1, 1))
    days = (first + n * ONE_DAY for n in range(7 * _WEEKS_LOOKED_AT))
    return any(one.is_on(day) and other.is_on(day) for day in days)


def _drawn(located: rules.Week) -> dict[str, Any]:
    """Next week as bars: minutes after the first hour that is shown, seven days."""
    week = [stretch for _, stretch in located]
    today = local_day(now(), facts().zone)
    monday = today - timedelta(days=today.weekday()) + 7 * ONE_DAY
    opened = [one for one in week if isinstance(one, OpenStretch)]
    pauses = [one for one in week if isinstance(one, Break)]
    dates = [monday + n * ONE_DAY for n in range(7)]
    days = [open_on(opened, (), day) for day in dates]
    edges = [edge for day in days for stretch in day for edge in stretch] or [9 * 60, 17 * 60]
    first, last = min(edges) // 60, -(-max(edges) // 60)
    return {
        "first": first,
        "last": max(last, first + 1),
        "days": [
            {
                "name": name,
                "bars": [_bar(stretch) for stretch in hours],
                "breaks": [_bar(one) for one in sorted(breaks_on(pauses, day)) if hours],
            }
            for name, day, hours in zip(WEEKDAYS, dates, days, strict=True)
        ],
    }


def _bar(stretch: Minutes) -> dict[str, Any]:
    words = f"{show_clock(stretch[0])} – {show_clock(stretch[1])}"
    return {"from": stretch[0], "long": stretch[1] - stretch[0], "words": words}
