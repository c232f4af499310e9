"""Services with facets: for whom they are, and visits by phone and by video."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from booking.domain.errors import PhoneNeeded
from booking.domain.modes import Mode, Patients
from booking.formats import ics
from booking.formats.mail import compose
from booking.services.admin import offerings, rule_changes
from booking.services.admin.offerings import Offering
from booking.services.calendars import patient_appointment
from booking.services.mail import letters
from booking.store.bookings import Booking
from booking.store.records import AuditEntry
from tests.formats import strict_ics
from tests.services.deeds import TUESDAY_9, TUESDAY_930, add_service, count, messages, now_is
from tests.support import ANN, RECEPTION, Clinic

PHONE = "+1 202-555-0143"
REACHABLE = replace(ANN, phone=PHONE)
ROOM = "https://video.example/room?a=1&b=2"


def change(clinic: Clinic, **facts: object) -> None:
    """Change the consultation as the administrator does."""

    def work(session: Session, now: object) -> None:
        row = offerings.service(session, "consultation")
        new: Offering = replace(offerings.as_it_is(session, row), **facts)
        rule_changes.carry_out(
            session,
            clinic.links,
            offerings.change("consultation", new),
            choices={},
            reason="",
            actor=RECEPTION,
            random_token=clinic.random_token,
            now=now,
        )

    clinic.write(work)


def mail_of(clinic: Clinic, booking: Booking) -> tuple[str, str, strict_ics.Component]:
    """The confirmation: its plain text, its HTML and its event."""
    rulebook = clinic.read(lambda session, _: clinic.offers.rulebook(session))

    def write(session: Session, now: object) -> letters.Letter:
        message = session.merge(messages(clinic, booking)[0], load=True)
        return letters.letter(
            message, rulebook, clinic.links, sender="booking@clinic.example", now=now
        )

    message = compose(clinic.read(write))
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    alternatives = next(message.iter_parts())
    calendar = list(alternatives.iter_parts())[-1].get_payload(decode=True)
    (event,) = strict_ics.read(calendar).components
    return plain.get_content(), html.get_content(), event


def test_a_visit_by_phone_needs_a_number(clinic: Clinic) -> None:
    change(clinic, mode=Mode.PHONE)
    with pytest.raises(PhoneNeeded):
        clinic.book(TUESDAY_9)
    assert count(clinic, Booking) == 0
    assert clinic.book(TUESDAY_9, REACHABLE).patient.phone == PHONE


def test_mail_and_calendar_of_a_visit_by_phone_say_so_without_the_number(clinic: Clinic) -> None:
    change(clinic, mode=Mode.PHONE, mode_text="We call from a hidden number.")
    plain, html, event = mail_of(clinic, clinic.book(TUESDAY_9, REACHABLE))
    words = "By phone: we call you on the number you gave"
    assert f"How:        {words}\n            We call from a hidden number.\n" in plain
    assert words in html
    assert event["LOCATION"].text == words
    assert "We call from a hidden number." in event["DESCRIPTION"].text
    assert event["SUMMARY"].text == "Appointment with Dr. Ahmed"
    for said in (plain, html, event["LOCATION"].text, event["DESCRIPTION"].text):
        assert "555-0143" not in said
        assert "Come as you are" not in said
        assert "bring" not in said


def test_mail_and_calendar_of_a_visit_by_video_say_how_to_join(clinic: Clinic) -> None:
    change(clinic, mode=Mode.VIDEO, mode_text=f"Join <here>:\n{ROOM}.")
    plain, html, event = mail_of(clinic, clinic.book(TUESDAY_9))
    assert f"How:        By video\n            Join <here>:\n            {ROOM}.\n" in plain
    assert 'href="https://video.example/room?a=1&amp;b=2"' in html
    assert "Join &lt;here&gt;" in html
    assert event["LOCATION"].text == "By video"
    assert f"Join <here>:\n{ROOM}." in event["DESCRIPTION"].text


def test_a_visit_in_person_is_at_the_clinic_as_ever(clinic: Clinic) -> None:
    plain, _, event = mail_of(clinic, clinic.book(TUESDAY_9))
    assert "Where:      Ahmed Skin Clinic, 12 Elm Street" in plain
    assert "Come as you are" in plain
    assert event["LOCATION"].text.startswith("Ahmed Skin Clinic, 12 Elm Street")


def test_another_mode_concerns_bookings_that_were_made_too(clinic: Clinic) -> None:
    without, reachable = clinic.book(TUESDAY_9), clinic.book(TUESDAY_930, REACHABLE)
    change(clinic, mode=Mode.PHONE)
    facts = clinic.read(lambda session, _: clinic.offers.rulebook(session)).clinic

    def place(booking: Booking) -> str:
        found = patient_appointment(now_is(clinic, booking), facts)
        (event,) = strict_ics.read(ics.download(found)).components
        return event["LOCATION"].text

    assert place(reachable) == "By phone: we call you on the number you gave"
    assert place(without) == "By phone: please call us first, since you gave us no number"


def test_services_are_offered_in_the_order_of_whom_they_are_for(clinic: Clinic) -> None:
    add_service(clinic, "any", minutes=30)
    add_service(clinic, "first", minutes=30, patients=Patients.NEW)
    change(clinic, patients=Patients.KNOWN)
    rulebook = clinic.read(lambda session, _: clinic.offers.rulebook(session))
    assert list(rulebook.services) == ["first", "any", "consultation"]


def test_the_audit_says_what_a_facet_was_and_is(clinic: Clinic) -> None:
    change(clinic, patients=Patients.NEW, mode=Mode.VIDEO, mode_text="We send a link")
    change(clinic, mode=Mode.IN_PERSON, mode_text="")
    first, second = clinic.read(
        lambda session, _: [entry.reason for entry in session.query(AuditEntry)][-2:]
    )
    assert first == (
        "Micro needling consultation: For whom: everybody → new patients; "
        "Visits take place: in person → by video; "
        "What patients need to know: none → We send a link"
    )
    assert second == (
        "Micro needling consultation: Visits take place: by video → in person; "
        "What patients need to know: We send a link → none"
    )


def test_the_database_itself_wants_to_know_how_to_join(clinic: Clinic) -> None:
    with pytest.raises(IntegrityError):
        change(clinic, mode=Mode.VIDEO)
