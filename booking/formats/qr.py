"""QR codes (ISO/IEC 18004): an address that a phone reads from paper."""

from collections.abc import Iterator

import segno
from markupsafe import Markup

# Modules of white around it, without which readers do not find its edge.
QUIET = 4


def svg(address: str) -> Markup:
    """
    The code as an element of a page, as large as its surroundings make it.

    Presentation attributes, no `style`: the Content-Security-Policy knows only the former.
    """
    drawn = segno.make_qr(address, error="m").svg_inline(
        border=QUIET, omitsize=True, svgclass="qr", lineclass=None, dark="#000", light="#fff"
    )
    return Markup(drawn)  # noqa: S704


def runs(address: str) -> tuple[int, Iterator[tuple[int, int, int]]]:
    """How many modules wide the code is, and its dark runs: column, row, length."""
    rows = segno.make_qr(address, error="m").matrix
    return len(rows), _runs(rows)


def _runs(rows: tuple[bytearray, ...]) -> Iterator[tuple[int, int, int]]:
    for y, row in enumerate(rows):
        start = None
        for x, is_dark in enumerate([*row, 0]):
            if is_dark and start is None:
                start = x
            elif not is_dark and start is not None:
                yield start, y, x - start
                start = None
