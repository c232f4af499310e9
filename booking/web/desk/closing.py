"""The doctor is ill, the clinic closes, time is blocked: who is affected, and what they get."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.disruptions import Why
from booking.domain.hours import DAY_MINUTES, show_clock
from booking.domain.people import Findings, one_line
from booking.domain.time import ONE_DAY, local_day
from booking.services.admin import closures as rules
from booking.services.admin import practitioners
from booking.services.admin.closures import NewClosure
from booking.services.desk.closings import closings
from booking.store.engine import Session
from booking.web import forms, times
from booking.web.admin import changing, reading
from booking.web.admin.closures import AT, read_new
from booking.web.clinic import facts, local, now, places_in_use, rulebook
from booking.web.desk.blueprint import blueprint
from booking.web.desk.closing_words import TO_CHOOSE, WHY, when
from booking.web.installation import read

_FIELDS = ("day", "why", "who", "span", "first", "begins", "last", "ends", "note")
_NOTE_MAX = 80
REST, DAY, WEEK, OTHER = "rest", "day", "week", "other"


@blueprint.route("/closing", methods=["GET", "POST"])
def closing() -> ResponseReturnValue:
    """What closes, and once somebody is affected what becomes of them; saved with that."""
    found = Findings()
    if request.method == "GET":
        return _page(_preset(), found, {"stranded": []})
    values = forms.typed(request.form, *_FIELDS)
    new = _read(values, found)

    def show(effect: dict[str, Any]) -> ResponseReturnValue:
        return _page(values, found, effect, closes=new)

    if new is None:
        return show({"stranded": []})
    edit = rules.close(new, why=Why(values["why"]), at_short_notice=True)
    return changing.change(edit, found, show=show, done=lambda _: _done(new))


def _done(new: NewClosure) -> str:
    """Those who are affected, if there are any; else the board, which says what closes."""

    def look(session: Session, moment: datetime) -> closings.Closing | None:
        closure = rules.find(session, new)
        known = closings.of_closure(session, closure.id) if closure else None
        return closings.get(session, known, now=moment) if known else None

    made = read(look)
    if made is not None and made.affected:
        return url_for("desk.one_closing", closing_id=made.id)
    return url_for("desk.day", day=new.first.isoformat())


def _preset() -> dict[str, str]:
    """The form as it is opened from a board: for its day, and whose board it is."""
    moment = local(now())
    today, day = moment.date(), times.parse_day(request.args.get("day")) or moment.date()
    block = request.args.get("why") == Why.BLOCK
    begins = _next_half_hour(moment) if day == today else 10 * 60
    return {
        "day": day.isoformat(),
        "why": (Why.BLOCK if block else Why.ILL).value,
        "who": _who(request.args.get("practitioner", "")),
        "span": OTHER if block else REST if day == today else DAY,
        "first": day.isoformat(),
        "last": day.isoformat(),
        "begins": show_clock(begins) if block else "",
        "ends": reading.show_end(min(begins + 60, DAY_MINUTES)) if block else "",
        "note": "",
    }


def _next_half_hour(moment: datetime) -> int:
    minutes = moment.hour * 60 + moment.minute
    return min(-(-minutes // 30) * 30, DAY_MINUTES - 30)


def _who(slug: str) -> str:
    """Whom the form is about at first: whose board it was, or the only one there is."""
    known = {plan.practitioner: str(plan.practitioner_id) for plan in rulebook().plans}
    only = next(iter(known.values())) if len(known) == 1 else ""
    return known.get(slug, only)


def _read(values: dict[str, str], found: Findings) -> NewClosure | None:
    """What closes; None when `found` says why not."""
    why = reading.read_choice(values, "why", found, Why)
    note = one_line(values["note"])
    if note is None:
        found.add("note", "control_characters", "Use letters, digits and punctuation only")
    elif len(note) > _NOTE_MAX:
        found.add("note", "too_long", f"Use {_NOTE_MAX} characters or fewer")
    words = WHY[why or Why.OTHER]
    name = f"{words}: {note}"[: _NOTE_MAX + 20] if note else words
    return read_new({**values, **_span(values), "name": name, "yearly": ""}, found)


def _span(values: Mapping[str, str]) -> dict[str, str]:
    """From when to when, as fields of a closure: what was typed, or what a quick choice means."""
    moment = local(now())
    day = times.parse_day(values["day"]) or moment.date()
    whole = {"first": day.isoformat(), "last": day.isoformat(), "begins": "", "ends": ""}
    from_now = {"begins": f"{moment:%H:%M}"} if day == moment.date() else {}
    if values["span"] == REST and from_now:
        return whole | from_now
    if values["span"] == DAY:
        return whole
    if values["span"] == WEEK:
        return whole | from_now | {"last": _sunday(day).isoformat()}
    return {}


def _sunday(day: date) -> date:
    return day + (6 - day.weekday()) * ONE_DAY


def _page(
    values: dict[str, str],
    found: Findings,
    effect: dict[str, Any],
    *,
    closes: NewClosure | None = None,
) -> ResponseReturnValue:
    moment = now()
    day = times.parse_day(values["day"]) or local_day(moment, facts().zone)
    people = read(lambda session, _: practitioners.bookable(session))
    typed = values | {"span": OTHER} | _span(values)
    names = {str(person.id): person.name for person in people}
    text = render_template(
        "desk/closing.html",
        values=values,
        errors=found.errors,
        effect=effect,
        day=day,
        sunday=_sunday(day),
        is_today=day == local_day(moment, facts().zone),
        whys=TO_CHOOSE,
        typed=typed,
        closes=_when(closes) if closes else "",
        whom=[
            *names.items(),
            *((f"{AT}{key}", f"{name} only") for key, name in reading.choice_of(places_in_use())),
            ("clinic", "The whole clinic"),
        ],
        reason=request.form.get("reason", _for_patients(names.get(values["who"]))),
        for_all=request.form.get("all", ""),
        note_most=_NOTE_MAX,
    )
    return text, 422 if found.errors else 200


def _when(closes: NewClosure) -> str:
    return when(closes.first, closes.last, begins=closes.begins, ends=closes.ends)


def _for_patients(name: str | None) -> str:
    """What the mail says at first: it is nobody's business why."""
    if name is None:
        return "The clinic is closed at that time."
    return f"{name} is not at the clinic at that time."
