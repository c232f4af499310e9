"""Visitors read in the language they choose, mails and calendars follow, staff read English."""

from collections.abc import Callable

import pytest
from flask import Flask

from booking.formats.languages import LANGUAGES
from booking.store.bookings import Patient
from config import SettingsError
from tests.support import Clinic
from tests.web.journeys import ANN, book, on_one_engine, take
from tests.web.visitor import Page, Visitor

pytestmark = on_one_engine
HEADING = {
    "en": "A scar can weigh more than others see.",
    "es": "Una cicatriz puede pesar más de lo que otros ven.",
    "de": "Eine Narbe kann schwerer wiegen, als andere sehen.",
}


def test_only_what_the_clinic_chose_is_spoken(make_app: Callable[..., Flask]):
    page = accepting(make_app(LANGUAGES="en"), "es").get("/?lang=es")
    assert root(page) == ("en", "ltr")
    assert page.document.all("nav", **{"class": "tongues"}) == []
    assert root(Visitor(make_app(LANGUAGES="es")).get("/?lang=es")) == ("es", "ltr")


def test_a_language_that_is_not_known_is_a_refusal_at_the_start(make_app: Callable[..., Flask]):
    with pytest.raises(SettingsError, match="'tlh'"):
        make_app(LANGUAGES="en,tlh")


def root(page: Page) -> tuple[str, str]:
    (html,) = page.document.all("html")
    return html.attrs["lang"], html.attrs["dir"]


def accepting(app: Flask, languages: str) -> Visitor:
    visitor = Visitor(app)
    visitor.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = languages
    return visitor


@pytest.mark.parametrize("code", list(LANGUAGES))
@pytest.mark.parametrize("path", ["/", "/micro-needling", "/book", "/privacy", "/nothing"])
def test_a_page_says_its_language_and_the_way_it_is_written(visitor: Visitor, code: str, path: str):
    assert root(visitor.get(f"{path}?lang={code}")) == (code, LANGUAGES[code].direction)


def test_a_choice_is_remembered_by_the_browser_and_nowhere_else(visitor: Visitor):
    assert visitor.get("/?lang=es").heading == HEADING["es"]
    assert visitor.get("/").heading == HEADING["es"]
    assert visitor.get("/?lang=de").heading == HEADING["de"]
    assert visitor.get("/?lang=xx").heading == HEADING["de"]


def test_without_a_choice_the_browsers_language_decides(app: Flask, clinic: Clinic):
    page = accepting(app, "pt, es-MX;q=0.8, en;q=0.5").get("/")
    assert page.heading == HEADING["es"]
    assert {"Accept-Language", "Cookie"} <= set(page.headers["Vary"].split(", "))
    assert not page.response.headers.get("Set-Cookie", "").startswith("lang=")
    assert accepting(app, "pt, *;q=0.1").get("/").heading == HEADING["en"]


def test_every_page_leads_to_itself_in_every_language(visitor: Visitor):
    page = visitor.get("/book?after=2026-01-20&lang=fr")
    (menu,) = page.document.all("nav", **{"class": "tongues"})
    links = {link.attrs["lang"]: link.attrs["href"] for link in menu.all("a")}
    assert list(links) == list(LANGUAGES)
    assert links["ur"] == "/book?after=2026-01-20&lang=ur"


def test_search_engines_learn_every_language(visitor: Visitor):
    page = visitor.get("/privacy?lang=ar")
    found = {
        link.attrs["hreflang"]: link.attrs["href"]
        for link in page.document.all("link", rel="alternate")
    }
    assert set(found) == {*LANGUAGES, "x-default"}
    assert found["en"] == found["x-default"] == "http://127.0.0.1:8000/privacy"
    (canonical,) = page.document.all("link", rel="canonical")
    assert canonical.attrs["href"] == found["ar"] == "http://127.0.0.1:8000/privacy?lang=ar"


def test_the_language_is_remembered_on_the_booking(app: Flask, clinic: Clinic):
    patient = Visitor(app)
    patient.get("/?lang=es")
    book(patient)
    assert clinic.read(lambda session, _: session.query(Patient).one().locale) == "es"


def test_what_is_wrong_with_a_field_is_said_in_the_visitors_language(app: Flask, clinic: Clinic):
    patient = Visitor(app)
    patient.get("/?lang=de")
    take(patient)
    shown = patient.post("/book/details", {**ANN, "name": "x" * 201, "year": ""})
    assert shown.why("name").endswith("Ihr Name darf höchstens 200 Zeichen lang sein")
    assert shown.why("date_of_birth").endswith("Bei Ihrem Geburtsdatum fehlt das Jahr")


def test_staff_read_english(admin: Visitor):
    admin.get("/?lang=ar")
    assert root(admin.get("/admin")) == ("en", "ltr")
    assert "lang=" not in str(admin.get("/admin?lang=es").headers.get("Set-Cookie"))


def test_the_administrator_writes_each_language_by_itself(admin: Visitor, make_app: Callable):
    path = "/admin/texts/home?language=es"
    form = admin.get(path).form(path)
    assert form.values["heading"] == HEADING["es"]
    done = admin.post(path, {**form.values, "heading": "Cicatrices, con calma", "go": "save"})
    assert done.location == "/admin/texts?saved=1&language=es"
    assert admin.get("/?lang=es").heading == "Cicatrices, con calma"
    assert admin.get("/?lang=en").heading == HEADING["en"]
    assert admin.get("/admin/texts/home").value("heading") == HEADING["en"]


def test_a_new_notice_in_one_language_is_a_new_notice(admin: Visitor):
    path = "/admin/texts/privacy?language=de"
    form = admin.get(path).form(path)
    admin.post(path, {**form.values, "lead": "Neu. Fassung {version}.", "go": "save"})
    assert admin.get("/api/v1/services").response.json["privacy_notice"] == "2"
    path = "/admin/texts/privacy"
    form = admin.get(path).form(path)
    admin.post(path, {**form.values, "lead": "New. Version {version}.", "go": "save"})
    # Numbers are never used twice, so that a number says what was read.
    assert admin.get("/api/v1/services").response.json["privacy_notice"] == "3"
    assert "Version 2" in admin.get("/admin/texts?language=de").words
    assert "The English text is newer" in admin.get("/admin/texts?language=de").words


def test_a_preview_is_in_the_language_of_the_text(admin: Visitor):
    path = "/admin/texts/home?language=ar"
    form = admin.get(path).form(path)
    shown = admin.post(path, {**form.values, "go": "preview"})
    assert root(shown) == ("ar", "rtl")
    assert admin.post(path, {**shown.form(path).values, "go": "save"}).status == 303
