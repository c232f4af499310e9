"""CSV that no spreadsheet runs anything of, and that comes back as it was."""

import csv
from io import StringIO

from hypothesis import given
from hypothesis import strategies as st

from booking.formats.tables import as_it_was, harmless, write

ODD = st.text(alphabet="'=+-@\t\r\n;,\"aé1\uff1d", max_size=6)


def test_what_a_spreadsheet_would_run_is_text():
    for cell in ("=1+1", "+49 30 123", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"):
        assert harmless(cell) == f"'{cell}"


def test_other_cells_stay_as_they_are():
    for cell in ("", "Ann O’Brien", "O'Brien", "'tis", "2026-01-13T09:00:00-05:00", "a@b.example"):
        assert harmless(cell) == cell


@given(ODD)
def test_what_was_made_harmless_comes_back_as_it_was(cell: str):
    assert as_it_was(harmless(cell)) == cell
    assert not harmless(cell).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"))


def test_an_apostrophe_of_somebodys_own_is_not_taken_away():
    assert as_it_was("'tis") == "'tis"
    assert as_it_was("''=1") == "'=1"


@given(st.lists(st.lists(ODD, min_size=2, max_size=2), min_size=1, max_size=3))
def test_a_table_is_read_as_it_was_written(rows: list[list[str]]):
    read = csv.reader(StringIO(write(rows), newline=""))
    assert [[as_it_was(cell) for cell in row] for row in read] == rows


def test_lines_end_as_the_format_wants():
    assert write([["a", "b,c"], ["+1", 'd"e']]) == 'a,"b,c"\r\n\'+1,"d""e"\r\n'
