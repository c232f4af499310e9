"""The administrator names the rooms, and says which service needs one."""

import pytest

from booking.store.clinic import Room
from tests.services.deeds import TUESDAY_9, is_offered
from tests.support import Clinic
from tests.web.journeys import count
from tests.web.site import add_practitioner
from tests.web.visitor import Page, Visitor

NEW = "/admin/rooms/new"
CONSULTATION = "/admin/services/consultation"


def send(admin: Visitor, path: str, go: str = "save", **changes: object) -> Page:
    form = admin.get(path).form(path)
    return admin.post(path, {**form.values, **changes, "go": go})


def test_two_doctors_share_a_room_by_the_pages_alone(admin: Visitor, clinic: Clinic):
    add_practitioner(clinic)
    assert "There are none yet" in admin.get("/admin/rooms").words
    assert send(admin, NEW, name="Room 1").location == "/admin/rooms?saved=1"
    assert send(admin, NEW, name="Dermapen", kind="device").status == 303
    page = admin.get(CONSULTATION)
    assert "Needs one of these rooms" in page.words
    assert "Needs one of these devices" in page.words
    form = page.form(CONSULTATION)
    room = clinic.read(lambda session, _: session.query(Room).filter_by(slug="room-1").one().id)
    saved = admin.post(
        CONSULTATION, {**form.values, "who": ["1", "2"], "rooms": str(room), "go": "save"}
    )
    assert saved.status == 303
    assert is_offered(clinic, TUESDAY_9, practitioner="dr-weber")
    clinic.book(TUESDAY_9)
    assert not is_offered(clinic, TUESDAY_9, practitioner="dr-weber")
    assert "Needs: none → Room 1" in admin.get("/admin/audit").words


def test_a_room_is_renamed_and_archived(admin: Visitor, clinic: Clinic):
    send(admin, NEW, name="Room 1")
    assert send(admin, "/admin/rooms/room-1", name="Blue room", archived="1").status == 303
    listed = admin.get("/admin/rooms").words
    assert "Blue room" in listed
    assert "archived" in listed
    assert "Blue room" not in admin.get(CONSULTATION).words


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [({"name": ""}, "name", "Enter a name"), ({"kind": "x"}, "kind", "Choose what it is")],
)
def test_what_makes_no_sense_is_said_beside_the_field(
    admin: Visitor, clinic: Clinic, changes: dict[str, str], field: str, why: str
):
    shown = send(admin, NEW, **{"name": "Room 1", **changes})
    assert shown.status == 422
    assert why in shown.why(field)
    assert count(clinic, Room) == 0


def test_what_is_not_there_is_not_there(admin: Visitor):
    assert admin.get("/admin/rooms/nothing").status == 404
