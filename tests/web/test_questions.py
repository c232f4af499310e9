"""The questions between the details and the check: skipped, answered, kept, changed."""

from typing import Any

import pytest
from sqlalchemy import select

from booking.domain.questions import HEALTH_QUESTIONS
from booking.store.bookings import Booking, Consent
from booking.store.intakes import Caution, Intake
from booking.web.asking import IN_ORDER
from tests.support import Clinic, Time
from tests.web.journeys import ANN, confirm, count, fill_in, on_one_engine, take
from tests.web.visitor import Page, Visitor

pytestmark = on_one_engine
FIRST, HEALTH, VISIT = "/book/questions/cause", "/book/questions/health", "/book/questions/visit"


@pytest.fixture
def asked(visitor: Visitor) -> Visitor:
    """Somebody who has filled in the details."""
    take(visitor)
    assert fill_in(visitor).location == FIRST
    return visitor


def answer(visitor: Visitor, path: str, **values: Any) -> Page:
    visitor.get(path)
    return visitor.post(path, values)


def test_the_way_leads_over_every_page_to_the_check(asked: Visitor):
    page = asked.follow(asked.get("/book/questions"))
    for one in IN_ORDER:
        path = f"/book/questions/{one.slug}"
        assert page.status == 200
        assert page.form(path).values["from"] == one.slug
        assert "We are keeping" in page.words
        assert "Skip these questions" in page.words
        page = asked.follow(asked.post(path))
    assert page.heading == "Check and confirm"
    assert page.words.count("You skipped these questions.") == 3
    assert confirm(asked).status == 303


def test_a_whole_part_is_skipped_with_one_button(asked: Visitor):
    assert asked.post(FIRST, {"go": "skip"}).location == VISIT
    assert asked.post(VISIT, {"go": "skip"}).location == HEALTH
    assert asked.post(HEALTH, {"go": "skip"}).location == "/book/check"
    assert asked.get("/book/check").status == 200


def test_answers_are_shown_on_the_check_and_kept_with_the_booking(asked: Visitor, clinic: Clinic):
    answer(asked, FIRST, cause="injury")
    answer(asked, "/book/questions/where", where=["nose", "cheeks"])
    answer(asked, "/book/questions/hopes", hopes_words="To <go> out.\r\nSoon.")
    answer(asked, VISIT, help=["step_free"], language="Polski", earlier_time="yes")
    done = answer(
        asked, HEALTH, **{"health": ["keloid"], "health_when.isotretinoin": "6_to_12_months"}
    )
    check = asked.follow(done)
    for words in (
        "An injury or a burn",
        "Cheeks Nose",
        "To <go> out. Soon.",
        "Someone who interprets for me A way in without steps Polski",
        "Yes, please",
        "for example Accutane or Roaccutane – 6 to 12 months ago",
    ):
        assert words in check.words
    assert confirm(asked).status == 303
    row = clinic.read(lambda session, _: session.scalars(select(Intake)).one())
    assert row.answers["where"] == ["cheeks", "nose"]
    assert row.answers["hopes_words"] == "To <go> out.\nSoon."
    assert row.help == {"help": ["interpreter", "step_free"], "language": "Polski"}
    assert row.text_version == 1
    keys = clinic.read(lambda session, _: set(session.scalars(select(Caution.key))))
    assert keys == {"keloid", "isotretinoin"}


def test_a_change_comes_back_to_the_check(asked: Visitor):
    answer(asked, HEALTH)
    check = asked.get("/book/check")
    asked.post(FIRST, {"go": "skip"})
    links = {a.attrs["href"] for a in check.document.all("a")}
    assert FIRST in links
    changed = answer(asked, FIRST, cause="acne")
    assert changed.location == "/book/check"
    assert asked.get(FIRST).by_id("cause").attrs.get("checked") is not None
    assert fill_in(asked).location == "/book/check"


def test_none_and_something_is_a_problem_beside_the_question(asked: Visitor, clinic: Clinic):
    page = answer(asked, HEALTH, health=["keloid", "none"])
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert page.summary() == {"health": page.why("health")}
    ticked = [
        box.attrs["value"]
        for box in page.document.all("input", name="health")
        if "checked" in box.attrs
    ]
    assert ticked == ["keloid", "none"]
    # Until it is put right, the check leads back to it; and it can be skipped.
    back = asked.get("/book/check")
    assert back.location == f"{HEALTH}?wrong=1"
    assert "There is a problem" in asked.follow(back).words
    assert asked.post(HEALTH, {"go": "skip"}).location == "/book/check"
    assert confirm(asked).status == 303
    assert count(clinic, Caution) == 0


def test_impossible_values_are_told_beside_their_fields(asked: Visitor):
    page = answer(asked, FIRST, cause="ghosts")
    assert (page.status, page.why("cause")) == (422, "Choose from the answers on the page")
    page = answer(asked, "/book/questions/hopes", hopes_words="x" * 501)
    assert (page.status, page.why("hopes_words")) == (422, "Use 500 characters or fewer")
    assert page.value("hopes_words") == "x" * 501
    page = answer(asked, VISIT, language="x" * 61)
    assert (page.status, page.value("language")) == (422, "x" * 61)
    page = answer(asked, HEALTH, **{"health_when.filler": "yesterday"})
    assert list(page.summary()) == ["health_when.filler"]
    assert page.by_id("health_when.filler") is not None
    assert asked.get("/book/questions/nothing").status == 404


def test_no_health_answer_keeps_anybody_from_booking(asked: Visitor, clinic: Clinic):
    everything = [one.key for one in HEALTH_QUESTIONS]
    check = asked.follow(answer(asked, HEALTH, health=everything))
    assert "Please call us before you come: (202) 555-0142." in check.words
    assert "You can book now" in check.words
    for words in ("do not stop any medicine", "see a doctor soon", "You can still come"):
        assert words in check.words
    done = asked.follow(confirm(asked))
    assert done.heading == "Your consultation is booked"
    assert count(clinic, Booking) == 1


def test_who_should_call_is_told_so_later_too_and_not_what_about(asked: Visitor, clinic: Clinic):
    answer(asked, HEALTH, health=["changing_mole"])
    confirmed = asked.follow(confirm(asked))
    manage = asked.get(confirmed.response.request.path.replace("/book/confirmed/", "/manage/"))
    for page in (confirmed, manage):
        assert "Please call us before you come: (202) 555-0142." in page.words
        assert "mole" not in page.text


def test_who_need_not_call_is_not_told_to(asked: Visitor):
    answer(asked, HEALTH, health=["keloid"])
    assert "Before you come" not in asked.get("/book/check").words
    assert "Please call us before" not in asked.follow(confirm(asked)).words


def test_who_feels_very_low_is_told_where_to_turn(asked: Visitor, admin: Visitor):
    admin.get("/admin/support-lines")
    line = {"country": "US", "name": "Somebody Listens", "phone": "(202) 555-0199"}
    assert admin.post("/admin/support-lines", line).status == 303
    check = asked.follow(answer(asked, HEALTH, health=["low_mood"]))
    assert "Somebody Listens: (202) 555-0199" in check.words


def test_keeping_the_time_longer_keeps_what_was_typed(asked: Visitor, time: Time):
    asked.get("/book/questions/hopes")
    longer = asked.post("/book/extend", {"from": "hopes", "hopes_words": "x" * 600})
    assert longer.location == "/book/questions/hopes"
    assert asked.get(longer.location).value("hopes_words") == "x" * 600


def test_a_lost_time_loses_no_answer(asked: Visitor, clinic: Clinic, time: Time):
    answer(asked, FIRST, cause="acne")
    answer(asked, HEALTH)
    time.pass_(minutes=11)
    gone = asked.post("/book/extend", {"from": "health", "health": "keloid"})
    assert "What you typed is kept" in gone.words
    assert asked.take(gone.slots[1]).location == "/book/details"
    check = asked.follow(asked.fill(asked.get("/book/details"), "/book/details"))
    assert "Raised or thick scars (keloids), mine or in my close family" in check.words


def test_reminders_are_a_choice_of_their_own_and_not_made_for_anybody(
    asked: Visitor, clinic: Clinic
):
    check = asked.get("/book/check")
    assert "checked" not in check.by_id("may_remind").attrs
    refused = asked.post("/book/check", {"may_remind": "1"})
    assert "checked" in refused.by_id("may_remind").attrs
    assert asked.post("/book/check", {"may_remind": "1", "privacy": "1"}).status == 303
    purposes = clinic.read(lambda session, _: list(session.scalars(select(Consent.purpose))))
    assert purposes == ["privacy_notice", "email_reminders"]


def test_without_an_address_there_is_nothing_to_agree_to(visitor: Visitor, clinic: Clinic):
    take(visitor)
    fill_in(visitor, email="", phone="(202) 555-0143")
    assert visitor.get("/book/check").by_id("may_remind") is None
    assert visitor.post("/book/check", {"may_remind": "1", "privacy": "1"}).status == 303
    assert count(clinic, Consent) == 1


@pytest.mark.parametrize(("year", "where"), [("2008", "/book/under-18"), ("2007", None)])
def test_for_somebody_under_18_the_office_books(
    visitor: Visitor, clinic: Clinic, year: str, where: str | None
):
    take(visitor)
    sent = fill_in(visitor, day="14", month="1", year=year)
    assert sent.location == where or where is None
    if where:
        page = visitor.follow(sent)
        assert page.heading == "Please call us to book"
        assert "parent or guardian" in page.words
        assert "(202) 555-0142" in page.words
        assert visitor.get("/book/details").value("name") == ANN["name"]
        assert visitor.get("/book/check").location == "/book/details"
        assert visitor.get(FIRST).location == "/book/details"
    assert count(clinic, Booking) == 0


def test_who_is_under_22_is_told_and_welcome(visitor: Visitor):
    take(visitor)
    fill_in(visitor, year="2006")
    assert "people of 22 and over" in visitor.get("/book/check").words
    assert confirm(visitor).status == 303


def test_questions_want_a_time_and_details_first(visitor: Visitor):
    assert visitor.get(FIRST).location == "/book"
    take(visitor)
    assert visitor.get(FIRST).location == "/book/details"
    assert visitor.post(FIRST, {"cause": "acne"}).location == "/book/details"
    fill_in(visitor)
    token = confirm(visitor).location.removeprefix("/book/confirmed/")
    assert visitor.follow(visitor.get(FIRST)).location == f"/book/confirmed/{token}"


def test_the_clinic_writes_the_questions_in_its_own_words(
    asked: Visitor, admin: Visitor, clinic: Clinic
):
    path = "/admin/texts/questions"
    values = admin.get(path).form(path).values | {"cause": "Where is it from?"}
    preview = admin.post(path, values | {"go": "preview"})
    assert preview.status == 200
    assert "Where is it from?" in preview.words
    assert "Please call us before you come" in preview.words
    assert admin.post(path, values | {"go": "save"}).status == 303
    assert asked.get(FIRST).heading == "Where is it from?"
    answer(asked, FIRST, cause="acne")
    assert confirm(asked).status == 303
    row = clinic.read(lambda session, _: session.scalars(select(Intake)).one())
    assert row.text_version == 2


def test_mail_and_calendar_say_nothing_of_an_answer(asked: Visitor, clinic: Clinic):
    answer(asked, HEALTH, health=["changing_mole"])
    token = confirm(asked).location.removeprefix("/book/confirmed/")
    saved = asked.get(f"/manage/{token}/appointment.ics").text
    assert "BEGIN:VEVENT" in saved
    for word in ("mole", "call us before", "scar", "answer"):
        assert word not in saved.lower()
