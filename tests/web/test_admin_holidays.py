"""Public holidays are looked through and switched one by one."""

import pytest
from flask import Flask

from booking.store.clinic import Closure
from tests.services.deeds import is_offered, wall
from tests.support import Clinic
from tests.web.journeys import count
from tests.web.visitor import Page, Visitor

HOLIDAYS = "/admin/holidays"
KING, PRESIDENTS = "2026-01-19", "2026-02-16"
# Of Washington, DC, alone.
EMANCIPATION = "2026-04-16"
KINGS_MORNING = wall("01-19 10:00")


@pytest.fixture
def admin(app: Flask, clinic: Clinic) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(clinic, "admin")
    visitor.get(HOLIDAYS)
    return visitor


def tick(admin: Visitor, *days: str, go: str = "save", **more: str) -> Page:
    return admin.post(HOLIDAYS, {"year": "2026", "day": list(days), "go": go} | more)


def ticked(page: Page) -> list[str]:
    boxes = page.document.all("input", name="day")
    return [box.attrs["value"] for box in boxes if "checked" in box.attrs]


def test_no_holiday_closes_the_clinic_by_itself(admin: Visitor, clinic: Clinic):
    shown = admin.get(HOLIDAYS)
    assert "Martin Luther King Jr. Day" in shown.words
    assert ticked(shown) == []
    assert is_offered(clinic, KINGS_MORNING)


def test_a_holiday_is_switched_on_and_off_again(admin: Visitor, clinic: Clinic):
    shown = admin.follow(tick(admin, KING, PRESIDENTS))
    assert ticked(shown) == [KING, PRESIDENTS]
    assert not is_offered(clinic, KINGS_MORNING)
    assert ticked(admin.follow(tick(admin, PRESIDENTS))) == [PRESIDENTS]
    assert is_offered(clinic, KINGS_MORNING)


def test_only_what_is_a_holiday_can_be_ticked(admin: Visitor, clinic: Clinic):
    tick(admin, "2026-01-20", "nonsense", "2026-02-31")
    assert count(clinic, Closure) == 0


def test_bookings_on_a_holiday_are_decided_on(admin: Visitor, clinic: Clinic):
    booking = clinic.book(KINGS_MORNING)
    asked = tick(admin, KING)
    assert "1 booking does not fit any more" in asked.words
    assert count(clinic, Closure) == 0
    kept = {"booking": str(booking.id), f"do-{booking.id}": "keep"}
    assert tick(admin, KING, **kept).status == 303
    assert not is_offered(clinic, wall("01-19 11:00"))


def test_regions_and_years_differ(admin: Visitor):
    assert "Emancipation Day" in admin.get(f"{HOLIDAYS}?region=DC&year=2027").words
    assert "Emancipation Day" not in admin.get(f"{HOLIDAYS}?region=CA").words
    assert "2026" in admin.get(f"{HOLIDAYS}?year=1900&region=Atlantis").heading


def chosen_region(page: Page) -> str:
    (select,) = page.document.all("select", name="region")
    chosen = [one.attrs["value"] for one in select.all("option") if "selected" in one.attrs]
    return chosen[0] if chosen else ""


def test_the_region_is_remembered_for_the_next_year(admin: Visitor, clinic: Clinic):
    admin.get(f"{HOLIDAYS}?region=DC")
    assert chosen_region(admin.get(HOLIDAYS)) == ""
    tick(admin, EMANCIPATION, region="DC")
    next_year = admin.get(f"{HOLIDAYS}?year=2027")
    assert chosen_region(next_year) == "DC"
    assert "Emancipation Day" in next_year.words
    assert ticked(next_year) == []
    assert ticked(admin.get(HOLIDAYS)) == [EMANCIPATION]


def test_what_is_on_is_shown_as_on_in_another_region_too(admin: Visitor, clinic: Clinic):
    tick(admin, EMANCIPATION, region="DC")
    elsewhere = admin.get(f"{HOLIDAYS}?region=CA")
    assert ticked(elsewhere) == [EMANCIPATION]
    tick(admin, region="CA")
    assert ticked(admin.get(f"{HOLIDAYS}?region=DC")) == []


def test_in_another_country_no_region_is_remembered(admin: Visitor, clinic: Clinic):
    tick(admin, KING, region="CA")
    form = admin.get("/admin/clinic").form("/admin/clinic")
    assert admin.post("/admin/clinic", form.values | {"country": "IT", "go": "save"}).status == 303
    assert chosen_region(admin.get(HOLIDAYS)) == ""


def test_a_preview_saves_nothing(admin: Visitor, clinic: Clinic):
    shown = tick(admin, KING, go="preview")
    assert ticked(shown) == [KING]
    assert "None now 14" in shown.words
    assert count(clinic, Closure) == 0


def test_regions_have_names(admin: Visitor):
    (select,) = admin.get(f"{HOLIDAYS}?region=DC").document.all("select", name="region")
    names = {one.attrs["value"]: one.words for one in select.all("option")}
    assert (names["DC"], names["CA"]) == ("District of Columbia", "California")


def test_what_has_passed_is_shown_and_not_ticked(admin: Visitor, clinic: Clinic):
    page = admin.get(HOLIDAYS)
    assert "Already past: New Year" in page.words
    assert not page.document.all("input", value="2026-01-01")
    assert tick(admin, "2026-01-01").status == 303
    assert count(clinic, Closure) == 0
