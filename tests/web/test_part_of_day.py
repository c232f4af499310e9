"""Only the mornings, afternoons or evenings: chosen by links, kept in the address."""

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import delete
from sqlalchemy.orm import Session

from booking.domain.hours import OpenStretch
from booking.services.admin import hours, locations
from booking.services.admin import practitioners as people
from booking.services.admin.locations import Premises
from booking.store.clinic import OpeningHours
from tests.services.deeds import new_rules
from tests.support import Clinic
from tests.web.journeys import book, on_one_engine
from tests.web.visitor import Page, Visitor

pytestmark = on_one_engine


@pytest.fixture
def mornings_only(clinic: Clinic) -> None:
    afternoons = delete(OpeningHours).where(OpeningHours.opens >= 12 * 60)
    clinic.write(lambda session, _: session.execute(afternoons) and None)
    new_rules(clinic)


def parts(page: Page) -> dict[str, str]:
    """What there is to choose between, with its addresses."""
    lists = page.document.all("ul", **{"aria-labelledby": "parts-of-day"})
    return {a.words: a.attrs["href"] for one in lists for a in one.all("a")}


def hrefs(page: Page, start: str) -> list[str]:
    found = (a.attrs.get("href", "") for a in page.document.all("a"))
    return [one for one in found if one.startswith(start)]


def test_whoever_chooses_the_afternoon_sees_afternoons_from_day_to_day(visitor: Visitor):
    page = visitor.get("/book")
    assert "Tuesday 13 January 14 times" in page.words
    assert list(parts(page)) == ["At any time of day", "Morning", "Afternoon"]
    page = visitor.get(parts(page)["Afternoon"])
    assert "Tuesday 13 January 8 times" in page.words
    assert "The next free time Monday 12 January, 1:00 pm" in page.words
    days = hrefs(page, "/book/times?")
    assert days
    assert all("part=afternoon" in day for day in days)
    times = visitor.get(days[1])
    assert "Afternoon 1:00 pm" in times.words
    assert "9:00 am" not in times.words
    assert all("part=afternoon" in day for day in hrefs(times, "/book/times?day=2026-01-14"))
    whole = visitor.get(parts(times)["At any time of day"])
    assert "9:00 am" in whole.words
    assert "part=" not in "".join(hrefs(whole, "/book/times?day=2026-01-14"))


def test_a_time_is_taken_from_the_chosen_part(visitor: Visitor):
    times = visitor.get("/book/times?day=2026-01-13&part=afternoon")
    assert visitor.take(times.slots[0]).location == "/book/details"
    # What somebody holds they always see as theirs.
    assert "kept for you" in visitor.get("/book/times?day=2026-01-13&part=morning").words


def test_where_all_times_are_in_one_part_there_is_nothing_to_choose(
    visitor: Visitor, mornings_only: None
):
    assert parts(visitor.get("/book")) == {}
    assert parts(visitor.get("/book/times?day=2026-01-13")) == {}


def test_a_part_without_times_says_so_and_leads_on(visitor: Visitor):
    page = visitor.get("/book?part=evening&service=consultation")
    assert "No evenings are free just now" in page.words
    assert "See all free times" in page.words
    assert "/book?service=consultation" in hrefs(page, "/book?")
    (wait,) = hrefs(page, "/waitlist")
    (evening,) = visitor.get(wait).document.all("input", name="part", value="evening")
    assert "checked" in evening.attrs
    assert "No free times online" not in page.words


def test_a_day_without_times_in_the_part_says_so(visitor: Visitor):
    page = visitor.get("/book/times?day=2026-01-13&part=evening")
    assert "Nothing is free in the evening on this day" in page.words
    assert "/book/times?day=2026-01-13" in hrefs(page, "/book/times?")
    assert "part=evening" in hrefs(page, "/waitlist")[0]


@pytest.mark.parametrize("name", ["", "night", "x" * 3000, "Morning"])
def test_a_part_that_is_none_is_no_choice(visitor: Visitor, name: str):
    page = visitor.get(f"/book?part={name}")
    assert page.status == 200
    assert "Tuesday 13 January 14 times" in page.words


def test_who_moves_a_visit_chooses_the_part_too(visitor: Visitor):
    token = book(visitor)
    page = visitor.get(f"/manage/{token}/move")
    page = visitor.get(parts(page)["Afternoon"])
    assert "Tuesday 13 January 8 times" in page.words
    times = visitor.get(hrefs(page, f"/manage/{token}/move?day=2026-01-13")[0])
    assert "10:00 am" not in times.words
    assert "part=afternoon" in hrefs(times, f"/manage/{token}/move?day=2026-01-14")[0]
    empty = visitor.get(f"/manage/{token}/move?part=evening")
    assert "No evenings are free just now" in empty.words
    assert f"/manage/{token}#earlier" in hrefs(empty, f"/manage/{token}#")


def test_the_part_is_by_the_clock_where_the_visit_would_be(app: Flask, clinic: Clinic):
    def work(session: Session, now: datetime) -> None:
        locations.add(
            "lakeside", Premises("Lakeside", "1 Lake Street, Chicago", "America/Chicago", "")
        ).apply(session)
        session.flush()
        lakeside = locations.location(session, "lakeside").id
        doctor = people.practitioner(session, "dr-ahmed")
        # 16:30 to 17:30 there is 17:30 to 18:30 in New York.
        hours.set_week(doctor, [(lakeside, OpenStretch(3, 990, 1050))]).apply(session)

    clinic.write(work)
    new_rules(clinic)
    page = Visitor(app).get("/book/times?day=2026-01-15&part=afternoon")
    assert "4:30 pm" in page.words
    assert "5:00 pm" not in page.words
    assert "5:00 pm" in Visitor(app).get("/book/times?day=2026-01-15&part=evening").words
