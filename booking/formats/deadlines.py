"""Until when a patient may move or cancel a visit online, in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from booking.domain.lifecycle import UNTIL_THE_START, CutOffs
from booking.formats import dates


def show_deadlines(
    start: datetime, cut_offs: CutOffs, *, now: datetime, zone: ZoneInfo, locale: str = "en"
) -> str | None:
    """
    One or two sentences; None where there is nothing to know, since both are possible until the
    visit begins. `start` and `now` are instants, `zone` is that of the place of the visit.
    """
    if cut_offs == UNTIL_THE_START:
        return None
    move, cancel = start - cut_offs.move, start - cut_offs.cancel

    def until(moment: datetime) -> str:
        if moment == start:
            return "until it begins"
        return f"until {dates.show_moment(moment.astimezone(zone), locale=locale)}"

    if max(move, cancel) <= now:
        return "It is too close to the visit to move or cancel it online. Please call us."
    if move == cancel:
        return f"You can move or cancel it online {until(move)}. After that, please call us."
    if move <= now:
        return f"You can cancel it online {until(cancel)}. To move it, please call us."
    if cancel <= now:
        return f"You can move it online {until(move)}. To cancel it, please call us."
    words = f"You can move it online {until(move)}, and cancel it online {until(cancel)}."
    return f"{words} After that, please call us."
