"""What a spreadsheet opens is text and numbers, never a formula."""

import pytest

from booking.formats.csv_files import cell, write


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\tx", "\rx"])
def test_text_that_begins_like_a_formula_stays_text(text: str):
    assert cell(text) == f"'{text}"


def test_numbers_stay_numbers_and_nothing_stays_empty():
    assert [cell(value) for value in (-1, 12.5, None, "a=b", "")] == ["-1", "12.5", "", "a=b", ""]


def test_rows_are_written_as_spreadsheets_read_them():
    assert write([["Day", "n"], ["Monday, “early”", 3]]) == (
        b"\xef\xbb\xbfDay,n\r\n" + '"Monday, “early”",3\r\n'.encode()
    )
