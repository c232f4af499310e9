"""Bad input: an error beside its field, everything typed kept, nothing half-written."""

from urllib.parse import quote

import pytest

from booking.store.bookings import Booking, Patient
from tests.support import Clinic
from tests.web.journeys import ANN, confirm, count, fill_in, on_one_engine, take
from tests.web.visitor import Page, Visitor

pytestmark = on_one_engine


def refused(visitor: Visitor, clinic: Clinic, field: str, **typed: str) -> Page:
    """The answer to details that are not accepted, checked for what holds for all of them."""
    take(visitor)
    page = fill_in(visitor, **typed)
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert page.summary()[field] == page.why(field) != ""
    assert "There is a problem" in page.words
    for name, value in (ANN | typed).items():
        assert page.value(name) == value, f"{name} was not kept"
    # The error is on the page's own field, and the way ends here until it is mended.
    assert visitor.get("/book/check").location == "/book/details"
    assert count(clinic, Patient) == count(clinic, Booking) == 0
    return page


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [
        ("31", "2", "1990"),
        ("29", "2", "2023"),
        ("0", "1", "1990"),
        ("14", "13", "1990"),
        ("14", "3", "90"),
        ("-1", "3", "1990"),
        ("14", "3", "1e3"),
        ("14", "three", "1990"),
        ("١٤", "3", "NaN"),
        ("14", "3", "9" * 40),
        ("14", "3", ""),
        ("", "", ""),
        ("13", "1", "2026"),
        ("14", "3", "1850"),
    ],
)
def test_a_date_of_birth_that_cannot_be(
    visitor: Visitor, clinic: Clinic, day: str, month: str, year: str
):
    refused(visitor, clinic, "date_of_birth", day=day, month=month, year=year)


def test_the_31st_of_february_is_told_apart_from_a_missing_year(visitor: Visitor, clinic: Clinic):
    page = refused(visitor, clinic, "date_of_birth", day="31", month="2")
    assert "a date of birth that exists" in page.why("date_of_birth")
    page = refused(visitor, clinic, "date_of_birth", year="")
    assert page.why("date_of_birth") == "Your date of birth must include a year"


@pytest.mark.parametrize(
    "email",
    [
        "ann",
        "ann@",
        "@patient.example",
        "ann@patient",
        "ann@@patient.example",
        "ann@patient..example",
        "ann @patient.example",
        "ann@patient.example, bob@patient.example",
        "Ann <ann@patient.example>",
        "ann@[127.0.0.1]",
        "ann@patient.example\r\nBcc: everybody@list.example",
        "ann@patient.example\nBEGIN:VCALENDAR",
        "ann%0d%0a@patient.example?cc=bob@x.example",
        f"ann@{'a.' * 130}example",
        "ann\u202e@patient.example\u0007",
    ],
)
def test_an_address_that_cannot_be(visitor: Visitor, clinic: Clinic, email: str):
    refused(visitor, clinic, "email", email=email)


@pytest.mark.parametrize("phone", ["1", "call me", "+", "1234567890" * 5, "555\r\n0142", "=1+1"])
def test_a_phone_number_that_cannot_be(visitor: Visitor, clinic: Clinic, phone: str):
    refused(visitor, clinic, "phone", phone=phone)


def test_one_way_to_reach_the_patient_is_needed(visitor: Visitor, clinic: Clinic):
    page = refused(visitor, clinic, "email", email="", phone="")
    assert "an e-mail address or a phone number" in page.why("email")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "\u200b\u202e",
        "12345",
        "n" * 201,
        "n" * 10_000,
        "Ann\r\nBcc: everybody@list.example",
        "Ann\nATTENDEE:mailto:everybody@list.example",
        "Ann\rEND:VEVENT",
        "Ann\x0bO’Brien",
        "Ann\x07",
        "Ann\x1b[31m",
        "Ann\x7f",
        "Ann\x85O’Brien",
        "Ann\u2028O’Brien",
        "Ann\tO’Brien",
    ],
)
def test_a_name_that_cannot_be(visitor: Visitor, clinic: Clinic, name: str):
    refused(visitor, clinic, "name", name=name)


def test_ten_thousand_characters_come_back_to_be_shortened(visitor: Visitor, clinic: Clinic):
    page = refused(visitor, clinic, "name", name="n" * 10_000)
    assert page.why("name") == "Your name must be 200 characters or fewer"
    assert page.value("name") == "n" * 10_000


def test_all_errors_are_told_at_once_in_the_order_of_the_form(visitor: Visitor, clinic: Clinic):
    typed = {"name": "", "day": "31", "month": "2", "email": "ann@", "phone": "1"}
    page = refused(visitor, clinic, "name", **typed)
    assert list(page.summary()) == ["name", "date_of_birth", "email", "phone"]
    for field in page.summary():
        assert page.by_id(field) is not None, "a link in the summary leads nowhere"


def test_a_field_with_an_error_says_so_to_screen_readers(visitor: Visitor, clinic: Clinic):
    page = refused(visitor, clinic, "email", email="ann@")
    field = page.by_id("email")
    assert field is not None
    assert field.attrs["aria-invalid"] == "true"
    assert "email-why" in field.attrs["aria-describedby"].split()


def test_mended_details_go_on(visitor: Visitor, clinic: Clinic):
    refused(visitor, clinic, "name", name="Ann\nBcc: x@y.example")
    assert fill_in(visitor).location == "/book/questions/cause"
    assert confirm(visitor).status == 303


@pytest.mark.parametrize(
    "name",
    [
        "Siobhán O’Brien-Ñúñez",
        "王小明",
        "مریم حسینی",
        "می\u200cخواهم",
        "Đặng Thị Ánh",
        "X Æ A-12",
        "Robert'); DROP TABLE patients;--",
        "100% {{ 7*7 }} ${7*7} %s",
        "<script>alert(1)</script> & <b>Ann</b>",
        "BEGIN:VCALENDAR;END,VEVENT\\nATTENDEE:x",
        "=HYPERLINK(1)",
        "Ann 🌱",
        '"Ann" <ann@x.example>, Bob',
    ],
)
def test_an_unusual_name_is_kept_whole_and_shown_as_text(
    visitor: Visitor, clinic: Clinic, name: str
):
    take(visitor)
    assert fill_in(visitor, name=name).location == "/book/questions/cause"
    check = visitor.get("/book/check")
    assert name in [bdi.words for bdi in check.document.all("bdi")]
    assert not check.document.all("b", id="x")
    assert "alert(1)" not in "".join(s.words for s in check.document.all("script"))
    confirm(visitor)
    assert clinic.read(lambda session, _: session.query(Patient.name).scalar()) == name


@pytest.mark.parametrize(
    "name", ["Ann\u202eneirB", "\ufeffAnn", "A\u200bnn", "Ann" + "\u0301" * 50]
)
def test_disguises_are_taken_out_of_a_name(visitor: Visitor, clinic: Clinic, name: str):
    take(visitor)
    assert fill_in(visitor, name=name).location == "/book/questions/cause"
    confirm(visitor)
    kept = clinic.read(lambda session, _: session.query(Patient.name).scalar())
    assert not set(kept) & set("\u202e\ufeff\u200b")
    assert kept.count("\u0301") <= 4


def test_what_was_typed_cannot_break_out_of_its_field(visitor: Visitor, clinic: Clinic):
    evil = '"><script src="https://evil.example/x.js"></script><input value="'
    page = refused(visitor, clinic, "email", name=evil, email=evil)
    assert page.value("name") == evil
    assert all("evil.example" not in s.attrs.get("src", "") for s in page.document.all("script"))


def test_template_syntax_in_an_address_bar_is_only_text(visitor: Visitor):
    page = visitor.get("/book?service=" + quote("{{config}}<script>alert(1)</script>"))
    assert page.status == 404
    assert "SECRET_KEY" not in page.text
    assert "<script>alert" not in page.text
