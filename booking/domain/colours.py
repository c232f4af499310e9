"""
Colours: contrast as WCAG 2.2 measures it, and the shades that pages need of one accent.

Colours are `#rrggbb`. The formulas are those of WCAG 2.2, "relative luminance" and "contrast
ratio".
"""

import re
from collections.abc import Callable
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII)
TEXT_CONTRAST = 4.5
# The grounds of the two schemes on which the accent is read (static/css/10-tokens.css): paper,
# card and the shade below.
LIGHT_GROUNDS = ("#fbf8f4", "#ffffff", "#f4efe8")
DARK_GROUNDS = ("#11181a", "#182124", "#1f2a2d")
_INK, _LIGHT = "#1d2b2f", "#ffffff"
_DARK_INK, _DARK_LIGHT = "#061210", "#f0f6f5"
_STEPS = 200


@dataclass(frozen=True, slots=True)
class Shades:
    """The accent as one scheme needs it, under the names of the tokens."""

    brand: str
    brand_ink: str
    brand_sunk: str
    brand_deep: str
    brand_line: str
    band: str
    band_ink: str
    band_soft: str
    band_line: str
    band_hover: str


def parse(text: str) -> str | None:
    """`#0d635c` from what was typed, also without the sign and from three digits; else None."""
    colour = "#" + text.strip().lower().removeprefix("#")
    if len(colour) == 4:
        colour = "#" + "".join(digit * 2 for digit in colour[1:])
    return colour if _COLOUR.fullmatch(colour) else None


def contrast(one: str, other: str) -> float:
    """The ratio of two colours' luminances, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def is_readable(accent: str) -> bool:
    """Whether text in this colour can be read on every light ground, and white text on it."""
    return all(contrast(accent, ground) >= TEXT_CONTRAST for ground in _grounds(accent))


def readable(accent: str) -> str:
    """The accent, or the nearest darker shade of it that can be read."""
    return _first_shade(accent, darker=True, fits=is_readable)


def light(accent: str) -> Shades:
    """The shades for the light scheme; `accent` must be readable."""
    band = _first_shade(accent, darker=True, fits=lambda c: contrast(c, _LIGHT) >= 7)
    return Shades(
        brand=accent,
        brand_ink=_LIGHT,
        brand_sunk=_mix(accent, _LIGHT, 0.1),
        brand_deep=_mix(accent, "#000000", 0.75),
        brand_line=_mix(accent, _LIGHT, 0.3),
        band=band,
        band_ink=_LIGHT,
        band_soft=_mix(band, _LIGHT, 0.15),
        band_line=_mix(band, _LIGHT, 0.6),
        band_hover=_mix(band, _LIGHT, 0.92),
    )


def dark(accent: str) -> Shades:
    """The shades for the dark scheme."""

    def fits(colour: str) -> bool:
        sunk = _mix(colour, DARK_GROUNDS[1], 0.18)
        return all(contrast(colour, ground) >= 6 for ground in (*DARK_GROUNDS, sunk))

    brand = _first_shade(accent, darker=False, fits=fits)
    band = _first_shade(
        _mix(accent, DARK_GROUNDS[0], 0.35),
        darker=True,
        fits=lambda c: contrast(c, _DARK_LIGHT) >= 9,
    )
    return Shades(
        brand=brand,
        brand_ink=_DARK_INK,
        brand_sunk=_mix(brand, DARK_GROUNDS[1], 0.18),
        brand_deep=_mix(brand, _LIGHT, 0.6),
        brand_line=_mix(brand, DARK_GROUNDS[1], 0.4),
        band=band,
        band_ink=_DARK_LIGHT,
        band_soft=_mix(_DARK_LIGHT, band, 0.85),
        band_line=_mix(_DARK_LIGHT, band, 0.35),
        band_hover=_mix(_DARK_LIGHT, band, 0.06),
    )


def _grounds(accent: str) -> tuple[str, ...]:
    return (*LIGHT_GROUNDS, _mix(accent, _LIGHT, 0.1))


def _first_shade(colour: str, *, darker: bool, fits: Callable[[str], bool]) -> str:
    """`colour`, or the nearest shade of its hue that fits; the ends of the scale always do."""
    hue, lightness, saturation = rgb_to_hls(*_channels(colour))
    end = 0.0 if darker else 1.0
    shades = (
        _hex(hls_to_rgb(hue, lightness + (end - lightness) * step / _STEPS, saturation))
        for step in range(_STEPS + 1)
    )
    return next((shade for shade in (colour, *shades) if fits(shade)), _hex((end, end, end)))


def _mix(colour: str, other: str, share: float) -> str:
    """`share` of `colour`, the rest of `other`."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    red, green, blue = (a * share + b * (1 - share) for a, b in pairs)
    return _hex((red, green, blue))


def _luminance(colour: str) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in _channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return red, green, blue


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(value * 255):02x}" for value in channels)
