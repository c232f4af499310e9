"""Calendars, looked at as bytes and through readers that are not their writer."""

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import recurring_ical_events
import vobject
from hypothesis import example, given, settings
from hypothesis import strategies as st

from booking.formats import ics
from booking.formats.ics import Appointment, Method, Organizer, Status
from tests.formats import strict_ics
from tests.formats.strict_ics import Component

START = datetime(2026, 1, 13, 19, 0, tzinfo=UTC)
END = START + timedelta(minutes=30)
UPDATED = datetime(2026, 1, 12, 13, 5, 7, 123456, tzinfo=UTC)
CLINIC = Organizer("booking@clinic.example", "Dr. Ahmed")
ANN = "ann@patient.example"
VISIT = Appointment(
    uid="0f9b1b3c-1111-4222-8333-444455556666@clinic.example",
    sequence=0,
    start=START,
    end=END,
    updated_at=UPDATED,
    summary="Appointment with Dr. Ahmed",
    location="Ahmed Skin Clinic, 12 Elm Street; Washington",
    description="Reference: K7QM-34DX\nBring a list of your medicines.",
)
NASTY = (
    'Ann "the Knife" O’Brien',
    "Ann\r\nATTENDEE:mailto:eve@evil.example",
    "Ann\nEND:VEVENT\nBEGIN:VEVENT",
    "Ann\rX:1",
    "Ann\x0bATTENDEE:mailto:eve@evil.example",
    "Ann\x0c\x1c\x1d\x1e\x85ATTENDEE:x",
    "Ann;ROLE=CHAIR:mailto:eve@evil.example",
    'Ann";ROLE="CHAIR',
    "Ann\\",
    "Ann\\nATTENDEE:x",
    "Ann^n^'^^",
    "Ann, Lee; Co: \\;",
    "Ann\x00\x7f",
    "Ann\ud800",
    "\u202eAnn\u2028\u2029",
    "王小明" * 60,
    "👩‍⚕️" * 30,
    "a" * 74 + "é" * 40,
    "",
)
texts = st.one_of(st.sampled_from(NASTY), st.text(st.characters(), max_size=120))


def invite(
    appointment: Appointment = VISIT,
    *,
    method: Method = Method.REQUEST,
    organizer: Organizer = CLINIC,
    attendee: str = ANN,
) -> bytes:
    return ics.invitation(appointment, method=method, organizer=organizer, attendee=attendee)


def event_of(content: bytes) -> Component:
    (event,) = strict_ics.read(content).components
    assert event.name == "VEVENT"
    return event


def kept(text: str) -> str:
    """What may be left of a text: everything but control characters and half characters."""
    gone = {"Cc", "Cs", "Zl", "Zp"}
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in gone)


ALL_KINDS = {
    "request": invite(),
    "cancel": invite(method=Method.CANCEL),
    "download": ics.download(VISIT),
    "feed": ics.feed("Dr. Ahmed – Clinic", [VISIT, replace(VISIT, uid="other@clinic.example")]),
}
kinds = pytest.mark.parametrize("content", ALL_KINDS.values(), ids=list(ALL_KINDS))


@kinds
def test_every_time_is_utc_and_no_zone_is_described(content: bytes) -> None:
    for event in strict_ics.read(content).components:
        assert event.name == "VEVENT"
        for name in ("DTSTART", "DTEND", "DTSTAMP", "LAST-MODIFIED"):
            assert re.fullmatch(r"\d{8}T\d{6}Z", event[name].value)
            assert event[name].parameters == {}
        assert (event["DTSTART"].value, event["DTEND"].value) == (
            "20260113T190000Z",
            "20260113T193000Z",
        )
    assert b"TZID" not in content
    assert b"VTIMEZONE" not in content


@kinds
def test_the_stamps_come_from_the_booking_so_that_the_same_booking_gives_the_same_bytes(
    content: bytes,
) -> None:
    for event in strict_ics.read(content).components:
        assert event["DTSTAMP"].value == event["LAST-MODIFIED"].value == "20260112T130507Z"
    assert content in {
        invite(),
        invite(method=Method.CANCEL),
        ics.download(VISIT),
        ics.feed("Dr. Ahmed – Clinic", [VISIT, replace(VISIT, uid="other@clinic.example")]),
    }


@kinds
def test_an_appointment_is_private_and_keeps_its_identity(content: bytes) -> None:
    event = strict_ics.read(content).components[0]
    assert event["UID"].value == VISIT.uid
    assert event["SEQUENCE"].value == "0"
    assert event["CLASS"].value == "PRIVATE"
    assert len(event.names) == len(set(event.names))


def test_an_invitation_asks_for_a_place_in_the_calendar_and_for_no_answer() -> None:
    calendar, event = strict_ics.read(invite()), event_of(invite())
    assert calendar["METHOD"].value == "REQUEST"
    assert event["STATUS"].value == "CONFIRMED"
    assert event["ORGANIZER"].value == "mailto:booking@clinic.example"
    assert event["ORGANIZER"].parameters == {"CN": "Dr. Ahmed"}
    assert event["ATTENDEE"].value == "mailto:ann@patient.example"
    assert event["ATTENDEE"].parameters == {
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "ACCEPTED",
        "RSVP": "FALSE",
    }
    assert "X-WR-CALNAME" not in calendar.names


def test_a_move_is_the_same_event_with_a_higher_sequence() -> None:
    moved = replace(VISIT, sequence=1, start=START + timedelta(days=1), end=END + timedelta(days=1))
    before, after = event_of(invite()), event_of(invite(moved))
    assert before["UID"] == after["UID"]
    assert after["SEQUENCE"].value == "1"
    assert after["DTSTART"].value == "20260114T190000Z"
    assert strict_ics.read(invite(moved))["METHOD"].value == "REQUEST"


def test_a_cancellation_names_the_same_people_and_times() -> None:
    gone = invite(replace(VISIT, sequence=2, status=Status.CANCELLED), method=Method.CANCEL)
    before, after = event_of(invite()), event_of(gone)
    assert strict_ics.read(gone)["METHOD"].value == "CANCEL"
    assert after["STATUS"].value == "CANCELLED"
    assert after["SEQUENCE"].value == "2"
    for name in ("UID", "ORGANIZER", "ATTENDEE", "DTSTART", "DTEND"):
        assert before[name] == after[name]


def test_a_download_has_the_invitations_uid_and_asks_for_nothing() -> None:
    calendar = strict_ics.read(ics.download(VISIT))
    assert "METHOD" not in calendar.names
    assert {"ATTENDEE", "ORGANIZER"}.isdisjoint(calendar.components[0].names)
    assert calendar.components[0]["UID"] == event_of(invite())["UID"]


def test_a_feed_has_a_name_says_how_often_to_look_and_invites_nobody() -> None:
    calendar = strict_ics.read(ics.feed("Dr. Ahmed – Clinic", [VISIT]))
    assert calendar["NAME"].text == calendar["X-WR-CALNAME"].text == "Dr. Ahmed – Clinic"
    assert calendar["REFRESH-INTERVAL"].value == calendar["X-PUBLISHED-TTL"].value == "PT15M"
    assert calendar["REFRESH-INTERVAL"].parameters == {"VALUE": "DURATION"}
    assert "METHOD" not in calendar.names
    for event in calendar.components:
        assert {"ATTENDEE", "ORGANIZER"}.isdisjoint(event.names)
        assert event.components == []


@pytest.mark.parametrize("name", ["Ahmed, Lee; Partners", "Ahmed\\Lee", "Ahmed\nMETHOD:CANCEL"])
def test_a_feeds_name_is_escaped_like_any_text(name: str) -> None:
    calendar = strict_ics.read(ics.feed(name, [VISIT]))
    assert calendar["NAME"].text == calendar["X-WR-CALNAME"].text == name
    assert "METHOD" not in calendar.names


def test_a_missed_visit_leaves_the_doctors_time_free() -> None:
    entries = [
        replace(VISIT, is_free=True),
        replace(VISIT, status=Status.TENTATIVE, url="https://clinic.example/desk/bookings/1"),
    ]
    free, tentative = strict_ics.read(ics.feed("Dr. Ahmed", entries)).components
    assert free["TRANSP"].value == "TRANSPARENT"
    assert (tentative["TRANSP"].value, tentative["STATUS"].value) == ("OPAQUE", "TENTATIVE")
    assert tentative["URL"].value == "https://clinic.example/desk/bookings/1"


def test_what_is_empty_is_left_out() -> None:
    event = event_of(ics.download(replace(VISIT, location="", description="")))
    assert {"LOCATION", "DESCRIPTION", "URL"}.isdisjoint(event.names)


@given(texts, texts, texts)
@settings(max_examples=150, deadline=None)
@example(*NASTY[:3])
def test_no_text_breaks_out_of_its_place(summary: str, place: str, description: str) -> None:
    appointment = replace(VISIT, summary=summary, location=place, description=description)
    for content in (
        invite(appointment),
        ics.download(appointment),
        ics.feed("Dr. Ahmed", [appointment]),
    ):
        calendar = strict_ics.read(content)
        (event,) = calendar.components
        expected = {"SUMMARY": summary, "LOCATION": place, "DESCRIPTION": description}
        for name, text in expected.items():
            if name in event.names:
                assert event[name].text == kept(text)
        assert event["UID"].value == VISIT.uid
        assert event.components == []
        assert len(event.names) == len(set(event.names))


@given(texts)
@settings(max_examples=150, deadline=None)
@example('a";X="b')
def test_no_name_breaks_out_of_its_place(doctor: str) -> None:
    content = invite(organizer=Organizer("booking@clinic.example", doctor))
    event = event_of(content)
    assert event.names.count("ATTENDEE") == event.names.count("ORGANIZER") == 1
    assert event["ATTENDEE"].value == "mailto:ann@patient.example"
    assert event["ORGANIZER"].value == "mailto:booking@clinic.example"
    assert event["ATTENDEE"].parameters["PARTSTAT"] == "ACCEPTED"
    assert set(event["ORGANIZER"].parameters) <= {"CN"}
    assert "CN" not in event["ATTENDEE"].parameters


@pytest.mark.parametrize("name", NASTY)
def test_nasty_names_leave_no_control_character_in_the_bytes(name: str) -> None:
    content = invite(replace(VISIT, summary=name), organizer=Organizer("a@b.example", name))
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", content)
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
    assert b"\nATTENDEE:" not in content
    assert content.count(b"\r\nBEGIN:VEVENT\r\n") == 1


@pytest.mark.parametrize("name", [n for n in NASTY if "\u2028" not in n])
def test_two_other_readers_see_one_event_at_the_same_instant(name: str) -> None:
    content = invite(
        replace(VISIT, summary=name or "x", description=name or "x"),
        organizer=Organizer("booking@clinic.example", name),
    )
    calendar = vobject.readOne(content.decode())
    assert calendar.method.value == "REQUEST"
    (event,) = calendar.vevent_list
    assert (event.dtstart.value, event.dtend.value) == (START, END)
    assert event.uid.value == VISIT.uid
    assert [guest.value for guest in event.attendee_list] == ["mailto:ann@patient.example"]
    assert event.summary.value == kept(name or "x")

    (occurrence,) = recurring_ical_events.of(icalendar.Calendar.from_ical(content)).between(
        START - timedelta(days=2), END + timedelta(days=2)
    )
    assert (occurrence["DTSTART"].dt, occurrence["DTEND"].dt) == (START, END)


@pytest.mark.parametrize("field", ["summary", "description", "location"])
def test_a_reader_that_takes_every_kind_of_line_break_for_one_sees_no_other_line(
    field: str,
) -> None:
    """Python's `splitlines`, and readers built on it, end a line at U+2028 too."""
    content = invite(replace(VISIT, **{field: "Ann\u2028ATTENDEE:mailto:eve@evil.example\u2029X"}))
    names = {line.partition(":")[0] for line in content.decode().splitlines()}
    assert "ATTENDEE" not in names


def test_a_feed_of_many_reads_the_same_in_other_readers() -> None:
    visits = [
        replace(
            VISIT,
            uid=f"{n}@clinic.example",
            start=START + n * (END - START),
            end=END + n * (END - START),
        )
        for n in range(30)
    ]
    content = ics.feed("Dr. Ahmed", visits)
    calendar = vobject.readOne(content.decode())
    assert [event.dtstart.value for event in calendar.vevent_list] == [v.start for v in visits]
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(content)).between(
        START, START + timedelta(days=2)
    )
    assert sorted(event["DTSTART"].dt for event in found) == [v.start for v in visits]
