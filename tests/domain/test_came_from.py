"""Where a patient came from, as far as it may be kept."""

import pytest

from booking.domain.came_from import read_handle


@pytest.mark.parametrize(
    "text",
    ["clinic-finder.example", "https://finder.example/a", "8f0c2d51-77aa-4b1e", "A", "a" * 100],
)
def test_hosts_addresses_and_marks_are_kept_as_they_are(text: str):
    assert read_handle(text) == text


@pytest.mark.parametrize(
    "text",
    [None, "", " ", "two words", "a\n", "=HYPERLINK(1)", "-1", "<b>", "é", "a" * 101, "a\0", "٣"],
)
def test_what_is_long_garbled_or_a_formula_is_not_kept(text: str | None):
    assert read_handle(text) is None
