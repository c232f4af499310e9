"""The administrator writes the clinic's texts; versions stay, patients read the newest."""

import pytest
from flask import Flask

from booking.store.texts import Text
from tests.support import Clinic
from tests.web.journeys import ANN, count, on_one_engine, take
from tests.web.visitor import Page, Visitor

# Forms and their errors; what they change is proven on both engines in tests/services.
pytestmark = on_one_engine

HOME, PRIVACY = "/admin/texts/home", "/admin/texts/privacy"


def send(admin: Visitor, path: str = HOME, go: str = "save", **changes: str) -> Page:
    form = admin.get(path).form(path.split("?", maxsplit=1)[0])
    return admin.post(path.split("?", maxsplit=1)[0], {**form.values, **changes, "go": go})


def test_patients_read_new_words_at_once(admin: Visitor, clinic: Clinic):
    done = send(admin, heading="Scars, calmly", weigh="First.\n\nThen **this**.")
    assert (done.status, done.location) == (303, "/admin/texts?saved=1")
    page = admin.get("/")
    assert page.heading == "Scars, calmly"
    assert "<p>First.</p>" in page.text
    assert "<strong>this</strong>" in page.text
    assert "text version 2" in page.words
    assert "A text was published" in admin.get("/admin/audit").words


def test_a_preview_is_the_page_itself_and_saves_nothing(admin: Visitor, clinic: Clinic):
    shown = send(admin, go="preview", heading="Not yet")
    assert (shown.status, shown.heading) == (200, "Not yet")
    assert "Patients do not see this yet." in shown.words
    assert admin.get("/").heading == "A scar can weigh more than others see."
    assert count(clinic, Text) == 0
    # From there it is published.
    published = admin.post(HOME, {**shown.form(HOME).values, "go": "save"})
    assert published.status == 303
    assert admin.get("/").heading == "Not yet"


def test_without_a_change_there_is_no_version(admin: Visitor, clinic: Clinic):
    assert send(admin).status == 303
    assert count(clinic, Text) == 0


def test_an_earlier_version_can_be_used_again(admin: Visitor, clinic: Clinic):
    send(admin, heading="Second")
    send(admin, heading="Third")
    page = admin.get(HOME)
    assert "Version 3" in page.words
    assert "came with the program" in page.words
    assert admin.get(f"{HOME}?version=2").value("heading") == "Second"
    assert send(admin, f"{HOME}?version=1").status == 303
    assert admin.get("/").heading == "A scar can weigh more than others see."
    assert "Version 4" in admin.get("/admin/texts").words
    assert admin.get(f"{HOME}?version=9").status == 404


def test_of_two_who_write_at_once_the_second_is_told(admin: Visitor, clinic: Clinic):
    form = admin.get(HOME).form(HOME).values
    send(admin, heading="The first")
    late = admin.post(HOME, {**form, "heading": "The second", "go": "save"})
    assert late.status == 422
    assert "Somebody published another version meanwhile" in late.words
    assert late.value("heading") == "The second"
    assert admin.get("/").heading == "The first"
    # Having been told, they may.
    assert admin.post(HOME, {**late.form(HOME).values, "go": "save"}).status == 303
    assert admin.get("/").heading == "The second"


def test_a_new_privacy_notice_is_what_patients_agree_to(app: Flask, admin: Visitor, clinic: Clinic):
    patient = Visitor(app)
    take(patient)
    patient.post("/book/details", ANN)
    assert send(admin, PRIVACY, lead="Read this. Version {version}.").status == 303
    assert "Read this. Version 2." in admin.get("/privacy").words
    assert admin.get("/api/v1/services").response.json["privacy_notice"] == "2"
    # Who is in the middle of booking ticks the new one; nothing that was typed is lost.
    old = patient.post("/book/check", {"privacy": "1"})
    assert old.status == 422
    assert "O’Brien" in old.words or ANN["name"] in old.words
    assert patient.post("/book/check", {"privacy": "2"}).status == 303


def test_a_review_alone_is_a_version_but_no_new_notice(admin: Visitor, clinic: Clinic):
    assert send(admin, PRIVACY, reviewed_on="2026-01-12").status == 303
    assert count(clinic, Text) == 1
    assert admin.get("/api/v1/services").response.json["privacy_notice"] == "1"
    assert send(admin, reviewed_on="2026-01-11").status == 303
    assert "Last reviewed: 11 January 2026" in admin.get("/").words


def test_nobody_here_reviewed_what_came_with_the_program(admin: Visitor, clinic: Clinic):
    assert "last reviewed" not in admin.get("/admin/texts").words
    page = admin.get(HOME)
    assert "Not reviewed here yet." in page.words
    assert page.value("reviewed_on") == ""
    assert send(admin, reviewed_today="1").status == 303
    assert admin.get(HOME).value("reviewed_on") == "2026-01-12"
    assert "last reviewed 12 January 2026" in admin.get("/admin/texts").words


def test_the_clinics_own_facts_stand_in_their_places(admin: Visitor, clinic: Clinic):
    send(admin, PRIVACY, body="## Ask\n\nCall {phone} or {email}, {clinic}, {doctor}.")
    page = admin.get("/privacy")
    assert (
        "Call (202) 555-0142 or office@clinic.example, Ahmed Skin Clinic, Dr. Ahmed." in page.words
    )
    links = {a.words: a.attrs["href"] for a in page.document.all("a")}
    assert links["Ask"] == "#ask-1"


def test_nothing_that_is_written_runs(admin: Visitor, clinic: Clinic):
    send(admin, heading="<script>x</script>", weigh="<script>y</script> [z](javascript:z)")
    page = admin.get("/")
    assert "<script>x" not in page.text
    assert "<script>y" not in page.text
    assert "javascript:" not in {a.attrs["href"][:11] for a in page.document.all("a")}


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"heading": " "}, "heading", "must not be empty"),
        ({"heading": "x" * 201}, "heading", "200 characters or fewer"),
        ({"weigh": ""}, "weigh", "must not be empty"),
        ({"weigh": "x" * 10_001}, "weigh", "10,000 characters or fewer"),
        ({"heading": "a\x07b"}, "heading", "letters, digits"),
        ({"reviewed_on": "2026-01-13"}, "reviewed_on", "has not come yet"),
        ({"reviewed_on": "never"}, "reviewed_on", "a day that exists"),
    ],
)
def test_what_makes_no_sense_is_said_beside_the_field_and_kept(
    admin: Visitor, clinic: Clinic, changes: dict[str, str], field: str, why: str
):
    shown = send(admin, **changes)
    assert shown.status == 422
    assert why in shown.why(field)
    assert list(shown.summary()) == [field]
    assert count(clinic, Text) == 0


def test_there_are_no_other_texts(admin: Visitor):
    assert admin.get("/admin/texts/passwords").status == 404
    assert admin.get("/admin/texts/..%2f..%2fetc").status == 404
