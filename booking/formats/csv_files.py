"""CSV as spreadsheets read it, with nothing in it that they would run."""

import csv
from collections.abc import Iterable
from io import StringIO

# What makes a spreadsheet take a cell for a formula (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: object) -> str:
    """A value as text that stays text; None is empty, and a number is no formula."""
    if isinstance(value, int | float):
        return str(value)
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def write(rows: Iterable[Iterable[object]]) -> bytes:
    """Rows as UTF-8 with the mark by which spreadsheets know it, lines as in RFC 4180."""
    text = StringIO(newline="")
    csv.writer(text).writerows([cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")
