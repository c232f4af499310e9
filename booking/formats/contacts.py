"""E-mail addresses and phone numbers, as people type them and as they are kept."""

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from booking.domain.people import CONTACT_MAX, Findings, one_line

_DIGITS_LEAST, _DIGITS_MOST = 5, 17


def read_email(text: str, found: Findings) -> str | None:
    """
    The address as it will be kept, or None if nothing was typed; errors go under `email`.

    Whether the host takes mail is not asked: that needs the network, and the mail server will say.
    """
    address = one_line(text)
    if not text.strip():
        return None
    if address is None or len(address) > CONTACT_MAX:
        found.add("email", "impossible", "Enter an e-mail address like name@example.org")
        return None
    try:
        checked = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        found.add("email", "impossible", "Enter an e-mail address like name@example.org")
        return None
    # Mail to a non-ASCII mailbox needs a server that speaks SMTPUTF8; most do not.
    if checked.ascii_email is None:
        found.add(
            "email",
            "not_ascii",
            "We cannot send mail to this address: use one whose first part is in plain letters",
        )
        return None
    return checked.ascii_email


def fold_address(address: str) -> str:
    """The mailbox behind an address: in small letters, without what follows a plus sign."""
    local, _, host = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{host}"


def read_phone(text: str, found: Findings, *, country: str) -> str | None:
    """
    The number in international form, or None if nothing was typed; errors go under `phone`.

    `country` is the clinic's (two letters): what a number without a prefix belongs to. A number
    that the library does not know but that could be dialled is kept as it was typed.
    """
    typed = one_line(text)
    if not text.strip():
        return None
    if typed is None or len(typed) > 40:
        found.add("phone", "impossible", "Enter a phone number like 202 555 0142")
        return None
    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is not None and phonenumbers.is_possible_number(number):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    digits = sum(character.isdigit() for character in typed)
    allowed = all(character.isdigit() or character in " +-–()./#*x" for character in typed)
    if allowed and typed.startswith("+") and _DIGITS_LEAST <= digits <= _DIGITS_MOST:
        return typed
    found.add("phone", "impossible", "Enter a phone number like 202 555 0142, or +44 20 7946 0958")
    return None


def read_contacts(
    email: str, phone: str, found: Findings, *, country: str, by_phone: bool = False
) -> tuple[str | None, str | None]:
    """
    Both ways to reach somebody, at least one of which must be given.

    For a visit `by_phone` it must be the number.
    """
    if by_phone and not phone.strip():
        found.add("phone", "missing", "Enter a phone number: this visit is by phone")
    elif not email.strip() and not phone.strip():
        found.add(
            "email",
            "missing",
            "Enter an e-mail address or a phone number, so that we can reach you",
        )
        return None, None
    return read_email(email, found), read_phone(phone, found, country=country)


def dial_link(phone: str) -> str:
    """The `tel:` address of a number."""
    prefix = "+" if phone.strip().startswith("+") else ""
    return f"tel:{prefix}{''.join(c for c in phone if c.isdigit())}"


def show_phone(phone: str, country: str) -> str:
    """A number in the form that people of `country` know, for showing."""
    try:
        number = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException:
        return phone
    if number.country_code == phonenumbers.country_code_for_region(country):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
