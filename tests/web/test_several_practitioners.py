"""A clinic with two doctors: nobody is forgotten, and nobody is taken for the other."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from booking.domain.slots import parse_slot_id, slot_id
from booking.store.clinic import Clinic as ClinicRow
from booking.store.clinic import Practitioner, Service, ServicePractitioner
from tests.services.deeds import TUESDAY_9, add_service, wall
from tests.support import Clinic
from tests.web.journeys import ANN
from tests.web.site import add_practitioner
from tests.web.visitor import Page, Visitor


@pytest.fixture
def reception(app: Flask, clinic: Clinic) -> Visitor:
    add_practitioner(clinic)
    visitor = Visitor(app)
    visitor.sign_in(clinic, "reception")
    return visitor


def test_the_board_says_whom_each_visit_and_each_free_time_is_with(
    reception: Visitor, clinic: Clinic
):
    clinic.book(TUESDAY_9)
    board = reception.get("/desk?day=2026-01-13")
    assert "online · Dr. Ahmed" in board.words
    assert board.words.count("Free Dr. Weber") == 6
    assert board.words.count("Free Dr. Ahmed") == 13


def test_reception_books_with_either_on_the_phone(reception: Visitor, clinic: Clinic):
    form = reception.get("/desk/book?day=2026-01-13")
    assert "9:00 am Dr. Ahmed" in form.words
    assert "9:00 am Dr. Weber" in form.words
    weber = reception.get("/api/v1/slots?service=consultation&from=2026-01-13&to=2026-01-13")
    slot = next(s for s in weber.response.json["slots"] if s["practitioner"] == "dr-weber")
    done = reception.post("/desk/book?day=2026-01-13", {**ANN, "slot": slot["id"]})
    assert done.status == 303
    assert "phone · Dr. Weber" in reception.follow(done).words


def test_reception_chooses_among_kinds_of_consultation(reception: Visitor, clinic: Clinic):
    def add(session: Session) -> None:
        session.add(Service(slug="check-up", name="Check-up", length_minutes=60))
        session.flush()
        session.add(ServicePractitioner(service_id=2, practitioner_id=1))

    change_rules(clinic, add)
    form = reception.get("/desk/book?day=2026-01-13&service=check-up")
    assert "Check-up" in form.words
    assert "9:00 am" in form.words
    assert "Dr. Weber" not in form.words


def test_without_anything_on_offer_pages_say_so_and_nothing_breaks(
    reception: Visitor, clinic: Clinic
):
    change_rules(clinic, lambda session: session.query(ServicePractitioner).delete())
    assert "There is no free time online just now" in reception.get("/").words
    assert "No free times online" in reception.get("/book").words
    assert reception.get("/book/times?day=2026-01-13").status == 200
    assert "Nothing is free in the weeks that are open" in reception.get("/desk/book").words
    assert reception.get("/desk").status == 200
    assert reception.get("/api/v1/services").response.json["services"] == []


def change_rules(clinic: Clinic, change: Callable[[Session], object]) -> None:
    def work(session: Session, now: object) -> None:
        change(session)
        session.execute(update(ClinicRow).values(version=ClinicRow.version + 1))

    clinic.write(work)


@pytest.fixture
def patient(app: Flask, clinic: Clinic) -> Visitor:
    add_practitioner(clinic)
    return Visitor(app)


def with_whom(page: Page) -> str:
    """The practitioner of the first time that a page offers."""
    return parse_slot_id(page.slots[0])[1]


def test_whoever_is_free_first_is_fairly_shared(patient: Visitor, clinic: Clinic):
    tuesday = "/book/times?day=2026-01-13"
    assert with_whom(patient.get(tuesday)) == "dr-ahmed"
    clinic.book(wall("01-13 15:00"))
    # Dr. Ahmed has one visit in that week now.
    assert with_whom(patient.get(tuesday)) == "dr-weber"
    clinic.book(wall("01-14 09:00"), practitioner="dr-weber")
    assert with_whom(patient.get(tuesday)) == "dr-ahmed"
    # The week after is another matter.
    clinic.book(wall("01-14 10:00"))
    assert with_whom(patient.get("/book/times?day=2026-01-20")) == "dr-ahmed"


def test_each_time_is_shown_once(patient: Visitor, clinic: Clinic):
    starts = [parse_slot_id(slot)[2] for slot in patient.get("/book/times?day=2026-01-13").slots]
    assert len(starts) == len(set(starts)) == 14
    gone = patient.get(f"/book?slot={slot_id('consultation', 'dr-ahmed', wall('01-13 12:15'))}")
    others = [parse_slot_id(slot)[2] for slot in gone.slots]
    assert len(others) == len(set(others)) == 3


def test_a_patient_chooses_with_whom(patient: Visitor, clinic: Clinic):
    page = patient.get("/book")
    for words in ("Whoever is free first", "Dr. Ahmed", "Dr. Weber"):
        assert words in page.words
    weber = patient.get("/book/times?day=2026-01-13&practitioner=dr-weber")
    assert {parse_slot_id(slot)[1] for slot in weber.slots} == {"dr-weber"}
    assert len(weber.slots) == 6
    assert "whoever" not in weber.form("/book/take").values
    assert "practitioner=dr-weber" in weber.text
    assert patient.get("/book?practitioner=nobody").status == 404


def test_who_did_not_choose_gets_another_who_is_free_at_that_time(patient: Visitor, clinic: Clinic):
    page = patient.get("/book/times?day=2026-01-13")
    form = page.form("/book/take").values
    assert form["whoever"] == "1"
    clinic.book(TUESDAY_9)
    taken = patient.post("/book/take", {"slot": page.slots[0], "whoever": "1"})
    assert (taken.status, taken.location) == (303, "/book/details")
    assert "With Dr. Weber" in patient.get("/book/details").words


def test_who_chose_does_not(patient: Visitor, clinic: Clinic):
    patient.get("/book/times?day=2026-01-13&practitioner=dr-ahmed")
    clinic.book(TUESDAY_9)
    slot = slot_id("consultation", "dr-ahmed", TUESDAY_9)
    assert patient.post("/book/take", {"slot": slot}).status == 409


def test_with_one_practitioner_there_is_no_choice(app: Flask, clinic: Clinic):
    assert "Whoever is free first" not in Visitor(app).get("/book").words


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ((), "Dr. Ahmed"),
        (("Dr. Weber",), "Dr. Ahmed or Dr. Weber"),
        (("Dr. Weber", "Dr. Lee", "Dr. Kim"), "Dr. Ahmed, Dr. Weber, Dr. Lee or Dr. Kim"),
        (tuple(f"Dr. No {number}" for number in range(5)), "one of our doctors"),
    ],
)
def test_pages_name_all_whom_one_may_see(
    app: Flask, clinic: Clinic, names: tuple[str, ...], words: str
):
    for number, name in enumerate(names):
        made = add_practitioner(clinic, f"dr-{number}")
        change_rules(
            clinic,
            lambda session, made=made, name=name: session.execute(
                update(Practitioner).where(Practitioner.id == made).values(name=name)
            ),
        )
    visitor = Visitor(app)
    for path in ("/", "/book"):
        assert f"Schedule your consultation with {words}" in visitor.get(path).words
    for path in ("/book", "/book/times?day=2026-01-13"):
        assert f"With {words} 12 Elm Street" in visitor.get(path).words
    if names:
        page = visitor.get("/book?practitioner=dr-ahmed")
        assert "With Dr. Ahmed 12 Elm Street" in page.words


def test_the_card_beside_the_days_names_only_those_who_offer_it(app: Flask, clinic: Clinic):
    made = add_practitioner(clinic)
    add_service(clinic, "check-up", minutes=30)
    change_rules(
        clinic,
        lambda session: session.execute(
            delete(ServicePractitioner).where(
                ServicePractitioner.practitioner_id == made, ServicePractitioner.service_id == 2
            )
        ),
    )
    visitor = Visitor(app)
    other = visitor.get("/book?service=check-up").words
    assert "With Dr. Ahmed 12 Elm Street" in other
    both = visitor.get("/book?service=consultation").words
    assert "With Dr. Ahmed or Dr. Weber 12 Elm Street" in both
