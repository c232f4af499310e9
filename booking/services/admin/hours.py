"""A practitioner's weekly hours."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from booking.domain.hours import Break, Minutes, OpenStretch, meetings, show_clock
from booking.services.admin.rule_changes import Edit
from booking.services.times.reading_rules import stretch_of
from booking.store.base import insert_row
from booking.store.clinic import Location, OpeningHours, Practitioner

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

# A stretch, and the location at which it holds.
Located = tuple[int, OpenStretch | Break]
Week = Sequence[Located]


def week_of(session: Session, practitioner_id: int) -> list[Located]:
    """The weekly hours and breaks in the order of the week."""
    rows = session.scalars(
        select(OpeningHours)
        .where(OpeningHours.practitioner_id == practitioner_id)
        .order_by(OpeningHours.weekday, OpeningHours.opens, OpeningHours.id)
    )
    return [(row.location_id, stretch_of(row)) for row in rows]


def longest(week: Week) -> int:
    """The longest time in minutes without a break on any day of the week; 0 if always closed."""
    pieces = [
        piece
        for place, one in week
        if isinstance(one, OpenStretch)
        for piece in _without(
            (one.opens, one.closes),
            [
                (pause.opens, pause.closes)
                for where, pause in week
                if isinstance(pause, Break)
                and (where, pause.weekday) == (place, one.weekday)
                and meetings(one, pause)
            ],
        )
    ]
    return max((closes - opens for opens, closes in pieces), default=0)


def _without(opened: Minutes, pauses: Sequence[Minutes]) -> Iterator[Minutes]:
    begins = opened[0]
    for first, last in sorted(pauses):
        if first > begins:
            yield begins, min(first, opened[1])
        begins = max(begins, last)
    if begins < opened[1]:
        yield begins, opened[1]


def set_week(practitioner: Practitioner, week: Week) -> Edit:
    """Put these hours and breaks in the place of those there are."""
    practitioner_id, name = practitioner.id, practitioner.name

    def apply(session: Session) -> str:
        before = week_of(session, practitioner_id)
        if Counter(before) == Counter(week):
            return ""
        session.execute(delete(OpeningHours).where(OpeningHours.practitioner_id == practitioner_id))
        for location_id, stretch in week:
            insert_row(
                session,
                OpeningHours,
                practitioner_id=practitioner_id,
                location_id=location_id,
                weekday=stretch.weekday,
                opens=stretch.opens,
                closes=stretch.closes,
                valid_from=stretch.since,
                valid_until=stretch.until,
                every_weeks=stretch.every,
                is_break=isinstance(stretch, Break),
            )

        places = {row.id: row.name for row in session.scalars(select(Location))}
        return f"{name}: {_words(before, places)}; now: {_words(week, places)}"

    return Edit("hours", apply)


def _words(week: Week, places: Mapping[int, str]) -> str:
    days: dict[str, list[str]] = {}
    for place, one in sorted(week, key=lambda located: (located[1].weekday, located[1].opens)):
        kind = "break " if isinstance(one, Break) else ""
        often = "" if one.every == 1 else f" every {one.every} weeks"
        where = f" at {places[place]}" if len(places) > 1 else ""
        days.setdefault(_WEEKDAYS[one.weekday], []).append(
            f"{kind}{show_clock(one.opens)}-{show_clock(one.closes)}{often}{where}"
        )
    stretches = ", ".join(f"{day} {' '.join(times)}" for day, times in days.items())
    return f"{_total(week)} hours a week ({stretches})" if week else "closed"


def _total(week: Week) -> str:
    """Open hours a week on the average, without the breaks in them."""
    opened = [(place, one) for place, one in week if isinstance(one, OpenStretch)]
    hours = sum((one.closes - one.opens) / one.every for _, one in opened) / 60
    for where, pause in week:
        if isinstance(pause, Break):
            hours -= sum(_lost(one, pause) for place, one in opened if place == where) / 60
    return f"{hours:g}" if hours == round(hours, 1) else f"{hours:.1f}"


def _lost(opened: OpenStretch, pause: Break) -> float:
    """Minutes a week that a break takes from a stretch."""
    minutes = min(opened.closes, pause.closes) - max(opened.opens, pause.opens)
    return max(0, minutes) * meetings(opened, pause)
