"""Tries to reach patients, in words: what is open, what was done, and what can be done now."""

from collections.abc import Mapping, Sequence
from typing import Any

from booking.domain.calls import OUTCOMES, Cause, Outcome
from booking.domain.messages import MessageState
from booking.formats.contacts import dial_link, show_phone
from booking.services.desk.calls.call_lists import Done, Made, Task
from booking.web.clinic import at, facts, local
from booking.web.desk.trail import MESSAGE_STATES

# On buttons, and of what happened.
BUTTONS = {
    Outcome.REACHED: "Reached",
    Outcome.NO_ANSWER: "No answer",
    Outcome.LEFT_MESSAGE: "Left a message",
    Outcome.CALL_AGAIN: "Will call back",
    Outcome.SENT: "Send the message",
    Outcome.REBOOKS: "Book another time",
    Outcome.DECLINED: "Wants no other time",
    Outcome.CLOSED: "Close",
}
WORDS = {
    Outcome.REACHED: "Reached",
    Outcome.NO_ANSWER: "No answer",
    Outcome.LEFT_MESSAGE: "Left a message",
    Outcome.CALL_AGAIN: "Will call back",
    Outcome.SENT: "Asked by e-mail",
    Outcome.REBOOKS: "Called, books another time",
    Outcome.DECLINED: "Wants no other time",
    Outcome.CLOSED: "Closed",
}
CAUSES = {Cause.CAUTION: "Before the visit", Cause.NO_SHOW: "Missed visit"}
_TIMES = {1: "once", 2: "twice"}


def how_often(number: int) -> str | None:
    """So many calls in vain, in words."""
    return f"called {_TIMES.get(number, f'{number} times')}" if number else None


def task(task: Task) -> dict[str, Any]:
    """Somebody to call, and how the last try ended."""
    last = task.last
    return {
        "cause": task.cause.value,
        "key": f"{task.cause.value}-{task.booking_id}",
        "booking_id": task.booking_id,
        "name": task.name,
        "start": local(task.start, at(task.location_id).zone),
        "practitioner": task.practitioner,
        "phone": show_phone(task.phone, facts().country) if task.phone else None,
        "dial": dial_link(task.phone) if task.phone else None,
        "email": task.email,
        "seen": last.number if last else 0,
        "last": WORDS[last.outcome] if last else None,
        "at": local(last.at) if last else None,
        "note": last.note if last else "",
        "again": last.call_again_on if last else None,
        "how_often": how_often(last.in_vain) if last else None,
        "mail": MESSAGE_STATES[task.mail].lower() if _counts(task.mail) and task.mail else None,
        "mail_failed": task.mail is MessageState.FAILED,
    }


def buttons(task: Task) -> list[dict[str, str]]:
    """How a try can end; the mail only where it can be sent and was not."""
    can_be_sent = task.email is not None and not _counts(task.mail)
    return [
        {"value": one.value, "words": BUTTONS[one]}
        for one in OUTCOMES[task.cause]
        if one is not Outcome.SENT or can_be_sent
    ]


def _counts(mail: MessageState | None) -> bool:
    """Whether there is a mail that was not stopped before it left."""
    return mail not in {None, MessageState.DROPPED}


def done(one: Done) -> dict[str, Any]:
    """A try of today, and whether it can be taken back."""
    has_left = one.outcome is Outcome.SENT and one.mail is not MessageState.QUEUED
    return {
        "id": one.id,
        "booking_id": one.booking_id,
        "name": one.name,
        "words": f"{one.name}: {WORDS[one.outcome][0].lower()}{WORDS[one.outcome][1:]}",
        "said": WORDS[one.outcome],
        "about": CAUSES[one.cause],
        "at": local(one.at),
        "can_undo": not has_left,
    }


def history(found: Sequence[Made], names: Mapping[int, str]) -> list[dict[str, Any]]:
    """Every try about a booking, oldest first."""
    return [
        {
            "at": local(one.at),
            "words": WORDS[one.outcome],
            "about": CAUSES[one.cause],
            "again": one.call_again_on,
            "note": one.note,
            "who": names.get(one.staff_id or 0, "staff"),
        }
        for one in found
    ]
