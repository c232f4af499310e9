"""When a message is tried again, and when it has lost its point."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from booking.domain.lifecycle import State
from booking.domain.messages import (
    BACK_OFF,
    GIVE_UP_AFTER,
    Audience,
    DeliveryFailure,
    MessageKind,
    has_lost_its_point,
    next_try,
)

CREATED = datetime(2026, 1, 12, 13, 0, tzinfo=UTC)
CANCELLATIONS = {MessageKind.CANCELLED, MessageKind.DOCTOR_CANCELLED}
TAKEN_AWAY = {State.CANCELLED, State.ENTERED_IN_ERROR}


def tries(*, sending_takes: timedelta = timedelta()) -> list[datetime]:
    """When each try ends while the server refuses for ever."""
    ends, now = [], CREATED
    while True:
        now += sending_takes
        ends.append(now)
        again = next_try(len(ends), created=CREATED, now=now)
        if again is None:
            return ends
        now = again


def test_the_waits_between_tries_only_grow() -> None:
    waits = [later - earlier for earlier, later in pairwise(tries())]
    assert waits[0] <= timedelta(seconds=10)
    assert all(shorter <= longer for shorter, longer in pairwise(waits))
    assert max(waits) <= timedelta(hours=1)


def test_a_mail_server_that_is_away_for_two_days_loses_nothing() -> None:
    assert tries()[-1] - CREATED >= timedelta(hours=48)
    assert tries(sending_takes=timedelta(minutes=1))[-1] - CREATED >= timedelta(hours=48)


def test_giving_up_comes_at_last() -> None:
    assert tries()[-1] - CREATED <= GIVE_UP_AFTER
    assert next_try(1000, created=CREATED, now=CREATED + GIVE_UP_AFTER) is None


def test_the_first_failure_is_tried_again_within_seconds() -> None:
    assert next_try(1, created=CREATED, now=CREATED) == CREATED + BACK_OFF[0]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("kind", MessageKind)
def test_a_message_about_an_earlier_change_has_lost_its_point(
    kind: MessageKind, state: State
) -> None:
    for sequence, current in ((0, 1), (1, 2), (3, 2)):
        assert has_lost_its_point(kind, sequence, state=state, current_sequence=current)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("kind", MessageKind)
def test_a_cancellation_is_told_of_what_is_cancelled_and_nothing_else_is(
    kind: MessageKind, state: State
) -> None:
    lost = has_lost_its_point(kind, 2, state=state, current_sequence=2)
    assert lost is ((kind in CANCELLATIONS) != (state in TAKEN_AWAY))


def test_every_kind_says_whom_it_is_for() -> None:
    assert {kind for kind in MessageKind if kind.audience is Audience.DOCTOR} == {
        MessageKind.DOCTOR_BOOKED,
        MessageKind.DOCTOR_MOVED,
        MessageKind.DOCTOR_CANCELLED,
    }


def test_a_failure_speaks_for_itself() -> None:
    assert str(DeliveryFailure("the server said no", retryable=False)) == "the server said no"
