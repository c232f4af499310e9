"""What is printed at the desk: the slip from all sides, and a week on one page across."""

from dataclasses import replace
from io import BytesIO

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from booking.domain.intake import Intake
from booking.domain.questions import HEALTH_QUESTIONS, HOPES, LOOKS, TRIED, WHERE
from booking.domain.roles import Role
from booking.services.bookings.intakes import Given
from tests.browser.days import on_the_day
from tests.browser.looking import Look
from tests.browser.patients import heading
from tests.browser.staff import open_card, sit_down
from tests.support import ANN, Clinic


def test_a_slip_is_one_click_from_the_card_and_one_page_on_small_paper(
    page: Page, clinic: Clinic, look: Look
):
    clinic.book(on_the_day(clinic, 10), replace(ANN, locale="ar"))
    sit_down(page, clinic)
    open_card(page, ANN.name)
    page.get_by_role("link", name="Slip for the patient").click()
    heading(page, "Slip for the patient")
    expect(page.get_by_role("article")).to_have_attribute("dir", "rtl")
    look("the slip")
    for width, height in (("105mm", "148mm"), ("80mm", "160mm")):
        printed = PdfReader(BytesIO(page.pdf(width=width, height=height)))
        assert len(printed.pages) == 1
        words = printed.pages[0].extract_text()
        assert "(202) 555-0142" in words
        assert "Slip for the patient" not in words


def test_a_week_prints_across_on_one_page(page: Page, clinic: Clinic):
    for hour in (11, 13, 14, 15, 16):
        clinic.book(on_the_day(clinic, hour), replace(ANN, email=f"ann{hour}@patient.example"))
    sit_down(page, clinic)
    page.goto("/desk/week")
    (printed,) = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert printed.mediabox.width > printed.mediabox.height
    assert printed.extract_text().count("Ann O’Brien") == 5


def test_a_doctor_has_all_that_a_patient_said_on_one_sheet(page: Page, clinic: Clinic):
    words = "Less of it when I laugh. " * 20
    said = Intake(
        {
            "where": WHERE.options,
            "looks": LOOKS.options,
            "tried": TRIED.options[:-1],
            "hopes": HOPES.options,
            "health": tuple(one.key for one in HEALTH_QUESTIONS[:16]),
        },
        {"hopes_words": words.strip()},
    )
    booking = clinic.book(on_the_day(clinic, 10), given=Given(said))
    sit_down(page, clinic, Role.DOCTOR)
    page.goto(f"/doctor/bookings/{booking.id}")
    (printed,) = PdfReader(BytesIO(page.pdf(format="A4"))).pages
    text = printed.extract_text()
    assert "Something else" in text
    assert "Chest" in text
