"""What the clinic says: every point on the landing page, three equal ways on every public page."""

import re

import pytest
from flask import Flask

from booking.store.clinic import Clinic as ClinicRow
from tests.support import Clinic
from tests.web.journeys import book, on_one_engine
from tests.web.visitor import Visitor

pytestmark = on_one_engine
PUBLIC = ["/", "/micro-needling", "/privacy", "/accessibility"]
ACTION = "Schedule your consultation with Dr. Ahmed"


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


def test_the_landing_page_makes_every_point(visitor: Visitor):
    page = visitor.get("/")
    words = page.words.lower()
    for point in (
        "scar",
        "make-up",
        "minimally invasive",
        "needles",
        "collagen",
        "elastin",
        "neocollagenesis",
        "neovascularization",
        "epidermis",
        "upper-lip lines",
        "crow’s feet",
        "home kit",
        "over the counter",
        "small",  # most studies are
        "22 and over",
        "do not stop any medicine",
        "last reviewed",
    ):
        assert point in words, point
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


def test_what_the_clinic_is_called_is_text_and_not_a_page(app: Flask, clinic: Clinic):
    evil = '<script>alert(1)</script>"{{ 7*7 }}'
    clinic.write(
        lambda session, _: session.query(ClinicRow).update(
            {"name": evil, "address": evil, "version": ClinicRow.version + 1}
        )
    )
    visitor = Visitor(app)
    for path in (*PUBLIC, "/book", f"/manage/{book(visitor)}"):
        page = visitor.get(path)
        assert page.status == 200
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert" in page.text
