"""A time goes down the waitlist: offered, not answered, passed on, taken."""

from playwright.sync_api import Page, expect

from booking.store.bookings import Booking
from tests.browser.live import Post
from tests.browser.looking import Look
from tests.browser.patients import button, heading, link
from tests.browser.staff import sit_down
from tests.services import waiting
from tests.services.deeds import TUESDAY_9, WEDNESDAY_9, cancel, now_is
from tests.support import Clinic, Time


def join(page: Page, name: str) -> None:
    page.goto("/book")
    link(page, "Join the waitlist").click()
    heading(page, "Join the waitlist")
    page.get_by_label("Tuesday").check()
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail").fill(f"{name.lower()}@patient.example")
    page.get_by_role("checkbox", name="I have read the privacy notice").check()
    button(page, "Join the waitlist").click()
    heading(page, "You are on the waitlist")


def address(clinic: Clinic) -> str:
    offer = waiting.last(clinic)
    return clinic.links.offer(clinic.links.offer_keys.new(offer.uid, 0))


def born(page: Page) -> None:
    for part, value in {"Day": "14", "Month": "3", "Year": "1990"}.items():
        page.get_by_label(part, exact=True).fill(value)


def test_a_chain_with_an_offer_that_runs_out(
    page: Page, clinic: Clinic, time: Time, post: Post, look: Look
):
    taken = clinic.book(TUESDAY_9)
    post.deliver()
    page.goto("/waitlist")
    look("the form")
    button(page, "Join the waitlist").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("the form with errors")
    join(page, "First")
    look("one's place")
    time.pass_(minutes=1)
    join(page, "Second")
    assert [str(mail["To"]) for mail in post.deliver()] == [
        "first@patient.example",
        "second@patient.example",
    ]
    waiting.work(clinic)
    cancel(clinic, taken)
    waiting.work(clinic)
    first = address(clinic)
    offered = [mail for mail in post.deliver() if mail["To"] == "first@patient.example"]
    assert first in offered[0].get_body(("plain",)).get_content()
    page.goto(first)
    heading(page, "A time has come free for you")
    look("an offer")
    button(page, "Take this time").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("an offer without a date of birth")
    time.pass_(hours=2)
    born(page)
    button(page, "Take this time").click()
    heading(page, "We could not keep this time any longer")
    expect(page.get_by_text("You stay on the waitlist")).to_be_visible()
    look("a late click")
    waiting.work(clinic)
    assert [str(mail["To"]) for mail in post.deliver()] == ["second@patient.example"]
    page.goto(address(clinic))
    born(page)
    button(page, "Take this time").click()
    heading(page, "Your consultation is booked")
    (confirmation,) = post.deliver()
    assert confirmation["To"] == "second@patient.example"


def test_reception_sees_the_chain_and_answers_for_a_caller(
    page: Page, clinic: Clinic, time: Time, look: Look
):
    taken = clinic.book(TUESDAY_9)
    waiting.join(clinic, "First")
    time.pass_(minutes=1)
    waiting.join(clinic, "Tom", email=None, phone="+1 202-555-0177")
    waiting.wish(clinic, clinic.book(WEDNESDAY_9))
    sit_down(page, clinic)
    page.goto("/desk/waitlist")
    waiting.work(clinic)
    cancel(clinic, taken)
    waiting.work(clinic)
    waiting.decline(clinic, waiting.last(clinic).id)
    waiting.work(clinic)
    link(page, "Waitlist").click()
    heading(page, "Waitlist")
    expect(page.get_by_text("Please call Tom")).to_be_visible()
    look("the waitlist at the desk")
    page.get_by_role("button", name="They take it").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("the waitlist without a date of birth")
    page.get_by_label("Date of birth").fill("1980-02-01")
    page.get_by_role("button", name="They take it").click()
    expect(page.get_by_text("Please call Tom")).to_have_count(0)
    expect(page.get_by_text("Accepted")).to_be_visible()


def test_an_appointment_moves_to_an_earlier_time(page: Page, clinic: Clinic, look: Look):
    taken = clinic.book(TUESDAY_9)
    later: Booking = clinic.book(WEDNESDAY_9)
    page.goto(clinic.links.manage(clinic.links.keys.new(later.uid, 0)))
    button(page, "Tell me if an earlier time comes free").click()
    expect(button(page, "Leave the waitlist")).to_be_visible()
    look("an appointment that waits for an earlier time")
    waiting.work(clinic)
    cancel(clinic, taken)
    waiting.work(clinic)
    page.goto(address(clinic))
    look("an earlier time")
    button(page, "Move to this time").click()
    heading(page, "Your appointment is moved")
    assert now_is(clinic, later).start == TUESDAY_9
