"""CSV that no spreadsheet runs anything of, and that comes back as it was."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.formats.tables import BOM, NotReadable, as_it_was, decode, harmless, read, write

ODD = st.text(alphabet="'=+-@\t\r\n;,\"aé1\uff1d", max_size=6)


def test_what_a_spreadsheet_would_run_is_text():
    for cell in ("=1+1", "+49 30 123", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"):
        assert harmless(cell) == f"'{cell}"


def test_other_cells_stay_as_they_are():
    for cell in ("", "Ann O’Brien", "O'Brien", "'tis", "2026-01-13T09:00:00-05:00", "a@b.example"):
        assert harmless(cell) == cell


def test_numbers_stay_numbers_and_nothing_stays_empty():
    assert write([[-1, 12.5, None, "", "-1"]]) == "-1,12.5,,,'-1\r\n"


def test_a_telephone_number_with_a_plus_comes_back_from_our_own_file():
    table = read(decode((BOM + write([["Phone"], ["+49 30 123"]])).encode()))
    assert table.rows == (("+49 30 123",),)


@given(ODD)
def test_what_was_made_harmless_comes_back_as_it_was(cell: str):
    assert as_it_was(harmless(cell)) == cell
    assert not harmless(cell).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"))


def test_an_apostrophe_of_somebodys_own_is_not_taken_away():
    assert as_it_was("'tis") == "'tis"
    assert as_it_was("''=1") == "'=1"


@given(st.lists(st.lists(ODD, min_size=2, max_size=2), min_size=1, max_size=3))
def test_a_table_is_read_as_it_was_written(rows: list[list[str]]):
    cells = csv.reader(StringIO(write(rows), newline=""))
    assert [[as_it_was(cell) for cell in row] for row in cells] == rows


def test_lines_end_as_the_format_wants():
    assert write([["a", "b,c"], ["+1", 'd"e']]) == 'a,"b,c"\r\n\'+1,"d""e"\r\n'


TABLE = "name,phone\r\nJosé,'+49 30 1\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_the_encodings_that_programs_write_are_recognised(encoding: str):
    table = read(decode(TABLE.encode(encoding)))
    assert (table.head, table.rows) == (("name", "phone"), (("José", "+49 30 1"),))


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_what_stands_between_cells_is_recognised(sign: str):
    text = f'"Last, first; or both"{sign}Phone\n"O;Brien, Ann"{sign}1\n'
    assert read(text).rows == (("O;Brien, Ann", "1"),)
    assert read(f"sep={sign}\r\na b{sign}c\r\n1{sign}2\r\n").rows == (("1", "2"),)


def test_lines_are_counted_as_an_editor_counts_them():
    table = read('a,b\n1,"two\nlines"\n\n , \n3\n')
    assert table.rows == (("1", "two\nlines"), ("3", ""))
    assert table.lines == (2, 6)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00\x21\x00", "could not be read"),
        (b"\x81\x8d", "could not be read"),
        (b"", "first line that names"),
        (b"name,phone\n", "at least one line"),
        (b'a,b\n1,"2\n', "Line 2 cannot be read"),
        (b"a,b\n1,2,3\n", "Line 2 has more cells"),
        (b"a\n" + b"x" * 10_001, "Line 2 has a cell that is too long"),
        (b",".join([b"a"] * 101) + b"\n1\n", "100 columns or fewer"),
        (b"a\n" + b"1\n" * 5_001, "at most 5,000 lines"),
    ],
)
def test_what_is_no_table_is_said_with_the_line(raw: bytes, why: str):
    with pytest.raises(NotReadable, match=why):
        read(decode(raw))


def test_so_many_lines_may_be_there_and_no_more():
    assert len(read("a\n" + "1\n" * 5_000).rows) == 5_000
