"""An accent that everybody can read, on light and on dark."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.domain import colours
from booking.domain.colours import DARK_GROUNDS, LIGHT_GROUNDS, Shades, contrast

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    # The examples that WCAG's own tools give.
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#ff0000", "#ffffff", 4.0)],
)
def test_contrast_is_what_the_standard_says(one: str, other: str, ratio: float):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


@pytest.mark.parametrize(
    ("typed", "colour"),
    [
        ("#0D635C", "#0d635c"),
        (" 0d635c ", "#0d635c"),
        ("#abc", "#aabbcc"),
        ("red", None),
        ("#12345", None),
        ("#0d635c;}", None),
        ("", None),
        ("#\u0661\u0661\u0661\u0661\u0661\u0661", None),
    ],
)
def test_what_is_typed_is_a_colour_or_is_not(typed: str, colour: str | None):
    assert colours.parse(typed) == colour


@given(COLOURS)
def test_every_colour_has_a_shade_that_can_be_read(colour: str):
    shade = colours.readable(colour)
    assert colours.is_readable(shade)
    assert (shade == colour) == colours.is_readable(colour)


@given(COLOURS)
def test_in_both_schemes_every_pair_of_text_and_ground_can_be_read(colour: str):
    accent = colours.readable(colour)
    check(colours.light(accent), LIGHT_GROUNDS)
    check(colours.dark(accent), DARK_GROUNDS)


def check(shades: Shades, grounds: tuple[str, ...]) -> None:
    pairs = [
        *((shades.brand, ground) for ground in grounds),
        *((shades.brand_deep, ground) for ground in grounds),
        (shades.brand, shades.brand_sunk),
        (shades.brand_deep, shades.brand_sunk),
        (shades.brand_ink, shades.brand),
        (shades.brand_ink, shades.brand_deep),
        (shades.band_ink, shades.band),
        (shades.band_ink, shades.band_hover),
        (shades.band_soft, shades.band),
    ]
    weak = [
        (one, other, contrast(one, other)) for one, other in pairs if contrast(one, other) < 4.5
    ]
    assert not weak


def test_the_grounds_are_those_of_the_style_sheet():
    tokens = (Path(__file__).parents[2] / "static/css/10-tokens.css").read_text()
    light, dark = tokens.split("prefers-color-scheme: dark")
    for name, n in (("paper", 0), ("card", 1), ("sunk", 2)):
        assert f"--{name}: {LIGHT_GROUNDS[n].replace('#ffffff', '#fff')}" in light
        assert f"--{name}: {DARK_GROUNDS[n]}" in dark
