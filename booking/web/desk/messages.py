"""Every message with what became of it; what was given up is sent again."""

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import MessageOutdated
from booking.domain.messages import Audience, MessageState
from booking.domain.people import Findings
from booking.formats.contacts import read_email
from booking.services import audit
from booking.services.desk import messages as queue
from booking.services.desk.messages import Only
from booking.services.mail import outbox
from booking.services.waitlist.mail import name_of
from booking.store.engine import Session
from booking.store.records import Message
from booking.web import forms
from booking.web.access import current_staff
from booking.web.clinic import local
from booking.web.desk import trail
from booking.web.desk.blueprint import blueprint
from booking.web.errors import ANSWERS
from booking.web.installation import write

ONLY_WORDS = {
    Only.ALL: "All",
    Only.FAILED: "Failed",
    Only.WAITING: "Waiting",
    Only.SENT: "Sent",
}
NOTICES = {
    "again": "The message is on its way again.",
    "address": "The new address is kept, and the message is on its way to it.",
    "before": "Somebody was quicker: this message had been sent again already.",
}
_ONE = "/messages/<int(max=2147483647):outbox_id>"


@blueprint.get("/messages")
def messages() -> ResponseReturnValue:
    """Messages, newest first. Looking at them is recorded."""
    return _list()


def _list(*, problem: MessageOutdated | None = None) -> ResponseReturnValue:
    person = current_staff()
    only = _only(request.args.get("state"))
    before = request.args.get("before", "")
    before_id = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None
    found = Findings()
    if problem is not None:
        found.add("", problem.code, ANSWERS[problem.code].words)

    def look(session: Session, now: datetime) -> dict[str, Any]:
        audit.record(session, person.actor, "viewed", now=now, subject="messages")
        rows = queue.page(session, only, before_id=before_id)
        return {
            "rows": [_row(message, now) for message in rows[: queue.PAGE]],
            "older": rows[queue.PAGE - 1].id if len(rows) > queue.PAGE else None,
        }

    page = render_template(
        "desk/messages.html",
        **write(look),
        only=only.value,
        choices={choice.value: words for choice, words in ONLY_WORDS.items()},
        notice=NOTICES.get(request.args.get("done", "")),
        errors=found.errors,
    )
    return page, 200 if problem is None else ANSWERS[problem.code].status


def _row(message: Message, now: datetime) -> dict[str, Any]:
    entry = message.entry
    is_outdated = message.state is MessageState.FAILED and outbox.is_pointless(message, now)
    return trail.message(message) | {
        "id": message.id,
        "name": _about(message),
        "booking_id": entry.booking_id if entry else message.booking_id,
        "queued": local(message.created_at),
        "sent": local(message.sent_at) if message.sent_at else None,
        "tries": message.tries,
        "next_try": _next_try(message, now),
        "is_outdated": is_outdated,
        "can_be_sent": message.state is MessageState.FAILED and not is_outdated,
        "to_patient": message.kind.audience is Audience.PATIENT,
    }


def _about(message: Message) -> str | None:
    """The patient; nobody in mail that is about a whole day."""
    if message.entry is not None:
        return name_of(message.entry)
    return message.booking.patient.name if message.booking_id is not None else None


def _next_try(message: Message, now: datetime) -> datetime | None:
    """When it is tried next, if that is not at once."""
    if message.state is not MessageState.QUEUED or message.next_try_at <= now:
        return None
    return local(message.next_try_at)


@blueprint.post(f"{_ONE}/again")
def send_again(outbox_id: int) -> ResponseReturnValue:
    """Send what was given up once more, to where it was to go."""
    try:
        done = _send(outbox_id)
    except MessageOutdated as problem:
        return _list(problem=problem)
    return _back("again" if done else "before")


@blueprint.route(f"{_ONE}/address", methods=["GET", "POST"])
def new_address(outbox_id: int) -> ResponseReturnValue:
    """Another address for the patient, and the message sent there. Looking at it is recorded."""
    found = Findings()
    typed = forms.typed(request.form, "email")
    if request.method == "POST":
        address = read_email(typed["email"], found)
        if address is None and not found.errors:
            found.add("email", "missing", "Enter an e-mail address")
        if address is not None:
            try:
                done = _send(outbox_id, address=address)
            except MessageOutdated as problem:
                return _list(problem=problem)
            return _back("address" if done else "before")
    return _form(outbox_id, found, typed["email"])


def _form(outbox_id: int, found: Findings, typed: str) -> ResponseReturnValue:
    person = current_staff()

    def look(session: Session, now: datetime) -> dict[str, Any]:
        message = queue.given_up(session, outbox_id)
        row = _row(message, now)
        audit.record(
            session,
            person.actor,
            "viewed",
            now=now,
            booking_id=row["booking_id"],
            subject="messages",
        )
        known = typed if request.method == "POST" else queue.address_on_file(message)
        return {"row": row, "email": known}

    return forms.shown("desk/new_address.html", found, **write(look))


def _send(outbox_id: int, *, address: str | None = None) -> bool:
    person, tries = current_staff(), request.form.get("tries", "")
    return write(
        lambda session, now: queue.send_again(
            session,
            outbox_id,
            tries=int(tries) if tries.isascii() and tries.isdigit() and len(tries) < 6 else -1,
            address=address,
            actor=person.actor,
            now=now,
        )
    )


def _back(done: str) -> ResponseReturnValue:
    only = _only(request.form.get("state"))
    address = url_for("desk.messages", state=None if only is Only.ALL else only.value, done=done)
    return redirect(address, code=303)


def _only(asked: str | None) -> Only:
    return next((one for one in Only if one.value == asked), Only.ALL)
