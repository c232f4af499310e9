"""The audit log: who did what, and when."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from booking.domain.people import Findings
from booking.domain.time import ONE_DAY, midnight
from booking.services import audit as records
from booking.services import calendars
from booking.services.audit import Search
from booking.services.staff import accounts
from booking.store.engine import Session
from booking.store.records import AuditEntry
from booking.web import forms
from booking.web.admin import audit_words, reading
from booking.web.admin.audit_words import Names
from booking.web.admin.blueprint import blueprint
from booking.web.clinic import facts, local
from booking.web.desk import trail
from booking.web.installation import read

_PAGE = 100
OTHERS = {"patient": "Patients", "system": "The program"}


@blueprint.get("/audit")
def audit() -> ResponseReturnValue:
    """Entries, newest first, filtered by who, what and when."""
    typed = {name: request.args.get(name, "")[:40] for name in ("who", "what", "first", "last")}
    before = request.args.get("before", "")
    before_id = int(before) if before.isdecimal() and len(before) < 16 else None
    found = Findings()
    wanted = _wanted(typed, found)

    def look(session: Session, _: object) -> tuple[list[AuditEntry], Names]:
        names = Names(accounts.names(session), calendars.feed_names(session))
        if found.errors:
            return [], names
        return records.search(session, wanted, limit=_PAGE + 1, before_id=before_id), names

    entries, names = read(look)
    staff = {str(number): name for number, name in sorted(names.staff.items())}
    return forms.shown(
        "admin/audit.html",
        found,
        entries=[_entry(entry, names) for entry in entries[:_PAGE]],
        older=entries[_PAGE - 1].id if len(entries) > _PAGE else None,
        typed=typed,
        people={**staff, **OTHERS},
        kinds=audit_words.choices(),
    )


def _wanted(typed: dict[str, str], found: Findings) -> Search:
    zone, who = facts().zone, typed["who"]
    actions, subject = audit_words.wanted(typed["what"])
    first = reading.read_optional_day(typed, "first", found)
    last = reading.read_optional_day(typed, "last", found)
    if first and last and last < first:
        found.add("last", "before_first", "Enter a day that is not before the first")
    return Search(
        staff_id=int(who) if who.isdecimal() and len(who) < 10 else None,
        actor_kind=who if who in OTHERS else None,
        actions=actions,
        subject=subject,
        since=midnight(first, zone) if first else None,
        until=midnight(last + ONE_DAY, zone) if last else None,
    )


def _entry(entry: AuditEntry, names: Names) -> dict[str, Any]:
    return {
        "at": local(entry.at),
        "who": trail.who(entry, dict(names.staff)),
        "what": audit_words.what(entry),
        "change": audit_words.change(entry),
        "subject": audit_words.about(entry, names),
        # A search keeps whom it showed there, by number: for whoever asks later, not for reading.
        "reason": None if entry.action == "searched" else entry.reason,
        "booking_id": entry.booking_id,
    }
