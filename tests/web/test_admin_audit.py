"""The audit log answers who did what, and when."""

import re

from booking.services.audit import Actor
from booking.store.records import AuditEntry
from booking.web.admin.audit_words import ACTIONS, SUBJECTS
from config import ROOT
from tests.services.deeds import TUESDAY_9, cancel, count
from tests.support import RECEPTION, Clinic
from tests.web.visitor import Page, Visitor

AUDIT = "/admin/audit"


def lines(page: Page) -> list[str]:
    (trail,) = (e for e in page.document.all("ol") if "trail" in e.attrs.get("class", ""))
    return [item.words for item in trail.all("li")]


def test_what_was_done_is_listed_newest_first(admin: Visitor, clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    clinic.time.pass_(minutes=5)
    cancel(clinic, booking, actor=Actor(RECEPTION.kind, 1), reason="asked by phone")
    first, second, *_ = lines(admin.get(AUDIT))
    assert "confirmed → cancelled" in first
    assert "asked by phone" in first
    assert "@clinic.example" in first
    assert "by the patient" in second


def test_it_is_filtered_by_who_what_and_when(admin: Visitor, clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    cancel(clinic, booking, actor=Actor(RECEPTION.kind, 1), reason="x")
    admin.get(f"/desk/bookings/{booking.id}")
    assert len(lines(admin.get(f"{AUDIT}?what=state"))) == 2
    assert len(lines(admin.get(f"{AUDIT}?what=state&who=1"))) == 1
    assert len(lines(admin.get(f"{AUDIT}?what=state&who=patient"))) == 1
    assert len(lines(admin.get(f"{AUDIT}?what=viewed"))) == 1
    assert len(lines(admin.get(f"{AUDIT}?what=state&first=2026-01-12&last=2026-01-12"))) == 2
    assert "Nothing fits" in admin.get(f"{AUDIT}?first=2026-01-13").words


def test_looking_at_the_log_adds_nothing_to_it(admin: Visitor, clinic: Clinic):
    before = count(clinic, AuditEntry)
    admin.get(AUDIT)
    admin.get(f"{AUDIT}?who={'9' * 30}&what=nothing&first=never&before=x")
    assert count(clinic, AuditEntry) == before


def test_older_entries_are_a_page_away(admin: Visitor, clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    for _ in range(105):
        admin.get(f"/desk/bookings/{booking.id}")
    shown = admin.get(f"{AUDIT}?what=viewed")
    assert len(lines(shown)) == 100
    (older,) = (a for a in shown.document.all("a") if a.words == "Older entries")
    assert len(lines(admin.get(older.attrs["href"]))) == 5


def test_every_action_that_is_recorded_has_words():
    recording = re.compile(r"(?:audit\.record|\b_enter)\([^()]*?\"(\w+)\"", re.DOTALL)
    sources = [path.read_text() for path in (ROOT / "booking").rglob("*.py")]
    recorded = {action for source in sources for action in recording.findall(source)}
    assert {"viewed", "rules", "kept", "feed_added"} <= recorded
    assert recorded - {"state", "undo"} <= set(ACTIONS)


def test_a_change_of_the_set_up_is_told_in_the_words_of_its_page(admin: Visitor, clinic: Clinic):
    page = "/admin/services/consultation"
    form = admin.get(page).form(page).values
    assert admin.post(page, form | {"buffer_after": "10", "go": "save"}).status == 303
    (line,) = lines(admin.get(f"{AUDIT}?what=rules:service"))
    assert "Services: changed" in line
    assert "Buffer after: 0 → 10 minutes" in line
    assert "Micro needling consultation" in line
    assert lines(admin.get(f"{AUDIT}?what=kind:set-up")) == [line]
    assert "Nothing fits" in admin.get(f"{AUDIT}?what=rules:hours").words


def test_an_account_is_named_by_its_address(admin: Visitor, clinic: Clinic):
    form = admin.get("/admin/staff/new").form("/admin/staff/new").values
    new = {"email": "new@clinic.example", "roles": "reception"}
    assert admin.post("/admin/staff/new", form | new).status in {200, 303}
    first, *_ = lines(admin.get(f"{AUDIT}?what=kind:staff"))
    assert "new@clinic.example" in first
    assert "staff:" not in admin.get(AUDIT).words


def test_days_in_the_wrong_order_are_said_beside_the_field(admin: Visitor, clinic: Clinic):
    shown = admin.get(f"{AUDIT}?first=2026-01-13&last=2026-01-12")
    assert shown.status == 422
    assert "not before the first" in shown.why("last")
    assert shown.value("first") == "2026-01-13"
    assert "a day that exists" in admin.get(f"{AUDIT}?first=never").why("first")


def test_every_subject_of_the_set_up_can_be_looked_for():
    naming = re.compile(r"(?:\bEdit\(|\"rules\", now=now, subject=)\"([\w ]+)\"")
    sources = [path.read_text() for path in (ROOT / "booking" / "services").rglob("*.py")]
    named = {subject for source in sources for subject in naming.findall(source)}
    assert {"hours", "closure", "clinic"} <= named
    assert named <= set(SUBJECTS)
