"""The day's sheet: what stands on paper when the server is down; one file, whole by itself."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from hashlib import sha256

from markupsafe import Markup

from booking.formats import dates
from booking.formats.mail import TEMPLATES, environment

STYLE = TEMPLATES.parent / "static" / "css" / "desk" / "95-sheet.css"
# Lines for whoever comes unannounced.
_SPARE = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One visit; `start` on the wall of the place where it is, the rest in words."""

    start: datetime
    name: str
    reference: str
    phone: str
    kind: str
    practitioner: str
    to_review: int
    to_call: bool
    adjustments: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A day's visits in the order of time, as they stood at `made_at` on the clinic's wall."""

    clinic: str
    day: date
    made_at: datetime
    lines: Sequence[Line]


def shown(sheet: Sheet) -> dict[str, object]:
    """What the template says."""
    return {
        "clinic_name": sheet.clinic,
        "day": dates.show_day_year(sheet.day),
        "made_at": dates.show_moment_year(sheet.made_at),
        "lines": [(dates.show_clock(line.start), line) for line in sheet.lines],
        "spare": _SPARE,
    }


def file_name(day: date) -> str:
    """What a saved sheet is called; no name stands in it."""
    return f"sheet-{day.isoformat()}.html"


def html(sheet: Sheet) -> str:
    """A file that needs nothing beside itself."""
    return environment().get_template("sheet/file.html").render(shown(sheet), style=_style())


def kept_html(sheet: Sheet, *, live: str) -> str:
    """What a device shows while the server cannot be reached; `live` is where it is tried again."""
    clock = dates.show_clock(sheet.made_at)
    template = environment().get_template("sheet/kept.html")
    return template.render(shown(sheet), style=_style(), made_at_clock=clock, live=live)


def style_hash() -> str:
    """The style's name in a Content-Security-Policy, so that it and no other is followed."""
    text = _style().removeprefix("<style>").removesuffix("</style>")
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


@cache
def _style() -> Markup:
    # Ours, from this repository; as an element of its own no page of the site could carry it.
    style = STYLE.read_text(encoding="utf-8")
    return Markup("<style>\n{}</style>").format(Markup(style))  # noqa: S704
