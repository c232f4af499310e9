"""
Tables as CSV (RFC 4180): written so that a spreadsheet opens them well and runs nothing in them.

Text that a spreadsheet would take for a formula gets an apostrophe before it, so `+49 30 123`
stands in the file as `'+49 30 123`; a number is no formula, and -1 stays one. Reading takes that
apostrophe away again, and nothing else, so that whatever was written comes back as it was.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO

# Excel takes a file without it for Windows-1252.
BOM = "\ufeff"
# As many rows as one file may have that is read.
MOST_ROWS = 5_000
# OWASP, CSV Injection. The wide ones are typed on Japanese keyboards; spreadsheets take them for
# the narrow ones.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def harmless(cell: object) -> str:
    """
    A cell as no spreadsheet runs it: numbers stay numbers, None is empty, the rest is text.

    Text that has an apostrophe before a formula already gets one more.
    """
    if isinstance(cell, int | float):
        return str(cell)
    text = "" if cell is None else str(cell)
    return f"'{text}" if _FORMULA.match(text) else text


def as_it_was(cell: str) -> str:
    """The text that `harmless` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def write(rows: Iterable[Iterable[object]]) -> str:
    """Lines that end with CRLF; the file begins with `BOM`."""
    text = StringIO()
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


class NotReadable(ValueError):
    """What came is no table that can be used; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a head; each row has as many cells as it, and the line on which it begins."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def column(self, number: int) -> list[str]:
        """What stands in a column, from the top."""
        return [row[number] for row in self.rows]


def decode(raw: bytes) -> str:
    """
    The text of a file: UTF-8, UTF-16, or Windows-1252 where it is neither.

    Raises:
        NotReadable: it is no text, such as a workbook.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _text(raw, encoding)
    # Without a mark: text in Latin letters has a NUL in every other place.
    start = raw[:200]
    if b"\0" in start and b"\0\0" not in start:
        return _text(raw, "utf-16-le" if start[1:2] == b"\0" else "utf-16-be")
    try:
        return _text(raw, "utf-8")
    except NotReadable:
        return _text(raw, "cp1252")


def _text(raw: bytes, encoding: str) -> str:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotReadable(_NO_TABLE) from error
    if "\0" in text:
        raise NotReadable(_NO_TABLE)
    return text


def read(text: str, *, most: int = MOST_ROWS) -> Table:
    """
    The table that a text is: cells between commas, semicolons or tabs, in quotes where they must.

    Rows without anything in them are left out, and apostrophes that `harmless` puts before a cell.

    Raises:
        NotReadable: there is no head, no row, more than `most`, or one with more cells than the
            head.
    """
    sign, text = _delimiter(text)
    reader = csv.reader(StringIO(text, newline=""), delimiter=sign, strict=True)
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(tuple(as_it_was(cell).strip() for cell in cells))
                lines.append(begins)
            if len(rows) > most + 1:
                raise NotReadable(_too_many(most))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise NotReadable(_BROKEN.format(line=begins)) from error
    return _table(rows, lines)


def _table(rows: Sequence[tuple[str, ...]], lines: Sequence[int]) -> Table:
    if len(rows) < 2:
        raise NotReadable(_EMPTY)
    head = rows[0]
    if len(head) > _MOST_COLUMNS:
        raise NotReadable(_WIDE)
    for row, line in zip(rows, lines, strict=True):
        if any(row[len(head) :]):
            raise NotReadable(_LONG_ROW.format(line=line))
        if any(len(cell) > _LONGEST_CELL for cell in row):
            raise NotReadable(_LONG_CELL.format(line=line))
    # Some programs leave out what is empty at the end of a row.
    even = (tuple([*row, *[""] * len(head)][: len(head)]) for row in rows[1:])
    return Table(head, tuple(even), tuple(lines[1:]))


def _delimiter(text: str) -> tuple[str, str]:
    """What stands between cells, and the text without Excel's own line that says so."""
    if (said := _SAYS.match(text)) is not None:
        return said[1], text[said.end() :]
    # The head has no cells with a comma inside that is not in quotes, or so few that it is right.
    head = re.sub(r'"[^"]*"', "", text.lstrip("\r\n")).partition("\n")[0]
    return max(_SIGNS, key=head.count), text


_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SIGNS = ",;\t"
_SAYS = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)
_MOST_COLUMNS = 100
_LONGEST_CELL = 10_000
_NO_TABLE = "Choose a table saved as CSV; this file could not be read as text"
_EMPTY = "Choose a table with a first line that names its columns, and at least one line below it"
_WIDE = f"Choose a table with {_MOST_COLUMNS} columns or fewer"
_BROKEN = "Line {line} cannot be read: a quotation mark is missing or stands in the wrong place"
_LONG_ROW = "Line {line} has more cells than the first line has columns"
_LONG_CELL = "Line {line} has a cell that is too long"


def _too_many(most: int) -> str:
    return f"Choose a table of at most {most:,} lines, or split this one"
