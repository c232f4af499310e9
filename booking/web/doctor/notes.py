"""A doctor's own notes about a patient: for the doctors who treat them, and for nobody else."""

from datetime import datetime

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.notes import Whose
from booking.domain.people import Findings
from booking.services.patients import notes
from booking.store.engine import Session
from booking.web import forms
from booking.web.access import current_staff
from booking.web.desk.notes import read_note
from booking.web.doctor import own
from booking.web.doctor.blueprint import blueprint
from booking.web.doctor.day import BOOKING, page
from booking.web.installation import write


@blueprint.post(f"{BOOKING}/notes")
def note(booking_id: int) -> ResponseReturnValue:
    """Write a note about the patient of one of the doctor's own bookings."""
    found, person = Findings(), current_staff()
    typed = request.form.get("note", "")[: forms.KEPT]
    text = read_note(typed, found)
    if found.errors:
        return page(booking_id, found, note=typed)

    def work(session: Session, now: datetime) -> None:
        notes.add(
            session,
            own.booking(session, booking_id).patient_id,
            text,
            whose=Whose.DOCTOR,
            staff_id=person.id,
            actor=person.actor,
            now=now,
        )

    write(work)
    back = url_for("doctor.booking", booking_id=booking_id, _anchor="notes-heading")
    return redirect(back, code=303)
