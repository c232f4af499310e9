"""The audit log: who did what, and when."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from booking.domain.time import ONE_DAY, midnight
from booking.services import audit as records
from booking.services.audit import Search
from booking.services.staff import accounts
from booking.store.engine import Session
from booking.store.records import AuditEntry
from booking.web.admin.blueprint import blueprint
from booking.web.clinic import facts, local
from booking.web.desk import trail
from booking.web.installation import read
from booking.web.times import parse_day

_PAGE = 100
ACTIONS = {
    "state": "A booking's state changed",
    "moved": "A booking was moved",
    "undo": "A step was undone",
    "kept": "A booking was kept outside of hours",
    "new_times_offered": "A booking was offered new times",
    "reconfirmed": "A patient said that they will come",
    "details_changed": "A patient changed their details",
    "found": "A patient found their booking again",
    "viewed": "A booking was looked at",
    "searched": "Patients were looked for",
    "patient_viewed": "A patient’s card was looked at",
    "patient_noted": "A note about a patient was added",
    "patient_changed": "A patient’s details were corrected",
    "rules": "The set-up changed",
    "busy_times": "Busy time of another calendar changed",
    "signed_in": "Signed in",
    "signed_out": "Signed out",
    "text_published": "A text was published",
    "answers_read": "Answers were read",
    "cautions_reviewed": "Answers were reviewed",
    "patient_called": "A patient was talked to",
    "staff_added": "An account was added",
    "staff_changed": "An account’s roles changed",
    "staff_deactivated": "An account was kept out",
    "staff_reactivated": "An account was let in again",
    "password_link_made": "A link to a new password was made",
    "password_changed": "A password was changed",
    "feed_added": "A calendar was added",
    "feed_read": "A calendar was read",
    "feed_revoked": "A calendar was ended",
}
OTHERS = {"patient": "Patients", "system": "The program"}


@blueprint.get("/audit")
def audit() -> ResponseReturnValue:
    """Entries, newest first, filtered by who, what and when."""
    typed = {name: request.args.get(name, "")[:40] for name in ("who", "what", "first", "last")}
    before = request.args.get("before", "")
    before_id = int(before) if before.isdecimal() and len(before) < 16 else None

    def look(session: Session, _: object) -> tuple[list[AuditEntry], dict[int, str]]:
        wanted = _wanted(typed)
        found = records.search(session, wanted, limit=_PAGE + 1, before_id=before_id)
        return found, accounts.names(session)

    found, names = read(look)
    return render_template(
        "admin/audit.html",
        entries=[_entry(entry, names) for entry in found[:_PAGE]],
        older=found[_PAGE - 1].id if len(found) > _PAGE else None,
        typed=typed,
        people={**{str(number): name for number, name in sorted(names.items())}, **OTHERS},
        actions=ACTIONS,
    )


def _wanted(typed: dict[str, str]) -> Search:
    zone, who, action = facts().zone, typed["who"], typed["what"]
    first, last = parse_day(typed["first"]), parse_day(typed["last"])
    return Search(
        staff_id=int(who) if who.isdecimal() and len(who) < 10 else None,
        actor_kind=who if who in OTHERS else None,
        action=action if action in ACTIONS else None,
        since=midnight(first, zone) if first else None,
        until=midnight(last + ONE_DAY, zone) if last else None,
    )


def _entry(entry: AuditEntry, names: dict[int, str]) -> dict[str, Any]:
    return {
        "at": local(entry.at),
        "who": trail.who(entry, names),
        "what": ACTIONS.get(entry.action, entry.action),
        "change": " → ".join(value for value in (entry.from_value, entry.to_value) if value),
        "subject": entry.subject,
        "reason": entry.reason,
        "booking_id": entry.booking_id,
    }
