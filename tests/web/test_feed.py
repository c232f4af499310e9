"""The doctor's subscribed calendar, as its readers fetch it."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from flask import Flask
from sqlalchemy import select

from booking.domain.lifecycle import State
from booking.domain.people import Person
from booking.domain.roles import FeedPrivacy
from booking.formats.tokens import random_token, token_hash
from booking.services import calendars
from booking.services.bookings import changes
from booking.store.access import Feed
from booking.store.bookings import Booking
from booking.store.records import AuditEntry
from tests.support import ANN, PATIENT, RECEPTION, Clinic, at
from tests.web.journeys import on_one_engine
from tests.web.site import add_feed, add_practitioner
from tests.web.visitor import Page, Visitor

NINE = at("2026-01-13T09:00-05:00")


@pytest.fixture
def feed(clinic: Clinic) -> str:
    """The path of a feed that shows initials."""
    return f"/calendar/{add_feed(clinic)}.ics"


def unfolded(page: Page) -> list[str]:
    return page.text.replace("\r\n ", "").split("\r\n")


def summaries(page: Page) -> list[str]:
    return [line.removeprefix("SUMMARY:") for line in unfolded(page) if line.startswith("SUMMARY")]


def change(clinic: Clinic, booking: Booking, to: State, actor=RECEPTION, reason: str = "") -> None:
    clinic.write(
        lambda session, now: changes.advance(
            session, clinic.offers, clinic.links, booking, to, actor=actor, reason=reason, now=now
        )
    )


def move(clinic: Clinic, booking: Booking, start: datetime) -> None:
    clinic.write(
        lambda session, now: changes.move(
            session, clinic.offers, clinic.links, booking, start, actor=PATIENT, now=now
        )
    )


def test_the_feed_is_a_calendar_of_the_bookings(visitor: Visitor, clinic: Clinic, feed: str):
    booking = clinic.book(NINE)
    page = visitor.get(feed)
    assert page.status == 200
    assert page.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert page.headers["Cache-Control"].startswith("private")
    lines = unfolded(page)
    for line in (
        "BEGIN:VCALENDAR",
        f"UID:{booking.uid}",
        "DTSTART:20260113T140000Z",
        "DTEND:20260113T143000Z",
        "DTSTAMP:20260112T130000Z",
        "LAST-MODIFIED:20260112T130000Z",
        "SEQUENCE:0",
        "CLASS:PRIVATE",
        "STATUS:CONFIRMED",
        "NAME:Dr. Ahmed – Ahmed Skin Clinic",
        "X-WR-CALNAME:Dr. Ahmed – Ahmed Skin Clinic",
        "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
        "X-PUBLISHED-TTL:PT15M",
    ):
        assert line in lines, line
    for forbidden in ("METHOD", "ATTENDEE", "ORGANIZER", "BEGIN:VALARM", "BEGIN:VTIMEZONE"):
        assert not [line for line in lines if line.startswith(forbidden)]
    assert page.text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in page.text.replace("\r\n", "")
    assert max(len(line.encode()) for line in page.text.split("\r\n")) <= 75


@pytest.mark.parametrize(
    ("privacy", "summary"),
    [
        (FeedPrivacy.BUSY, "Busy"),
        (FeedPrivacy.INITIALS, "A. O."),
        (FeedPrivacy.FULL, "Ann O’Brien"),
    ],
)
@on_one_engine
def test_a_feed_shows_as_much_as_it_was_made_for(
    visitor: Visitor, clinic: Clinic, privacy: FeedPrivacy, summary: str
):
    clinic.book(NINE)
    page = visitor.get(f"/calendar/{add_feed(clinic, privacy)}.ics")
    assert summaries(page) == [summary]
    text = "".join(unfolded(page))
    for secret in ("ann@patient.example", "1990", "manage"):
        assert secret not in text
    if privacy is not FeedPrivacy.FULL:
        assert "Brien" not in text


@pytest.mark.parametrize(
    "name",
    [
        "Ann\u2028END:VEVENT",
        "Eve;ATTENDEE:mailto:x@y.example,\\n",
        "BEGIN:VALARM",
        "名前" * 60,
        "🌱" * 100,
        'Q"uote',
    ],
)
@on_one_engine
def test_no_name_breaks_out_of_its_line(visitor: Visitor, clinic: Clinic, name: str):
    clinic.book(NINE, Person(name, ANN.date_of_birth, "x@patient.example", None))
    page = visitor.get(f"/calendar/{add_feed(clinic, FeedPrivacy.FULL)}.ics")
    names = [line.split(":")[0].split(";")[0] for line in unfolded(page) if line]
    assert names.count("BEGIN") == names.count("END") == 2
    assert "ATTENDEE" not in names
    assert max(len(line.encode()) for line in page.text.split("\r\n")) <= 75


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.CANCELLED, []),
        (State.LEFT, []),
        (State.ENTERED_IN_ERROR, []),
        (State.NO_SHOW, ["STATUS:CONFIRMED", "TRANSP:TRANSPARENT"]),
        (State.ARRIVED, ["STATUS:CONFIRMED", "TRANSP:OPAQUE"]),
        (State.COMPLETED, ["STATUS:CONFIRMED", "TRANSP:OPAQUE"]),
    ],
)
@on_one_engine
def test_each_state_looks_as_readers_understand_it(
    visitor: Visitor, clinic: Clinic, feed: str, state: State, expected: list[str]
):
    booking = clinic.book(NINE)
    clinic.time.now = at("2026-01-13T09:05-05:00")
    if state is State.LEFT:
        change(clinic, booking, State.ARRIVED)
    change(clinic, booking, state, reason="a reason")
    lines = unfolded(visitor.get(feed))
    assert [line for line in lines if line.startswith(("STATUS", "TRANSP"))] == expected


def test_a_move_and_a_cancellation_show_at_the_next_fetch(
    visitor: Visitor, clinic: Clinic, feed: str
):
    first, second = clinic.book(NINE), clinic.book(at("2026-01-13T10:00-05:00"))
    visitor.get(feed)
    clinic.time.pass_(minutes=1)
    move(clinic, first, at("2026-01-14T09:00-05:00"))
    lines = unfolded(visitor.get(feed))
    assert "DTSTART:20260114T140000Z" in lines
    assert "DTSTART:20260113T140000Z" not in lines
    assert "SEQUENCE:1" in lines
    assert f"UID:{first.uid}" in lines
    change(clinic, second, State.CANCELLED, PATIENT)
    assert f"UID:{second.uid}" not in unfolded(visitor.get(feed))


def test_the_same_feed_is_not_sent_twice(visitor: Visitor, clinic: Clinic, feed: str):
    booking = clinic.book(NINE)
    first = visitor.get(feed)
    tag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    assert tag.startswith('"')
    for headers in (
        {"If-None-Match": tag},
        {"If-None-Match": f'"other", {tag}'},
        {"If-None-Match": f"W/{tag}"},
        {"If-None-Match": "*"},
        {"If-Modified-Since": modified},
        {"If-None-Match": tag, "If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
    ):
        again = visitor.get(feed, headers=headers)
        assert (again.status, again.text) == (304, ""), headers
        assert again.headers["ETag"] == tag
    clinic.time.pass_(seconds=2)
    move(clinic, booking, at("2026-01-14T09:00-05:00"))
    for headers in ({"If-None-Match": tag}, {"If-Modified-Since": modified}):
        again = visitor.get(feed, headers=headers)
        assert again.status == 200, headers
        assert again.headers["ETag"] != tag


@on_one_engine
def test_a_tag_decides_before_a_date(visitor: Visitor, clinic: Clinic, feed: str):
    modified = visitor.get(feed).headers["Last-Modified"]
    headers = {"If-None-Match": '"another"', "If-Modified-Since": modified}
    assert visitor.get(feed, headers=headers).status == 200


@on_one_engine
@pytest.mark.parametrize("since", ["yesterday", "", "Mon, 99 Jan 2026 00:00:00 GMT", "0"])
def test_a_garbled_date_is_as_good_as_none(visitor: Visitor, feed: str, since: str):
    assert visitor.get(feed, headers={"If-Modified-Since": since}).status == 200


@on_one_engine
def test_asking_for_the_head_gives_the_same_without_the_calendar(
    visitor: Visitor, clinic: Clinic, feed: str
):
    clinic.book(NINE)
    whole, head = visitor.get(feed), visitor.open(feed, "HEAD")
    assert (head.status, head.text) == (200, "")
    for name in ("ETag", "Last-Modified", "Content-Type", "Content-Length", "Cache-Control"):
        assert head.headers[name] == whole.headers[name], name
    known = {"If-None-Match": whole.headers["ETag"]}
    assert visitor.open(feed, "HEAD", headers=known).status == 304


def test_last_modified_never_goes_back(visitor: Visitor, clinic: Clinic, feed: str):
    seen = []

    def look() -> None:
        page = visitor.get(feed)
        seen.append((parsedate_to_datetime(page.headers["Last-Modified"]), page.headers["ETag"]))

    look()
    first = clinic.book(NINE)
    clinic.time.pass_(minutes=3)
    second = clinic.book(at("2026-01-13T10:00-05:00"))
    look()
    clinic.time.pass_(minutes=3)
    change(clinic, second, State.CANCELLED, PATIENT)
    look()
    clinic.time.pass_(minutes=3)
    change(clinic, first, State.CANCELLED, PATIENT)
    look()
    # A day passes, and with it the window moves on.
    clinic.time.pass_(days=1)
    look()
    moments = [moment for moment, _ in seen]
    assert moments == sorted(moments)
    assert len(set(moments)) == len({tag for _, tag in seen}) == len(seen)
    assert all(moment <= clinic.time.now for moment in moments)


@on_one_engine
def test_last_modified_does_not_go_back_when_a_machines_clock_does(
    visitor: Visitor, clinic: Clinic, feed: str
):
    clinic.book(NINE)
    before = parsedate_to_datetime(visitor.get(feed).headers["Last-Modified"])
    clinic.time.pass_(minutes=-5)
    clinic.book(at("2026-01-13T10:00-05:00"))
    assert parsedate_to_datetime(visitor.get(feed).headers["Last-Modified"]) >= before


@on_one_engine
def test_a_change_within_the_second_of_a_fetch_is_not_missed(visitor: Visitor, clinic: Clinic):
    # Readers that know only dates would otherwise be told 304 until the next change.
    feed = f"/calendar/{add_feed(clinic)}.ics"
    clinic.time.pass_(seconds=0.1)
    clinic.book(at("2026-01-13T09:00-05:00"))
    clinic.time.pass_(seconds=0.1)
    modified = visitor.get(feed).headers["Last-Modified"]
    clinic.time.pass_(seconds=0.1)
    booking = clinic.book(at("2026-01-13T10:00-05:00"))
    clinic.time.pass_(minutes=15)
    answer = visitor.get(feed, headers={"If-Modified-Since": modified})
    assert answer.status == 200
    assert booking.uid in answer.text.replace("\r\n ", "")


@on_one_engine
def test_the_window_is_thirty_days_back_and_four_hundred_ahead(
    visitor: Visitor, clinic: Clinic, feed: str
):
    booking = clinic.book(NINE)
    uid = f"UID:{booking.uid}"
    clinic.time.now = NINE + timedelta(days=29)
    assert uid in unfolded(visitor.get(feed))
    clinic.time.now = NINE + timedelta(days=32)
    assert uid not in unfolded(visitor.get(feed))


@on_one_engine
def test_a_feed_is_of_one_practitioner(visitor: Visitor, clinic: Clinic, feed: str):
    add_practitioner(clinic)
    clinic.book(NINE)
    clinic.book(NINE, practitioner="dr-weber")
    assert len(summaries(visitor.get(feed))) == 1
    other = visitor.get(f"/calendar/{add_feed(clinic, practitioner='dr-weber')}.ics")
    assert len(summaries(other)) == 1
    assert "NAME:Dr. Weber – Ahmed Skin Clinic" in unfolded(other)


def test_unknown_and_revoked_feeds_look_alike(app: Flask, clinic: Clinic, feed: str):
    visitor = Visitor(app)
    assert visitor.get(feed).status == 200

    def revoke(session, now):
        feed_id = session.scalars(select(Feed.id)).one()
        calendars.revoke_feed(session, feed_id, now=now)

    clinic.write(revoke)
    token = clinic.read(lambda session, _: session.scalars(select(Feed.token_hash)).one())
    answers = set()
    for path in (
        feed,
        f"/calendar/{random_token()}.ics",
        f"/calendar/{token}.ics",
        "/calendar/x.ics",
        "/calendar/.ics.ics",
    ):
        for headers in ({}, {"If-None-Match": "*"}):
            answer = visitor.get(path, headers=headers)
            answers.add((answer.status, answer.text))
    assert len(answers) == 1
    assert answers.pop()[0] == 404


def test_a_fetch_notes_when_and_by_what(visitor: Visitor, clinic: Clinic, feed: str):
    def row() -> Feed:
        return clinic.read(lambda session, _: session.scalars(select(Feed)).one())

    assert row().last_used_at is None
    tag = visitor.get(feed, headers={"User-Agent": "iOS/17 " + "x" * 500}).headers["ETag"]
    assert row().last_used_at == clinic.time.now
    assert row().last_client.startswith("iOS/17 xx")
    assert len(row().last_client) == 200
    clinic.time.pass_(minutes=15)
    visitor.get(feed, headers={"If-None-Match": tag, "User-Agent": "Google"})
    assert (row().last_used_at, row().last_client) == (clinic.time.now, "Google")
    read = clinic.read(
        lambda session, _: session.scalars(
            select(AuditEntry.subject).where(AuditEntry.action == "feed_read")
        ).all()
    )
    assert read == [f"feed:{row().id}"] * 2


@on_one_engine
def test_a_feeds_token_is_unguessable_and_kept_as_a_hash(clinic: Clinic):
    token = add_feed(clinic)
    stored = clinic.read(lambda session, _: session.scalars(select(Feed.token_hash)).one())
    assert stored == token_hash(token)
    assert len(clinic.links.feed(token)) < 256
    assert len(token) >= 43
