"""The administrator sets a practitioner's week; what makes no sense is said beside the field."""

import pytest

from booking.services import audit
from booking.store.clinic import OpeningHours
from tests.services.deeds import TUESDAY_9, add_practitioner, is_offered, wall
from tests.support import Clinic
from tests.web.journeys import count, on_one_engine
from tests.web.visitor import Page, Visitor

# Forms and their errors; what they change is proven on both engines in tests/services.
pytestmark = on_one_engine

HOURS = "/admin/hours/dr-ahmed"
# The demo clinic's Tuesday morning is the third row.
TUESDAY_MORNING = 2


def send(admin: Visitor, go: str = "save", **changes: str) -> Page:
    """The form as it stands, with changes in fields that are named like `closes_2`."""
    form = admin.get(HOURS).form(HOURS)
    named = {name.replace("_", "-"): value for name, value in changes.items()}
    return admin.post(HOURS, form.values | named | {"go": go})


def test_with_one_practitioner_nobody_asks_whose_hours(admin: Visitor, clinic: Clinic):
    assert admin.get("/admin/hours").location == HOURS
    assert "Whose hours" not in admin.get(HOURS).text
    add_practitioner(clinic, "dr-lee")
    assert "/admin/hours/dr-lee" in admin.get(HOURS).text


def test_nobodys_hours_are_not_there(admin: Visitor):
    assert admin.get("/admin/hours/nobody").status == 404


def test_saving_what_stands_there_changes_nothing(admin: Visitor, clinic: Clinic):
    assert send(admin).status == 303
    assert count(clinic, OpeningHours) == 10
    assert is_offered(clinic, TUESDAY_9)


def test_a_morning_begins_later(admin: Visitor, clinic: Clinic):
    done = send(admin, opens_2="10:00")
    assert done.location == f"{HOURS}?saved=1"
    assert "10:00 – 12:00" in admin.follow(done).words
    assert not is_offered(clinic, TUESDAY_9)
    assert is_offered(clinic, wall("01-13 10:00"))


def test_a_row_without_times_goes_and_a_new_one_comes(admin: Visitor, clinic: Clinic):
    saturday = {"weekday_10": "5", "opens_10": "10:00", "closes_10": "12:00"}
    assert send(admin, opens_2="", closes_2="", **saturday).status == 303
    assert count(clinic, OpeningHours) == 10
    assert not is_offered(clinic, TUESDAY_9)
    assert is_offered(clinic, wall("01-17 10:00"))


def test_every_other_week(admin: Visitor, clinic: Clinic):
    assert send(admin, since_2="2026-01-06", every_2="2").status == 303
    assert not is_offered(clinic, TUESDAY_9)
    assert is_offered(clinic, wall("01-20 09:00"))


def test_two_rows_may_take_turns(admin: Visitor, clinic: Clinic):
    other = {"weekday_10": "1", "opens_10": "07:00", "closes_10": "12:00"}
    turns = {"since_2": "2026-01-06", "every_2": "2", "since_10": "2026-01-13", "every_10": "2"}
    assert send(admin, **other, **turns).status == 303
    assert is_offered(clinic, wall("01-13 07:00"))
    assert not is_offered(clinic, wall("01-20 07:00"))


def test_the_same_hours_on_several_days_are_entered_once(admin: Visitor, clinic: Clinic):
    form = admin.get(HOURS).form(HOURS).values
    empty = {f"{part}-{n}": "" for n in range(10) for part in ("opens", "closes")}
    whole = {"opens": "08:00", "break_from": "12:30", "break_until": "13:00", "closes": "18:00"}
    days = {"weekday": ["1", "2", "5"], "go": "save"}
    assert admin.post(HOURS, form | empty | whole | days).status == 303
    assert count(clinic, OpeningHours) == 6
    assert is_offered(clinic, wall("01-13 17:30"))
    assert is_offered(clinic, wall("01-17 08:00"))
    assert not is_offered(clinic, wall("01-12 17:00"))


def test_a_preview_of_several_days_shows_them_as_rows(admin: Visitor, clinic: Clinic):
    shown = send(admin, "preview", weekday="5", opens="10:00", closes="12:00")
    assert (shown.value("weekday-10"), shown.value("opens-10")) == ("5", "10:00")
    assert shown.value("opens") == ""
    assert count(clinic, OpeningHours) == 10


@pytest.mark.parametrize(
    ("typed", "field", "why"),
    [
        ({"opens": "10:00", "closes": "12:00"}, "weekday", "at least one day"),
        ({"weekday": "5", "opens": "10:00"}, "closes", "Enter a time like 09:30"),
        ({"weekday": "5", "opens": "10:00", "closes": "09:00"}, "closes", "after the one"),
        ({"weekday": "1", "opens": "10:00", "closes": "11:00"}, "opens-10", "open at this time"),
    ],
)
def test_several_days_that_make_no_sense_are_said_so(
    admin: Visitor, clinic: Clinic, typed: dict[str, str], field: str, why: str
):
    shown = send(admin, **typed)
    assert shown.status == 422
    assert why in shown.why(field)
    assert list(shown.summary()) == [field]
    assert count(clinic, OpeningHours) == 10


LUNCH = {"weekday_10": "1", "kind_10": "break", "opens_10": "10:15", "closes_10": "10:45"}


def test_a_break_is_drawn_counted_out_and_not_offered(admin: Visitor, clinic: Clinic):
    shown = admin.follow(send(admin, **LUNCH))
    assert "09:00 – 12:00, 13:00 – 17:00, break 10:15 – 10:45" in shown.words
    assert shown.value("kind-3") == "break"
    assert not is_offered(clinic, wall("01-13 10:00"))
    assert not is_offered(clinic, wall("01-13 10:30"))
    assert is_offered(clinic, wall("01-13 11:00"))
    (entry,) = clinic.read(
        lambda session, _: audit.search(session, audit.Search(action="rules"), limit=1)
    )
    assert "now: 34.5 hours a week" in entry.reason
    assert "Tue 09:00-12:00 break 10:15-10:45 13:00-17:00" in entry.reason


def test_what_stands_there_with_a_break_can_be_saved_again(admin: Visitor, clinic: Clinic):
    send(admin, **LUNCH)
    assert send(admin).status == 303
    assert count(clinic, OpeningHours) == 11
    assert not is_offered(clinic, wall("01-13 10:00"))


def test_a_booking_in_a_new_break_is_decided_on(admin: Visitor, clinic: Clinic):
    booking = clinic.book(wall("01-13 10:30"))
    clinic.book(wall("01-13 11:00"))
    asked = send(admin, **LUNCH)
    assert "1 booking does not fit any more" in asked.words
    form = next(form for form in asked.forms if "booking" in form.values)
    assert form.values["booking"] == str(booking.id)
    assert admin.post(HOURS, form.values | {f"do-{booking.id}": "keep"}).status == 303
    assert not is_offered(clinic, wall("01-13 10:00"))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"opens_10": "12:00", "closes_10": "13:00"}, "Tuesday is not open at this time"),
        ({"weekday_10": "6"}, "Sunday is not open at this time"),
        ({"since_2": "2027-01-01"}, "Tuesday is not open at this time"),
        (
            {"weekday_11": "1", "kind_11": "break", "opens_11": "10:30", "closes_11": "11:00"},
            "Tuesday has a break at this time already",
        ),
    ],
)
def test_a_break_must_interrupt_something_and_only_once(
    admin: Visitor, clinic: Clinic, changes: dict[str, str], why: str
):
    if "since_2" in changes:
        changes = changes | {"until_10": "2026-12-31"}
    shown = send(admin, **(LUNCH | changes))
    assert shown.status == 422
    field = "opens-11" if "opens_11" in changes else "opens-10"
    assert why in shown.why(field)
    assert list(shown.summary()) == [field]
    assert shown.value("kind-10") == "break"


def test_a_break_that_ends_before_it_begins_is_said_so(admin: Visitor, clinic: Clinic):
    shown = send(admin, **(LUNCH | {"closes_10": "10:00"}))
    assert "after the one it begins at" in shown.why("closes-10")


def test_a_preview_shows_the_new_week_and_saves_nothing(admin: Visitor, clinic: Clinic):
    shown = send(admin, "preview", opens_2="11:00")
    assert "10 times, 11:00 am – 4:30 pm now 14" in shown.words
    assert shown.value("opens-2") == "11:00"
    assert is_offered(clinic, TUESDAY_9)


def test_bookings_that_no_longer_fit_are_decided_on(admin: Visitor, clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    asked = send(admin, opens_2="10:00")
    assert "1 booking does not fit any more" in asked.words
    assert is_offered(clinic, wall("01-13 09:30"))
    form = next(form for form in asked.forms if "booking" in form.values)
    assert admin.post(HOURS, form.values | {f"do-{booking.id}": "keep"}).status == 303
    assert not is_offered(clinic, wall("01-13 09:30"))


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"closes_2": "08:00"}, "closes-2", "after the one it opens at"),
        ({"closes_2": "09:00"}, "closes-2", "after the one it opens at"),
        ({"opens_2": ""}, "opens-2", "Enter a time"),
        ({"closes_2": "half past"}, "closes-2", "Enter a time like 09:30"),
        ({"closes_2": "14:00"}, "opens-3", "Tuesday is open at this time already"),
        ({"weekday_2": "0"}, "opens-2", "Monday is open at this time already"),
        ({"weekday_2": "9"}, "weekday-2", "Choose a day"),
        ({"every_2": "2"}, "since-2", "from which the weeks are counted"),
        ({"every_2": "0"}, "every-2", "from 1 to 8"),
        ({"every_2": "x"}, "every-2", "from 1 to 8"),
        ({"since_2": "2026-02-01", "until_2": "2026-01-01"}, "until-2", "not before the first"),
        ({"since_2": "yesterday"}, "since-2", "a day that exists"),
    ],
)
def test_what_makes_no_sense_is_said_beside_the_field_and_kept(
    admin: Visitor, clinic: Clinic, changes: dict[str, str], field: str, why: str
):
    shown = send(admin, **changes)
    assert shown.status == 422
    assert why in shown.why(field)
    assert list(shown.summary()) == [field]
    for name, value in changes.items():
        if name != "weekday_2":
            assert shown.value(name.replace("_", "-")) == value
    assert is_offered(clinic, TUESDAY_9)


def test_no_service_is_longer_than_any_opening(admin: Visitor, clinic: Clinic):
    form = admin.get(HOURS).form(HOURS).values
    short = {f"{part}-{n}": "" for n in range(1, 10) for part in ("opens", "closes")}
    shown = admin.post(HOURS, form | short | {"closes-0": "09:10", "go": "save"})
    assert shown.status == 422
    assert "takes 30 minutes, and no opening is that long" in shown.why("closes-0")
    assert count(clinic, OpeningHours) == 10


def test_it_can_be_open_until_midnight(admin: Visitor, clinic: Clinic):
    assert send(admin, opens_9="20:00", closes_9="00:00").status == 303
    assert admin.get(HOURS).form(HOURS).values["closes-9"] == "00:00"
    assert is_offered(clinic, wall("01-16 23:30"))


def test_all_that_is_missing_of_the_decisions_is_said_at_once(admin: Visitor, clinic: Clinic):
    first = clinic.book(TUESDAY_9)
    clinic.book(wall("01-13 09:30"))
    asked = send(admin, opens_2="10:00")
    form = next(form for form in asked.forms if "booking" in form.values).values
    both = [str(first.id), str(first.id + 1)]
    shown = admin.post(HOURS, form | {"booking": both, f"do-{first.id}": "cancel", "reason": ""})
    assert shown.status == 422
    assert list(shown.summary()) == ["stranded", "reason"]


def test_what_was_so_already_is_not_said_to_be_saved(admin: Visitor, clinic: Clinic):
    as_it_was = admin.follow(send(admin))
    assert "Nothing was different, so nothing was changed." in as_it_was.words
    assert not clinic.read(
        lambda session, _: audit.search(session, audit.Search(action="rules"), limit=1)
    )
    assert "Saved." in admin.follow(send(admin, opens_2="10:00")).words


def test_a_preview_of_several_plans_names_in_a_line_what_stays(admin: Visitor, clinic: Clinic):
    add_practitioner(clinic, "dr-lee")
    assert "The same as now" not in admin.get(HOURS).words
    shown = send(admin, "preview", opens_2="11:00")
    assert "The same as now: Micro needling consultation, dr-lee" in shown.words
    opened = [one for one in shown.document.all("details") if "plan-ahead" in one.attrs["class"]]
    assert [("open" in one.attrs, "Dr. Ahmed" in one.words) for one in opened] == [(True, True)]
    assert "Nothing changes next week for" in send(admin, "preview").words
