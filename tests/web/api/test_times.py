"""Which starts the API takes, and how it refuses the others."""

from tests.web.api.client import TUESDAY_TWO, Api, booking_body, problem, slot_body, wrong

NOT_ON_OFFER = {
    "2026-01-13T12:00:00-05:00": "outside_hours",
    "2026-01-13T14:10:00-05:00": "outside_hours",
    "2026-01-17T14:00:00-05:00": "outside_hours",
    "2026-01-13T14:00:00.5-05:00": "outside_hours",
    "2026-01-12T07:30:00-05:00": "in_past",
    "0001-01-01T00:00:00Z": "in_past",
    "0001-01-01T00:00:00+14:00": "in_past",
    "2026-01-12T09:30:00-05:00": "too_soon",
    "2026-02-10T14:00:00-05:00": "beyond_horizon",
    "9999-12-31T23:59:59Z": "beyond_horizon",
    "9999-12-31T23:59:59-14:00": "beyond_horizon",
}
NO_INSTANT = {
    "2026-01-13T14:00:00": "naive_time",
    "2026-01-13T14:00": "naive_time",
    "": "garbled_time",
    "tomorrow": "garbled_time",
    "2026-01-13": "garbled_time",
    "2026-W03-2T14:00:00-05:00": "garbled_time",
    "20260113T140000-0500": "garbled_time",
    "2026-01-13T14:00:00-0500": "garbled_time",
    "2026-01-13 14:00:00-05:00": "garbled_time",
    "2026-01-13T14-05:00": "garbled_time",
    "2026-01-13T14:00:00,5-05:00": "garbled_time",
    "2026-02-30T14:00:00-05:00": "garbled_time",
    "2026-01-13T24:00:00-05:00": "garbled_time",
    "2026-01-13T14:00:60-05:00": "garbled_time",
    "2026-01-13T14:00:00-24:00": "garbled_time",
    "2026-01-13T14:00:00-05:99": "garbled_time",
    "2026-01-13T14:00:00-05:00:30": "garbled_time",
    "2026-01-13T14:00:00-05:00\n": "garbled_time",
    "٢٠٢٦-٠١-١٣T14:00:00-05:00": "garbled_time",
    "0000-01-01T00:00:00Z": "garbled_time",
    "99999-01-01T00:00:00Z": "garbled_time",
    "9" * 5000: "garbled_time",
}
SAME_INSTANT = (
    "2026-01-13T19:00:00Z",
    "2026-01-13t19:00:00z",
    "2026-01-13T14:00-05:00",
    "2026-01-13T14:00:00.000-05:00",
    "2026-01-14T00:30:00+05:30",
    "2026-01-13T19:00:00-00:00",
)


def test_a_time_that_is_not_on_offer_is_refused_with_others_that_are(api: Api):
    on_offer = {slot["id"]: slot for slot in api.slots(last="2026-02-12").json["slots"]}
    token = api.book("2026-01-14T09:00:00-05:00")["manage_token"]
    for start, code in NOT_ON_OFFER.items():
        for response in (
            api.post("/holds", slot_body(start)),
            api.post("/bookings", booking_body(start)),
            api.patch(f"/bookings/{token}", {"start": start}),
        ):
            refused = problem(response, 409, code)
            assert len(refused["alternatives"]) == 3
            assert all(on_offer[slot["id"]] == slot for slot in refused["alternatives"])


def test_a_time_that_names_no_instant_is_refused_under_its_field(api: Api):
    token = api.book("2026-01-14T09:00:00-05:00")["manage_token"]
    for start, code in NO_INSTANT.items():
        assert wrong(api.post("/holds", slot_body(start))) == [("start", code)], start
        assert wrong(api.post("/bookings", booking_body(start))) == [("start", code)], start
        assert wrong(api.patch(f"/bookings/{token}", {"start": start})) == [("start", code)], start


def test_the_same_instant_may_be_written_in_other_ways(api: Api):
    for start in SAME_INSTANT:
        booked = api.book(start)
        assert booked["start"] == TUESDAY_TWO
        api.delete(f"/bookings/{booked['manage_token']}")
