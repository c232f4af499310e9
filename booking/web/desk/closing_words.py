"""What closes and how far its patients are, in words: for the board and for the page of one."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from flask import url_for

from booking.domain.disruptions import Progress, Said, Why
from booking.domain.hours import DAY_MINUTES
from booking.domain.lifecycle import ActorKind
from booking.formats import dates
from booking.services.clinic import Rulebook
from booking.services.desk.closings.closings import Closing

WHY = {Why.ILL: "Ill", Why.CLOSED: "Closed", Why.BLOCK: "Blocked", Why.OTHER: "Away"}
TO_CHOOSE = [
    (Why.ILL, "The doctor is ill"),
    (Why.CLOSED, "The clinic is closed"),
    (Why.BLOCK, "Block time"),
    (Why.OTHER, "Something else"),
]
# In the order in which somebody cares.
PROGRESS = {
    Progress.TO_CALL: "to call",
    Progress.WAITING: "waiting for an answer",
    Progress.REBOOKED: "rebooked",
    Progress.KEPT: "kept",
    Progress.CANCELLED: "cancelled",
}
SAID = {
    Said.NO_ANSWER: "no answer",
    Said.CALLS_BACK: "will call back",
    Said.TOLD: "was told",
}


def shown(closing: Closing, rulebook: Rulebook) -> dict[str, Any]:
    """What closes, from when to when, and how many are how far."""
    return {
        "id": closing.id,
        "whose": whose(closing, rulebook),
        "name": closing.name,
        "first": closing.first,
        "when": when(closing.first, closing.last, begins=closing.begins, ends=closing.ends),
        "is_over": closing.closure_id is None,
        "counts": [
            (len(found), words)
            for progress, words in PROGRESS.items()
            if (found := closing.of(progress))
        ],
        "is_settled": closing.is_settled,
    }


def when(first: date, last: date, *, begins: int, ends: int) -> str:
    """From the minute `begins` of the first day to the minute `ends` of the last, in words."""
    start, end = dates.show_day(first), dates.show_day(last)
    if first != last:
        start += f", {_clock(begins)}" if begins else ""
        end += f", {_clock(ends)}" if ends < DAY_MINUTES else ""
        return f"{start} – {end}"
    if begins and ends < DAY_MINUTES:
        return f"{start}, {_clock(begins)} – {_clock(ends)}"
    if begins:
        return f"{start}, from {_clock(begins)}"
    return f"{start}, until {_clock(ends)}" if ends < DAY_MINUTES else f"{start}, all day"


def _clock(minutes: int) -> str:
    return dates.show_clock(datetime.combine(date.min, time(*divmod(minutes, 60))))


def whose(closing: Closing, rulebook: Rulebook) -> str:
    """The practitioner or the place that it is about."""
    names = {plan.practitioner_id: plan.practitioner_name for plan in rulebook.plans}
    if closing.practitioner_id is not None:
        return names.get(closing.practitioner_id, "The doctor")
    if closing.location_id is not None:
        return rulebook.at(closing.location_id).place.name
    return "The clinic"


def on_board(
    closings: Sequence[Closing], rulebook: Rulebook, by: ActorKind
) -> list[dict[str, Any]]:
    """The same with the address of its page, for those who may open it."""
    return [
        shown(one, rulebook)
        | {
            "address": url_for("desk.one_closing", closing_id=one.id)
            if by is ActorKind.RECEPTION
            else None
        }
        for one in closings
    ]
