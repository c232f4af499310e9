"""The administrator changes what is offered; bookings that lose their ground are decided on."""

import pytest

from booking.domain.lifecycle import State
from booking.store.clinic import Service
from tests.services.deeds import TUESDAY_9, add_practitioner, is_offered, now_is, wall
from tests.support import Clinic
from tests.web.journeys import count, on_one_engine
from tests.web.visitor import Page, Visitor

# Forms and their errors; what they change is proven on both engines in tests/services.
pytestmark = on_one_engine

CONSULTATION = "/admin/services/consultation"


def send(admin: Visitor, path: str = CONSULTATION, go: str = "save", **changes: str) -> Page:
    """The form as it stands, with changes."""
    form = admin.get(path).form(path)
    return admin.post(path, form.values | changes | {"go": go})


def test_a_service_becomes_longer_and_keeps_time_free(admin: Visitor, clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    assert send(admin, length="60", buffer_after="30", cap_day="3").status == 303
    assert not is_offered(clinic, wall("01-13 11:30"))
    assert is_offered(clinic, wall("01-13 09:30"))
    # What was booked stays as long as it was.
    assert now_is(clinic, booking).end - now_is(clinic, booking).start == booking.end - TUESDAY_9


def test_another_service_is_added_under_a_name_of_its_own(admin: Visitor, clinic: Clinic):
    for _ in range(2):
        assert send(admin, "/admin/services/new", name="Über-Kontrolle").status == 303
    listed = admin.get("/admin/services")
    assert "Über-Kontrolle" in listed.words
    offered = admin.get("/api/v1/services").response.json["services"]
    assert [one["id"] for one in offered] == ["consultation", "uber-kontrolle", "uber-kontrolle-2"]


def test_archiving_asks_about_its_bookings_and_can_be_undone(admin: Visitor, clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    asked = send(admin, archived="1")
    assert "1 booking does not fit any more" in asked.words
    form = next(form for form in asked.forms if "booking" in form.values)
    assert form.values["who"] == "1"
    answer = admin.post(CONSULTATION, form.values | {f"do-{booking.id}": "keep"})
    assert answer.status == 303
    assert "archived" in admin.follow(answer).words
    assert now_is(clinic, booking).state is State.CONFIRMED
    form = admin.get(CONSULTATION).form(CONSULTATION)
    brought_back = {name: value for name, value in form.values.items() if name != "archived"}
    assert admin.post(CONSULTATION, brought_back | {"go": "save"}).status == 303
    assert is_offered(clinic, wall("01-13 10:00"))


def test_a_preview_of_archiving_shows_what_is_lost(admin: Visitor, clinic: Clinic):
    send(admin, "/admin/services/new", name="Check-up")
    shown = send(admin, "/admin/services/check-up", go="preview", archived="1")
    assert "Check-up, Dr. Ahmed" in shown.words
    assert "None now 14" in shown.words
    assert count(clinic, Service) == 2


def test_who_no_longer_offers_it_has_their_bookings_decided_on(admin: Visitor, clinic: Clinic):
    add_practitioner(clinic, "dr-lee")
    clinic.book(TUESDAY_9)
    asked = send(admin, who="2")
    assert "1 booking does not fit any more" in asked.words


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"name": ""}, "name", "Enter a name"),
        ({"length": "0"}, "length", "from 5 to 480"),
        ({"length": "300"}, "length", "No opening is longer than 240 minutes"),
        ({"step": "x"}, "step", "from 5 to 480"),
        ({"notice": "-1"}, "notice", "from 0 to"),
        ({"horizon_days": "1", "notice": "2880"}, "horizon_days", "further ahead"),
        ({"cap_day": "0"}, "cap_day", "from 1 to"),
        ({"cap_week": "0"}, "cap_week", "from 1 to"),
        ({"cap_day": "5", "cap_week": "4"}, "cap_day", "no more than the most in a week"),
        (
            {"mode": "video", "mode_text": "Join: javascript:alert(1)"},
            "mode_text",
            "“javascript:alert(1)” is no web address",
        ),
        ({"who": "99"}, "who", "Choose who"),
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
        if name != "who":
            assert shown.value(name) == value
    assert is_offered(clinic, TUESDAY_9)
    assert count(clinic, Service) == 1


def test_what_is_not_there_is_not_there(admin: Visitor):
    assert admin.get("/admin/services/nothing").status == 404


def test_a_break_counts_when_a_service_is_as_long_as_the_day(admin: Visitor, clinic: Clinic):
    week = admin.get("/admin/hours/dr-ahmed").form("/admin/hours/dr-ahmed").values
    whole = {f"{part}-{n}": "" for n in range(2, 10) for part in ("opens", "closes")}
    whole |= {"opens-0": "09:00", "closes-0": "17:00", "opens-1": "12:00", "closes-1": "13:00"}
    whole |= {"weekday-1": "0", "kind-1": "break", "go": "save"}
    assert admin.post("/admin/hours/dr-ahmed", week | whole).status == 303
    path = "/admin/services/consultation"
    form = admin.get(path).form(path).values
    longer = admin.post(path, form | {"who": "1", "length": "300", "go": "save"})
    assert "No opening is longer than 240 minutes" in longer.why("length")


def test_who_is_archived_keeps_what_they_offer(admin: Visitor, clinic: Clinic):
    add_practitioner(clinic, "dr-lee")
    person = "/admin/practitioners/dr-lee"
    form = admin.get(person).form(person).values
    assert admin.post(person, form | {"offers": "1", "archived": "1", "go": "save"}).status == 303
    path = "/admin/services/consultation"
    page = admin.get(path)
    assert "dr-lee archived" in page.words
    saved = admin.post(path, page.form(path).values | {"who": ["1", "2"], "go": "save"})
    assert saved.status == 303
    form = admin.get(person).form(person).values
    admin.post(person, {**form, "offers": "1", "archived": "", "go": "save"})
    assert "dr-lee" in {slot.practitioner for slot in clinic.slots(TUESDAY_9.date())}
