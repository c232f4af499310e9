"""Reception's day: who comes, who came, who called, who does not come."""

from dataclasses import replace

from playwright.sync_api import Page, expect

from tests.browser.days import on_the_day
from tests.browser.live import NewContext, Post, invitation
from tests.browser.patients import CALLER, button, heading, link
from tests.browser.staff import (
    act,
    open_card,
    own_page,
    row,
    shows,
    sit_down,
    write_down,
)
from tests.support import ANN, RECEPTION, Clinic, at


def test_reception_books_for_a_caller_and_sees_the_row(page: Page, clinic: Clinic):
    sit_down(page, clinic)
    link(page, "New booking").click()
    heading(page, "New booking")
    write_down(page, "9:30 am")
    button(page, "Book").click()
    heading(page, "Monday 12 January")
    shows(page, CALLER.name, "Confirmed")
    expect(row(page, CALLER.name)).to_contain_text("9:30 am")
    expect(row(page, CALLER.name)).to_contain_text("(202) 555-0177")
    expect(row(page, CALLER.name)).to_contain_text("phone")


def test_a_free_time_on_the_board_opens_the_form_with_it_chosen(page: Page, clinic: Clinic):
    sit_down(page, clinic)
    row(page, "11:00 am").get_by_role("link", name="Book").click()
    heading(page, "New booking")
    expect(page.get_by_role("radio", name="11:00 am")).to_be_checked()


def test_a_form_with_a_mistake_comes_back_as_it_was_typed(page: Page, clinic: Clinic):
    sit_down(page, clinic)
    page.goto("/desk/book?day=2026-01-14")
    write_down(page, "2:30 pm", replace(CALLER, month="13"))
    button(page, "Book").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("a date of birth that exists")
    expect(page.get_by_role("radio", name="2:30 pm")).to_be_checked()
    expect(page.get_by_label("Name")).to_have_value(CALLER.name)
    expect(page.get_by_label("Month")).to_have_value("13")
    expect(page.get_by_label("Phone")).to_have_value(CALLER.phone)


def test_a_time_that_went_meanwhile_is_said_beside_the_times_and_nothing_is_lost(
    page: Page, clinic: Clinic
):
    sit_down(page, clinic)
    page.goto("/desk/book?day=2026-01-13")
    write_down(page, "10:00 am")
    clinic.book(at("2026-01-13T10:00-05:00"))
    button(page, "Book").click()
    expect(page.get_by_role("alert")).to_contain_text("just been taken")
    expect(page.get_by_role("radio", name="10:00 am")).to_have_count(0)
    expect(page.get_by_label("Name")).to_have_value(CALLER.name)


def test_a_visit_goes_through_its_states_and_one_step_back(page: Page, clinic: Clinic):
    clinic.book(on_the_day(clinic, 10))
    sit_down(page, clinic)
    act(page, ANN.name, "Arrived")
    shows(page, ANN.name, "Arrived")
    act(page, ANN.name, "In room")
    shows(page, ANN.name, "In room")
    act(page, ANN.name, "Completed")
    shows(page, ANN.name, "Completed")
    open_card(page, ANN.name)
    button(page, "Undo “Completed”").click()
    shows(page, ANN.name, "In room")
    open_card(page, ANN.name)
    story = page.get_by_role("region", name="What happened")
    for step in ("Booked", "Arrived", "In room", "Completed", "Undone, back to: in room"):
        expect(story).to_contain_text(step)
    expect(story).to_contain_text("by reception@clinic.example")


def test_nobody_has_missed_a_visit_before_it_began(page: Page, clinic: Clinic):
    clinic.time.pass_(minutes=118)
    clinic.book(on_the_day(clinic, 10), actor=RECEPTION)
    sit_down(page, clinic)
    missed = row(page, ANN.name).get_by_role("button", name="No-show")
    expect(missed).to_have_count(0)
    clinic.time.pass_(minutes=10)
    page.reload()
    missed.click()
    shows(page, ANN.name, "No-show")
    # Late is not never.
    act(page, ANN.name, "Arrived")
    shows(page, ANN.name, "Arrived")


def test_cancelling_asks_for_a_reason_and_tells_the_patient(page: Page, clinic: Clinic, post: Post):
    clinic.book(at("2026-01-14T10:00-05:00"))
    post.deliver()
    sit_down(page, clinic)
    page.goto("/desk?day=2026-01-14")
    open_card(page, ANN.name)
    button(page, "Cancel this appointment").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Say why, so that colleagues know")
    shown = page.get_by_role("main").locator(".pill").first
    expect(shown).to_have_text("Confirmed")

    page.get_by_label("Reason").fill("Dr. Ahmed is ill.")
    button(page, "Cancel this appointment").click()
    heading(page, "Wednesday 14 January")
    shows(page, ANN.name, "Cancelled")
    assert post.deliver() == []
    clinic.time.pass_(minutes=2)
    (mail,) = post.deliver()
    assert (mail["To"], invitation(mail)["METHOD"]) == (ANN.email, "CANCEL")
    open_card(page, ANN.name)
    expect(page.get_by_role("region", name="What happened")).to_contain_text("Dr. Ahmed is ill.")
    expect(page.get_by_role("region", name="Messages")).to_contain_text("Cancellation")


def test_any_other_day_is_one_step_away(page: Page, clinic: Clinic):
    clinic.book(at("2026-01-14T10:00-05:00"))
    sit_down(page, clinic)
    link(page, "Day after, Tuesday 13 January").click()
    heading(page, "Tuesday 13 January")
    page.get_by_label("Another day").fill("2026-01-14")
    button(page, "Go").click()
    heading(page, "Wednesday 14 January")
    shows(page, ANN.name, "Confirmed")
    page.goto("/desk?day=2026-01-17")
    expect(page.get_by_role("heading", name="Nothing on this day")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Today").click()
    heading(page, "Monday 12 January")


def test_reception_sees_what_the_patient_changed(
    page: Page, clinic: Clinic, new_context: NewContext
):
    booking = clinic.book(on_the_day(clinic, 11))
    sit_down(page, clinic)
    shows(page, ANN.name, "Confirmed")
    patient = new_context().new_page()
    patient.goto(own_page(clinic, booking))
    link(patient, "Cancel it").click()
    button(patient, "Cancel this appointment").click()
    heading(patient, "Your appointment is cancelled")

    # Without a reload: the board is open.
    shows(page, ANN.name, "Cancelled")
    expect(row(page, ANN.name).get_by_role("button", name="Arrived")).to_have_count(0)
    expect(row(page, "11:00 am").filter(has_text="Free")).to_be_visible()


def test_earlier_visits_without_an_outcome_are_shown_until_they_have_one(
    page: Page, clinic: Clinic
):
    clinic.book(on_the_day(clinic, 11))
    clinic.time.pass_(days=1)
    sit_down(page, clinic)
    expect(page.get_by_text("1 earlier visit has no outcome yet")).to_be_visible()
    link(page, ANN.name).click()
    heading(page, ANN.name)
    button(page, "Completed").click()
    page.goto("/desk")
    expect(page.get_by_text("has no outcome yet")).to_have_count(0)
