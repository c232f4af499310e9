"""The picture beside links: its size, its colour, and room for whatever the clinic is called."""

from io import BytesIO

import pytest
from PIL import Image

from booking.domain import colours
from booking.formats.posters import _TEXT_WIDTH, Poster, _fitted, _width, png

SHADES = colours.light("#7a1f5c")
WORDS = "Schedule your consultation with Dr. Ahmed"


def drawn(name: str, words: str = WORDS) -> Image.Image:
    return Image.open(BytesIO(png(Poster(name, words, SHADES)))).convert("RGB")


def test_it_is_a_small_png_in_the_clinics_colour():
    content = png(Poster("Ahmed Skin Clinic", WORDS, SHADES))
    picture = Image.open(BytesIO(content))
    assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert len(content) < 60_000
    band = tuple(bytes.fromhex(SHADES.band[1:]))
    corner = drawn("Ahmed Skin Clinic").getpixel((5, 620))
    assert all(abs(a - b) < 6 for a, b in zip(band, corner, strict=True))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["Clinic", "W" * 200, "Centre for Skin and Scars " * 8, "a " * 99])
def test_no_name_runs_over_its_place(name: str):
    size, lines = _fitted(name)
    assert len(lines) <= 3
    assert all(_width(line, size) <= _TEXT_WIDTH for line in lines)


def test_a_name_that_is_cut_says_so():
    assert _fitted("Centre for Skin and Scars " * 8)[1][-1].endswith("…")
    assert not _fitted("Clinic")[1][-1].endswith("…")


def test_a_name_in_letters_that_cannot_be_drawn_is_left_out():
    assert drawn("王小明皮肤科").tobytes() == drawn("Clínica Ñandú").tobytes()
    assert drawn("王小明皮肤科").tobytes() != drawn("Clinic").tobytes()
