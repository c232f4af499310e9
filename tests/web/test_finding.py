"""The way back for whoever lost the link, and for nobody else."""

import pytest
from flask import Flask
from sqlalchemy import select

from booking.domain import references
from booking.store.bookings import Booking
from booking.store.records import AuditEntry
from tests.support import Clinic
from tests.web.journeys import book, count, on_one_engine
from tests.web.test_manage import cancel, the
from tests.web.visitor import Page, Visitor

TRIES = 10
BORN = {"day": "14", "month": "3", "year": "1990"}


@pytest.fixture
def token(app: Flask) -> str:
    return book(Visitor(app))


@pytest.fixture
def reference(clinic: Clinic, token: str) -> str:
    return references.show(the(clinic).reference)


def find(visitor: Visitor, reference: str, network: str = "192.0.2.1", **born: str) -> Page:
    if not visitor.token:
        visitor.get("/find")
    values = {"reference": reference} | BORN | born
    return visitor.post("/find", values, environ_overrides={"REMOTE_ADDR": network})


def test_reference_and_date_of_birth_open_the_booking_in_any_browser(
    visitor: Visitor, clinic: Clinic, token: str, reference: str
):
    answer = find(visitor, reference)
    assert (answer.status, answer.location) == (303, f"/manage/{token}")
    assert visitor.follow(answer).heading == "Your appointment"
    last = clinic.read(lambda session, _: session.scalars(select(AuditEntry)).all())[-1]
    assert (last.action, last.actor_kind, last.booking_id) == ("found", "patient", the(clinic).id)


@on_one_engine
def test_hyphens_case_and_blanks_do_not_matter(visitor: Visitor, token: str, reference: str):
    blanks, isolated = f" {reference} ", f"\u2068{reference}\u2069"
    for typed in (reference.lower(), reference.replace("-", ""), blanks, isolated):
        assert find(visitor, typed).location == f"/manage/{token}", typed


@on_one_engine
def test_a_cancelled_booking_is_found_too(visitor: Visitor, token: str, reference: str):
    cancel(visitor, token)
    page = visitor.follow(find(visitor, reference))
    assert "Would you like another time?" in page.words


def without(page: Page, *words: str) -> str:
    text = page.text
    for word in words:
        text = text.replace(word, "…")
    return text


def test_whatever_does_not_fit_gets_the_same_answer(
    visitor: Visitor, clinic: Clinic, reference: str
):
    before = count(clinic, AuditEntry)
    answers = {
        (answer.status, without(answer, typed, f'value="{born["year"]}"', str(answer.token)))
        for typed, born in (
            (reference, BORN | {"year": "1991"}),
            ("7777-7777", BORN),
            ("no reference", BORN),
        )
        for answer in [find(visitor, typed, **born)]
    }
    assert len(answers) == 1
    ((status, text),) = answers
    assert status == 422
    assert "We find no appointment with this reference and date of birth" in text
    assert count(clinic, AuditEntry) == before


@on_one_engine
def test_what_was_typed_is_kept_and_stands_in_no_address(visitor: Visitor, reference: str):
    answer = find(visitor, reference, year="1991")
    assert [answer.value(name) for name in ("reference", "day", "month", "year")] == [
        reference,
        "14",
        "3",
        "1991",
    ]
    assert answer.location == ""
    assert visitor.get(f"/find?reference={reference}").value("reference") == ""


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reference": ""}, "reference"),
        ({"reference": "\u200b"}, "reference"),
        ({"day": "31", "month": "2"}, "date_of_birth"),
        ({"year": ""}, "date_of_birth"),
        ({"year": "9" * 3000}, "date_of_birth"),
    ],
)
@on_one_engine
def test_what_is_missing_is_said_beside_its_field(
    visitor: Visitor, reference: str, values: dict[str, str], field: str
):
    answer = find(visitor, **({"reference": reference} | values))
    assert answer.status == 422
    assert answer.why(field)


@pytest.mark.parametrize("typed", ["x" * 5000, "\ud83d\ude00", "' OR 1=1 --", "%", "K7QM_34DX"])
@on_one_engine
def test_nonsense_finds_nothing(visitor: Visitor, reference: str, typed: str):
    typed = typed.encode("utf-16", "surrogatepass").decode("utf-16")
    assert find(visitor, typed).status == 422


def test_guessing_a_date_of_birth_is_throttled_from_anywhere(
    app: Flask, clinic: Clinic, reference: str
):
    for n in range(TRIES):
        spelling = reference if n % 2 else reference.replace("-", "").lower()
        answer = find(Visitor(app), spelling, network=f"192.0.2.{n}", year=str(1950 + n))
        assert answer.status == 422
    refused = find(Visitor(app), reference, network="192.0.2.99")
    assert refused.status == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "(202) 555-0142" in refused.words
    clinic.time.pass_(minutes=5, seconds=1)
    assert find(Visitor(app), reference, network="192.0.2.99").status == 303


def test_guessing_references_is_throttled_by_network(app: Flask, reference: str):
    for n in range(TRIES):
        assert find(Visitor(app), f"7777-777{'34679CDFGH'[n]}").status == 422
    assert find(Visitor(app), reference).status == 429
    assert find(Visitor(app), reference, network="198.51.100.7").status == 303


@on_one_engine
def test_a_reference_that_nobody_has_is_throttled_alike(app: Flask, clinic: Clinic):
    answers = [
        find(Visitor(app), "7777-7777", network=f"192.0.2.{n}").status for n in range(TRIES + 1)
    ]
    assert answers == [422] * TRIES + [429]


@on_one_engine
def test_every_public_page_leads_there_and_search_engines_stay_out(visitor: Visitor, token: str):
    for path in ("/", "/book", f"/manage/{token}", f"/book/confirmed/{token}"):
        assert 'href="/find"' in visitor.get(path).text, path
    page = visitor.get("/find")
    assert (page.status, page.heading) == (200, "Find your appointment")
    assert 'name="robots" content="noindex"' in page.text
    assert "/find" not in visitor.get("/sitemap.xml").text


@on_one_engine
def test_another_patients_date_of_birth_opens_only_their_own(app: Flask, clinic: Clinic):
    first = book(Visitor(app))
    book(Visitor(app), number=1, day="1")
    mine, theirs = clinic.read(
        lambda session, _: session.scalars(select(Booking).order_by(Booking.id)).all()
    )
    assert find(Visitor(app), theirs.reference).status == 422
    assert find(Visitor(app), mine.reference).location == f"/manage/{first}"
