"""
Tables as CSV (RFC 4180): written so that a spreadsheet opens them well and runs nothing in them.

A cell that a spreadsheet would take for a formula gets an apostrophe before it, so `+49 30 123`
stands in the file as `'+49 30 123`. Reading takes that apostrophe away again, and nothing else, so
that whatever was written comes back as it was.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO

# Excel takes a file without it for Windows-1252.
BOM = "\ufeff"
# The wide ones are typed on Japanese keyboards; spreadsheets take them for the narrow ones.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def harmless(cell: str) -> str:
    """A cell as text for every spreadsheet; one that begins with apostrophes gets one more."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def as_it_was(cell: str) -> str:
    """What `harmless` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def write(rows: Iterable[Sequence[str]]) -> str:
    """Lines that end with CRLF; the file begins with `BOM`."""
    text = StringIO()
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()
