"""The picture that other sites show beside a link to this one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from math import pi, sin
from typing import cast

from PIL import Image, ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont

from booking.domain.colours import Shades

# As Open Graph's readers want it.
SIZE = (1200, 630)
# Drawn larger and made small: lines get smooth edges.
_SCALE = 3
_MARGIN, _TEXT_WIDTH = 90, 745
_LINES_MOST = 3
_NAME_SIZES = (92, 80, 68, 58, 50)
_WORDS_SIZE = 38


@dataclass(frozen=True, slots=True)
class Poster:
    """What stands on it, in which shades."""

    name: str
    words: str
    shades: Shades


@lru_cache(maxsize=4)
def png(poster: Poster) -> bytes:
    """
    The picture.

    The font that comes with Pillow knows unaccented Latin letters only. A name in others is left
    out, since boxes in its place would be worse: readers show it beside the picture anyway.
    """
    picture = _ground(poster.shades)
    draw = ImageDraw.Draw(picture)
    bottom = SIZE[1] - _MARGIN
    if _can_draw(poster.words):
        bottom = _write(draw, [poster.words], _WORDS_SIZE, poster.shades.band_soft, bottom) - 24
    if _can_draw(poster.name):
        size, lines = _fitted(poster.name)
        _write(draw, lines, size, poster.shades.band_ink, bottom)
    written = BytesIO()
    # Few colours, so that it stays small.
    picture.quantize(64).save(written, "PNG", optimize=True)
    return written.getvalue()


def _ground(shades: Shades) -> Image.Image:
    """The accent, the program's mark, and a wave under fine lines: skin and needles."""
    picture = Image.new("RGB", (SIZE[0] * _SCALE, SIZE[1] * _SCALE), shades.band)
    draw = ImageDraw.Draw(picture)
    for number in range(7):
        x = 900 + number * 40
        _line(draw, [(x, 0), (x, 250 + 60 * sin(number * pi / 6))], shades.band_line, 5)
    for number in range(4):
        wave = [(x, 372 + number * 44 - 26 * _dip(x)) for x in range(850, SIZE[0] + 8, 8)]
        _line(draw, wave, shades.band_line if number == 0 else shades.band_hover, 6)
    _mark(draw, shades)
    return picture.resize(SIZE, Image.Resampling.LANCZOS)


def _dip(x: int) -> float:
    """A wave that is deepest under the longest line."""
    return sin((x - 850) * pi / 170)


def _mark(draw: ImageDraw.ImageDraw, shades: Shades) -> None:
    """As in templates/parts/icons.html, where it is 36 units high."""
    unit = 104 / 36
    box = [_MARGIN * _SCALE, _MARGIN * _SCALE, (_MARGIN + 104) * _SCALE, (_MARGIN + 104) * _SCALE]
    draw.rounded_rectangle(box, radius=11 * unit * _SCALE, fill=shades.band_ink)
    strokes: list[list[tuple[float, float]]]
    strokes = [[(x, 8), (x, y)] for x, y in ((11.5, 18), (18, 21), (24.5, 18))]
    strokes.append([(7 + n / 2, 27 - 1.1 * sin(n * pi / 22)) for n in range(45)])
    for stroke in strokes:
        points = [(_MARGIN + x * unit, _MARGIN + y * unit) for x, y in stroke]
        _line(draw, points, shades.band, 2.2 * unit)


def _line(
    draw: ImageDraw.ImageDraw, points: Sequence[tuple[float, float]], colour: str, width: float
) -> None:
    """A line with round ends."""
    large = [(x * _SCALE, y * _SCALE) for x, y in points]
    draw.line(large, fill=colour, width=round(width * _SCALE), joint="curve")
    for x, y in (large[0], large[-1]):
        draw.circle((x, y), width * _SCALE / 2, fill=colour)


def _write(
    draw: ImageDraw.ImageDraw, lines: Sequence[str], size: int, colour: str, bottom: int
) -> int:
    """Write lines that end at `bottom`; where they begin."""
    height = round(size * 1.18)
    top = bottom - height * len(lines)
    for number, line in enumerate(lines):
        draw.text((_MARGIN, top + number * height), line, font=_font(size), fill=colour)
    return top


def _fitted(name: str) -> tuple[int, list[str]]:
    """The largest size in which the name fits, and its lines; what never fits is cut short."""
    for size in _NAME_SIZES:
        lines = _wrapped(name, size)
        if len(lines) <= _LINES_MOST and all(_width(line, size) <= _TEXT_WIDTH for line in lines):
            return size, lines
    kept = [_cut(line, size) for line in lines[:_LINES_MOST]]
    if len(lines) > _LINES_MOST:
        kept[-1] = _cut(f"{kept[-1].removesuffix('…')}…", size)
    return size, kept


def _wrapped(text: str, size: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and _width(f"{lines[-1]} {word}", size) <= _TEXT_WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _cut(line: str, size: int) -> str:
    if _width(line, size) <= _TEXT_WIDTH:
        return line
    while _width(f"{line}…", size) > _TEXT_WIDTH:
        line = line.removesuffix("…")[:-1]
    return f"{line}…"


def _width(text: str, size: int) -> float:
    return _font(size).getlength(text)


@lru_cache(maxsize=8)
def _font(size: int) -> FreeTypeFont:
    return cast(FreeTypeFont, ImageFont.load_default(size))


def _can_draw(text: str) -> bool:
    unknown = _drawn("\uffff")
    return all(character.isspace() or _drawn(character) != unknown for character in text)


@lru_cache(maxsize=512)
def _drawn(character: str) -> bytes:
    return bytes(_font(_WORDS_SIZE).getmask(character))
