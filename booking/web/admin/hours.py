"""A practitioner's weekly hours: plain fields, and the week drawn beside them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.hours import (
    Break,
    OpenStretch,
    breaks_on,
    open_on,
    show_clock,
)
from booking.domain.meeting import first_meeting
from booking.domain.people import Findings
from booking.domain.time import MINUTE, ONE_DAY, local_day
from booking.formats.dates import show_day_year
from booking.services.admin import hours as rules
from booking.services.admin import practitioners as people
from booking.services.admin.hours import Located
from booking.services.admin.rule_changes import Edit
from booking.services.clinic import Place
from booking.store.engine import Session
from booking.web import forms
from booking.web.admin import busy_times, changing, reading, same_hours
from booking.web.admin.blueprint import blueprint
from booking.web.clinic import facts, now, places_in_use, rulebook
from booking.web.installation import read
from booking.web.wording import WEEKDAYS

_PARTS = ("weekday", "kind", "opens", "closes", "location", "since", "until", "every")
_BREAK = "break"
_BLANK_ROWS = 3
_ROWS_AT_MOST = 60
_EVERY_AT_MOST = 8
# Hours and their break may both have passed, and fit all the same.
_LONG_AGO = date(2024, 1, 1)
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
    return week_page(practitioner, url_for("admin.hours", practitioner=practitioner))


def week_page(practitioner: str, here: str, *, is_own: bool = False) -> ResponseReturnValue:
    """
    The form of a week at the address `here`: for the administrator, or for those whose own it is.
    """

    def look(session: Session, _: object) -> tuple[Any, rules.Week, list[Any], dict[str, Any]]:
        who = people.practitioner(session, practitioner)
        week, busy = rules.week_of(session, who.id), busy_times.shown(session, who.id)
        return who, week, people.bookable(session), busy

    who, week, everybody, busy = read(look)
    places = places_in_use()
    found, rows = Findings(), [_row(located) for located in week]
    same = forms.typed(request.form, *same_hours.FIELDS, "where")
    days = set(request.form.getlist(same_hours.DAYS_FIELD)[:7])
    edit: Edit | None = None
    if request.method == "POST":
        rows = _typed()
        if more := _on_several_days(same, days, found):
            # They stand among the rows now, like any other.
            rows, same, days = [*rows, *more], {}, set()
        typed = _read(rows, found, places)
        if not found.errors:
            _check_services(who.id, typed, found)
        if not found.errors:
            week, edit = typed, rules.set_week(who, typed)

    def show(effect: dict[str, Any]) -> ResponseReturnValue:
        return changing.page(
            "admin/hours.html",
            # Reception cancels.
            effect | {"keeps_all": is_own},
            found,
            here=here,
            is_own=is_own,
            who={"slug": who.slug, "name": who.name},
            practitioners=[{"slug": one.slug, "name": one.name} for one in everybody],
            rows=[*rows, *({"weekday": ""} for _ in range(_BLANK_ROWS))],
            typed=_flat(rows),
            same=same,
            days=days,
            weekdays=WEEKDAYS,
            locations=reading.choice_of(places),
            drawn=_drawn(week, dict(reading.choice_of(places))),
            busy=busy,
        )

    if edit is None:
        return show(changing.as_it_is())
    return changing.change(
        edit,
        found,
        show=show,
        done=lambda saved: f"{here}?saved={saved}",
    )


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


def _on_several_days(same: Row, days: set[str], found: Findings) -> list[Row]:
    """Rows for the hours that were entered once for several days."""
    if not days and not any(same[name].strip() for name in same_hours.FIELDS):
        return []
    stretches = same_hours.read_same_hours(same, days, found)
    return [_row((0, one)) | {"location": same["where"]} for one in stretches]


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
        _check_alone(week, found)
    return week


def _check_alone(week: rules.Week, found: Findings) -> None:
    """At two places at once nobody can be, and a break interrupts something."""
    today = local_day(now(), facts().zone)
    for number, (where, stretch) in enumerate(week):
        alike = [one for one in week[:number] if type(one[1]) is type(stretch)]
        if (words := _taken((where, stretch), alike, today)) is not None:
            found.add(f"opens-{number}", "overlap", words)
        if isinstance(stretch, Break) and not _interrupts(stretch, where, week):
            words = f"{WEEKDAYS[stretch.weekday]} is not open at this time, so it needs no break"
            found.add(f"opens-{number}", "not_open", words)


def _taken(located: Located, others: rules.Week, today: date) -> str | None:
    """What to say of the first of the others with which it shares an instant, if one does."""
    where, stretch = located
    here = rulebook().at(where).zone
    for other_place, other in others:
        there = rulebook().at(other_place)
        day = first_meeting(stretch, here, other, there.zone, since=today)
        if day is not None and there.zone != here:
            first = show_day_year(day)
            return f"They are at {there.place.name} then, by its own clock, first on {first}"
        if day is not None:
            what = "has a break" if isinstance(stretch, Break) else "is open"
            return f"{WEEKDAYS[stretch.weekday]} {what} at this time already"
    return None


def _interrupts(pause: Break, where: int, week: rules.Week) -> bool:
    zone = rulebook().at(where).zone
    return any(
        place == where
        and isinstance(one, OpenStretch)
        and first_meeting(pause, zone, one, zone, since=_LONG_AGO) is not None
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


def _drawn(located: rules.Week, names: Mapping[str, str]) -> dict[str, Any]:
    """Next week as bars: minutes after the first hour that is shown, seven days."""
    today = local_day(now(), facts().zone)
    monday = today - timedelta(days=today.weekday()) + 7 * ONE_DAY
    days = [_bars(located, monday + n * ONE_DAY, names) for n in range(7)]
    edges = [edge for bars in days for one in bars for edge in one["edges"]] or [9 * 60, 17 * 60]
    first, last = min(edges) // 60, -(-max(edges) // 60)
    return {
        "first": first,
        "last": max(last, first + 1),
        "days": [{"name": name, "bars": bars} for name, bars in zip(WEEKDAYS, days, strict=True)],
    }


def _bars(located: rules.Week, day: date, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """A day's hours and then its breaks, each with its place where there are several."""
    shown = []
    for place in dict.fromkeys(place for place, _ in located):
        here = [one for where, one in located if where == place]
        hours = open_on([one for one in here if isinstance(one, OpenStretch)], (), day)
        breaks = breaks_on([one for one in here if isinstance(one, Break)], day) if hours else []
        shown += [(False, one, place) for one in hours] + [(True, one, place) for one in breaks]
    return [
        {
            "edges": (opens, closes),
            "is_break": is_break,
            "words": f"{show_clock(opens)} – {show_clock(closes)}",
            "place": names.get(str(place), ""),
        }
        for is_break, (opens, closes), place in sorted(shown)
    ]
