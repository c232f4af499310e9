"""Several visits that are planned together: at least so many weeks apart, alike where possible."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking.domain.time import local_day

FEWEST, MOST = 2, 8
WEEKS_MOST = 12
# How much later than it could be a visit may be, to be at the same time of day as the first.
_ALIKE_WITHIN = timedelta(days=6)


def planned(
    starts: Sequence[datetime],
    *,
    count: int,
    weeks: int,
    zone: ZoneInfo,
    wanted: Sequence[datetime] = (),
) -> list[datetime]:
    """
    The earliest `count` of `starts` (UTC, ascending) whose days are at least `weeks` apart.

    A visit at the time of day of the first goes before an earlier one of the same week. `wanted`
    were planned before, in order: each that is still free and far enough from the one before it
    stays. Fewer come back where no more fit.
    """
    chosen: list[datetime] = []
    not_before = date.min
    for number in range(count):
        fitting = [one for one in starts if local_day(one, zone) >= not_before]
        if not fitting:
            break
        before = wanted[number] if number < len(wanted) else None
        stays = before is not None and before in fitting
        next_ = before if before is not None and stays else _alike(fitting, chosen, zone)
        chosen.append(next_)
        not_before = local_day(next_, zone) + timedelta(weeks=weeks)
    return chosen


def _alike(fitting: Sequence[datetime], chosen: Sequence[datetime], zone: ZoneInfo) -> datetime:
    if not chosen:
        return fitting[0]
    clock = chosen[0].astimezone(zone).time()
    last = local_day(fitting[0], zone) + _ALIKE_WITHIN
    alike = (one for one in fitting if one.astimezone(zone).time() == clock)
    return next((one for one in alike if local_day(one, zone) <= last), fitting[0])
