"""
E-mails: values in, a MIME message out.

With an invitation (RFC 6047) the tree is `mixed(alternative(plain, html, calendar), invite.ics)`:
Outlook looks only into the first child, and without the `method` parameter there are no buttons.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from booking.formats import languages, web_addresses
from booking.formats.languages import ENGLISH, LANGUAGES

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
# Python's own default writes 78 columns of quoted-printable and 8-bit parts; RFC 2045 allows
# neither here.
POLICY = SMTP.clone(max_line_length=76, cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Invitation:
    """The calendar part: its bytes and its METHOD."""

    content: bytes
    method: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A page to keep, under the name of a file."""

    name: str
    html: str


@dataclass(frozen=True, slots=True)
class Letter:
    """
    All that a mail is made of. `template` names three files under `templates/mail/`.

    `language` is a code of `LANGUAGES`: in it the templates' own words are said.
    """

    template: str
    facts: Mapping[str, object]
    sender: str
    sender_name: str
    reply_to: str
    recipient: str
    message_id: str
    date: datetime
    language: str
    invitation: Invitation | None = None
    attachments: tuple[Attachment, ...] = ()


@cache
def environment(language: str = ENGLISH) -> Environment:
    """What the templates are rendered with, in one language."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(  # type: ignore[attr-defined]
        languages.catalogue(language), newstyle=True
    )
    made.filters["with_addresses"] = web_addresses.split
    return made


def compose(letter: Letter) -> EmailMessage:
    """The finished message."""
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(letter.sender_name, addr_spec=letter.sender)
    message["To"] = letter.recipient
    message["Reply-To"] = letter.reply_to
    message["Subject"] = " ".join(_render(letter, "subject.txt").split())
    message["Date"] = format_datetime(letter.date)
    message["Message-ID"] = letter.message_id
    # RFC 3834: no out-of-office answers, please.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_render(letter, "txt").strip() + "\n", cte="quoted-printable")
    message.add_alternative(_render(letter, "html"), subtype="html", cte="quoted-printable")
    if letter.invitation is not None:
        _invite(message, letter.invitation)
    for one in letter.attachments:
        message.add_attachment(one.html, subtype="html", cte="base64", filename=one.name)
    return message


def _invite(message: EmailMessage, invitation: Invitation) -> None:
    parameters = {"method": invitation.method, "charset": "utf-8"}
    message.attach(_calendar_part(invitation, parameters))
    message.make_mixed()
    attachment = _calendar_part(invitation, parameters)
    attachment.add_header("Content-Disposition", "attachment", filename="invite.ics")
    message.attach(attachment)


def _calendar_part(invitation: Invitation, parameters: Mapping[str, str]) -> EmailMessage:
    part = EmailMessage(policy=POLICY)
    part.set_content(
        invitation.content, maintype="text", subtype="calendar", cte="base64", params=parameters
    )
    return part


def _render(letter: Letter, ending: str) -> str:
    template = environment(letter.language).get_template(f"mail/{letter.template}.{ending}")
    spoken = LANGUAGES[letter.language]
    return template.render(letter.facts, lang=spoken.code, dir=spoken.direction)
