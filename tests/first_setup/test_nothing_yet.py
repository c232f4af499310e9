"""A database without a clinic: nothing is on offer, and nothing is made up for it."""

from datetime import date

import pytest

from booking.domain.errors import NotSetUp
from booking.services import past
from booking.store.engine import Database
from tests.support import Clinic, Time


def test_a_clinic_that_is_not_set_up_offers_nothing(database: Database, time: Time):
    with pytest.raises(NotSetUp):
        Clinic(database, time).slots(date(2026, 1, 13))


def test_without_a_clinic_there_is_no_past(database: Database):
    with pytest.raises(ValueError, match="no clinic"):
        database.write(lambda session, now: past.fill(session, 1, now=now))
