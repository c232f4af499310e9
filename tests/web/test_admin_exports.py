"""The administrator takes bookings and patients away as tables, and it is recorded."""

import csv
from dataclasses import replace
from io import StringIO

from flask import Flask

from booking.formats.tables import as_it_was
from tests.services.deeds import TUESDAY_9, WEDNESDAY_9
from tests.support import ANN, Clinic
from tests.web.journeys import on_one_engine
from tests.web.visitor import Page, Visitor

EXPORT = "/admin/export"


def read(page: Page) -> list[dict[str, str]]:
    text = page.response.get_data().decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline="")))


def test_bookings_are_downloaded_for_a_period(admin: Visitor, clinic: Clinic) -> None:
    clinic.book(TUESDAY_9)
    clinic.book(WEDNESDAY_9, replace(ANN, name="=cmd|' /C calc'!A0", phone="+1 202-555-0143"))
    shown = admin.get(f"{EXPORT}?first=2026-01-14&last=2026-01-14")
    link = next(
        a.attrs["href"] for a in shown.document.all("a") if "bookings.csv" in a.attrs["href"]
    )
    answer = admin.get(link)
    raw = answer.response.get_data()
    assert raw.startswith(b"\xef\xbb\xbfreference,state,start,")
    assert raw.count(b"\r\n") == raw.count(b"\n") == 2
    assert answer.headers["Content-Disposition"] == "attachment; filename=bookings-2026-01-12.csv"
    (row,) = read(answer)
    assert row["start"] == "2026-01-14T09:00:00-05:00"
    assert row["name"] == "'=cmd|' /C calc'!A0"
    assert as_it_was(row["phone"]) == "+1 202-555-0143"
    entries = admin.get("/admin/audit?what=exported").words
    assert "A table was taken away 1 bookings" in entries
    assert "2026-01-14 – 2026-01-14" in entries


@on_one_engine
def test_patients_are_downloaded(admin: Visitor, clinic: Clinic) -> None:
    clinic.book(TUESDAY_9)
    (row,) = read(admin.get(f"{EXPORT}/patients.csv"))
    assert (row["name"], row["email"]) == ("Ann O’Brien", "ann@patient.example")


@on_one_engine
def test_a_period_that_is_none_is_refused_and_nothing_is_given_out(
    admin: Visitor, clinic: Clinic
) -> None:
    for question in ("first=x", "first=2026-01-14&last=2026-01-13"):
        for path in (EXPORT, f"{EXPORT}/bookings.csv"):
            shown = admin.get(f"{path}?{question}")
            assert shown.status == 422
            assert shown.summary()
            assert "patients.csv" not in shown.text
    assert admin.get(f"{EXPORT}/staff.csv").status == 404
    assert (
        "A table was taken away"
        not in admin.get("/admin/audit").document.all("main")[0].all("ol")[0].words
    )


@on_one_engine
def test_reception_takes_nothing_away(app: Flask, clinic: Clinic) -> None:
    visitor = Visitor(app)
    visitor.sign_in(clinic, "reception")
    for path in (EXPORT, f"{EXPORT}/bookings.csv", f"{EXPORT}/patients.csv"):
        assert visitor.get(path).status == 403
