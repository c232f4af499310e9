"""What another calendar says of somebody's time: repeated, all day, free, cancelled, broken."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.domain.time import Span, midnight
from booking.formats import busy
from booking.formats.busy import NotReadable

NEW_YORK = ZoneInfo("America/New_York")
MONDAY = date(2026, 1, 12)
WINDOW = Span(midnight(MONDAY, NEW_YORK), midnight(MONDAY + timedelta(days=400), NEW_YORK))


def event(*lines: str, uid: str = "one@calendar.example") -> str:
    return "\r\n".join(
        ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT"]
    )


def calendar(*events: str, zones: str = "") -> bytes:
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Tests//EN\r\n"
    return (head + zones + "\r\n".join(events) + "\r\nEND:VCALENDAR\r\n").encode()


def read(*events: str, **more: object) -> list[Span]:
    return busy.read(calendar(*events), zone=NEW_YORK, window=WINDOW, **more)  # type: ignore[arg-type]


def walls(spans: list[Span], zone: ZoneInfo = NEW_YORK) -> list[str]:
    return [
        f"{one.start.astimezone(zone):%m-%d %H:%M} to {one.end.astimezone(zone):%m-%d %H:%M}"
        for one in spans
    ]


def test_an_event_is_taken_from_its_start_to_its_end() -> None:
    assert read(event("DTSTART:20260113T140000Z", "DTEND:20260113T150000Z")) == [
        Span(datetime(2026, 1, 13, 14, tzinfo=UTC), datetime(2026, 1, 13, 15, tzinfo=UTC))
    ]
    assert walls(read(event("DTSTART:20260113T140000Z", "DURATION:PT90M"))) == [
        "01-13 09:00 to 01-13 10:30"
    ]


def test_an_event_that_repeats_keeps_its_wall_time_through_the_clock_change() -> None:
    weekly = event(
        "DTSTART;TZID=America/New_York:20260302T090000",
        "DTEND;TZID=America/New_York:20260302T100000",
        "RRULE:FREQ=WEEKLY;COUNT=3",
        "EXDATE;TZID=America/New_York:20260309T090000",
    )
    assert walls(read(weekly)) == ["03-02 09:00 to 03-02 10:00", "03-16 09:00 to 03-16 10:00"]


def test_one_of_a_series_can_be_elsewhere_or_cancelled() -> None:
    zone = ";TZID=America/New_York"
    series = event(
        f"DTSTART{zone}:20260113T090000", f"DTEND{zone}:20260113T100000", "RRULE:FREQ=DAILY;COUNT=3"
    )
    later = event(
        f"RECURRENCE-ID{zone}:20260114T090000",
        f"DTSTART{zone}:20260114T150000",
        f"DTEND{zone}:20260114T160000",
    )
    gone = event(
        f"RECURRENCE-ID{zone}:20260115T090000",
        f"DTSTART{zone}:20260115T090000",
        f"DTEND{zone}:20260115T100000",
        "STATUS:CANCELLED",
    )
    assert walls(read(series, later, gone)) == [
        "01-13 09:00 to 01-13 10:00",
        "01-14 15:00 to 01-14 16:00",
    ]


def test_what_has_repeated_for_years_goes_on_in_the_window_only() -> None:
    old = event("DTSTART:20160104T140000Z", "DTEND:20160104T150000Z", "RRULE:FREQ=WEEKLY")
    found = read(old)
    assert len(found) == 58
    assert found[0].start == datetime(2026, 1, 12, 14, tzinfo=UTC)


def test_a_whole_day_is_the_clinics_day() -> None:
    assert walls(read(event("DTSTART;VALUE=DATE:20260308", "DTEND;VALUE=DATE:20260310"))) == [
        "03-08 00:00 to 03-10 00:00"
    ]
    birthday = event("DTSTART;VALUE=DATE:20200314", "RRULE:FREQ=YEARLY;COUNT=7")
    assert walls(read(birthday)) == ["03-14 00:00 to 03-15 00:00"]


def test_a_time_without_a_zone_is_the_clinics() -> None:
    floating = event("DTSTART:20260113T090000", "DTEND:20260113T100000")
    assert walls(read(floating)) == ["01-13 09:00 to 01-13 10:00"]
    daily = event("DTSTART:20260113T233000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2")
    assert walls(read(daily)) == ["01-13 23:30 to 01-14 00:30", "01-14 23:30 to 01-15 00:30"]


def test_windows_names_of_zones_are_understood() -> None:
    outlook = event(
        "DTSTART;TZID=Pacific Standard Time:20260113T060000",
        "DTEND;TZID=Pacific Standard Time:20260113T070000",
    )
    assert walls(read(outlook)) == ["01-13 09:00 to 01-13 10:00"]


@pytest.mark.parametrize("line", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "STATUS:cancelled"])
def test_what_is_free_or_cancelled_is_not_taken(line: str) -> None:
    times = ("DTSTART:20260113T140000Z", "DTEND:20260113T150000Z")
    assert read(event(*times, line)) == []
    assert read(event(*times, "RRULE:FREQ=DAILY", line)) == []
    assert len(read(event(*times, "TRANSP:OPAQUE", "STATUS:TENTATIVE"))) == 1


def test_only_the_window_counts() -> None:
    past = event("DTSTART:20260111T140000Z", "DTEND:20260111T150000Z", uid="past")
    far = event("DTSTART:20270301T140000Z", "DTEND:20270301T150000Z", uid="far")
    around = event("DTSTART:20200101T000000Z", "DTEND:20300101T000000Z", uid="around")
    assert read(past, far) == []
    assert read(past, far, around) == [WINDOW]


def test_the_clinics_own_bookings_are_not_taken_twice() -> None:
    own = event("DTSTART:20260113T140000Z", "DTEND:20260113T150000Z", uid="a@clinic.example")
    assert read(own, ours="clinic.example") == []
    assert len(read(own, ours="other.example")) == 1


def test_an_event_without_length_takes_no_time() -> None:
    assert read(event("DTSTART:20260113T140000Z")) == []


def test_an_empty_calendar_says_nothing() -> None:
    assert read() == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello",
        b"\xff\xfe\x00\x01",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        calendar(event("DTSTART:yesterday", "DTEND:tomorrow")),
        calendar(event("DTEND:20260113T150000Z")),
        calendar(event("DTSTART:20260113T140000Z", "RRULE:FREQ=DAILY;INTERVAL=0")),
        calendar(event("DTSTART:20260113T140000Z", "DURATION:PT1H", "RRULE:FREQ=SOMETIMES")),
        calendar(event("DTSTART:20260113T140000Z", "DURATION:PT1H", "RRULE:nothing")),
        calendar(event("DTSTART:20260113T140000Z"))[:-30],
        calendar() + calendar(),
        event("DTSTART:20260113T140000Z").encode(),
        b"BEGIN:VCALENDAR\r\n" * 5_000,
    ],
)
def test_what_is_no_calendar_is_refused_in_words(raw: bytes) -> None:
    with pytest.raises(NotReadable, match=r"^(Choose a calendar|This calendar)"):
        busy.read(raw, zone=NEW_YORK, window=WINDOW)


BOMBS = [
    "FREQ=SECONDLY",
    "FREQ=MINUTELY;INTERVAL=5",
    "FREQ=HOURLY",
    "FREQ=DAILY;BYHOUR=0,6,12,18;BYMINUTE=0,10,20,30,40,50;BYSECOND=0,30",
    # Never comes, and would be looked for until the year 9999.
    "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
]


@pytest.mark.parametrize("rule", BOMBS)
@pytest.mark.parametrize("since", ["19700101T000000Z", "20260112T000000Z"])
def test_an_event_that_repeats_without_end_is_refused(since: str, rule: str) -> None:
    bomb = event(f"DTSTART:{since}", "DURATION:PT1S", f"RRULE:{rule}")
    with pytest.raises(NotReadable, match="This calendar"):
        read(bomb)


def test_many_old_events_that_repeat_are_refused_before_they_are_looked_at() -> None:
    many = [
        event(
            "DTSTART:19700101T000000Z",
            "DURATION:PT1S",
            "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
            uid=f"{n}",
        )
        for n in range(200)
    ]
    with pytest.raises(NotReadable, match="too often"):
        read(*many)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5",
        "FREQ=DAILY;BYDAY=MO;BYSETPOS=2",
        "FREQ=HOURLY;BYMONTH=13",
    ],
)
def test_a_day_that_never_comes_is_not_looked_for(rule: str) -> None:
    with pytest.raises(NotReadable, match="too often"):
        read(event("DTSTART:20260113T140000Z", "DURATION:PT1H", f"RRULE:{rule}"))


@pytest.mark.parametrize(
    ("rule", "times"),
    [
        ("FREQ=MONTHLY;BYDAY=1MO", 13),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", 13),
        ("FREQ=MONTHLY;BYMONTHDAY=31", 8),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", 0),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=1SU", 1),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", 56),
        ("FREQ=DAILY;BYMONTH=6;BYDAY=MO", 5),
        ("FREQ=YEARLY", 2),
    ],
)
def test_the_usual_ways_to_repeat_are_understood(rule: str, times: int) -> None:
    first = event("DTSTART:20200113T140000Z", "DURATION:PT1H", f"RRULE:{rule}")
    assert len(read(first)) == times


def test_more_times_than_allowed_are_refused_and_as_many_as_allowed_are_not() -> None:
    daily = event("DTSTART:20260113T140000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=30")
    assert len(read(daily, most=30)) == 30
    with pytest.raises(NotReadable, match="more than 29 times"):
        read(daily, most=29)
