"""Accounts of staff: made, changed and kept out in the browser, with passwords of their own."""

import threading
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from booking.domain.errors import LastAdministrator
from booking.domain.roles import Role
from booking.services.staff import accounts, one_time_links
from booking.store.access import OneTimeLink, Staff
from tests.services.conftest import served
from tests.support import RECEPTION, Clinic
from tests.templates import PASSWORD
from tests.web.journeys import count, on_one_engine
from tests.web.site import add_practitioner
from tests.web.visitor import Page, Visitor

__all__ = ["served"]

NEW = "/admin/staff/new"
GOOD = "three quiet mornings"


@pytest.fixture
def admin(app: Flask, clinic: Clinic) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(clinic, "admin")
    visitor.get("/admin/staff")
    return visitor


def add(admin: Visitor, email: str = "maria@clinic.example", **more: object) -> Page:
    admin.get(NEW)
    return admin.post(NEW, {"email": email, "roles": ["reception"], "practitioner": "", **more})


def link_of(page: Page) -> str:
    link = page.by_id("link")
    assert link is not None
    return link.attrs["value"].removeprefix("http://127.0.0.1:8000")


def sign_in(app: Flask, email: str, password: str) -> Visitor:
    visitor = Visitor(app)
    visitor.get("/login")
    visitor.post("/login", {"email": email, "password": password})
    return visitor


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/desk").status == 200


def id_of(clinic: Clinic, email: str) -> int:
    return clinic.read(lambda session, _: session.query(Staff).filter_by(email=email).one().id)


def test_somebody_new_chooses_their_own_password(app: Flask, admin: Visitor, clinic: Clinic):
    link = link_of(add(admin))
    assert link.startswith("/password/")
    assert "no password yet" in admin.get("/admin/staff").words
    maria = Visitor(app)
    assert maria.get(link).heading == "Choose a password"
    assert maria.get(link).status == 200  # looking does not use it up
    chosen = maria.post(link, {"password": GOOD})
    assert chosen.location == "/login?chosen=1"
    assert "Your password is set." in maria.follow(chosen).words
    assert is_in(sign_in(app, "maria@clinic.example", GOOD))
    assert maria.get(link).status == 404
    log = admin.get("/admin/audit").words
    for words in ("An account was added", "A link to a new password was made", "A password was"):
        assert words in log
    assert link.split("/")[-1] not in log


def test_without_a_password_nobody_comes_in(app: Flask, admin: Visitor, clinic: Clinic):
    add(admin)
    for guess in ("", "none yet", PASSWORD):
        assert not is_in(sign_in(app, "maria@clinic.example", guess))


def test_a_link_works_once_and_a_day_and_a_new_one_ends_it(
    app: Flask, admin: Visitor, clinic: Clinic
):
    first = link_of(add(admin))
    maria_id = id_of(clinic, "maria@clinic.example")
    second = link_of(admin.post(f"/admin/staff/{maria_id}/link"))
    visitor = Visitor(app)
    assert visitor.get(first).status == 404
    assert visitor.get(second).status == 200
    clinic.time.pass_(hours=25)
    gone = visitor.get(second)
    assert (gone.status, gone.heading) == (404, "This link does not work any more")
    assert visitor.post(second, {"password": GOOD}).status in {400, 404}
    clinic.write(lambda session, now: one_time_links.sweep(session, now=now))
    assert count(clinic, OneTimeLink) == 0


def test_a_bad_password_is_refused_and_the_link_stays_good(
    app: Flask, admin: Visitor, clinic: Clinic
):
    link = link_of(add(admin))
    visitor = Visitor(app)
    visitor.get(link)
    for bad in ("", "short", "x" * 201):
        shown = visitor.post(link, {"password": bad})
        assert (shown.status, shown.why("password")) == (422, "Use 12 to 200 characters")
    assert visitor.post(link, {"password": GOOD}).status == 303


def test_who_is_kept_out_is_out_at_once_and_can_be_let_in_again(
    app: Flask, admin: Visitor, clinic: Clinic
):
    reception = Visitor(app)
    reception.sign_in(clinic, "reception")
    number = id_of(clinic, "reception@clinic.example")
    link = link_of(admin.post(f"/admin/staff/{number}/link"))
    path = f"/admin/staff/{number}"
    kept_out = {"roles": ["reception"], "practitioner": "", "inactive": "1"}
    assert admin.post(path, kept_out).status == 303
    assert not is_in(reception)
    assert not is_in(sign_in(app, "reception@clinic.example", PASSWORD))
    assert Visitor(app).get(link).status == 404
    assert admin.post(f"{path}/link").status == 404
    assert "kept out" in admin.get("/admin/staff").words
    assert admin.post(path, {"roles": ["reception"], "practitioner": ""}).status == 303
    assert is_in(sign_in(app, "reception@clinic.example", PASSWORD))
    log = admin.get("/admin/audit").words
    assert "An account was kept out" in log
    assert "An account was let in again" in log


def test_a_changed_role_counts_from_the_next_page_on(app: Flask, admin: Visitor, clinic: Clinic):
    reception = Visitor(app)
    reception.sign_in(clinic, "reception")
    number = id_of(clinic, "reception@clinic.example")
    assert reception.get("/admin").status == 403
    both = {"roles": ["reception", "admin"], "practitioner": ""}
    assert admin.post(f"/admin/staff/{number}", both).status == 303
    assert reception.get("/admin").status == 200


def test_the_last_administrator_stays(admin: Visitor, clinic: Clinic):
    number = id_of(clinic, "admin@clinic.example")
    shown = admin.post(f"/admin/staff/{number}", {"roles": ["reception"], "practitioner": ""})
    assert shown.status == 422
    assert "the last administrator" in shown.why("roles")
    out = {"roles": ["admin"], "practitioner": "", "inactive": "1"}
    assert admin.post(f"/admin/staff/{number}", out).status == 422
    assert admin.get("/admin").status == 200


def test_two_administrators_who_remove_each_other_leave_one(served: Clinic):
    def make(session: Session, now: datetime) -> list[int]:
        return [
            accounts.add(session, f"{name}@clinic.example", [Role.ADMIN], None, now=now).id
            for name in ("one", "two")
        ]

    ids: list[int] = served.write(make)
    met, refused = threading.Barrier(2), []

    def remove(number: int) -> None:
        def work(session: Session, now: datetime) -> None:
            met.wait(5)
            accounts.change(
                session,
                number,
                frozenset({Role.ADMIN}),
                practitioner_id=None,
                is_active=False,
                actor=RECEPTION,
                now=now,
            )

        try:
            served.write(work)
        except LastAdministrator:
            refused.append(number)

    threads = [threading.Thread(target=remove, args=(number,)) for number in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    left = served.read(lambda session, _: session.query(Staff).filter_by(active=True).count())
    assert left == 1


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"email": ""}, "email", "Give an e-mail"),
        ({"email": "nobody"}, "email", "e-mail address like"),
        ({"email": "Admin@clinic.example"}, "email", "There is an account"),
        ({"roles": []}, "roles", "Choose at least one"),
        ({"roles": ["king"]}, "roles", "Choose at least one"),
        ({"roles": ["doctor"]}, "practitioner", "Choose whose patients"),
        ({"roles": ["doctor"], "practitioner": "99"}, "practitioner", "Choose whose"),
    ],
)
def test_what_makes_no_sense_is_said_beside_the_field(
    admin: Visitor, clinic: Clinic, changes: dict[str, object], field: str, why: str
):
    before = count(clinic, Staff)
    shown = add(admin, **changes)
    assert shown.status == 422
    assert why in shown.why(field)
    assert list(shown.summary()) == [field]
    assert count(clinic, Staff) == before


def test_a_doctor_sees_the_patients_of_the_chosen_practitioner(
    app: Flask, admin: Visitor, clinic: Clinic
):
    weber = add_practitioner(clinic)
    link = link_of(add(admin, roles=["doctor"], practitioner=str(weber)))
    visitor = Visitor(app)
    visitor.get(link)
    visitor.post(link, {"password": GOOD})
    tied = clinic.read(
        lambda session, _: session.query(Staff).filter_by(practitioner_id=weber).one().email
    )
    assert tied == "maria@clinic.example"
    assert "Doctor, Dr. Weber" in admin.get("/admin/staff").words


def test_ones_own_password_is_changed_and_other_devices_are_signed_out(app: Flask, clinic: Clinic):
    here = sign_in(app, "reception@clinic.example", PASSWORD)
    elsewhere = sign_in(app, "reception@clinic.example", PASSWORD)
    page = here.get("/account")
    assert "reception@clinic.example" in page.words
    wrong = here.post("/account", {"present": "not it", "password": GOOD})
    assert (wrong.status, wrong.why("present")) == (422, "This is not your present password")
    short = here.post("/account", {"present": PASSWORD, "password": "short"})
    assert "12 to 200" in short.why("password")
    done = here.post("/account", {"present": PASSWORD, "password": GOOD})
    assert "Your password was changed." in here.follow(done).words
    assert is_in(here)
    assert not is_in(elsewhere)
    assert not is_in(sign_in(app, "reception@clinic.example", PASSWORD))
    assert is_in(sign_in(app, "reception@clinic.example", GOOD))


def test_signing_out_everywhere(app: Flask, clinic: Clinic):
    one, other = (sign_in(app, "doctor@clinic.example", PASSWORD) for _ in range(2))
    one.get("/account")
    assert one.post("/account/sign-out-everywhere").location == "/login"
    assert not is_in(one)
    assert not is_in(other)


@on_one_engine
def test_guessing_at_the_present_password_is_throttled(app: Flask, clinic: Clinic):
    visitor = Visitor(app)
    visitor.sign_in(clinic, "reception")
    visitor.get("/account")
    tries = [visitor.post("/account", {"present": "x", "password": GOOD}).status for _ in range(12)]
    assert tries[0] == 422
    assert tries[-1] == 429
