"""The open board: colleagues see each other's changes, and nobody loses what they do or type."""

from playwright.sync_api import Page, Route, expect

from tests.browser.days import on_the_day
from tests.browser.keyboard import Keyboard
from tests.browser.live import NewContext, Post
from tests.browser.patients import button, heading
from tests.browser.staff import act, row, shows, sit_down
from tests.browser.watch import Watch
from tests.support import ANN, Clinic

# Within this a change is on every open board.
SOON_MS = 3_000
BOARD = "**/desk/board?**"


def test_two_at_the_desk_see_each_others_steps(page: Page, clinic: Clinic, new_context: NewContext):
    clinic.book(on_the_day(clinic, 10))
    sit_down(page, clinic)
    colleague = new_context().new_page()
    sit_down(colleague, clinic)
    # Half of a date is typed: a field that is put in anew would lose it.
    day = page.get_by_label("Another day")
    day.focus()
    Keyboard(page).press("0", "1", "1", "4")

    act(colleague, ANN.name, "Arrived")
    shows(colleague, ANN.name, "Arrived")
    expect(row(page, ANN.name).locator(".pill")).to_have_text("Arrived", timeout=SOON_MS)
    expect(day).to_be_focused()
    expect(page.locator("[data-news]")).to_contain_text(f"{ANN.name}: Arrived")
    Keyboard(page).press("2", "0", "2", "6")
    expect(day).to_have_value("2026-01-14")

    act(page, ANN.name, "Undo")
    expect(row(colleague, ANN.name).locator(".pill")).to_have_text("Confirmed", timeout=SOON_MS)


def test_a_booking_on_the_web_appears_and_the_focus_stays(page: Page, clinic: Clinic):
    sit_down(page, clinic)
    page.goto("/desk?day=2026-01-13")
    free = row(page, "11:00 am").get_by_role("link", name="Book")
    free.focus()
    start = on_the_day(clinic, 10).replace(day=13)
    booking = clinic.book(start)
    expect(row(page, ANN.name)).to_be_visible(timeout=SOON_MS)
    expect(free).to_be_focused()
    # The row that the focus is in changes: the focus stays in it.
    row(page, ANN.name).get_by_role("link", name=ANN.name, exact=True).focus()
    clinic.book(start.replace(hour=11))
    expect(page.get_by_role("link", name=ANN.name, exact=True)).to_have_count(2, timeout=SOON_MS)
    expect(page.locator(f"#booking-{booking.id} :focus")).to_have_count(1)


def test_a_visit_is_taken_through_the_day_and_back_with_keys(page: Page, clinic: Clinic):
    clinic.book(on_the_day(clinic, 10))
    sit_down(page, clinic)
    keys = Keyboard(page)
    page.get_by_role("link", name=ANN.name, exact=True).focus()
    for letter, state in (
        ("a", "Arrived"),
        ("r", "In room"),
        ("u", "Arrived"),
        ("l", "Left unseen"),
        ("u", "Arrived"),
        ("c", "Completed"),
    ):
        keys.press(letter)
        shows(page, ANN.name, state)
        expect(row(page, ANN.name).locator(":focus")).to_have_count(1)
    keys.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("take the last step back")


def test_a_lost_connection_is_said_and_what_was_missed_is_caught_up(
    page: Page, clinic: Clinic, watch: Watch
):
    sit_down(page, clinic)

    def away(route: Route) -> None:
        route.fulfill(status=503)

    page.route(BOARD, away)
    expect(page.get_by_text("Not connected since")).to_be_visible()
    clinic.book(on_the_day(clinic, 11))
    page.unroute(BOARD)
    expect(row(page, ANN.name)).to_be_visible()
    expect(page.get_by_text("Not connected since")).to_have_count(0)
    # The browser complains of what was done to it here.
    watch.complaints[:] = [one for one in watch.complaints if "/desk/board" not in one]


def test_who_is_signed_out_meanwhile_is_told_so(page: Page, clinic: Clinic):
    sit_down(page, clinic)
    clinic.time.pass_(minutes=16)
    expect(page.get_by_text("You were signed out because nothing had happened")).to_be_visible()
    expect(button(page, "Sign in")).to_be_visible()


def test_a_doctor_runs_late_and_is_on_time_again(
    page: Page, clinic: Clinic, post: Post, new_context: NewContext
):
    clinic.book(on_the_day(clinic, 14))
    post.deliver()
    sit_down(page, clinic)
    colleague = new_context().new_page()
    sit_down(colleague, clinic)

    keys = Keyboard(page)
    keys.activate(page.locator(".late-links").get_by_role("link", name="Dr. Ahmed"))
    heading(page, "Dr. Ahmed is running late")
    page.get_by_label("By how many minutes").fill("none")
    keys.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_label("By how many minutes").fill("20")
    keys.to(page.get_by_role("checkbox", name="Also tell this patient by e-mail"))
    keys.press("Space")
    keys.activate(button(page, "Say so"))
    banner = "Dr. Ahmed is running 20 minutes late"
    expect(page.get_by_text(banner)).to_be_visible()
    expect(colleague.get_by_text(banner)).to_be_visible(timeout=SOON_MS)
    (mail,) = post.deliver()
    assert (mail["To"], "running late today" in mail["Subject"]) == (ANN.email, True)

    colleague.get_by_role("button", name="On time again").click()
    expect(colleague.get_by_text(banner)).to_have_count(0)
    expect(page.get_by_text(banner)).to_have_count(0, timeout=SOON_MS)
