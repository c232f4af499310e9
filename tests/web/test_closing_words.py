"""From when to when something closes, as the board says it."""

from datetime import date

import pytest

from booking.web.desk.closing_words import when

TUESDAY, FRIDAY = date(2026, 1, 13), date(2026, 1, 16)


@pytest.mark.parametrize(
    ("last", "begins", "ends", "words"),
    [
        (TUESDAY, 0, 1440, "Tuesday 13 January, all day"),
        (TUESDAY, 119, 1440, "Tuesday 13 January, from 1:59 am"),
        (TUESDAY, 0, 780, "Tuesday 13 January, until 1:00 pm"),
        (TUESDAY, 600, 660, "Tuesday 13 January, 10:00 am – 11:00 am"),
        (FRIDAY, 0, 1440, "Tuesday 13 January – Friday 16 January"),
        (FRIDAY, 600, 660, "Tuesday 13 January, 10:00 am – Friday 16 January, 11:00 am"),
    ],
)
def test_a_closing_is_said_in_the_clock_of_the_clinic(
    last: date, begins: int, ends: int, words: str
):
    said = when(TUESDAY, last, begins=begins, ends=ends)
    assert said.replace("\N{NO-BREAK SPACE}", " ") == words
