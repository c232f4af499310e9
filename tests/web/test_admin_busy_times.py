"""The administrator reads another calendar in; it is shown, it clashes, it can be removed."""

from io import BytesIO

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.services.deeds import TUESDAY_9, is_offered, wall
from tests.support import Clinic
from tests.web.journeys import on_one_engine
from tests.web.visitor import Page, Visitor

BUSY, HOURS = "/admin/hours/dr-ahmed/busy", "/admin/hours/dr-ahmed"
EVENT = "\r\n".join(
    [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Tests//EN",
        "BEGIN:VEVENT",
        "UID:1@hospital.example",
        "DTSTAMP:20260101T000000Z",
        "DTSTART:20260113T090000",
        "DTEND:20260113T100000",
        "SUMMARY:A secret of somebody",
        "RRULE:FREQ=WEEKLY;COUNT=3",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
).encode()


def send(admin: Visitor, raw: bytes, source: str = "Hospital rota") -> Page:
    """Look at a calendar and bring it in; the first page if that refuses it."""
    shown = look(admin, raw, source)
    return shown if shown.status == 422 else admin.post(BUSY, confirming(shown))


def confirming(shown: Page) -> dict[str, str]:
    return next(form.values for form in shown.forms if form.values.get("deed") == "save")


def look(admin: Visitor, raw: bytes, source: str = "Hospital rota") -> Page:
    form = admin.get(BUSY).form(BUSY)
    file = FileStorage(BytesIO(raw), "rota.ics", "file")
    # In memory: a temporary file of the test's own client would never be closed.
    boundary, body = encode_multipart(form.values | {"source": source, "file": file})
    kind = f"multipart/form-data; boundary={boundary}"
    return admin.open(BUSY, "POST", data=body, content_type=kind)


def test_a_calendar_is_read_and_its_time_is_taken(admin: Visitor, clinic: Clinic):
    assert "None was read yet" in admin.get(HOURS).words
    done = send(admin, EVENT)
    assert done.location == f"{BUSY}?saved=1"
    shown = admin.follow(done)
    assert "3 times, read Monday 12 January, 8:00 am" in shown.words
    assert "secret" not in shown.words
    assert "3 times, read" in admin.get(HOURS).words
    assert not is_offered(clinic, TUESDAY_9)
    assert is_offered(clinic, wall("01-13 10:00"))


def test_what_a_calendar_would_do_is_shown_before_it_is_brought_in(admin: Visitor, clinic: Clinic):
    booking = clinic.book(wall("01-13 09:30"))
    evening = EVENT.replace(b"COUNT=3", b"COUNT=2").replace(b"T100000", b"T101500")
    shown = look(admin, evening)
    assert shown.status == 200
    assert "busy 2 times, from Tuesday 13 January 2026, 9:00 am until" in shown.words
    assert "Of these 2 lie within opening hours" in shown.words
    assert "Tuesday 20 January, 9:00 am – 10:15 am" in shown.words
    assert f'href="/desk/bookings/{booking.id}"' in shown.text
    assert "None was read yet" in shown.words
    assert is_offered(clinic, TUESDAY_9)
    night = EVENT.replace(b"T090000", b"T200000").replace(b"T100000", b"T210000")
    assert "None of them lies within opening hours" in look(admin, night).words


def test_what_the_preview_carries_on_is_checked(admin: Visitor, clinic: Clinic):
    form = confirming(look(admin, EVENT))
    assert admin.post(BUSY, form | {"spans": "x"}).status == 422
    assert admin.post(BUSY, form | {"spans": "5-4 1-2 99999999999-99999999999"}).status == 303
    assert is_offered(clinic, TUESDAY_9)


def test_clashes_are_shown_and_lead_to_the_booking(admin: Visitor, clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    send(admin, EVENT)
    for page in (BUSY, HOURS):
        shown = admin.get(page)
        assert "1 booked visit clashes with it" in shown.words
        assert f'href="/desk/bookings/{booking.id}"' in shown.text


def test_a_calendar_is_removed(admin: Visitor, clinic: Clinic):
    send(admin, EVENT)
    form = next(one for one in admin.get(BUSY).forms if one.values.get("deed") == "remove")
    assert admin.post(BUSY, form.values).status == 303
    assert "None was read yet" in admin.get(BUSY).words
    assert is_offered(clinic, TUESDAY_9)
    entries = admin.get("/admin/audit?what=busy_times").words
    assert "Hospital rota: 3 times brought in" in entries
    assert "Hospital rota: removed" in entries


@on_one_engine
@pytest.mark.parametrize(
    ("raw", "source", "field", "why"),
    [
        (EVENT, "", "source", "Enter a name"),
        (EVENT, "x" * 101, "source", "Use 100 characters or fewer"),
        (b"", "Rota", "file", "Choose a calendar file"),
        (b"garbage", "Rota", "file", "could not be read"),
        (b"x" * 2_000_001, "Rota", "file", "less than 2 MB"),
        (EVENT.replace(b"WEEKLY;COUNT=3", b"SECONDLY"), "Rota", "file", "too often"),
        (EVENT.replace(b"WEEKLY;COUNT=3", b"HOURLY"), "Rota", "file", "more than 2,000 times"),
    ],
)
def test_what_cannot_be_read_is_said_beside_the_field_and_nothing_is_saved(
    admin: Visitor, clinic: Clinic, raw: bytes, source: str, field: str, why: str
):
    shown = send(admin, raw, source)
    assert shown.status == 422
    assert why in shown.why(field)
    assert list(shown.summary()) == [field]
    assert shown.value("source") == source
    assert "None was read yet" in shown.words
    assert is_offered(clinic, TUESDAY_9)


@on_one_engine
def test_nobodys_busy_time_is_not_there(admin: Visitor):
    assert admin.get("/admin/hours/nobody/busy").status == 404
