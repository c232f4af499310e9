"""
Charts as drawings: bars below their labels, in words for those who do not see them.

There are no styles in them, since the pages' policy allows none; colours come from the classes of
static/css/desk/65-charts.css. A drawing is as wide as a phone, so that its letters keep their size.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_WIDTH = 340
# So many letters stand on a line, wide ones among them.
_LETTERS = 46
# What a whole width may stand for, in percent.
_SCALES = (5.0, 10.0, 25.0, 50.0, 100.0)
_ROW, _BASELINE, _BAR_TOP, _BAR_HEIGHT = 40, 15, 22, 10


@dataclass(frozen=True, slots=True)
class Bar:
    """
    A labelled value with the words that say it, like `12.5% (3 of 24)`.

    A value of None has no bar. One that is of few (see domain/rates.py) is only an outline.
    """

    label: str
    value: float | None
    words: str
    is_of_few: bool = False


def scale(values: Sequence[Bar]) -> float:
    """
    What the whole width stands for: a round number of percent, so that small values stay small.

    Bars that reached across by being the longest would make a difference of a hair look like one.
    """
    most = max((bar.value or 0 for bar in values), default=0)
    return next((end for end in _SCALES if most <= end), most)


def bars(name: str, title: str, values: Sequence[Bar], *, is_rtl: bool = False) -> Markup:
    """
    The bars from top to bottom, drawn to their `scale`. A label that is too long is cut there, and
    whole where the chart is said in words.

    `name` is unique on the page. Right to left, labels and bars begin at the right.
    """
    full = scale(values)
    rows = Markup().join(_row(bar, number, full, is_rtl) for number, bar in enumerate(values))
    return Markup(
        '<svg class="chart" role="img" aria-labelledby="{name}-title {name}-desc" direction="{way}"'
        ' viewBox="0 0 {width} {height}" font-size="13">'
        '<title id="{name}-title">{title}</title><desc id="{name}-desc">{words}</desc>{rows}</svg>'
    ).format(
        name=name,
        way="rtl" if is_rtl else "ltr",
        width=_WIDTH,
        height=len(values) * _ROW,
        title=title,
        words="; ".join(f"{bar.label}: {bar.words}" for bar in values),
        rows=rows,
    )


def _row(bar: Bar, number: int, full: float, is_rtl: bool) -> Markup:
    begin, end = (_WIDTH, 0) if is_rtl else (0, _WIDTH)
    top = number * _ROW
    drawn = _rect("track", 0, top, _WIDTH)
    if bar.value:
        # As thin as it may be, it is seen.
        width = max(2, round(_WIDTH * bar.value / full, 1))
        drawn += _rect(
            "few" if bar.is_of_few else "bar", abs(begin - width) if is_rtl else 0, top, width
        )
    return (
        Markup('<text x="{}" y="{}" text-anchor="start">{}</text>').format(
            begin, top + _BASELINE, _beside(bar.words, bar.label)
        )
        + Markup('<text class="value" x="{}" y="{}" text-anchor="end">{}</text>').format(
            end, top + _BASELINE, bar.words
        )
        + drawn
    )


def _beside(words: str, label: str) -> str:
    """As much of a label as there is room for beside the words."""
    room = max(8, _LETTERS - len(words))
    return label if len(label) <= room else f"{label[: room - 1].rstrip()}…"


def _rect(kind: str, left: float, top: int, width: float) -> Markup:
    return Markup('<rect class="{}" x="{:g}" y="{}" width="{:g}" height="{}" rx="3"/>').format(
        escape(kind), left, top + _BAR_TOP, width, _BAR_HEIGHT
    )
