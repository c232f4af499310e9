"""What the clinic says: every point on the landing page, three equal ways on every public page."""

import re

import pytest
from flask import Flask

from booking.domain.retention import Retention
from booking.store.clinic import Clinic as ClinicRow
from booking.store.clinic import Location
from tests.support import Clinic
from tests.web.journeys import book, on_one_engine
from tests.web.visitor import Visitor

pytestmark = on_one_engine
PUBLIC = ["/", "/micro-needling", "/privacy", "/accessibility"]
ACTION = "Schedule your consultation with Dr. Ahmed"
# What the clinic says, and what has to be said beside it.
POINTS = (
    "most of all",
    "on the face",
    "medical procedure",
    "injury",
    "appear by ",
    "people without scars rarely see how much",
    "camouflage make-up is the only quick answer",
    "slow",
    "weak",
    "plastic surgery",
    "invasive",
    "expensive",
    "minimally invasive",
    "the body’s own healing to reduce scarring",
    "a recognised procedure for scars around the world",
    "many very fine needles punctures the skin in a controlled way",
    "collagen and elastin",
    "smoother and the scar less visible",
    "neocollagenesis",
    "neovascularization",
    "fast and minimally invasive",
    "epidermis",
    "stays intact",
    "repeated over several sessions",
    "firmness returns, and finer lines soften",
    "upper-lip lines and crow’s feet",
    "thinking about a home kit?",
    "over the counter",
    "for the best result, see a specialist",
    "most studies",
    "small",
    "improving the appearance",
    "facial acne scars, wrinkles and abdominal scars",
    "22 and over",
    "redness, swelling, tightness, pinpoint bleeding and dryness",
    "1 to 3 days",
    "up to 7",
    "the skin’s colour, marks like small tracks, and granulomas",
    "3 to 6",
    "4 to 8 weeks",
    "30 to 60 minutes",
    "with numbing",
    "come as you are; if you can, without make-up on the area",
    "a list of your medicines, and notes of earlier treatment",
    "photographs, if there are any",
    "do not stop any medicine before the visit",
    "there is time to think",
    "last reviewed",
)


@pytest.mark.parametrize("path", PUBLIC)
def test_booking_calling_and_writing_stand_on_every_public_page(visitor: Visitor, path: str):
    page = visitor.get(path)
    assert page.status == 200
    links = {a.words: a.attrs["href"] for a in page.document.all("a")}
    assert links[ACTION] == "/book"
    addresses = set(links.values())
    assert "tel:+12025550142" in addresses
    assert "mailto:office@clinic.example" in addresses


@pytest.mark.parametrize("path", PUBLIC)
def test_every_public_page_leads_to_the_others_and_can_be_found(visitor: Visitor, path: str):
    page = visitor.get(path)
    addresses = {a.attrs["href"].split("#")[0] for a in page.document.all("a")}
    assert {"/", "/micro-needling", "/book", "/privacy", "/accessibility"} <= addresses | {path}
    robots = [meta.attrs["content"] for meta in page.document.all("meta", name="robots")]
    assert "noindex" not in robots


@pytest.mark.parametrize("path", ["/", "/micro-needling"])
def test_the_landing_page_and_the_article_make_every_point(visitor: Visitor, path: str):
    page = visitor.get(path)
    words = page.words.lower()
    for point in POINTS:
        assert point in words, point
    assert words.count("microneedling") == 1
    (benefits,) = [e for e in page.document.all("ol") if "benefits" in e.attrs.get("class", "")]
    assert len(benefits.all("li")) == 4
    (glossary,) = [e for e in page.document.all("dl") if "glossary" in e.attrs.get("class", "")]
    assert len(glossary.all("dt")) == 4


@pytest.mark.parametrize("path", PUBLIC)
def test_names_are_spelled_as_the_clinic_spells_them(visitor: Visitor, path: str):
    words = visitor.get(path).words
    assert not re.search(r"\bDr Ahmed", words)
    assert not re.search(r"micro-needling", words, re.IGNORECASE)
    assert words.lower().count("microneedling") <= 1
    assert "get rid of" not in words


def test_the_next_free_times_can_be_taken_on_the_landing_page(visitor: Visitor):
    page = visitor.get("/")
    assert "Monday 12 January" in page.words
    assert [b.words for b in page.document.all("button", name="slot")] == [
        "10:00 am",
        "10:30 am",
        "11:00 am",
    ]
    assert visitor.take(page.slots[0]).location == "/book/details"


def test_the_privacy_notice_says_its_version(visitor: Visitor):
    assert "Version 1." in visitor.get("/privacy").words


def test_the_privacy_notice_says_for_how_long_things_are_kept_by_default(visitor: Visitor):
    keep, words = Retention(), visitor.get("/privacy").words
    for period in (
        f"took place: {keep.attended_years} years after",
        f"none took place: {keep.missed_months} months after",
        f"waitlist: {keep.waitlist_days} days after",
        f"sent a message: {keep.messages_days} days",
        f"who did what: {keep.audit_years} years",
    ):
        assert period in words


def test_what_the_clinic_is_called_is_text_and_not_a_page(app: Flask, clinic: Clinic):
    evil = '<script>alert(1)</script>"{{ 7*7 }}'
    clinic.write(
        lambda session, _: session.query(ClinicRow).update(
            {"name": evil, "version": ClinicRow.version + 1}
        )
    )
    clinic.write(lambda session, _: session.query(Location).update({"address": evil}))
    visitor = Visitor(app)
    for path in (*PUBLIC, "/book", f"/manage/{book(visitor)}"):
        page = visitor.get(path)
        assert page.status == 200
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert" in page.text
