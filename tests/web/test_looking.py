"""Looking changes nothing: no address that is only opened changes a row that matters."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from booking.domain.roles import Role
from booking.store.models import metadata
from tests.support import Clinic
from tests.web.journeys import book, on_one_engine
from tests.web.site import Furniture, furnish, pages
from tests.web.visitor import Visitor

# What looking may write: who looked, when something was last used, and how often.
MAY_GROW = {"audit_entries"}
MAY_CHANGE = {"limit_counters", "heartbeats"}
MAY_CHANGE_COLUMNS = {
    "feeds": {"last_used_at", "last_client"},
    "staff_sessions": {"last_seen_at"},
}

Tables = dict[str, list[dict[str, Any]]]


def everything(clinic: Clinic) -> Tables:
    """The contents of all tables, without what looking may change."""

    def rows(session: Any, _: object) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        for table in metadata.sorted_tables:
            if table.name in MAY_CHANGE:
                continue
            left_out = MAY_CHANGE_COLUMNS.get(table.name, set())
            columns = [column for column in table.columns if column.name not in left_out]
            found = session.execute(select(*columns).order_by(*table.primary_key.columns))
            yield table.name, [dict(row) for row in found.mappings()]

    return clinic.read(lambda session, now: dict(rows(session, now)))


def changes(before: Tables, after: Tables) -> list[str]:
    """The tables in which a row came, went or changed."""
    return [
        name
        for name, rows in before.items()
        if after[name][: len(rows)] != rows
        or (name not in MAY_GROW and len(after[name]) != len(rows))
    ]


@pytest.fixture
def things(clinic: Clinic, tmp_path: Path) -> Furniture:
    return furnish(clinic, tmp_path / "instance")


@pytest.mark.parametrize("role", [None, Role.RECEPTION, Role.DOCTOR, Role.ADMIN])
def test_opening_every_address_changes_nothing(
    app: Flask, clinic: Clinic, things: Furniture, role: Role | None
):
    visitor = Visitor(app)
    if role is not None:
        visitor.sign_in(clinic, role)
    seen = set()
    before = everything(clinic)
    for path in pages(app, things):
        answer = visitor.get(path)
        assert answer.status < 500, path
        seen.add(answer.status)
        assert changes(before, everything(clinic)) == [], path
    assert {200, 404} <= seen


@on_one_engine
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_asking_in_other_ways_changes_nothing(
    app: Flask, clinic: Clinic, things: Furniture, method: str
):
    visitor = Visitor(app)
    visitor.sign_in(clinic, Role.ADMIN)
    before = everything(clinic)
    for path in pages(app, things):
        answer = visitor.open(path, method)
        assert answer.status < 500, path
        assert method == "OPTIONS" or answer.text == "", path
    assert changes(before, everything(clinic)) == []


@on_one_engine
def test_looking_around_in_the_middle_of_booking_changes_nothing(
    app: Flask, clinic: Clinic, things: Furniture
):
    visitor = Visitor(app)
    book(visitor)
    visitor.take(visitor.get("/book/times?day=2026-01-14").slots[0])
    before = everything(clinic)
    for path in [
        *pages(app, things),
        "/book/details",
        "/book/questions/health",
        "/book/check",
        "/book",
    ]:
        visitor.get(path)
    assert changes(before, everything(clinic)) == []


@on_one_engine
def test_links_followed_by_a_mail_scanner_change_nothing(
    app: Flask, clinic: Clinic, things: Furniture
):
    """A scanner opens every link that it finds, and what stands behind those too."""
    scanner = Visitor(app)
    before = everything(clinic)
    found = [f"/manage/{things.manage_token}"]
    opened: set[str] = set()
    while found and len(opened) < 60:
        path = found.pop()
        if path in opened or not path.startswith("/"):
            continue
        opened.add(path)
        answer = scanner.get(path)
        if answer.response.mimetype == "text/html":
            found += [a.attrs["href"].split("#")[0] for a in answer.document.all("a")]
    assert len(opened) > 20
    assert changes(before, everything(clinic)) == []


@on_one_engine
def test_a_changed_row_would_be_noticed(clinic: Clinic, things: Furniture):
    before = everything(clinic)
    clinic.write(lambda session, _: session.merge(things.booking).__setattr__("sequence", 9))
    assert changes(before, everything(clinic)) == ["bookings"]
    clinic.book(things.booking.end)
    assert {"bookings", "claims", "messages", "patients"} <= set(
        changes(before, everything(clinic))
    )
