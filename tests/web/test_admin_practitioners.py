"""The administrator adds practitioners, and archives those who leave."""

import pytest

from booking.domain.lifecycle import State
from booking.store.clinic import Practitioner
from tests.services.deeds import TUESDAY_9, is_offered, now_is
from tests.support import Clinic
from tests.web.journeys import count
from tests.web.visitor import Page, Visitor

AHMED = "/admin/practitioners/dr-ahmed"
NEW = "/admin/practitioners/new"


def send(admin: Visitor, path: str, go: str = "save", **changes: str) -> Page:
    """The form as it stands, with changes."""
    form = admin.get(path).form(path)
    return admin.post(path, form.values | changes | {"go": go})


def test_another_practitioner_is_bookable_once_their_hours_are_set(admin: Visitor, clinic: Clinic):
    added = send(admin, NEW, name="Dr. Weber", email="weber@clinic.example")
    assert (added.status, added.location) == (303, "/admin/hours/dr-weber?saved=1")
    assert not slots(admin, "dr-weber")
    hours = {"weekday-0": "1", "opens-0": "10:00", "closes-0": "11:00", "go": "save"}
    assert admin.post("/admin/hours/dr-weber", hours).status == 303
    assert [one["start"] for one in slots(admin, "dr-weber")] == [
        "2026-01-13T10:00:00-05:00",
        "2026-01-13T10:30:00-05:00",
    ]
    assert "Dr. Weber: added" in admin.get("/admin/audit").words


def slots(visitor: Visitor, practitioner: str) -> list[dict[str, str]]:
    query = f"service=consultation&from=2026-01-12&to=2026-01-18&practitioner={practitioner}"
    found: list[dict[str, str]] = visitor.get(f"/api/v1/slots?{query}").response.json["slots"]
    return found


def test_who_is_archived_has_their_bookings_decided_on(admin: Visitor, clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    asked = send(admin, AHMED, archived="1")
    assert "1 booking does not fit any more" in asked.words
    form = next(form for form in asked.forms if "booking" in form.values)
    answer = admin.post(AHMED, form.values | {f"do-{booking.id}": "keep"})
    assert answer.status == 303
    assert "archived" in admin.follow(answer).words
    assert now_is(clinic, booking).state is State.CONFIRMED
    assert admin.get("/api/v1/services").response.json["services"] == []
    # Nobody's hours, absences or services are asked about for them any more.
    assert "Dr. Ahmed" not in admin.get("/admin/closures").words
    assert "Dr. Ahmed" not in admin.get("/admin/services/new").words
    assert admin.get("/admin/hours").location == "/admin/practitioners"


def test_who_was_archived_can_be_brought_back(admin: Visitor, clinic: Clinic):
    send(admin, AHMED, archived="1")
    form = admin.get(AHMED).form(AHMED)
    values = {name: value for name, value in form.values.items() if name != "archived"}
    assert admin.post(AHMED, values | {"go": "save"}).status == 303
    assert is_offered(clinic, TUESDAY_9)


def test_the_audit_names_what_was_and_what_is(admin: Visitor, clinic: Clinic):
    send(admin, AHMED, name="Dr. A. Ahmed")
    assert "Dr. Ahmed: Name: Dr. Ahmed → Dr. A. Ahmed" in admin.get("/admin/audit").words


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"name": ""}, "name", "Enter a name"),
        ({"name": "x" * 201}, "name", "200 characters or fewer"),
        ({"email": "nobody"}, "email", "Enter an e-mail address like"),
    ],
)
@pytest.mark.parametrize("path", [AHMED, NEW])
def test_what_makes_no_sense_is_said_beside_the_field_and_kept(
    admin: Visitor, clinic: Clinic, path: str, changes: dict[str, str], field: str, why: str
):
    shown = send(admin, path, **{"name": "Dr. Weber", **changes})
    assert shown.status == 422
    assert why in shown.why(field)
    assert list(shown.summary()) == [field]
    assert shown.value(field) == changes[field]
    assert count(clinic, Practitioner) == 1


def test_a_preview_saves_nothing(admin: Visitor, clinic: Clinic):
    shown = send(admin, NEW, go="preview", name="Dr. Weber")
    assert "Micro needling consultation, Dr. Weber" in shown.words
    assert count(clinic, Practitioner) == 1


def test_who_is_not_there_is_not_there(admin: Visitor):
    assert admin.get("/admin/practitioners/nobody").status == 404
