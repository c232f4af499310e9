"""The audit log answers who did what, and when."""

import re

from booking.services.audit import Actor
from booking.store.records import AuditEntry
from booking.web.admin.audit import ACTIONS
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
