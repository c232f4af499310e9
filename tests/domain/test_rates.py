"""Rates keep what they were counted from."""

from booking.domain.rates import NOTHING, Rate


def test_a_rate_is_of_something():
    assert Rate(1, 8).percent == 12.5
    assert Rate(0, 3).percent == 0
    assert NOTHING.percent is None


def test_rates_are_merged_by_their_counts_and_not_by_their_percents():
    assert (Rate(1, 1) + Rate(0, 99)).percent == 1


def test_a_rate_of_fewer_than_twenty_says_so():
    assert Rate(0, 19).is_of_few
    assert not Rate(0, 20).is_of_few
