"""Mails: a tree that mail programs understand, texts that stand alone and give nothing away."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import pytest

from booking.domain.modes import Mode, whereabouts
from booking.formats import ics, mail
from booking.formats.ics import Appointment, Method, Organizer
from booking.formats.links import Links, online_calendars
from booking.formats.mail import Invitation, Letter
from booking.formats.tokens import ManageKeys

START = datetime(2026, 1, 13, 19, 0, tzinfo=UTC)
LINKS = Links("https://booking.clinic.example", ManageKeys(["secret " * 5]))
TOKEN = LINKS.keys.new("uid", 0)
KINDS = ("confirmed", "moved", "cancelled", "new_times", "reminder", "doctor")
VISIT = Appointment(
    uid="0f9b1b3c-1111-4222-8333-444455556666@clinic.example",
    sequence=0,
    start=START,
    end=START + timedelta(minutes=30),
    updated_at=START - timedelta(days=1),
    summary="Appointment with Dr. Ahmed",
    location="12 Elm Street",
    description="Reference: K7QM-34DX",
)
CALENDAR = ics.invitation(
    VISIT,
    method=Method.REQUEST,
    organizer=Organizer("booking@clinic.example", "王小明" * 30),
    attendee="ann@patient.example",
)
ONLINE = online_calendars(
    title="Appointment with Dr. Ahmed",
    start=START,
    end=START + timedelta(minutes=30),
    place="12 Elm Street & Co",
    details="Reference: K7QM-34DX",
)
FACTS: dict[str, object] = {
    "clinic_name": "Ahmed Skin Clinic",
    "practitioner": "Dr. Ahmed",
    "service": "Micro needling consultation",
    "when": "Tuesday 13 January 2026, 2:00 pm",
    "when_short": "Tue 13 Jan, 2:00 pm",
    "zone_name": "Eastern Time",
    "minutes": 30,
    "place": "Ahmed Skin Clinic, 12 Elm Street",
    "where": whereabouts(Mode.IN_PERSON, place="Ahmed Skin Clinic, 12 Elm Street"),
    "phone": "(202) 555-0142",
    "email": "office@clinic.example",
    "reference": "K7QM-34DX",
    "manage_url": LINKS.manage(TOKEN),
    "come_url": f"{LINKS.manage(TOKEN)}#come",
    "ics_url": LINKS.download(TOKEN),
    "online": ONLINE,
    "reason": None,
    "old_when": None,
    "what": "booked",
    "initials": "A. O.",
    "desk_url": LINKS.desk(7),
    "offers": [
        {
            "when": "Wednesday 14 January 2026, 2:00 pm",
            "url": LINKS.move_to(TOKEN, "abc"),
            "place": "Elm St",
        }
    ],
    "kept_until": "Tuesday 13 January, 9:00 am",
}
LETTER = Letter(
    template="confirmed",
    facts=FACTS,
    sender="booking@clinic.example",
    sender_name="Ahmed Skin Clinic",
    reply_to="office@clinic.example",
    recipient="ann@patient.example",
    language="en",
    message_id="<0f9b1b3c-1111-4222-8333-444455556666.0.confirmed@booking.clinic.example>",
    date=START - timedelta(days=1),
    invitation=Invitation(CALENDAR, "REQUEST"),
)


class Text(HTMLParser):
    """The words and the links of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.links, self.tags = "", [], []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.words += data


def letter(template: str = "confirmed", **facts: object) -> Letter:
    return replace(LETTER, template=template, facts=FACTS | facts)


def received(letter: Letter) -> EmailMessage:
    """The message as a mail program reads it."""
    message = message_from_bytes(mail.compose(letter).as_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    assert not [part.defects for part in message.walk() if part.defects]
    return message


def bodies(message: EmailMessage) -> tuple[str, str]:
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


def test_an_invitation_stands_where_outlook_and_google_look_for_it() -> None:
    message = received(LETTER)
    first, attachment = message.iter_parts()
    assert message.get_content_type() == "multipart/mixed"
    assert first.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in first.iter_parts()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    calendar = list(first.iter_parts())[-1]
    for part in (calendar, attachment):
        assert part.get_content_type() == "text/calendar"
        assert part.get_param("method") == "REQUEST"
        assert part.get_param("charset") == "utf-8"
        assert part["Content-Transfer-Encoding"] == "base64"
        assert part.get_payload(decode=True) == CALENDAR
    assert attachment.get_filename() == "invite.ics"
    assert attachment.get_content_disposition() == "attachment"
    assert calendar.get_content_disposition() is None


def test_a_mail_without_an_invitation_is_two_alternatives() -> None:
    message = received(replace(LETTER, invitation=None))
    assert message.get_content_type() == "multipart/alternative"
    assert len(list(message.iter_parts())) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_is_seven_bit_with_short_lines(kind: str) -> None:
    message = letter(kind, reason="é" * 300, place="Straße 王小明 " * 20)
    content = mail.compose(message).as_bytes()
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    body = lines[lines.index(b"") :]
    assert max(map(len, body)) <= 76


def test_the_headers_name_the_clinic_the_office_and_the_message() -> None:
    message = received(LETTER)
    assert message["From"] == "Ahmed Skin Clinic <booking@clinic.example>"
    assert message["To"] == "ann@patient.example"
    assert message["Reply-To"] == "office@clinic.example"
    assert message["Message-ID"].strip() == LETTER.message_id
    assert message["Date"].datetime == LETTER.date
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == "Your appointment on Tue 13 Jan, 2:00 pm"


def test_a_long_message_id_is_not_folded_into_another() -> None:
    uid = "0f9b1b3c-1111-4222-8333-444455556666"
    long = f"<{uid}.12.doctor_cancelled@booking.a-very-long-name.example>"
    content = mail.compose(replace(LETTER, message_id=long)).as_bytes()
    assert f"\r\nMessage-ID: {long}\r\n".encode() in content


def test_a_clinics_name_in_any_script_is_read_back_whole() -> None:
    name = ("Clínica de la Piel «王小明», S.A. " * 3).strip()
    content = mail.compose(replace(LETTER, sender_name=name)).as_bytes()
    # The older reader: the newer one puts a blank between two encoded words of a name.
    header = message_from_bytes(content)["From"]
    assert str(make_header(decode_header(header))) == f"{name} <booking@clinic.example>"


@pytest.mark.parametrize("name", ["Clinic\r\nBcc: all@evil.example", "Clinic\nX: y"])
def test_a_name_with_a_line_break_never_becomes_a_header(name: str) -> None:
    with pytest.raises(ValueError, match="CR or LF"):
        mail.compose(replace(LETTER, sender_name=name))


def test_a_line_break_in_a_fact_never_becomes_a_header() -> None:
    message = received(letter(when_short="Tue\r\nBcc: all@evil.example"))
    assert "Bcc" not in message
    assert message["Subject"] == "Your appointment on Tue Bcc: all@evil.example"


@pytest.mark.parametrize("kind", KINDS)
def test_subjects_say_nothing_of_what_the_visit_is_for(kind: str) -> None:
    subject = received(letter(kind))["Subject"]
    assert "Tue 13 Jan, 2:00 pm" in subject
    assert not re.search(
        "needl|scar|acne|treat|consult|skin|dr|ahmed|o.brien", subject, re.IGNORECASE
    )


@pytest.mark.parametrize("kind", ["confirmed", "moved", "cancelled"])
def test_the_text_stands_alone_in_both_forms(kind: str) -> None:
    plain, html = bodies(received(letter(kind, old_when="Monday 12 January 2026, 9:00 am")))
    page = Text(html)
    for needed in (
        FACTS["when"],
        "Eastern Time",
        "Dr. Ahmed",
        "12 Elm Street",
        "(202) 555-0142",
        "K7QM-34DX",
    ):
        assert str(needed) in " ".join(plain.split())
        assert str(needed) in " ".join(page.words.split())


@pytest.mark.parametrize("kind", ["confirmed", "moved"])
def test_the_links_to_the_booking_and_the_calendars_stand_whole_in_both_forms(kind: str) -> None:
    plain, html = bodies(received(letter(kind)))
    online = (ONLINE.google, ONLINE.outlook, ONLINE.office)
    for link in (FACTS["manage_url"], FACTS["ics_url"], *online):
        assert str(link) in plain.splitlines()
        assert link in Text(html).links


@pytest.mark.parametrize("kind", ["confirmed", "moved"])
def test_a_mail_says_until_when_the_visit_can_be_changed_online(kind: str) -> None:
    words = "You can move or cancel it online until Monday 12 January, 2:00 pm."
    for body in bodies(received(letter(kind, deadlines=words))):
        assert words in " ".join(body.split())
    assert "online until" not in bodies(received(letter(kind)))[0]


def test_a_move_names_the_time_before() -> None:
    plain, html = bodies(received(letter("moved", old_when="Monday 12 January 2026, 9:00 am")))
    assert "Monday 12 January 2026, 9:00 am" in plain
    assert "Monday 12 January 2026, 9:00 am" in Text(html).words


def test_a_cancellation_says_why_if_somebody_did() -> None:
    plain, html = bodies(received(letter("cancelled", reason="The doctor is ill")))
    assert "The doctor is ill" in plain
    assert "The doctor is ill" in Text(html).words
    assert "Reason" not in bodies(received(letter("cancelled")))[0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_can_be_written_without_what_may_be_missing(kind: str) -> None:
    without = {"manage_url": None, "ics_url": None, "reason": None, "old_when": None}
    plain, html = bodies(received(letter(kind, **without)))
    assert "None" not in plain
    assert "None" not in Text(html).words


@pytest.mark.parametrize("what", ["booked", "moved", "cancelled"])
def test_the_doctors_mail_shows_initials_and_a_link_behind_the_login(what: str) -> None:
    plain, html = bodies(received(letter("doctor", what=what)))
    assert "A. O." in plain
    assert LINKS.desk(7) in plain
    assert LINKS.desk(7) in Text(html).links
    for text in (plain, html):
        assert TOKEN not in text


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_loaded_from_anywhere(kind: str) -> None:
    _, html = bodies(received(letter(kind)))
    page = Text(html)
    assert {"img", "script", "link", "iframe", "form"}.isdisjoint(page.tags)
    assert "url(" not in html
    assert "@import" not in html


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_stands_in_a_fact_is_text_and_not_a_page(kind: str) -> None:
    nasty = '"><script>alert(1)</script>{{ 7*7 }}'
    names = ("clinic_name", "practitioner", "service", "place", "phone", "reason", "initials")
    _, html = bodies(received(letter(kind, **dict.fromkeys(names, nasty))))
    page = Text(html)
    assert "script" not in page.tags
    assert nasty in page.words
    assert "49" not in page.words


def test_a_google_link_opens_the_same_instant() -> None:
    assert "dates=20260113T190000Z%2F20260113T193000Z" in ONLINE.google


@pytest.mark.parametrize(
    ("address", "host"),
    [(ONLINE.outlook, "outlook.live.com"), (ONLINE.office, "outlook.office.com")],
)
def test_an_outlook_link_opens_the_same_instant_with_blanks_that_outlook_reads(
    address: str, host: str
) -> None:
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc) == ("https", host)
    assert parts.path == "/calendar/0/deeplink/compose"
    # Outlook would show a plus sign.
    assert "+" not in parts.query
    assert dict(parse_qsl(parts.query)) == {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": "Appointment with Dr. Ahmed",
        "startdt": "2026-01-13T19:00:00Z",
        "enddt": "2026-01-13T19:30:00Z",
        "location": "12 Elm Street & Co",
        "body": "Reference: K7QM-34DX",
    }


def test_links_are_built_from_the_public_address_alone() -> None:
    assert LINKS.host == "booking.clinic.example"
    assert LINKS.manage("t") == "https://booking.clinic.example/manage/t"
    assert LINKS.feed("t") == "https://booking.clinic.example/calendar/t.ics"
    assert len(LINKS.feed(TOKEN)) < 256
