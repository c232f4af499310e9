"""The button and the frame for the clinic's own site: for allowed origins, without a cookie."""

import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from booking.store.bookings import Booking
from booking.store.clinic import Clinic as ClinicRow
from tests.services.deeds import add_service
from tests.support import Clinic
from tests.web.journeys import confirm, fill_in, on_one_engine
from tests.web.site import add_practitioner
from tests.web.visitor import Visitor

pytestmark = on_one_engine
SITE = "https://clinic.example"


@pytest.fixture
def visitor(make_app: Callable[..., Flask]) -> Visitor:
    return Visitor(make_app(ALLOWED_ORIGINS=f"{SITE},https://www.clinic.example:443/"))


def test_only_allowed_origins_may_frame_the_free_times(visitor: Visitor):
    page = visitor.get("/embed")
    assert page.status == 200
    policy = page.headers["Content-Security-Policy"]
    assert policy.endswith(f"; frame-ancestors {SITE} https://www.clinic.example")
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert "X-Frame-Options" not in page.headers
    for path in ("/", "/book", "/embed?service=nothing", "/login", "/embed.js"):
        other = visitor.get(path)
        assert "frame-ancestors 'none'" in other.headers["Content-Security-Policy"], path
        assert other.headers["X-Frame-Options"] == "DENY", path


def test_without_an_allowed_origin_there_is_no_frame(app: Flask):
    page = Visitor(app).get("/embed")
    assert page.status == 404
    assert page.headers["X-Frame-Options"] == "DENY"


def test_the_frame_needs_and_sets_no_cookie_and_has_no_form(visitor: Visitor):
    page = visitor.get("/embed")
    assert "Set-Cookie" not in page.headers
    assert not page.forms
    assert not page.document.all("button")
    assert page.document.all("meta", name="robots")[0].attrs["content"] == "noindex"


def test_every_time_opens_in_the_whole_window_and_leads_to_a_booking(
    visitor: Visitor, clinic: Clinic
):
    page = visitor.get("/embed?source=clinic.example&booking-referral=spring")
    times = page.document.all("a", **{"class": "time", "target": "_top"})
    assert times[0].words == "10:00 am"
    offer = visitor.get(times[0].attrs["href"])
    assert offer.heading == "This time is free"
    visitor.fill(offer, "/book/take", slot=offer.slots[0])
    fill_in(visitor)
    assert confirm(visitor).status == 303
    booking = clinic.read(lambda session, _: session.scalars(select(Booking)).one())
    assert (booking.came_from, booking.referral) == ("clinic.example", "spring")


def test_days_services_and_people_are_turned_to_inside_the_frame(visitor: Visitor, clinic: Clinic):
    add_practitioner(clinic)
    add_service(clinic, "follow-up", minutes=15)
    page = visitor.get("/embed?practitioner=dr-weber&source=clinic.example")
    inside = [a for a in page.document.all("a") if a.attrs["href"].startswith("/embed")]
    assert {"Whoever is free first", "Dr. Weber", "follow-up, 15 minutes"} <= {
        a.words for a in inside
    }
    for link in inside:
        assert "target" not in link.attrs
        assert "source=clinic.example" in link.attrs["href"]
        assert visitor.get(link.attrs["href"]).status == 200
    later = next(a for a in inside if a.words == "Show later days")
    assert "practitioner=dr-weber" in later.attrs["href"]
    assert "Monday 19 January" in visitor.get(later.attrs["href"]).words


def test_a_full_clinic_gives_its_phone_number(visitor: Visitor, clinic: Clinic):
    page = visitor.get("/embed?after=2027-01-01")
    assert page.status == 200
    assert "Please call (202) 555-0142" in page.words


def test_the_script_is_small_and_may_be_kept_for_a_while(app: Flask, clinic: Clinic):
    visitor = Visitor(app)
    answer = visitor.get("/embed.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert len(answer.response.data) < 4096
    etag = answer.headers["ETag"]
    assert visitor.get("/embed.js", headers={"If-None-Match": etag}).status == 304
    values = {"accent": "#7a1f5c", "version": ClinicRow.version + 1}
    clinic.write(lambda session, _: session.query(ClinicRow).update(values))
    changed = visitor.get("/embed.js", headers={"If-None-Match": etag})
    own = json.loads(changed.text.rsplit("})(", 1)[1].removesuffix(");\n"))
    assert own["colour"] == "#7a1f5c"
    assert own["words"] == "Schedule your consultation with Dr. Ahmed"
