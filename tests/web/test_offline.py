"""What a device keeps of today, for when the server cannot be reached."""

import re
from base64 import b64encode
from hashlib import sha256

from flask import Flask
from sqlalchemy import select

from booking.domain.roles import Role
from booking.store.access import StaffSession
from booking.store.records import AuditEntry
from tests.services.deeds import TUESDAY_9, WEDNESDAY_9, cancel
from tests.support import ANN, Clinic
from tests.web.journeys import on_one_engine
from tests.web.site import add_practitioner, add_staff
from tests.web.visitor import Visitor

pytestmark = on_one_engine


def sits_down(app: Flask, clinic: Clinic, who: Role | str = Role.RECEPTION) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(clinic, who)
    return visitor


def test_it_is_todays_sheet_dated_and_says_until_when(app: Flask, clinic: Clinic):
    clinic.book(TUESDAY_9)
    cancel(clinic, clinic.book(WEDNESDAY_9))
    clinic.time.now = TUESDAY_9.replace(hour=13, minute=5)
    page = sits_down(app, clinic).get("/desk/kept")
    assert ANN.name in page.words
    assert "As it was at 8:05 am. The server cannot be reached." in page.words
    assert page.headers["Booking-Kept-At"] == "2026-01-13T08:05:00-05:00"
    # The end of the clinic's day, which is another instant where the device is elsewhere.
    assert page.headers["Booking-Kept-Until"] == "2026-01-14T05:00:00+00:00"
    clinic.time.pass_(days=1)
    assert ANN.name not in sits_down(app, clinic).get("/desk/kept").words


def test_its_style_is_followed_and_no_other(app: Flask, clinic: Clinic):
    page = sits_down(app, clinic).get("/desk/kept")
    (style,) = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
    name = b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{name}';" in page.headers["Content-Security-Policy"]
    assert "<script" not in page.text


def test_the_first_time_of_a_day_is_recorded_and_it_keeps_nobody_signed_in(
    app: Flask, clinic: Clinic
):
    visitor = sits_down(app, clinic)
    for _ in range(3):
        clinic.time.pass_(minutes=1)
        assert visitor.get("/desk/kept").status == 200
    query = select(AuditEntry.subject).where(AuditEntry.action == "viewed")
    looks = clinic.read(lambda session, _: list(session.scalars(query)))
    assert looks == ["sheet 2026-01-12, kept on a device"]
    seen = clinic.read(lambda session, _: session.scalars(select(StaffSession.last_seen_at)).one())
    assert seen == clinic.time.now.replace(minute=0)


def test_a_doctor_keeps_the_own_patients_only(app: Flask, clinic: Clinic):
    clinic.book(TUESDAY_9)
    clinic.time.now = TUESDAY_9
    add_staff(clinic, "w@clinic.example", Role.DOCTOR, practitioner_id=add_practitioner(clinic))
    assert ANN.name not in sits_down(app, clinic, "w@clinic.example").get("/desk/kept").words
    assert ANN.name in sits_down(app, clinic, Role.DOCTOR).get("/desk/kept").words


def test_the_worker_is_for_the_desk_alone_and_only_todays_board_offers_it(
    app: Flask, clinic: Clinic
):
    worker = Visitor(app).get("/desk/offline.js")
    assert worker.headers["Service-Worker-Allowed"] == "/desk"
    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert "worker-src 'self'" in worker.headers["Content-Security-Policy"]
    visitor = sits_down(app, clinic)
    assert "data-keep=" in visitor.get("/desk").text
    assert "data-keep=" not in visitor.get("/desk?day=2026-01-13").text
