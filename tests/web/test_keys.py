"""Several secrets: the newest signs, every one verifies, and one that is gone verifies nothing."""

from collections.abc import Callable

from flask import Flask

from booking.formats.tokens import ManageKeys
from booking.store.bookings import Booking
from tests.support import SECRET, Clinic
from tests.web.journeys import book, first_slots, on_one_engine
from tests.web.test_signing_in import sign_in
from tests.web.visitor import Visitor

pytestmark = on_one_engine
NEW = "another secret for the tests that is long enough too"
MakeApp = Callable[..., Flask]


def move_over(visitor: Visitor, app: Flask) -> Visitor:
    """The same browser in front of the program as it was started anew."""
    moved = Visitor(app)
    moved.client._cookies.update(visitor.client._cookies)
    moved.token = visitor.token
    return moved


def test_the_cookie_from_before_the_change_is_still_read(make_app: MakeApp):
    before = Visitor(make_app(SECRET_KEY=SECRET))
    before.get("/book")
    for keys, known in ((f"{NEW},{SECRET}", True), (NEW, False)):
        after = move_over(before, make_app(SECRET_KEY=keys))
        with after.client.session_transaction(base_url="http://localhost") as session:
            assert bool(session.get("csrf_token")) is known


def test_what_is_signed_after_the_change_is_signed_by_the_newest(make_app: MakeApp):
    changed = Visitor(make_app(SECRET_KEY=f"{NEW},{SECRET}"))
    slot = first_slots(changed)[0]
    assert move_over(changed, make_app(SECRET_KEY=NEW)).take(slot).status == 303
    assert move_over(changed, make_app(SECRET_KEY=SECRET)).take(slot).status == 400


def test_a_link_in_an_older_mail_works_with_any_key(make_app: MakeApp, clinic: Clinic):
    token = book(Visitor(make_app(SECRET_KEY=SECRET)))
    for keys in (SECRET, f"{NEW},{SECRET}", NEW):
        visitor = Visitor(make_app(SECRET_KEY=keys))
        assert visitor.get(f"/manage/{token}").status == 200
        page = visitor.get(f"/manage/{token}/cancel")
        assert page.status == 200
    assert visitor.fill(page, f"/manage/{token}/cancel").status == 303


def test_back_after_confirming_works_across_the_change(make_app: MakeApp, clinic: Clinic):
    before = Visitor(make_app(SECRET_KEY=SECRET))
    token = book(before)
    after = move_over(before, make_app(SECRET_KEY=f"{NEW},{SECRET}"))
    assert after.get("/book/check").location == f"/book/confirmed/{token}"
    # Once its key is gone nobody can write the link down again.
    alone = move_over(before, make_app(SECRET_KEY=NEW))
    assert alone.get("/book/check").location == "/book"


def test_a_new_booking_gets_a_link_by_the_newest_key(make_app: MakeApp, clinic: Clinic):
    token = book(Visitor(make_app(SECRET_KEY=f"{NEW},{SECRET}")))
    uid = clinic.read(lambda session, _: session.query(Booking.uid).scalar())
    assert token == ManageKeys([NEW]).new(uid, 0)
    assert token != ManageKeys([SECRET]).new(uid, 0)


def test_the_mark_of_a_known_browser_outlives_the_change(make_app: MakeApp):
    before = Visitor(make_app(SECRET_KEY=SECRET))
    assert sign_in(before).status == 303
    guesser = Visitor(make_app(SECRET_KEY=f"{NEW},{SECRET}"))
    for _ in range(11):
        last = sign_in(guesser, password="wrong")
    assert last.status == 429
    owner = move_over(before, guesser.app)
    owner.client.delete_cookie("staff", domain="localhost")
    assert sign_in(owner).status == 303


def test_a_session_of_staff_needs_no_key(make_app: MakeApp):
    before = Visitor(make_app(SECRET_KEY=SECRET))
    sign_in(before)
    assert move_over(before, make_app(SECRET_KEY=NEW)).get("/desk").status == 200
