"""What happened to a booking, in words: its history and its messages."""

from datetime import datetime
from typing import Any

from booking.domain.disruptions import Said
from booking.domain.lifecycle import State
from booking.domain.messages import MessageKind, MessageState
from booking.store.records import AuditEntry, Message
from booking.web.clinic import local
from booking.web.desk.closing_words import SAID as CALLED
from booking.web.wording import STATE_WORDS

# Looks are for the audit; among what happened they would bury the rest. Calls are listed apart.
LOOKS = {"viewed", "answers_read", "call_made"}
_MOVED = {"moved": "Moved to", "move_undone": "Move undone, back to"}
_SAID = {
    "cautions_reviewed": "Answers reviewed",
    "answers_given": "Answered questions",
    "answers_changed": "Changed answers",
    "reminders_permitted": "Wants to be reminded by e-mail",
    "reminders_declined": "Wants no reminders any more",
    "patient_called": "Talked to the patient",
    "call_made": "Tried to reach the patient",
    "call_undone": "What was said of a call was taken back",
    "message_sent_again": "A message that had failed was sent again",
    "follow_up_taken_back": "The suggestion of another visit was taken back",
    "patient_not_told": "The patient was not told by e-mail",
    "kept": "Kept, although the clinic's hours changed",
    "new_times_offered": "New times were offered",
    "reconfirmed": "Says they will come",
    "found": "Found the appointment again, by reference and date of birth",
    "waitlist_joined": "Asked to be told if an earlier time comes free",
    "waitlist_left": "Asked no longer for an earlier time",
    "waitlist_expired": "An earlier time was offered; nobody answered",
    "waitlist_offered": "An earlier time was offered",
    "waitlist_accepted": "The earlier time was accepted",
    "waitlist_declined": "The earlier time was declined",
    "waitlist_withdrawn": "The earlier time was withdrawn",
    "waitlist_filled": "Left the waitlist with the earlier time",
}
MESSAGE_WORDS = {
    MessageKind.CONFIRMED: "Confirmation",
    MessageKind.MOVED: "New time",
    MessageKind.CANCELLED: "Cancellation",
    MessageKind.REMINDER: "Reminder",
    MessageKind.NEW_TIMES: "New times to choose from",
    MessageKind.RUNNING_LATE: "The doctor runs late",
    MessageKind.MISSED: "We missed you",
    MessageKind.WAITLIST_JOINED: "On the waitlist",
    MessageKind.WAITLIST_OFFER: "A time from the waitlist",
    MessageKind.CONFIRM_EMAIL: "Is this your address?",
    MessageKind.DOCTOR_BOOKED: "To the doctor: booked",
    MessageKind.DOCTOR_MOVED: "To the doctor: moved",
    MessageKind.DOCTOR_CANCELLED: "To the doctor: cancelled",
    MessageKind.SHEET: "Sheets of today and tomorrow",
}
MESSAGE_STATES = {
    MessageState.QUEUED: "Waiting",
    MessageState.SENDING: "Sending",
    MessageState.SENT: "Sent",
    MessageState.FAILED: "Failed",
    MessageState.DROPPED: "Not needed any more",
}


def entry(entry: AuditEntry, names: dict[int, str]) -> dict[str, Any]:
    """A line of what happened to a booking."""
    return {
        "at": local(entry.at),
        "who": who(entry, names),
        "words": in_words(entry.action, before=entry.from_value, after=entry.to_value),
        "reason": entry.reason,
    }


def who(entry: AuditEntry, names: dict[int, str]) -> str:
    """Who did it: a colleague's address, or what stands for everybody else."""
    others = {"patient": "the patient", "system": "the program"}
    return names.get(entry.staff_id or 0) or others.get(entry.actor_kind, "staff")


def in_words(action: str, *, before: str | None, after: str | None) -> str:
    """What happened to a booking, by the action of its entry and what that was from and to."""
    if action in _MOVED and after:
        moment = local(datetime.fromisoformat(after))
        return f"{_MOVED[action]} {moment:%a} {moment.day} {moment:%b}, {moment:%H:%M}"
    if action == "follow_up_suggested":
        return f"Another visit suggested in {weeks(int(after or 0))}"
    if action == "tried_to_call" and after:
        return f"Called: {CALLED[Said(after)]}"
    if action in _SAID:
        return _SAID[action]
    if action == "details_changed":
        return f"Changed: {after}"
    words = STATE_WORDS[State(after)] if after else action
    if action == "undo":
        return f"Undone, back to: {words.lower()}"
    return "Booked" if before is None else words


def weeks(number: int) -> str:
    """So many weeks, in words."""
    return f"{number} week" if number == 1 else f"{number} weeks"


def message(message: Message) -> dict[str, Any]:
    """A message, and how it stands."""
    return {
        "kind_words": MESSAGE_WORDS[message.kind],
        "recipient": message.address,
        "state": message.state.value,
        "state_words": MESSAGE_STATES[message.state],
        "failed": message.state is MessageState.FAILED,
        "error": message.error,
        "at": local(message.sent_at or message.created_at),
    }
