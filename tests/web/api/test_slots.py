"""Services, slots and holds as the API tells them."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from booking.domain.slots import slot_id
from booking.store.clinic import Clinic as ClinicRow
from booking.store.clinic import (
    OpeningHours,
    Practitioner,
    Resource,
    Service,
    ServicePractitioner,
)
from tests.support import Clinic, Time, at
from tests.web.api.client import TUESDAY_TWO, Api, booking_body, problem, slot_body, starts, wrong

MakeApi = Callable[..., Api]


def test_the_services_are_told_with_the_current_privacy_notice(api: Api):
    response = api.get("/services")
    assert (response.status_code, response.content_type) == (200, "application/json")
    assert response.json == {
        "services": [
            {
                "id": "consultation",
                "name": "Micro needling consultation",
                "minutes": 30,
                "practitioners": ["dr-ahmed"],
                "patients": "all",
                "mode": "in_person",
            }
        ],
        "privacy_notice": "1",
    }


def test_slots_are_told_in_clinic_time_with_their_offset(api: Api):
    response = api.slots("2026-01-13", "2026-01-13")
    assert response.json["time_zone"] == "America/New_York"
    assert response.json["slots"][0] == {
        "id": slot_id("consultation", "dr-ahmed", at("2026-01-13T09:00:00-05:00")),
        "start": "2026-01-13T09:00:00-05:00",
        "end": "2026-01-13T09:30:00-05:00",
        "practitioner": "dr-ahmed",
    }
    assert len(response.json["slots"]) == 14


def test_both_days_are_included_and_the_practitioner_may_be_named(api: Api):
    days = {start[:10] for start in starts(api.slots("2026-01-13", "2026-01-15"))}
    assert days == {"2026-01-13", "2026-01-14", "2026-01-15"}
    one_day = "from=2026-01-13&to=2026-01-13"
    named = api.get(f"/slots?service=consultation&practitioner=dr-ahmed&{one_day}")
    assert len(starts(named)) == 14


def test_after_the_clock_change_the_offset_is_another(api: Api, time: Time):
    time.pass_(days=49)  # Monday 2 March; the clock changes on the 8th
    listed = starts(api.slots("2026-03-06", "2026-03-09"))
    assert listed[0] == "2026-03-06T09:00:00-05:00"
    assert listed[-1] == "2026-03-09T16:30:00-04:00"


def test_days_that_have_passed_or_lie_beyond_the_horizon_are_empty(api: Api):
    for first, last in [
        ("2026-01-01", "2026-01-11"),
        ("2026-02-10", "2026-04-12"),
        ("0001-01-01", "0001-01-02"),
        ("9999-12-30", "9999-12-31"),
    ]:
        assert starts(api.slots(first, last)) == []


def test_sixty_two_days_may_be_asked_for_at_once(api: Api):
    assert starts(api.slots("2026-01-12", "2026-03-14"))
    assert wrong(api.slots("2026-01-12", "2026-03-15")) == [("to", "too_many_days")]


WRONG_QUESTIONS = {
    "": [("service", "missing"), ("from", "missing"), ("to", "missing")],
    "service=consultation&from=2026-01-13": [("to", "missing")],
    "service=consultation&from=&to=2026-01-13": [("from", "missing")],
    "service=&from=2026-01-13&to=2026-01-13": [("service", "missing")],
    "service=x&from=2026-02-31&to=2026-03-01": [("from", "garbled_day")],
    "service=x&from=20260113&to=2026-W03-2": [("from", "garbled_day"), ("to", "garbled_day")],
    "service=x&from=2026-01-13T00:00&to=2026-01-13": [("from", "garbled_day")],
    "service=x&from=٢٠٢٦-٠١-١٣&to=-1": [("from", "garbled_day"), ("to", "garbled_day")],
    f"service=x&from={'9' * 40}&to=NaN": [("from", "garbled_day"), ("to", "garbled_day")],
    "service=x&from=2026-01-14&to=2026-01-13": [("to", "before_from")],
    "service=x&from=0001-01-01&to=9999-12-31": [("to", "too_many_days")],
}


def test_a_question_that_is_not_right_is_refused_field_by_field(api: Api):
    for query, errors in WRONG_QUESTIONS.items():
        assert wrong(api.get(f"/slots?{query}")) == errors, query


def test_unknown_services_and_practitioners_are_not_found(api: Api):
    days = "from=2026-01-13&to=2026-01-13"
    problem(api.get(f"/slots?service=surgery&{days}"), 404, "unknown_service")
    problem(
        api.get(f"/slots?service=consultation&practitioner=dr-who&{days}"),
        404,
        "unknown_practitioner",
    )


def test_an_answer_that_is_still_true_is_not_sent_again(api: Api):
    first = api.slots()
    assert first.headers["Cache-Control"] == "no-cache"
    tag = first.headers["ETag"]
    again = api.slots(headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert (again.headers["ETag"], again.headers["Cache-Control"]) == (tag, "no-cache")
    # A proxy that packs answers makes the tag a weak one.
    assert api.slots(headers={"If-None-Match": f'"other", W/{tag}'}).status_code == 304
    assert api.slots(headers={"If-None-Match": '"other"'}).status_code == 200
    assert api.slots(headers={"If-None-Match": "nonsense"}).status_code == 200
    assert api.slots(last="2026-01-15").headers["ETag"] != tag


def test_two_processes_give_the_same_answer_the_same_tag(make_api: MakeApi):
    assert make_api().slots().headers["ETag"] == make_api().slots().headers["ETag"]


def test_a_booked_slot_is_gone_at_once_and_back_after_the_cancellation(api: Api):
    before = api.slots()
    assert TUESDAY_TWO in starts(before)
    token = api.book()["manage_token"]
    booked = api.slots(headers={"If-None-Match": before.headers["ETag"]})
    assert TUESDAY_TWO not in starts(booked)
    api.patch(f"/bookings/{token}", {"start": "2026-01-14T09:00:00-05:00"})
    moved = starts(api.slots(headers={"If-None-Match": booked.headers["ETag"]}))
    assert TUESDAY_TWO in moved
    assert "2026-01-14T09:00:00-05:00" not in moved
    api.delete(f"/bookings/{token}")
    assert api.slots().data == before.data


def test_another_process_notices_too(make_api: MakeApi):
    mine, theirs = make_api(), make_api()
    assert TUESDAY_TWO in starts(mine.slots())
    theirs.book()
    assert TUESDAY_TWO not in starts(mine.slots())


def test_a_hold_takes_the_slot_until_it_runs_out(api: Api, time: Time):
    assert TUESDAY_TWO in starts(api.slots())
    response = api.post("/holds", slot_body())
    assert response.status_code == 201
    assert set(response.json) == {"hold", "expires_at"}
    assert response.json["expires_at"] == "2026-01-12T08:10:00-05:00"
    assert TUESDAY_TWO not in starts(api.slots())
    time.pass_(minutes=9, seconds=59)
    assert TUESDAY_TWO not in starts(api.slots())
    time.pass_(seconds=1)
    assert TUESDAY_TWO in starts(api.slots())


def test_time_alone_takes_slots_away(api: Api, time: Time):
    assert starts(api.slots("2026-01-12", "2026-01-12"))[0] == "2026-01-12T10:00:00-05:00"
    time.pass_(minutes=1)
    # Two hours' notice: ten o'clock is offered at eight sharp, and not a moment later.
    assert starts(api.slots("2026-01-12", "2026-01-12"))[0] == "2026-01-12T10:30:00-05:00"


def test_two_practitioners_are_listed_side_by_side_and_booked_apart(api: Api, clinic: Clinic):
    add_practitioner(clinic, "dr-bell")
    assert api.get("/services").json["services"][0]["practitioners"] == ["dr-ahmed", "dr-bell"]
    listed = api.slots("2026-01-13", "2026-01-13").json["slots"]
    assert [(slot["start"][11:16], slot["practitioner"]) for slot in listed[:3]] == [
        ("09:00", "dr-ahmed"),
        ("09:00", "dr-bell"),
        ("09:30", "dr-ahmed"),
    ]
    nine = "2026-01-13T09:00:00-05:00"
    hold = api.post("/holds", slot_body(nine, practitioner="dr-bell")).json["hold"]
    # A hold with one doctor is none with the other.
    assert api.post("/bookings", booking_body(nine, hold=hold)).status_code == 201
    refused = api.post("/holds", slot_body(nine))
    named = problem(refused, 409, "slot_unavailable")["alternatives"]
    assert {slot["practitioner"] for slot in named} == {"dr-ahmed"}


def add_practitioner(clinic: Clinic, slug: str) -> None:
    """Another doctor, in the mornings, who offers the same."""

    def work(session: Session, now: datetime) -> None:
        resource = Resource(kind="practitioner", calendar_second=0)
        session.add(resource)
        session.flush()
        service = session.scalars(select(Service)).one()
        session.add(Practitioner(id=resource.id, slug=slug, name=slug, email=None))
        session.flush()
        session.add(ServicePractitioner(service_id=service.id, practitioner_id=resource.id))
        session.add_all(
            OpeningHours(
                practitioner_id=resource.id,
                location_id=1,
                weekday=day,
                opens=9 * 60,
                closes=12 * 60,
            )
            for day in range(5)
        )
        session.execute(update(ClinicRow).values(version=ClinicRow.version + 1))

    clinic.write(work)


def test_holding_again_is_a_second_hold(api: Api):
    one = api.post("/holds", slot_body())
    two = api.post("/holds", slot_body("2026-01-13T15:00:00-05:00"))
    assert (one.status_code, two.status_code) == (201, 201)
    assert one.json["hold"] != two.json["hold"]
    refused = problem(api.post("/holds", slot_body()), 409, "slot_unavailable")
    assert [slot["start"] for slot in refused["alternatives"]] == [
        "2026-01-13T13:00:00-05:00",
        "2026-01-13T13:30:00-05:00",
        "2026-01-13T14:30:00-05:00",
    ]


def test_a_hold_is_told_what_is_wrong_with_its_fields(api: Api):
    assert wrong(api.post("/holds", {})) == [
        ("service", "missing"),
        ("practitioner", "missing"),
        ("start", "missing"),
    ]
    assert wrong(api.post("/holds", slot_body(service="surgery"))) == [
        ("service", "unknown_service")
    ]
    assert wrong(api.post("/holds", slot_body("soon", practitioner="dr-who"))) == [
        ("practitioner", "unknown_practitioner"),
        ("start", "garbled_time"),
    ]
    assert wrong(api.post("/holds", {"service": 1, "practitioner": None, "start": ["x"]})) == [
        ("service", "not_text"),
        ("practitioner", "missing"),
        ("start", "not_text"),
    ]


def test_looking_changes_nothing(api: Api, clinic: Clinic):
    tables = ("resources", "claims", "holds", "bookings", "messages", "limit_counters")

    def everything() -> list[list[object]]:
        return clinic.read(
            lambda session, _: [
                list(session.execute(text(f"SELECT * FROM {table}")))  # noqa: S608
                for table in tables
            ]
        )

    token = api.book()["manage_token"]
    before = everything()
    for response in (api.get("/services"), api.slots(), api.get(f"/bookings/{token}")):
        assert response.status_code == 200
    assert everything() == before
