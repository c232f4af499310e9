"""A time that two visits share is nobody else's when one of them goes."""

from tests.races.crowd import Crowd, Task
from tests.races.test_races import PEOPLE, claimed, losers, race, winners
from tests.services.deeds import TUESDAY_9
from tests.services.squeezed import squeeze
from tests.support import Clinic


def test_the_visit_beside_has_the_time_before_anybody_else(clinic: Clinic, crowd: Crowd) -> None:
    first = clinic.book(TUESDAY_9)
    beside = squeeze(clinic, TUESDAY_9)
    tasks = [Task("book", {"start": TUESDAY_9})] * (PEOPLE - 1)
    tasks.insert(PEOPLE // 2, Task("cancel", {"booking_id": first.id}))
    outcomes = race(clinic, crowd, tasks)
    assert [tasks[outcomes.index(one)].deed for one in winners(outcomes)] == ["cancel"]
    assert losers(outcomes) == {"slot_unavailable"}
    assert claimed(clinic) == [(beside.id, TUESDAY_9)]
