"""What patients and reception type, read into a person; errors stay beside their fields."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import render_template

from booking.domain.errors import NotFound
from booking.domain.people import Findings, Person, read_birth_parts, read_name
from booking.formats.contacts import read_contacts

FIELDS = ("name", "day", "month", "year", "email", "phone")
# More than any check allows, so that what is too long comes back to be shortened, not cut.
KEPT = 20_000


def typed(form: Mapping[str, str], *names: str) -> dict[str, str]:
    """What was typed into these fields, as it was typed."""
    return {name: form.get(name, "")[:KEPT] for name in names or FIELDS}


def number(text: str) -> int | None:
    """The id that a field or an address says; None where it says none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def pressed(text: str) -> int:
    """
    The same for the row whose button was pressed.

    Raises:
        NotFound: it says none, so the form is none of ours.
    """
    found = number(text)
    if found is None:
        raise NotFound
    return found


def numbers(texts: Iterable[str]) -> set[int]:
    """The ids among what boxes and hidden fields say; whatever is none is passed over."""
    return {found for found in map(number, texts) if found is not None}


def shown(template: str, found: Findings, **values: Any) -> tuple[str, int]:
    """A page with a form, and what is wrong with what was typed into it, if anything is."""
    page = render_template(template, errors=found.errors, **values)
    return page, 422 if found.errors else 200


def read_person(
    values: Mapping[str, str],
    found: Findings,
    *,
    country: str,
    today: date,
    by_phone: bool,
    locale: str = "en",
) -> Person | None:
    """
    The person that the fields describe; None when `found` has something to say.

    A visit `by_phone` needs a number to call.
    """
    name = read_name(values.get("name", ""), found)
    birth = read_birth_parts(values, found, today=today)
    email, phone = read_contacts(
        values.get("email", ""),
        values.get("phone", ""),
        found,
        country=country,
        by_phone=by_phone,
    )
    if found.errors or birth is None:
        return None
    return Person(name=name, date_of_birth=birth, email=email, phone=phone, locale=locale)
