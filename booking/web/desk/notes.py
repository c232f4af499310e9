"""Notes about a patient as they are typed and shown, the desk's and the doctor's alike."""

from typing import Any

from booking.domain.notes import NOTE_MAX, Whose
from booking.domain.people import Findings, many_lines
from booking.services.patients import notes
from booking.services.staff import accounts
from booking.store.engine import Session
from booking.web.clinic import local


def read_note(typed: str, found: Findings) -> str:
    """The note as it will be kept; errors go to `found` under `note`."""
    note = many_lines(typed)
    if note is None:
        found.add("note", "control_characters", "Use letters, digits and punctuation only")
    elif not note:
        found.add("note", "missing", "Write the note first")
    elif len(note) > NOTE_MAX:
        found.add("note", "too_long", "Use {most} characters or fewer", most=NOTE_MAX)
    return note or ""


def shown_notes(session: Session, patient_id: int, whose: Whose) -> list[dict[str, Any]]:
    """Notes with when and by whom, newest first."""
    names = accounts.names(session)
    return [
        {"text": one.text, "at": local(one.at), "who": names.get(one.staff_id, "staff")}
        for one in notes.of(session, patient_id, whose)
    ]
