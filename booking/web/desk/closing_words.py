"""What closes and how far its patients are, in words: for the board and for the page of one."""

from collections.abc import Sequence
from typing import Any

from flask import url_for

from booking.domain.disruptions import Progress, Said, Why
from booking.domain.hours import DAY_MINUTES, show_clock
from booking.domain.lifecycle import ActorKind
from booking.services.clinic import Rulebook
from booking.services.desk.closings import Closing

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
        "last": closing.last,
        "begins": show_clock(closing.begins) if closing.begins else "",
        "ends": show_clock(closing.ends) if closing.ends < DAY_MINUTES else "",
        "is_over": closing.closure_id is None,
        "counts": [
            (len(found), words)
            for progress, words in PROGRESS.items()
            if (found := closing.of(progress))
        ],
        "is_settled": closing.is_settled,
    }


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
