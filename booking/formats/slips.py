"""The patient's slip: when, where, and how to change it; nothing of what the visit is for."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from booking.formats import qr
from booking.formats.languages import LANGUAGES
from booking.formats.mail import environment


@dataclass(frozen=True, slots=True)
class Slip:
    """
    What is handed to a patient, in words of `language` (a code of `LANGUAGES`).

    `zone` stands there only where the wall may show another time than the clinic's. `manage_url` is
    None where nothing can be changed by it; whoever holds it can change the appointment.
    """

    language: str
    clinic: str
    day: str
    clock: str
    zone: str | None
    where_label: str
    where: str
    practitioner: str
    reference: str
    phone: str
    manage_url: str | None
    made_at: datetime


def html(slip: Slip) -> Markup:
    """The slip as an element of a page, said in its own language."""
    template = environment(slip.language).get_template("slip/slip.html")
    spoken = LANGUAGES[slip.language]
    code = qr.svg(slip.manage_url) if slip.manage_url else None
    # Jinja has escaped what came in; the code is drawn here.
    return Markup(template.render(slip=slip, lang=spoken.code, dir=spoken.direction, code=code))  # noqa: S704
