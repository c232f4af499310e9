"""Who may call what: every route, every role, and nobody sees what is not theirs."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from booking.domain.lifecycle import State
from booking.domain.roles import Role
from booking.store.bookings import Booking
from booking.store.records import AuditEntry
from booking.web.access import ACCESS, ADMIN, CLINIC, DOCTOR, PUBLIC, RECEPTION
from tests.support import Clinic, at
from tests.web.journeys import ANN, count, first_slots, on_one_engine
from tests.web.site import Furniture, add_practitioner, add_staff, addresses, furnish
from tests.web.visitor import Page, Visitor

# Said here once more, so that a slip in the program's own table is noticed.
FOR_STAFF = {
    "staff.logout": CLINIC,
    "staff.account": CLINIC,
    "staff.sign_out_everywhere": CLINIC,
    "desk.day": CLINIC,
    "desk.live": CLINIC,
    "desk.late": CLINIC,
    "desk.week": CLINIC,
    "desk.live_week": CLINIC,
    "desk.month": CLINIC,
    "desk.on_time": CLINIC,
    "desk.booking": CLINIC,
    "desk.advance": CLINIC,
    "desk.undo": CLINIC,
    "desk.cancel": RECEPTION,
    "desk.move": RECEPTION,
    "desk.move_to": RECEPTION,
    "desk.free_times": RECEPTION,
    "desk.undo_move": RECEPTION,
    "desk.review": DOCTOR,
    "desk.called": RECEPTION,
    "desk.new": RECEPTION,
    "desk.walk_in": RECEPTION,
    "desk.waitlist": RECEPTION,
    "desk.calls": RECEPTION,
    "desk.undo_call": RECEPTION,
    "desk.find": RECEPTION,
    "desk.patient": CLINIC,
    "desk.patient_note": RECEPTION,
    "desk.patient_contact": RECEPTION,
    "desk.merge": RECEPTION,
    "desk.take_apart": RECEPTION,
    "desk.erase_patient": RECEPTION,
    "desk.export_patient": CLINIC,
    "desk.export_file": CLINIC,
    "desk.sheet": CLINIC,
    "desk.sheet_file": CLINIC,
    "desk.kept": CLINIC,
    "desk.slip": CLINIC,
    "desk.sheet_pdf": CLINIC,
    "desk.week_pdf": CLINIC,
    "desk.slip_pdf": CLINIC,
    "desk.messages": RECEPTION,
    "desk.send_again": RECEPTION,
    "desk.new_address": RECEPTION,
    "doctor.day": DOCTOR,
    "doctor.booking": DOCTOR,
    "doctor.advance": DOCTOR,
    "doctor.follow_up": DOCTOR,
    "doctor.note": DOCTOR,
    "doctor.absences": DOCTOR,
    "doctor.hours": DOCTOR,
    "desk.follow_up": RECEPTION,
    "desk.series": CLINIC,
    "desk.closing": RECEPTION,
    "desk.one_closing": RECEPTION,
    "admin.overview": ADMIN,
    "admin.clinic": ADMIN,
    "admin.logo": ADMIN,
    "admin.closures": ADMIN,
    "admin.all_hours": ADMIN,
    "admin.hours": ADMIN,
    "admin.busy_time": ADMIN,
    "admin.practitioners": ADMIN,
    "admin.new_practitioner": ADMIN,
    "admin.practitioner": ADMIN,
    "admin.locations": ADMIN,
    "admin.new_location": ADMIN,
    "admin.location": ADMIN,
    "admin.rooms": ADMIN,
    "admin.new_room": ADMIN,
    "admin.room": ADMIN,
    "admin.services": ADMIN,
    "admin.new_service": ADMIN,
    "admin.service": ADMIN,
    "admin.holidays": ADMIN,
    "admin.texts": ADMIN,
    "admin.text": ADMIN,
    "admin.support_lines": ADMIN,
    "admin.staff": ADMIN,
    "admin.new_account": ADMIN,
    "admin.account": ADMIN,
    "admin.password_link": ADMIN,
    "admin.imports": ADMIN,
    "admin.import_file": ADMIN,
    "admin.export": ADMIN,
    "admin.export_file": ADMIN,
    "admin.audit": ADMIN,
    "admin.reports": ADMIN,
    "admin.report_file": ADMIN,
}
ROLES = {
    "anonymous": frozenset[Role](),
    "reception": frozenset({Role.RECEPTION}),
    "doctor": frozenset({Role.DOCTOR}),
    "admin": frozenset({Role.ADMIN, Role.RECEPTION}),
}


@pytest.fixture
def things(clinic: Clinic, tmp_path: Path) -> Furniture:
    return furnish(clinic, tmp_path / "instance")


@on_one_engine
def test_every_route_is_in_the_table(app: Flask):
    assert {rule.endpoint for rule in app.url_map.iter_rules()} <= set(ACCESS)


def test_the_table_keeps_for_staff_what_is_theirs():
    assert {name: roles for name, roles in ACCESS.items() if roles is not PUBLIC} == FOR_STAFF


@on_one_engine
@pytest.mark.parametrize("role", ROLES)
def test_a_route_that_nobody_decided_on_is_refused_to_everybody(
    app: Flask, clinic: Clinic, role: str
):
    app.add_url_rule("/new", "new", lambda: "secret", methods=["GET", "POST"])
    visitor = sit_down(app, clinic, role)
    for answer in (visitor.get("/new"), visitor.post("/new")):
        assert answer.status == 403
        assert "secret" not in answer.words


def sit_down(app: Flask, clinic: Clinic, role: str) -> Visitor:
    visitor = Visitor(app)
    visitor.get("/login")
    if role != "anonymous":
        visitor.sign_in(clinic, role)
    return visitor


def was_let_in(answer: Page) -> bool:
    # Signing out leads to the sign-in page too, but it clears the browser.
    if answer.status == 303 and answer.location.startswith("/login"):
        return "Clear-Site-Data" in answer.headers
    return answer.status != 403


@on_one_engine
@pytest.mark.parametrize("role", ROLES)
def test_every_route_answers_every_role_as_the_table_says(
    app: Flask, clinic: Clinic, things: Furniture, role: str
):
    wrong = []
    for rule, path in addresses(app, things):
        allowed = ACCESS[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            visitor = sit_down(app, clinic, role)
            send = {"data": {"csrf_token": visitor.token}} if method == "POST" else {}
            answer = visitor.open(path, method, **send)
            assert answer.status < 500, (method, path)
            expected = allowed is PUBLIC or bool(ROLES[role] & allowed)
            if was_let_in(answer) is not expected:
                wrong.append((method, path, answer.status))
    assert not wrong


@on_one_engine
def test_who_is_not_signed_in_comes_back_to_the_page_they_asked_for(app: Flask, clinic: Clinic):
    visitor = Visitor(app)
    answer = visitor.get("/desk?day=2026-01-14")
    assert answer.status == 303
    assert answer.location == "/login?next=/desk?day%3D2026-01-14"


@on_one_engine
def test_a_deed_is_not_done_again_after_signing_in(app: Flask, clinic: Clinic, things: Furniture):
    visitor = sit_down(app, clinic, "anonymous")
    answer = visitor.post(f"/desk/bookings/{things.booking.id}/cancel", {"reason": "x"})
    assert (answer.status, answer.location) == (303, "/login")


@on_one_engine
def test_what_is_not_there_looks_alike_to_everybody(app: Flask, clinic: Clinic):
    answers = set()
    for role in ROLES:
        for path in (
            "/admin/x",
            "/desk/nothing",
            "/metrics",
            "/setup",
            "/static/x",
        ):
            answers.add(sit_down(app, clinic, role).get(path).status)
    assert answers == {404}


@on_one_engine
def test_the_mailbox_is_there_in_development_only(make_app: Callable[..., Flask], clinic: Clinic):
    assert Visitor(make_app()).get("/mailbox").status == 200
    assert Visitor(make_app(MAIL_SERVER="127.0.0.1")).get("/mailbox").status == 404
    assert Visitor(make_app(MAIL_SERVER="127.0.0.1", DEMO="1")).get("/mailbox").status == 200
    secret = "kAp3-vbnTQ8_fJw2xYz0LmE5rUqH7sDg9iOc1a"
    live = make_app(PUBLIC_URL="https://booking.example.org", SECRET_KEY=secret)
    outside = Visitor(live, "https://booking.example.org")
    assert outside.get("/mailbox").status == 404
    assert outside.get("/").status == 200


# -- a doctor's own patients ---------------------------------------------------------------


@pytest.fixture
def doctors(clinic: Clinic) -> dict[str, Booking]:
    """A booking of each of two doctors on the same morning."""
    other = add_practitioner(clinic)
    add_staff(clinic, "weber@clinic.example", Role.DOCTOR, practitioner_id=other)
    add_staff(clinic, "nobody@clinic.example", Role.DOCTOR)
    add_staff(clinic, "both@clinic.example", Role.DOCTOR, Role.RECEPTION, practitioner_id=other)
    start = at("2026-01-13T09:00-05:00")
    return {
        "ahmed": clinic.book(start),
        "weber": clinic.book(start, practitioner="dr-weber"),
    }


def links_to(page: Page) -> set[str]:
    return {
        a.attrs["href"].split("#")[0].removesuffix("/move")
        for a in page.document.all("a")
        if "/desk/bookings/" in a.attrs["href"]
    }


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("doctor@clinic.example", {"ahmed"}),
        ("weber@clinic.example", {"weber"}),
        ("nobody@clinic.example", set()),
        ("both@clinic.example", {"ahmed", "weber"}),
        ("reception@clinic.example", {"ahmed", "weber"}),
        ("admin@clinic.example", {"ahmed", "weber"}),
    ],
)
def test_a_doctor_sees_the_own_patients_only(
    app: Flask, clinic: Clinic, doctors: dict[str, Booking], who: str, sees: set[str]
):
    visitor = Visitor(app)
    visitor.sign_in(clinic, who)
    expected = {f"/desk/bookings/{doctors[name].id}" for name in sees}
    assert links_to(visitor.get("/desk?day=2026-01-13")) == expected
    clinic.time.now = at("2026-01-14T09:00-05:00")
    visitor.sign_in(clinic, who)
    unresolved = visitor.get("/desk?day=2026-01-15")
    assert links_to(unresolved) == expected
    for name, booking in doctors.items():
        status = 200 if name in sees else 404
        assert visitor.get(f"/desk/bookings/{booking.id}").status == status


def test_a_doctor_cannot_act_on_somebody_elses_patient(
    app: Flask, clinic: Clinic, doctors: dict[str, Booking]
):
    clinic.time.now = at("2026-01-13T09:05-05:00")
    visitor = Visitor(app)
    visitor.sign_in(clinic, "weber@clinic.example")
    visitor.get("/desk")
    theirs, mine = doctors["ahmed"].id, doctors["weber"].id
    for step in ("in_room", "completed"):
        assert visitor.post(f"/desk/bookings/{theirs}/advance", {"to": step}).status == 404
    assert visitor.post(f"/desk/bookings/{theirs}/undo").status == 404
    assert visitor.post(f"/desk/bookings/{mine}/advance", {"to": "in_room"}).status == 303
    states = clinic.read(
        lambda session, _: dict(session.execute(select(Booking.id, Booking.state)).all())
    )
    assert states == {theirs: State.CONFIRMED, mine: State.IN_ROOM}


@on_one_engine
@pytest.mark.parametrize("step", ["arrived", "no_show", "left", "cancelled", "entered_in_error"])
def test_a_doctor_cannot_take_receptions_steps(
    app: Flask, clinic: Clinic, doctors: dict[str, Booking], step: str
):
    clinic.time.now = at("2026-01-13T09:05-05:00")
    visitor = Visitor(app)
    visitor.sign_in(clinic, Role.DOCTOR)
    visitor.get("/desk")
    mine = doctors["ahmed"].id
    answer = visitor.post(f"/desk/bookings/{mine}/advance", {"to": step, "reason": "because"})
    assert answer.status == 409
    state = clinic.read(lambda session, _: session.get(Booking, mine).state)
    assert state is State.CONFIRMED


@on_one_engine
def test_somebody_elses_patient_looks_like_nobody(
    app: Flask, clinic: Clinic, doctors: dict[str, Booking]
):
    visitor = Visitor(app)
    visitor.sign_in(clinic, "weber@clinic.example")
    theirs = visitor.get(f"/desk/bookings/{doctors['ahmed'].id}")
    nobodys = visitor.get("/desk/bookings/987654")
    assert theirs.status == nobodys.status == 404
    assert theirs.text == nobodys.text


@on_one_engine
def test_a_doctor_is_offered_no_booking_and_no_cancelling(
    app: Flask, clinic: Clinic, doctors: dict[str, Booking]
):
    visitor = Visitor(app)
    visitor.sign_in(clinic, Role.DOCTOR)
    day = visitor.get("/desk?day=2026-01-13")
    assert "/desk/book" not in {a.attrs["href"].split("?")[0] for a in day.document.all("a")}
    card = visitor.get(f"/desk/bookings/{doctors['ahmed'].id}")
    assert "/cancel" not in card.text


def test_looking_at_a_card_is_recorded(app: Flask, clinic: Clinic, doctors: dict[str, Booking]):
    visitor = Visitor(app)
    visitor.sign_in(clinic, Role.DOCTOR)
    before = count(clinic, AuditEntry)
    visitor.get(f"/desk/bookings/{doctors['ahmed'].id}")
    visitor.get(f"/desk/bookings/{doctors['weber'].id}")
    assert count(clinic, AuditEntry) == before + 1
    last = clinic.read(
        lambda session, _: session.scalars(
            select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)
        ).one()
    )
    assert (last.action, last.booking_id) == ("viewed", doctors["ahmed"].id)
    assert last.staff_id is not None


def test_patients_and_staff_do_not_share_doors(app: Flask, clinic: Clinic):
    visitor = Visitor(app)
    visitor.sign_in(clinic, Role.RECEPTION)
    assert visitor.take(first_slots(visitor)[0]).location == "/book/details"
    assert visitor.get("/book/details").value("name") == ""
    assert visitor.post("/book/details", ANN).location == "/book/questions/cause"
