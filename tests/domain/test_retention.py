"""How long things are kept."""

from datetime import UTC, datetime

from booking.domain.retention import Retention, months_before


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_months_are_those_of_the_calendar():
    assert months_before(moment("2026-01-13T09:00"), 12) == moment("2025-01-13T09:00")
    assert months_before(moment("2026-01-13T09:00"), 1) == moment("2025-12-13T09:00")
    assert months_before(moment("2026-05-31T09:00"), 3) == moment("2026-02-28T09:00")


def test_the_29_february_is_kept_until_the_28_where_there_is_none():
    assert months_before(moment("2024-02-29T09:00"), 12) == moment("2023-02-28T09:00")
    assert months_before(moment("2024-02-29T09:00"), 96) == moment("2016-02-29T09:00")


def test_each_kind_has_an_edge_of_its_own():
    edges = Retention(attended_years=1, waitlist_days=2).edges(moment("2026-03-01T00:00"))
    assert edges.attended == moment("2025-03-01T00:00")
    assert edges.missed == moment("2025-03-01T00:00")
    assert edges.waitlist == moment("2026-02-27T00:00")
    assert edges.messages == moment("2025-12-01T00:00")
    assert edges.audit == moment("2020-03-01T00:00")
