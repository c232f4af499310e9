"""Of each kind of room that a visit needs one is free from its first minute to its last."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.domain.availability import Needs, free_starts, require_free
from booking.domain.errors import SlotUnavailable
from booking.domain.time import MINUTE, Span
from tests.domain.test_availability import NOW, rules, wall

TUESDAY = date(2026, 1, 13)
RULES = rules((9, 12), buffer_after=timedelta(minutes=10))
NINE = wall("2026-01-13T09:00").astimezone(UTC)


def spans() -> st.SearchStrategy[list[Span]]:
    """Claims of one room on that morning, in any order."""
    starts = st.integers(-30, 200).map(lambda minute: NINE + minute * MINUTE)
    lengths = st.integers(1, 90).map(lambda minutes: minutes * MINUTE)
    return st.lists(st.builds(lambda at, long: Span(at, at + long), starts, lengths), max_size=4)


def free(needs: Needs, taken: tuple[Span, ...] = ()) -> list[datetime]:
    return free_starts(RULES, taken, first=TUESDAY, last=TUESDAY, now=NOW, needs=needs)


def is_free_all_the_time(room: list[Span], start: datetime) -> bool:
    """Minute by minute, in the most obvious way."""
    claim = RULES.visit.claim(start)
    moment = claim.start
    while moment < claim.end:
        if any(one.start <= moment < one.end for one in room):
            return False
        moment += MINUTE
    return True


@given(st.lists(st.lists(spans(), max_size=3), max_size=2))
def test_what_is_offered_has_a_room_of_each_kind_and_is_what_is_accepted(
    needs: list[list[list[Span]]],
):
    expected = [
        start
        for start in free(())
        if all(any(is_free_all_the_time(room, start) for room in kind) for kind in needs)
    ]
    assert free(needs) == expected
    for start in free(()):
        if start in expected:
            assert require_free(RULES, (), start, now=NOW, needs=needs) == start
        else:
            with pytest.raises(SlotUnavailable):
                require_free(RULES, (), start, now=NOW, needs=needs)


def test_a_kind_of_which_there_is_none_is_never_free():
    assert free(()) != []
    assert free(((),)) == []
