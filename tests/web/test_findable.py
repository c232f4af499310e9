"""How the clinic is found: addresses, structured data, the picture, sitemap, and what is hidden."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from PIL import Image

from booking.formats.languages import LANGUAGES
from booking.store.clinic import Clinic as ClinicRow
from booking.store.texts import Text
from tests.support import MONDAY, Clinic
from tests.web.journeys import book, fill_in, on_one_engine, take
from tests.web.visitor import Page, Visitor

pytestmark = on_one_engine
PUBLIC = ["/", "/micro-needling", "/book", "/privacy", "/accessibility"]
KEY = "kAp3-vbnTQ8_fJw2xYz0LmE5rUqH7sDg9iOc1a"
OURS = "https://booking.example.org"
MAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def data(page: Page) -> dict[str, Any]:
    (script,) = page.document.all("script", type="application/ld+json")
    found: dict[str, Any] = json.loads("".join(str(child) for child in script.children))
    return found


def meta(page: Page, name: str) -> str:
    (found,) = page.document.all("meta", property=name)
    return found.attrs["content"]


def change_clinic(clinic: Clinic, **values: str) -> None:
    changed = values | {"version": ClinicRow.version + 1}
    clinic.write(lambda session, _: session.query(ClinicRow).update(changed))


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_names_its_one_address_whatever_host_was_asked(
    make_app: Callable[..., Flask], path: str
):
    app = make_app(PUBLIC_URL=OURS, SECRET_KEY=KEY)
    page = Visitor(app, "https://booking.example.org:8443").get(f"{path}?source=x&after=2026-01-20")
    (link,) = page.document.all("link", rel="canonical")
    assert link.attrs["href"] == meta(page, "og:url") == OURS + path
    assert meta(page, "og:image").startswith(f"{OURS}/share.png?v=")
    assert ":8443" not in page.text
    (description,) = page.document.all("meta", name="description")
    assert 40 < len(description.attrs["content"]) < 400
    assert not page.document.all("meta", name="robots")


def test_private_pages_steps_and_errors_are_not_to_be_found(app: Flask, clinic: Clinic):
    visitor = Visitor(app)
    token = book(visitor)
    take(visitor)
    fill_in(visitor)
    slot = visitor.get("/book/times?day=2026-01-14").slots[0]
    for path in (
        f"/manage/{token}",
        f"/book/confirmed/{token}",
        "/book/times?day=2026-01-14",
        f"/book?slot={slot}",
        "/book/details",
        "/book/check",
        "/login",
        "/nothing",
    ):
        (robots,) = visitor.get(path).document.all("meta", name="robots")
        assert robots.attrs["content"] == "noindex", path


def test_the_sitemap_lists_the_public_pages_and_when_their_words_changed(
    make_app: Callable[..., Flask], clinic: Clinic
):
    visitor = Visitor(make_app(LANGUAGES=",".join(LANGUAGES)))

    def entries() -> dict[str, str | None]:
        page = visitor.get("/sitemap.xml")
        assert page.headers["Content-Type"].startswith("application/xml")
        urls = ElementTree.fromstring(page.text).findall(f"{MAPS}url")  # noqa: S314 - our own
        return {
            url.findtext(f"{MAPS}loc", "").removeprefix("http://127.0.0.1:8000"): url.findtext(
                f"{MAPS}lastmod"
            )
            for url in urls
        }

    everywhere = dict.fromkeys(
        path if code == "en" else f"{path}?lang={code}" for path in PUBLIC for code in LANGUAGES
    )
    assert entries() == everywhere
    words = {"document": "medical", "locale": "en", "version": 2, "content": {}}
    clinic.write(lambda session, _: session.add(Text(**words, published_at=MONDAY)))
    change_clinic(clinic)
    assert entries() == everywhere | {
        "/": "2026-01-12",
        "/micro-needling": "2026-01-12",
    }


def test_search_engines_learn_who_the_clinic_is_and_where_to_book(visitor: Visitor):
    found = data(visitor.get("/"))
    assert found["@type"] == "MedicalClinic"
    assert found["medicalSpecialty"] == "https://schema.org/Dermatology"
    assert found["email"] == "office@clinic.example"
    assert found["url"] == "http://127.0.0.1:8000/"
    assert found["potentialAction"]["@type"] == "ReserveAction"
    assert found["potentialAction"]["target"]["urlTemplate"] == "http://127.0.0.1:8000/book"
    assert [hours["opens"] for hours in found["openingHoursSpecification"]] == ["09:00", "13:00"]
    assert len(found["availableService"]) == 1


def test_every_question_and_answer_for_search_engines_stands_on_the_page(visitor: Visitor):
    page = visitor.get("/micro-needling")
    found = data(page)
    assert found["@type"] == "FAQPage"
    assert len(found["mainEntity"]) == 6
    # Colons take the place of headings' line breaks.
    shown = page.words.replace(" ", "").replace(":", "")
    for entry in found["mainEntity"]:
        assert entry["name"].endswith("?")
        for words in (entry["name"], *entry["acceptedAnswer"]["text"].split(". ")):
            assert words.replace(" ", "").replace(":", "") in shown, words


def test_what_the_clinic_is_called_cannot_end_the_structured_data(app: Flask, clinic: Clinic):
    evil = '</script><script>alert(1)</script><!-- "&'
    change_clinic(clinic, name=evil)
    page = Visitor(app).get("/")
    assert "</script><script>alert" not in page.text
    assert data(page)["name"] == evil


def test_the_picture_is_kept_under_its_version_and_changes_with_the_clinic(
    app: Flask, clinic: Clinic
):
    visitor = Visitor(app)
    before = meta(visitor.get("/"), "og:image")
    answer = visitor.get(before.removeprefix("http://127.0.0.1:8000"))
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Cache-Control"].endswith("immutable")
    picture = Image.open(BytesIO(answer.response.data))
    assert picture.size == (1200, 630)
    change_clinic(clinic, accent="#7a1f5c")
    assert meta(visitor.get("/"), "og:image") != before
    assert visitor.get("/share.png").headers["Cache-Control"] == "no-store"
