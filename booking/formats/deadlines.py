"""Until when a patient may move or cancel a visit online, in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from booking.domain.lifecycle import UNTIL_THE_START, CutOffs
from booking.domain.sentences import to_patients
from booking.formats import dates
from booking.formats.languages import translate

_BEGINS = to_patients("until it begins")
_UNTIL = to_patients("until {moment}")
_TOO_LATE = to_patients("It is too close to the visit to move or cancel it online. Please call us.")
_BOTH = to_patients("You can move or cancel it online {until}. After that, please call us.")
_CANCEL = to_patients("You can cancel it online {until}. To move it, please call us.")
_MOVE = to_patients("You can move it online {until}. To cancel it, please call us.")
_EACH = to_patients(
    "You can move it online {until_moved}, and cancel it online {until_cancelled}."
    " After that, please call us."
)


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
            return translate(locale, _BEGINS)
        return translate(
            locale, _UNTIL, moment=dates.show_moment(moment.astimezone(zone), locale=locale)
        )

    if max(move, cancel) <= now:
        return translate(locale, _TOO_LATE)
    if move == cancel:
        return translate(locale, _BOTH, until=until(move))
    if move <= now:
        return translate(locale, _CANCEL, until=until(cancel))
    if cancel <= now:
        return translate(locale, _MOVE, until=until(move))
    return translate(locale, _EACH, until_moved=until(move), until_cancelled=until(cancel))
