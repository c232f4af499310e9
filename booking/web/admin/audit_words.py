"""The audit in words: what can be looked for, and what each entry was about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from booking.formats import documents
from booking.formats.dates import show_moment_year
from booking.formats.languages import LANGUAGES
from booking.store.records import AuditEntry
from booking.web.clinic import local

# Actions by the kind of thing that they are about.
KINDS = {
    "bookings": (
        "Bookings",
        {
            "state": "A booking's state changed",
            "moved": "A booking was moved",
            "undo": "A step was undone",
            "move_undone": "A move was undone",
            "patient_not_told": "A patient was not told by e-mail",
            "kept": "A booking was kept outside of hours",
            "new_times_offered": "A booking was offered new times",
            "reconfirmed": "A patient said that they will come",
            "details_changed": "A patient’s details were changed",
            "follow_up_suggested": "Another visit was suggested",
            "follow_up_taken_back": "The suggestion of another visit was taken back",
            "patient_called": "A patient was talked to",
            "call_made": "Somebody tried to reach a patient",
            "call_undone": "A try to reach a patient was taken back",
            "tried_to_call": "A patient whose visit was taken away was called",
            "answers_changed": "A patient changed their answers",
            "answers_given": "A patient answered questions",
            "patient_noted": "A note about a patient was added",
            "doctor_noted": "A doctor’s note about a patient was added",
            "patient_changed": "A patient’s details were corrected",
            "patients_merged": "Two records of a patient were merged",
            "patients_parted": "Merged records were taken apart again",
            "patient_erased": "A patient was erased",
            "running_late": "A practitioner runs late",
            "on_time_again": "A practitioner is on time again",
            "message_sent_again": "A message was sent again",
            "imported": "A table was brought in",
        },
    ),
    "looks": (
        "Reading patients’ data",
        {
            "viewed": "A booking or a list was looked at",
            "searched": "Patients were looked for",
            "patient_viewed": "A patient’s card was looked at",
            "patient_exported": "A copy was made for a patient",
            "answers_read": "Answers were read",
            "cautions_reviewed": "Answers were reviewed",
            "found": "A patient found their booking again",
            "exported": "A table was taken away",
            "table_viewed": "A table that is brought in was looked at",
        },
    ),
    "waitlist": (
        "Waitlist",
        {
            "waitlist_joined": "A patient joined the waitlist",
            "waitlist_changed": "A patient changed their wishes",
            "waitlist_left": "A patient left the waitlist",
            "waitlist_offered": "A time was offered",
            "waitlist_accepted": "An offered time was accepted",
            "waitlist_declined": "An offered time was declined",
            "waitlist_expired": "Nobody answered in time",
            "waitlist_withdrawn": "An offered time was withdrawn",
            "waitlist_filled": "A patient left the waitlist with a time",
        },
    ),
    "staff": (
        "Staff",
        {
            "signed_in": "Signed in",
            "signed_out": "Signed out",
            "staff_added": "An account was added",
            "staff_changed": "An account’s roles changed",
            "staff_deactivated": "An account was kept out",
            "staff_reactivated": "An account was let in again",
            "password_link_made": "A link to a new password was made",
            "password_changed": "A password was changed",
        },
    ),
    "calendars": (
        "Calendars",
        {
            "feed_added": "A calendar was added",
            "feed_read": "A calendar was read",
            "feed_revoked": "A calendar was ended",
            "busy_times": "Busy time of another calendar changed",
        },
    ),
    "set-up": (
        "The set-up",
        {
            "rules": "The set-up changed",
            "text_published": "A text was published",
            "retention": "What had been kept for long enough was forgotten",
        },
    ),
}
ACTIONS = {action: words for _, actions in KINDS.values() for action, words in actions.items()}
_RULES, _TEXT = "rules", "text_published"
# What a change of the set-up is about, as `Edit.subject` names it.
SUBJECTS = {
    "clinic": "The clinic",
    "hours": "Hours",
    "closure": "Closures and absences",
    "opening": "Open on extra days",
    "holidays": "Public holidays",
    "service": "Services",
    "practitioner": "Practitioners",
    "room": "Rooms and devices",
    "location": "Locations",
    "support line": "Support lines",
}


@dataclass(frozen=True, slots=True)
class Names:
    """What ids stand for: accounts by address, calendars by whose they are."""

    staff: Mapping[int, str] = field(default_factory=dict)
    feeds: Mapping[int, str] = field(default_factory=dict)


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be looked for, in groups; the first of each is all of it."""
    shown = []
    for kind, (title, actions) in KINDS.items():
        several = [(f"kind:{kind}", f"All of it: {title[0].lower()}{title[1:]}")]
        several += [(action, words) for action, words in actions.items() if action != _RULES]
        if _RULES in actions:
            several[1:1] = [(f"{_RULES}:{key}", words) for key, words in SUBJECTS.items()]
        shown.append((title, several))
    return shown


def wanted(choice: str) -> tuple[tuple[str, ...], str | None]:
    """The actions and the subject that a choice stands for; nothing for one that is none."""
    kind, _, rest = choice.partition(":")
    if kind == "kind" and rest in KINDS:
        return tuple(KINDS[rest][1]), None
    if kind == _RULES and rest in SUBJECTS:
        return (_RULES,), rest
    return ((choice,), None) if choice in ACTIONS else ((), None)


def what(entry: AuditEntry) -> str:
    """What happened."""
    if entry.action == _RULES and entry.subject in SUBJECTS:
        return f"{SUBJECTS[entry.subject]}: changed"
    if entry.action == "viewed":
        return "A booking was looked at" if entry.booking_id else "A list was looked at"
    return ACTIONS.get(entry.action, entry.action)


def about(entry: AuditEntry, names: Names) -> str:
    """What it happened to, by name; nothing where that stands in `what` already."""
    subject = entry.subject or ""
    kind, _, rest = subject.partition(":")
    if entry.action == _RULES and subject in SUBJECTS:
        return ""
    if entry.action == _TEXT:
        document, _, code = rest.partition(":")
        language = LANGUAGES[code].name if code in LANGUAGES else code
        title = documents.document(document).title if document in documents.NAMES else document
        return f"{title}, {language}, version {entry.to_value}"
    known = {"staff": names.staff, "feed": names.feeds}.get(kind)
    if known is not None and rest.isdecimal():
        return known.get(int(rest), subject)
    return subject


def change(entry: AuditEntry) -> str:
    """From what to what; moments as the wall shows them."""
    if entry.action == _TEXT:
        return ""
    return " → ".join(_value(one) for one in (entry.from_value, entry.to_value) if one)


def _value(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text.replace(",", ", ").replace("_", " ")
    return show_moment_year(local(moment)) if moment.tzinfo else text
