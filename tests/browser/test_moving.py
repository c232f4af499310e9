"""A visit is moved at the desk, by dragging it or by keys alone; undone, nobody hears of it."""

from playwright.sync_api import Locator, Page, expect

from booking.domain.lifecycle import Exceptional
from booking.domain.people import Person
from booking.store.bookings import Booking
from tests.browser.live import Post
from tests.browser.looking import Look
from tests.browser.patients import button, heading
from tests.browser.staff import sit_down
from tests.services.deeds import move, now_is, told
from tests.support import ANN, Clinic, at

CARLA = Person("Carla Roy", ANN.date_of_birth, None, "+12025550143")
NINE, TEN = at("2026-01-13T09:00-05:00"), at("2026-01-13T10:00-05:00")


def entry(page: Page) -> Locator:
    return page.locator(".week .entry").filter(has_text=ANN.name)


def undone(page: Page, clinic: Clinic, booking: Booking, post: Post) -> None:
    """It was moved; it is undone by its button, and nothing leaves, however long one waits."""
    notice = page.get_by_role("status").filter(has_text="was moved to Tuesday 13 January, 10:00 am")
    expect(notice).to_contain_text("The message leaves in 2 minutes")
    assert now_is(clinic, booking).start == TEN
    notice.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_role("main")).to_contain_text("has Tuesday 13 January, 9:00 am again")
    assert now_is(clinic, booking).start == NINE
    clinic.time.pass_(minutes=5)
    assert post.deliver() == []


def test_a_visit_dragged_by_mistake_is_undone_and_nobody_hears_of_it(
    page: Page, clinic: Clinic, post: Post
):
    booking = clinic.book(NINE)
    clinic.book(at("2026-01-13T11:00-05:00"))
    post.deliver()
    sit_down(page, clinic)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/desk/week?day=2026-01-13")
    # Let go with Escape, it stays where it is.
    entry(page).locator(".block").first.hover()
    page.mouse.down()
    page.mouse.move(700, 500, steps=4)
    expect(page.locator(".drop").first).to_be_visible()
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".drop")).to_have_count(0)

    entry(page).locator(".block").first.hover()
    page.mouse.down()
    page.mouse.move(700, 500, steps=4)
    free = page.locator("td[data-day='2026-01-13'] .drop")
    expect(free.filter(has_text="11:00 am")).to_have_count(0)
    free.filter(has_text="10:00 am").hover()
    page.mouse.up()
    heading(page, f"Move {ANN.name}?")
    assert now_is(clinic, booking).start == NINE
    button(page, "Move to this time").click()
    heading(page, "Week of Monday 12 January")
    undone(page, clinic, booking, post)


def test_a_visit_dragged_onto_another_stands_beside_it_with_a_reason(
    page: Page, clinic: Clinic, post: Post, look: Look
):
    booking = clinic.book(NINE)
    clinic.book(at("2026-01-13T11:00-05:00"), CARLA)
    sit_down(page, clinic)
    page.goto("/desk/week?day=2026-01-13")
    entry(page).locator(".block").first.hover()
    page.mouse.down()
    page.mouse.move(700, 500, steps=4)
    expect(page.locator(".drop").first).to_be_visible()
    page.locator(".week .entry").filter(has_text=CARLA.name).locator(".block").first.hover()
    page.mouse.up()
    heading(page, "That time is not free")
    expect(page.get_by_role("main")).to_contain_text("is taken by Carla Roy")
    look("what stands in the way, and a reason")
    button(page, "Move there all the same").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why, so that colleagues know")
    page.get_by_label("Reason").fill("In pain, cannot wait")
    button(page, "Move there all the same").press("Enter")
    heading(page, "Week of Monday 12 January")
    assert now_is(clinic, booking).exceptional is Exceptional.OVERBOOKED


def test_dropped_on_the_way_to_another_week_it_goes_there(page: Page, clinic: Clinic):
    booking = clinic.book(NINE)
    sit_down(page, clinic)
    page.goto("/desk/week?day=2026-01-13")
    entry(page).locator(".block").first.hover()
    page.mouse.down()
    page.mouse.move(700, 500, steps=4)
    page.get_by_role("link", name="Week after").hover()
    expect(page.locator(".carried")).to_contain_text("Week after, from Monday 19 January")
    page.mouse.up()
    heading(page, f"Move {ANN.name}")
    expect(page.get_by_role("heading", name="Monday 19 January")).to_be_visible()
    page.get_by_role("link", name="10:00 am", exact=True).click()
    button(page, "Move to this time").click()
    heading(page, "Week of Monday 19 January")
    assert now_is(clinic, booking).start == at("2026-01-19T10:00-05:00")


def test_what_others_do_appears_in_an_open_week_and_the_focus_stays(page: Page, clinic: Clinic):
    booking = clinic.book(NINE)
    sit_down(page, clinic)
    page.goto("/desk/week?day=2026-01-13")
    entry(page).locator(".block").first.focus()
    move(clinic, booking, at("2026-01-14T10:00-05:00"))
    moved = page.locator("td[data-day='2026-01-14']").filter(has_text=ANN.name)
    expect(moved).to_have_count(1)
    expect(moved.locator(".block").first).to_be_focused()
    expect(page.locator("[data-news]")).to_have_text("The week has changed")


def test_the_same_is_done_with_keys_alone(page: Page, clinic: Clinic, post: Post):
    booking = clinic.book(NINE)
    post.deliver()
    sit_down(page, clinic)
    page.goto("/desk/week?day=2026-01-13")
    entry(page).locator(".block").first.focus()
    page.keyboard.press("o")
    heading(page, f"Move {ANN.name}")
    page.get_by_label("Time", exact=True).fill("10:00")
    button(page, "See what stands in the way").press("Enter")
    heading(page, f"Move {ANN.name}?")
    button(page, "Move to this time").press("Enter")
    heading(page, "Week of Monday 12 January")
    undone(page, clinic, booking, post)
    assert told(clinic, booking)[1:] == [("moved", 1, "dropped")]
