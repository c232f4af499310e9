"""Until when a visit may be moved or cancelled online, as pages and mails say it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.domain.lifecycle import CutOffs
from booking.formats.deadlines import show_deadlines

# 09:00 on a Tuesday in New York.
START = datetime(2026, 1, 13, 14, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
SUNDAY = START - timedelta(days=2)
DAY, TWO_HOURS, NONE = timedelta(days=1), timedelta(hours=2), timedelta()


def said(cut_offs: CutOffs, *, now: datetime = SUNDAY) -> str | None:
    words = show_deadlines(START, cut_offs, now=now, zone=ZONE)
    return words and words.replace("\u00a0", " ")


def test_nothing_is_said_where_there_is_no_rule() -> None:
    assert said(CutOffs()) is None
    assert said(CutOffs(), now=START) is None


def test_one_moment_for_both_is_said_once() -> None:
    assert said(CutOffs(DAY, DAY)) == (
        "You can move or cancel it online until Monday 12 January, 9:00 am."
        " After that, please call us."
    )


def test_two_moments_are_said_by_the_clock_of_the_place() -> None:
    assert said(CutOffs(DAY, TWO_HOURS)) == (
        "You can move it online until Monday 12 January, 9:00 am, and cancel it online until"
        " Tuesday 13 January, 7:00 am. After that, please call us."
    )
    assert "cancel it online until it begins" in (said(CutOffs(DAY, NONE)) or "")


@pytest.mark.parametrize(
    ("cut_offs", "words"),
    [
        (
            CutOffs(DAY, TWO_HOURS),
            "You can cancel it online until Tuesday 13 January, 7:00 am. To",
        ),
        (CutOffs(TWO_HOURS, DAY), "You can move it online until Tuesday 13 January, 7:00 am. To"),
        (CutOffs(DAY, DAY), "It is too close to the visit to move or cancel it online."),
    ],
)
def test_what_is_over_is_not_promised(cut_offs: CutOffs, words: str) -> None:
    found = said(cut_offs, now=START - DAY) or ""
    assert found.startswith(words)
    assert found.lower().endswith("please call us.")
