"""The administrator says what the clinic is called, where it is, and how it looks."""

from io import BytesIO

import pytest
from PIL import Image

from booking.services.admin import clinic_details
from tests.services.deeds import TUESDAY_9, is_offered, now_is, wall
from tests.support import Clinic
from tests.web.journeys import on_one_engine
from tests.web.visitor import Page, Visitor

# Forms and their errors; what they change is proven on both engines in tests/services.
pytestmark = on_one_engine

CLINIC = "/admin/clinic"


def send(admin: Visitor, go: str = "save", **changes: str) -> Page:
    form = admin.get(CLINIC).form(CLINIC)
    return admin.post(CLINIC, form.values | changes | {"go": go})


def test_every_page_says_the_new_name_and_place_at_once(admin: Visitor, clinic: Clinic):
    done = send(
        admin,
        name="Klinik am Park",
        address="Parkstraße 1, 10115 Berlin",
        phone="030 1234567",
        email="praxis@klinik.example",
        country="DE",
    )
    assert (done.status, done.location) == (303, "/admin/clinic?saved=1")
    page = admin.get("/book")
    for words in ("Klinik am Park", "Parkstraße 1, 10115 Berlin", "030 1234567", "praxis@klinik"):
        assert words in page.words
    assert "Name: Ahmed Skin Clinic → Klinik am Park" in admin.get("/admin/audit").words


def test_another_zone_moves_the_hours_and_asks_about_the_bookings(admin: Visitor, clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    asked = send(admin, time_zone="America/Los_Angeles")
    assert "1 booking does not fit any more" in asked.words
    form = next(form for form in asked.forms if "booking" in form.values)
    assert admin.post(CLINIC, form.values | {f"do-{booking.id}": "keep"}).status == 303
    assert now_is(clinic, booking).start == TUESDAY_9
    # Nine in Los Angeles is noon in New York.
    assert is_offered(clinic, wall("01-13 12:00"))
    assert not is_offered(clinic, wall("01-13 10:00"))


def test_an_accent_colours_all_pages_in_light_and_dark(admin: Visitor, clinic: Clinic):
    assert "theme.css" not in admin.get("/").text
    assert send(admin, accent="8a1c5b").status == 303
    page = admin.get("/")
    assert '<link rel="stylesheet" href="/theme.css?v=8a1c5b">' in page.text
    sheet = admin.get("/theme.css?v=8a1c5b")
    assert sheet.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in sheet.headers["Cache-Control"]
    assert "--brand:#8a1c5b;" in sheet.text
    assert "prefers-color-scheme:dark" in sheet.text
    assert admin.get("/theme.css?v=000000").headers["Cache-Control"] == "no-store"
    assert send(admin, accent="").status == 303
    assert "theme.css" not in admin.get("/").text
    assert admin.get("/theme.css").text == ""


def picture() -> bytes:
    written = BytesIO()
    Image.new("RGB", (300, 100), "#8a1c5b").save(written, "PNG")
    return written.getvalue()


def send_logo(admin: Visitor, raw: bytes) -> Page:
    token = str(admin.get(CLINIC).token).encode()
    # Written out, since the test client would leave a large file open behind it.
    parts = [
        b'name="csrf_token"\r\n\r\n' + token,
        b'name="deed"\r\n\r\nset',
        b'name="logo"; filename="logo.png"\r\nContent-Type: image/png\r\n\r\n' + raw,
    ]
    body = b"".join(
        b"--edge\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts
    )
    kind = "multipart/form-data; boundary=edge"
    return admin.open(f"{CLINIC}/logo", "POST", data=body + b"--edge--\r\n", content_type=kind)


def test_a_logo_stands_in_the_top_line_and_can_be_removed(admin: Visitor, clinic: Clinic):
    assert admin.get("/logo").status == 404
    assert send_logo(admin, picture()).status == 303
    address = next(image.attrs["src"] for image in admin.get("/").document.all("img"))
    shown = admin.get(address)
    assert shown.headers["Content-Type"] == "image/png"
    assert "immutable" in shown.headers["Cache-Control"]
    with Image.open(BytesIO(shown.response.data)) as drawn:
        assert drawn.size == (288, 96)
    assert admin.post(f"{CLINIC}/logo", {"deed": "remove"}).status == 303
    assert admin.get("/logo").status == 404
    assert not admin.get("/").document.all("img")
    assert "logo removed" in admin.get("/admin/audit").words


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "Choose a picture"),
        (b"no picture", "PNG, JPEG or WebP"),
        (bytes(1_000_001), "less than 1 MB"),
    ],
)
def test_what_is_no_logo_is_refused_in_a_sentence(
    admin: Visitor, clinic: Clinic, raw: bytes, why: str
):
    shown = send_logo(admin, raw)
    assert shown.status == 422
    assert why in shown.why("logo")
    assert admin.get("/logo").status == 404


def test_a_file_that_is_far_too_large_is_refused_before_it_is_read(admin: Visitor):
    assert send_logo(admin, bytes(3_000_000)).status == 413
    # Elsewhere the usual limit stands.
    assert admin.post(CLINIC, {"name": "x" * 300_000}).status == 413


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"name": ""}, "Enter a name"),
        ({"address": " "}, "Enter an address"),
        ({"phone": ""}, "office’s phone"),
        ({"phone": "no"}, "Enter a phone number"),
        ({"email": ""}, "office’s e-mail"),
        ({"email": "nobody"}, "Enter an e-mail address"),
        ({"country": "XX"}, "Choose a country"),
        ({"time_zone": "Mars/Olympus"}, "Choose a time zone"),
        ({"time_zone": ""}, "Choose a time zone"),
        ({"hold_minutes": "0"}, "from 3 to 60"),
        ({"move_cut_off_hours": "-1"}, "from 0 to 336"),
        ({"cancel_cut_off_hours": ""}, "from 0 to 336"),
        ({"cancel_cut_off_hours": "337"}, "from 0 to 336"),
        ({"accent": "green"}, "Enter a colour like #0d635c"),
        ({"accent": "#ffee00"}, "The nearest that works is #7"),
        ({"accent": "#fff;}body{display:none"}, "Enter a colour like"),
    ],
)
def test_what_makes_no_sense_is_said_beside_the_field_and_nothing_is_saved(
    admin: Visitor, clinic: Clinic, changes: dict[str, str], why: str
):
    shown = send(admin, **changes)
    field = next(iter(changes))
    assert shown.status == 422
    assert why in shown.why(field)
    assert list(shown.summary()) == [field]
    saved = clinic.read(lambda session, _: clinic_details.as_it_is(session))
    assert (saved.name, saved.time_zone, saved.accent) == (
        "Ahmed Skin Clinic",
        "America/New_York",
        None,
    )


def test_until_when_patients_may_change_their_bookings_is_set_here(admin: Visitor, clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    form = admin.get(CLINIC).form(CLINIC)
    assert (form.values["move_cut_off_hours"], form.values["cancel_cut_off_hours"]) == ("0", "0")
    assert send(admin, move_cut_off_hours="48", cancel_cut_off_hours="24").status == 303
    saved = clinic.read(lambda session, _: clinic_details.as_it_is(session))
    assert (saved.move_cut_off_hours, saved.cancel_cut_off_hours) == (48, 24)
    assert "Last move online before a visit: 0 → 48 hours" in admin.get("/admin/audit").words
    page = admin.get(f"/manage/{clinic.links.keys.new(booking.uid, 0)}")
    assert "To move it, please call us" in page.words
