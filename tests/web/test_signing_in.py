"""Signing in and out: sessions begin anew, end on the server, and lead nowhere else."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.domain.roles import Role
from booking.formats.tokens import token_hash
from booking.services.staff import sessions
from booking.store.access import Staff, StaffSession
from booking.store.records import AuditEntry
from tests.support import Clinic
from tests.templates import PASSWORD
from tests.web.journeys import count, on_one_engine
from tests.web.visitor import Page, Visitor

RECEPTION = "reception@clinic.example"


def sign_in(
    visitor: Visitor, email: str = RECEPTION, password: str = PASSWORD, back: str | None = None
) -> Page:
    """By the form, as people do."""
    page = visitor.get("/login", query_string={"next": back} if back is not None else None)
    (form,) = page.forms
    return visitor.post(form.action, {"email": email, "password": password})


@pytest.mark.parametrize("role", list(Role))
def test_each_role_signs_in_and_sees_the_day(visitor: Visitor, role: Role):
    answer = sign_in(visitor, f"{role.value}@clinic.example")
    assert (answer.status, answer.location) == (303, "/desk")
    assert f"{role.value}@clinic.example" in visitor.follow(answer).words


@on_one_engine
def test_an_address_may_be_written_in_capitals(visitor: Visitor):
    assert sign_in(visitor, " Reception@Clinic.Example ").location == "/desk"


@on_one_engine
@pytest.mark.parametrize(
    ("email", "password"),
    [
        (RECEPTION, "wrong"),
        (RECEPTION, ""),
        (RECEPTION, PASSWORD + " "),
        (RECEPTION, PASSWORD.upper()),
        ("nobody@clinic.example", PASSWORD),
        ("", ""),
        ("' OR 1=1 --", PASSWORD),
        ("%", PASSWORD),
        (RECEPTION + "\n", PASSWORD),
        ("x" * 5000, "y" * 5000),
    ],
)
def test_a_wrong_try_says_the_same_whatever_was_wrong(
    visitor: Visitor, clinic: Clinic, email: str, password: str
):
    answer = sign_in(visitor, email, password)
    assert answer.status == 422
    assert answer.summary() == {"email": "The e-mail address or the password is not right"}
    assert answer.value("password") == ""
    assert visitor.cookie("staff") is None
    assert count(clinic, StaffSession) == 0


def test_a_deactivated_account_is_like_none_and_its_sessions_end(visitor: Visitor, clinic: Clinic):
    sign_in(visitor)
    clinic.write(lambda session, _: session.execute(update(Staff).values(active=False)))
    assert visitor.get("/desk").location.startswith("/login")
    assert sign_in(visitor).status == 422


def test_a_session_is_known_by_its_hash_alone(visitor: Visitor, clinic: Clinic):
    sign_in(visitor)
    token = visitor.cookie("staff") or ""
    (row,) = clinic.read(lambda session, _: session.scalars(select(StaffSession)).all())
    assert row.token_hash == token_hash(token)
    assert len(token) >= 43


def test_every_sign_in_has_an_id_of_its_own(app: Flask, clinic: Clinic):
    visitor = Visitor(app)
    visitor.set_cookie("staff", "an id that somebody chose for us")
    sign_in(visitor)
    first = visitor.cookie("staff")
    assert first != "an id that somebody chose for us"
    visitor.get("/desk")
    visitor.post("/logout")
    sign_in(visitor)
    assert visitor.cookie("staff") not in {first, None}


@on_one_engine
def test_a_csrf_token_from_before_signing_in_is_worth_nothing_after(visitor: Visitor):
    visitor.get("/login")
    before = visitor.token
    assert visitor.post("/login", {"email": RECEPTION, "password": PASSWORD}).status == 303
    visitor.get("/desk")
    visitor.token, after = before, visitor.token
    assert visitor.post("/logout").status == 400
    visitor.token = after
    assert visitor.post("/logout").status == 303


def test_signing_out_ends_the_session_on_the_server(app: Flask, visitor: Visitor, clinic: Clinic):
    sign_in(visitor)
    stolen = visitor.cookie("staff") or ""
    visitor.get("/desk")
    answer = visitor.post("/logout")
    assert (answer.status, answer.location) == (303, "/login")
    assert visitor.cookie("staff") is None
    assert count(clinic, StaffSession) == 0
    thief = Visitor(app)
    thief.set_cookie("staff", stolen)
    assert thief.get("/desk").status == 303


@on_one_engine
def test_signing_out_clears_the_browser(visitor: Visitor):
    sign_in(visitor)
    visitor.get("/desk")
    answer = visitor.post("/logout")
    cleared = answer.headers["Clear-Site-Data"]
    assert '"cache"' in cleared
    assert '"storage"' in cleared
    assert answer.headers["Cache-Control"] == "no-store"


@on_one_engine
def test_signing_out_by_opening_an_address_does_not_work(visitor: Visitor):
    sign_in(visitor)
    assert visitor.get("/logout").status == 405
    assert visitor.get("/desk").status == 200


def test_a_quarter_of_an_hour_without_a_click_ends_the_session(visitor: Visitor, clinic: Clinic):
    sign_in(visitor)
    clinic.time.pass_(minutes=15)
    assert visitor.get("/desk").status == 200
    clinic.time.pass_(minutes=15, seconds=1)
    answer = visitor.get("/desk")
    assert answer.location == "/login?next=/desk&ended=1"
    assert "nothing had happened for a while" in visitor.follow(answer).words


@on_one_engine
def test_whoever_works_stays_signed_in_for_twelve_hours(visitor: Visitor, clinic: Clinic):
    sign_in(visitor)
    for _ in range(12 * 5):
        clinic.time.pass_(minutes=12)
        assert visitor.get("/desk?day=2026-01-17").status == 200
    clinic.time.pass_(seconds=1)
    assert visitor.get("/desk").status == 303


def test_a_session_that_was_ended_elsewhere_is_over_at_once(visitor: Visitor, clinic: Clinic):
    sign_in(visitor)
    token = visitor.cookie("staff") or ""
    clinic.write(lambda session, now: sessions.end(session, token, now=now))
    assert visitor.get("/desk").status == 303


@pytest.mark.parametrize("amount", [{"minutes": 16}, {"hours": 13}])
def test_ended_sessions_are_swept_away(visitor: Visitor, clinic: Clinic, amount: dict[str, float]):
    sign_in(visitor)
    clinic.write(lambda session, now: sessions.sweep(session, now=now))
    assert count(clinic, StaffSession) == 1
    clinic.time.pass_(**amount)
    clinic.write(lambda session, now: sessions.sweep(session, now=now))
    assert count(clinic, StaffSession) == 0


@on_one_engine
def test_who_is_signed_in_need_not_sign_in_again(visitor: Visitor):
    sign_in(visitor)
    assert visitor.get("/login").location == "/desk"


@on_one_engine
@pytest.mark.parametrize("back", ["/desk", "/desk?day=2026-01-14", "/desk/bookings/1"])
def test_after_signing_in_one_is_where_one_wanted_to_be(visitor: Visitor, back: str):
    assert sign_in(visitor, back=back).location == back


@on_one_engine
@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "/\n/evil.example",
        "/\r\nSet-Cookie: a=b",
        " //evil.example",
        "/\x00/evil.example",
        "/\x7f/evil.example",
        "/desk\\..\\..\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.example",
        "@evil.example",
        "",
        "?next=x",
    ],
)
def test_signing_in_leads_to_no_other_site(app: Flask, visitor: Visitor, back: str):
    # By the form as it would be sent, whatever the page made of it before.
    visitor.get("/login")
    answer = visitor.post(
        "/login", {"email": RECEPTION, "password": PASSWORD, "next": back.replace("\x00", "")}
    )
    assert (answer.status, answer.location) == (303, "/desk")


@on_one_engine
def test_cookies_are_kept_from_scripts_and_other_sites(visitor: Visitor):
    answer = sign_in(visitor)
    cookies = answer.headers.getlist("Set-Cookie")
    names = {cookie.split("=")[0] for cookie in cookies}
    assert {"staff", "device"} <= names
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=" in cookie
        assert "SameSite=None" not in cookie
        assert "Path=/" in cookie
        assert "Domain=" not in cookie
        assert "Secure" not in cookie
    # A browser that is closed has signed out.
    (session,) = (cookie for cookie in cookies if cookie.startswith("staff="))
    assert "Max-Age" not in session
    assert "Expires" not in session


@on_one_engine
def test_on_https_cookies_belong_to_this_host_alone(make_app: Callable[..., Flask]):
    secret = "kAp3-vbnTQ8_fJw2xYz0LmE5rUqH7sDg9iOc1a"
    app = make_app(PUBLIC_URL="https://booking.example.org", SECRET_KEY=secret)
    visitor = Visitor(app, "https://booking.example.org")
    page = visitor.get("/book")
    cookies = page.headers.getlist("Set-Cookie")
    cookies += visitor.take(page.slots[0]).headers.getlist("Set-Cookie")
    cookies += sign_in(visitor).headers.getlist("Set-Cookie")
    visitor.get("/desk")
    cookies += visitor.post("/logout").headers.getlist("Set-Cookie")
    names = {cookie.split("=")[0] for cookie in cookies}
    assert names == {"__Host-session", "__Host-draft", "__Host-staff", "__Host-device"}
    for cookie in cookies:
        attributes = {part.strip() for part in cookie.split(";")[1:]}
        assert {"Secure", "HttpOnly", "Path=/"} <= attributes
        assert not [part for part in attributes if part.startswith("Domain")]
        assert attributes & {"SameSite=Lax", "SameSite=Strict"}


def test_signing_in_and_out_is_recorded(visitor: Visitor, clinic: Clinic):
    sign_in(visitor)
    visitor.get("/desk")
    visitor.post("/logout")
    entries = clinic.read(
        lambda session, _: session.execute(
            select(AuditEntry.action, AuditEntry.staff_id).order_by(AuditEntry.id.desc()).limit(2)
        ).all()
    )
    assert [action for action, _ in entries] == ["signed_out", "signed_in"]
    assert len({staff_id for _, staff_id in entries} - {None}) == 1
