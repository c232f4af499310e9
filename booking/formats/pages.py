"""
Pages of a PDF with text in the scripts that names come in.

The fonts come with the program (`fonts/`, with their licences): what is installed on a machine
differs, and a name must not turn into boxes.
"""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import cast

from fpdf import FPDF
from fpdf.fonts import TTFFont

FONTS = Path(__file__).parent / "fonts"
# Latin with all accents, Greek, Cyrillic, Hebrew, Arabic; Arabic with Urdu; Chinese, Japanese,
# Korean, which is large and read only where it is needed, and which nobody has drawn in bold.
LATIN, ARABIC, CJK = "latin", "arabic", "cjk"
_FILES = {
    LATIN: ("DejaVuSansCondensed.ttf", "DejaVuSansCondensed-Bold.ttf"),
    ARABIC: ("NotoSansArabic-Regular.ttf", "NotoSansArabic-Bold.ttf"),
    CJK: ("DroidSansFallback.ttf", None),
}
_BOLD = "B"
_POINT = 25.4 / 72
# Between the feet of two lines, in sizes of the letters.
LEADING = 1.22
_UNKNOWN = "\ufffd"
# They join and part Persian and Urdu letters; other signs that are not seen are left out.
_JOINERS = "\u200c\u200d"


class Pages:
    """A PDF in the making; all lengths are in millimetres, from the top left of a page."""

    def __init__(
        self,
        title: str,
        *,
        size: str | tuple[float, float] = "A4",
        is_landscape: bool = False,
        made_at: datetime,
        language: str = "en",
        first: str = LATIN,
    ):
        """`title` names no patient: readers show it, and files are found by it. `first` wins."""
        self._pdf = FPDF("L" if is_landscape else "P", "mm", size)
        self._pdf.set_auto_page_break(False)
        self._pdf.set_margin(0)
        self._pdf.set_fill_color(0)
        self._pdf.c_margin = 0
        # A patient could be called what stands for the number of pages.
        self._pdf.alias_nb_pages("")
        self._pdf.set_text_shaping(True)
        self._pdf.set_title(title)
        self._pdf.set_lang(language)
        self._pdf.set_creation_date(made_at)
        self._order = sorted(_FILES, key=lambda family: family != first)
        self._known: dict[tuple[str, str], frozenset[int]] = {}
        self._widths: dict[tuple[str, bool], float] = {}

    @property
    def width(self) -> float:
        """Of a page."""
        return float(self._pdf.w)

    @property
    def height(self) -> float:
        """Of a page."""
        return float(self._pdf.h)

    def add(self) -> None:
        """Begin another page."""
        self._pdf.add_page()

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float,
        bold: bool = False,
        width: float = 0,
        align: str = "L",
    ) -> None:
        """One line whose top left is there; `align` is L, C or R within `width`."""
        text = self._set(text, size, bold=bold)
        self._pdf.set_xy(x, y)
        self._pdf.cell(width or None, size * _POINT * LEADING, text, align=align)

    def wrapped(self, text: str, width: float, *, size: float, bold: bool = False) -> Sequence[str]:
        """The text in lines that fit; a word that is too long is broken."""
        room = width / size
        if self._measured(text, bold=bold) <= room:
            return [text] if text else []
        lines: list[str] = []
        line = ""
        for word in text.split():
            longer = f"{line} {word}" if line else word
            if self._measured(longer, bold=bold) <= room:
                line = longer
                continue
            if line:
                lines.append(line)
            *whole, line = self._broken(word, room, bold=bold)
            lines += whole
        return [*lines, line]

    def _broken(self, word: str, room: float, *, bold: bool) -> list[str]:
        pieces, piece = [], ""
        for letter in word:
            if piece and self._measured(piece + letter, bold=bold) > room:
                pieces.append(piece)
                piece = ""
            piece += letter
        return [*pieces, piece]

    def _measured(self, text: str, *, bold: bool) -> float:
        """How wide it is at the size of one point: measuring is what takes the time here."""
        if (text, bold) not in self._widths:
            self._widths[text, bold] = (
                self._pdf.get_string_width(self._set(text, 100, bold=bold)) / 100
            )
        return self._widths[text, bold]

    def line(self, x: float, y: float, to_x: float, to_y: float, *, weight: float = 0.2) -> None:
        """A straight line."""
        self._pdf.set_line_width(weight)
        self._pdf.line(x, y, to_x, to_y)

    def box(self, x: float, y: float, side: float) -> None:
        """An empty square, to tick."""
        self._pdf.set_line_width(0.35)
        self._pdf.rect(x, y, side, side)

    def fill(self, x: float, y: float, width: float, height: float) -> None:
        """A black rectangle."""
        self._pdf.rect(x, y, width, height, "F")

    def save(self) -> bytes:
        """The finished file; nothing can be written after it."""
        content = bytes(self._pdf.output())
        for font in self._pdf.fonts.values():
            cast(TTFFont, font).close()
        return content

    def _set(self, text: str, size: float, *, bold: bool) -> str:
        """Choose the font; the text as the fonts can write it."""
        text = _cleaned(text)
        style = _BOLD if bold else ""
        family = self._family(text, style)
        self._pdf.set_font(family, style if _FILES[family][1] else "", size)
        known = self._known.values()
        return "".join(
            one if any(ord(one) in letters for letters in known) else _UNKNOWN
            for one in text
            if any(ord(one) in letters for letters in known) or one not in _JOINERS
        )

    def _family(self, text: str, style: str) -> str:
        """The first font that has all of it; else the first, and letter by letter the others."""
        for family in self._order:
            if all(ord(one) in self._letters(family, style) for one in text):
                return family
        return self._order[0]

    def _letters(self, family: str, style: str) -> frozenset[int]:
        if (family, style) not in self._known:
            file = _FILES[family][bool(style)]
            key = f"{family}{style if file else ''}"
            if key not in self._pdf.fonts:
                self._pdf.add_font(
                    family, style if file else "", FONTS / (file or _FILES[family][0])
                )
                self._pdf.set_fallback_fonts(
                    [one for one in _FILES if any(key.startswith(one) for key in self._pdf.fonts)],
                    exact_match=False,
                )
            self._known[family, style] = frozenset(cast(TTFFont, self._pdf.fonts[key]).cmap)
        return self._known[family, style]


def _cleaned(text: str) -> str:
    """Composed, since few fonts place accents well, and without what is not seen."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        one for one in composed if unicodedata.category(one)[0] != "C" or one in _JOINERS
    )
