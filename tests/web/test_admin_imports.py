"""The administrator brings a table in: mapped, checked line by line, then all or nothing."""

from io import BytesIO

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from booking.store.bookings import Booking, Patient
from booking.store.imports import Import
from booking.worker import Worker
from tests.services.deeds import TUESDAY_9
from tests.support import Clinic
from tests.web.journeys import count, on_one_engine
from tests.web.visitor import Page, Visitor

IMPORT = "/admin/import"
CALENDLY = (
    "User Name,Invitee Name,Invitee Email,Invitee Time Zone,Text Reminder Number,"
    "Event Type Name,Start Date & Time,End Date & Time,Canceled,Question 1,Response 1\r\n"
    "Dr. Ahmed,Ann O’Brien,ann@patient.example,Central Time - US & Canada,'+1 202-555-0143,"
    "First talk,2026-01-13 09:00 am,2026-01-13 09:30 am,false,Pregnant?,A secret\r\n"
    "Dr. Ahmed,Ben Roy,ben@patient.example,,,"
    "First talk,2026-01-13 09:15 am,2026-01-13 09:45 am,false,,\r\n"
    "Dr. Ahmed,Cem Kaya,cem@patient.example,,,"
    "First talk,2026-01-14 02:00 pm,2026-01-14 02:30 pm,true,,\r\n"
)


def hand_in(admin: Visitor, raw: bytes, name: str = "events.csv") -> Page:
    """Hand a table in; the answer."""
    form = admin.get(IMPORT).form(IMPORT)
    file = FileStorage(BytesIO(raw), name, "file")
    # In memory: a temporary file of the test's own client would never be closed.
    boundary, body = encode_multipart(form.values | {"file": file})
    kind = f"multipart/form-data; boundary={boundary}"
    return admin.open(IMPORT, "POST", data=body, content_type=kind)


def work(clinic: Clinic) -> None:
    Worker(clinic.database, clinic.links, None, sender="a@b.example", timeout=1).bring_in_tables()


def checked(admin: Visitor, clinic: Clinic, raw: bytes, **words: str) -> tuple[str, Page]:
    """A table that was mapped as it was guessed and checked: its address, and the report."""
    path = hand_in(admin, raw).location
    shown = admin.get(path)
    admin.post(path, filled(shown, "column-0") | {"deed": "columns"})
    shown = admin.get(path)
    if shown.heading == "What the words mean":
        admin.post(path, filled(shown, "deed", "words") | words)
    assert admin.get(path).heading == "Checking the table"
    work(clinic)
    return path, admin.get(path)


def filled(page: Page, name: str, value: str | None = None) -> dict[str, str]:
    """What stands in the form with this field."""
    return next(
        form.values
        for form in page.forms
        if name in form.values and value in {None, form.values[name]}
    )


def test_calendlys_table_comes_in_from_the_first_page_to_the_last(
    admin: Visitor, clinic: Clinic
) -> None:
    path = hand_in(admin, CALENDLY.encode()).location
    shown = admin.get(path)
    assert "This looks like a table of Calendly" in shown.words
    form = filled(shown, "column-0")
    assert (form["column-3"], form["column-10"], form["clock"]) == ("", "", "12")
    assert "Tuesday 13 January 2026, 9:00 am on the clinic’s clock" in shown.words
    admin.post(path, form | {"deed": "columns"})
    shown = admin.get(path)
    assert shown.heading == "What the words mean"
    words = filled(shown, "deed", "words")
    assert words["practitioner-0"] == "dr-ahmed"
    refused = admin.post(path, words)
    assert refused.status == 422
    assert refused.why("service-0") == "Choose what this means"
    admin.post(path, words | {"service-0": "consultation"})
    waiting = admin.get(path)
    assert waiting.heading == "Checking the table"
    assert "0 of 3 lines read" in waiting.words
    work(clinic)
    report = admin.get(path)
    assert "Import 1 line?" in report.words
    assert "Overlaps line 2, buffers included" in report.words
    assert "Not booked any more: “true”" in report.words
    assert "secret" not in report.text
    assert count(clinic, Booking) == 0
    go = filled(report, "deed", "bring_in")
    refused = admin.post(path, {name: go[name] for name in go if name != "leave_out"})
    assert "may be left out" in refused.why("leave_out")
    admin.post(path, go | {"leave_out": "yes"})
    assert admin.get(path).heading == "Importing the table"
    work(clinic)
    done = admin.get(path)
    assert "1 line imported" in done.words
    assert "Ann" not in done.words
    assert count(clinic, Booking) == 1
    board = admin.get("/desk?day=2026-01-13").words
    assert "Ann O’Brien" in board
    entries = admin.get("/admin/audit?what=imported").words
    assert "1 lines taken, 1 patients new, 0 here already, 2 left out" in entries


@on_one_engine
def test_our_own_tables_come_back(admin: Visitor, clinic: Clinic) -> None:
    clinic.book(TUESDAY_9)
    raw = admin.get("/admin/export/bookings.csv").response.get_data()
    _, report = checked(admin, clinic, raw)
    assert "This patient has or had a booking at this time" in report.words
    assert "No line can be imported" in report.words
    raw = admin.get("/admin/export/patients.csv").response.get_data()
    raw += b"Ben Roy,1980-02-01,,'+49 30 901820,,en,\r\n"
    path, report = checked(admin, clinic, raw)
    assert "Import 1 line?" in report.words
    assert "Send each patient" not in report.words
    admin.post(path, filled(report, "deed", "bring_in"))
    work(clinic)
    assert count(clinic, Patient) == 2


@on_one_engine
def test_what_the_columns_mean_is_checked_and_can_be_changed(
    admin: Visitor, clinic: Clinic
) -> None:
    raw = b"Who;Mail;When;Notes\nAnn;a@b.example;13.01.2026 09:00;afraid\n"
    path = hand_in(admin, raw).location
    form = filled(admin.get(path), "column-0") | {"deed": "columns"}
    assert (form["column-1"], form["column-3"]) == ("email", "")
    refused = admin.post(path, form)
    assert "Say which column is the name" in refused.why("columns")
    chosen = form | {"column-0": "name", "column-2": "start", "order": "mdy"}
    looked = admin.post(path, chosen | {"deed": "look"})
    assert "in this way it cannot be read" in looked.words
    assert looked.value("column-0") == "name"
    looked = admin.post(path, chosen | {"deed": "look", "order": "dmy"})
    assert "that is Tuesday 13 January 2026, 9:00 am" in looked.words
    admin.post(path, chosen | {"order": "dmy"})
    work(clinic)
    report = admin.get(path)
    assert "Import 1 line?" in report.words
    admin.post(path, filled(report, "deed", "again"))
    assert admin.get(path).value("column-2") == "start"
    admin.post(path, filled(admin.get(path), "deed", "drop"))
    assert admin.get(path).status == 404
    assert count(clinic, Import) == 0


@on_one_engine
@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "Choose a table"),
        (b"PK\x03\x04\x00\x00\x00", "could not be read as text"),
        (b"name\n", "at least one line"),
        (b"a\n" + b"1\n" * 5_001, "at most 5,000 lines"),
        (b"x" * 5_000_001, "less than 5 MB"),
    ],
)
def test_what_is_no_table_is_said_beside_the_field(
    admin: Visitor, clinic: Clinic, raw: bytes, why: str
) -> None:
    shown = hand_in(admin, raw)
    assert shown.status == 422
    assert why in shown.why("file")
    assert count(clinic, Import) == 0


@on_one_engine
def test_reception_brings_nothing_in(app: Flask, admin: Visitor, clinic: Clinic) -> None:
    path = hand_in(admin, CALENDLY.encode()).location
    visitor = Visitor(app)
    visitor.get("/login")
    visitor.sign_in(clinic, "reception")
    for address in (IMPORT, path):
        assert visitor.get(address).status == 403
        assert visitor.post(address, {"deed": "drop"}).status == 403
    assert count(clinic, Import) == 1
