"""
Steps: the starts that opening hours allow on a day, as instants.

An instant is open when the wall clock shows a time inside opening hours at that instant; a visit
fits when all of its instants are open. So an hour that the clock skips is not offered, and one that
it repeats is offered twice.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from booking.domain.hours import Minutes, breaks_on, closed_on, open_on
from booking.domain.rules import Rules
from booking.domain.time import MINUTE, ONE_DAY, Span, local_day, midnight, offset_pieces


def steps_of_day(rules: Rules, day: date) -> list[datetime]:
    """
    Every start of the day that hours allow, taken or not, in UTC and ascending.

    Steps are counted from where opening hours begin: what is closed in between shifts none.
    """
    opened = open_on(rules.week, rules.extra, day)
    if not opened:
        return []
    closed = _closed(rules, day)
    if _offset_at(day, rules.zone) == _offset_at(day + ONE_DAY, rules.zone):
        return [start for hours in opened for start in _plain_steps(rules, day, hours, closed)]
    return sorted(_changing_steps(rules, day, opened, closed))


def is_open(rules: Rules, visit: Span) -> bool:
    """Whether hours allow a visit at this very time, whatever the steps, caps and notice say."""
    day = local_day(visit.start, rules.zone)
    pieces = offset_pieces(_whole(day, rules.zone), rules.zone)
    opened = _merged(_parts(pieces, day, open_on(rules.week, rules.extra, day), rules.zone))
    closed = _parts(pieces, day, _closed(rules, day), rules.zone)
    return any(span.start <= visit.start and visit.end <= span.end for span in opened) and not any(
        visit.overlaps(span) for span in closed
    )


def spans_of(day: date, stretches: Sequence[Minutes], zone: ZoneInfo) -> list[Span]:
    """The instants of a day at which the wall clock shows a time in one of the stretches."""
    if _offset_at(day, zone) != _offset_at(day + ONE_DAY, zone):
        return list(_parts(offset_pieces(_whole(day, zone), zone), day, stretches, zone))
    start = _at(day, 0, zone)
    return [Span(start + opens * MINUTE, start + closes * MINUTE) for opens, closes in stretches]


def opens_within(rules: Rules, span: Span) -> bool:
    """Whether anything of a span is open, whatever is closed then."""
    day, last = local_day(span.start, rules.zone), local_day(span.end, rules.zone)
    while day <= last:
        hours = open_on(rules.week, rules.extra, day)
        if any(one.overlaps(span) for one in spans_of(day, hours, rules.zone)):
            return True
        day += ONE_DAY
    return False


def _closed(rules: Rules, day: date) -> list[Minutes]:
    return [*closed_on(rules.closed, day), *breaks_on(rules.breaks, day)]


def is_closed(rules: Rules, visit: Span) -> bool:
    """Whether something that is closed takes an instant of a visit at this very time."""
    day = local_day(visit.start, rules.zone)
    pieces = offset_pieces(_whole(day, rules.zone), rules.zone)
    return any(
        visit.overlaps(span)
        for span in _parts(pieces, day, closed_on(rules.closed, day), rules.zone)
    )


def _whole(day: date, zone: ZoneInfo) -> Span:
    return Span(midnight(day, zone), midnight(day + ONE_DAY, zone))


def _offset_at(day: date, zone: ZoneInfo) -> timedelta | None:
    return datetime.combine(day, time(), zone).utcoffset()


def _plain_steps(
    rules: Rules, day: date, hours: Minutes, closed: Sequence[Minutes]
) -> Iterator[datetime]:
    """Starts on a day whose clock does not change."""
    length, step = rules.visit.length // MINUTE, rules.visit.step // MINUTE
    midnight_there = _at(day, 0, rules.zone)
    for minute in range(hours[0], hours[1] - length + 1, step):
        # Most days close nothing, and making a generator of nothing costs as much as the rest.
        if not closed or all(
            ends <= minute or minute + length <= begins for begins, ends in closed
        ):
            yield midnight_there + timedelta(minutes=minute)


def _at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    wall = datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=zone)
    return wall.astimezone(UTC)


def _changing_steps(
    rules: Rules, day: date, opened: Sequence[Minutes], closed: Sequence[Minutes]
) -> Iterator[datetime]:
    """
    Starts on a day whose clock changes: step by step on the wall, piece by piece in UTC.

    Where the clock skips just the pause between two stretches, a visit runs on from one to the
    other: all of its instants are open.
    """
    pieces = offset_pieces(_whole(day, rules.zone), rules.zone)
    open_spans = _merged(_parts(pieces, day, opened, rules.zone))
    closed_spans = list(_parts(pieces, day, closed, rules.zone))
    for piece, hours in product(pieces, opened):
        for start in _wall_steps(piece, day, hours, rules):
            visit = Span(start, start + rules.visit.length)
            if any(
                span.start <= visit.start and visit.end <= span.end for span in open_spans
            ) and not any(visit.overlaps(span) for span in closed_spans):
                yield start


def _parts(
    pieces: Sequence[Span], day: date, wall: Sequence[Minutes], zone: ZoneInfo
) -> Iterator[Span]:
    """The instants of the day whose wall time lies in one of the stretches."""
    for piece, stretch in product(pieces, wall):
        part = _part(piece, day, stretch, zone)
        if part is not None:
            yield part


def _part(piece: Span, day: date, stretch: Minutes, zone: ZoneInfo) -> Span | None:
    """The instants of `piece`, which has one offset, whose wall time lies in `stretch`."""
    base = _wall_midnight(piece, day, zone)
    start = max(piece.start, base + stretch[0] * MINUTE)
    end = min(piece.end, base + stretch[1] * MINUTE)
    return Span(start, end) if start < end else None


def _wall_steps(piece: Span, day: date, stretch: Minutes, rules: Rules) -> Iterator[datetime]:
    base = _wall_midnight(piece, day, rules.zone)
    start = base + stretch[0] * MINUTE
    while start < min(piece.end, base + stretch[1] * MINUTE):
        if start >= piece.start:
            yield start
        start += rules.visit.step


def _wall_midnight(piece: Span, day: date, zone: ZoneInfo) -> datetime:
    """Where 00:00 of `day` would lie if the piece's offset held all day."""
    offset = piece.start.astimezone(zone).utcoffset() or timedelta()
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - offset


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged
