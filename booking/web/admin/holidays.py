"""Public holidays: looked through year by year, switched one by one."""

from datetime import date
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.people import Findings
from booking.domain.time import local_day
from booking.formats import public_holidays
from booking.services.admin import holidays as rules
from booking.services.admin.holidays import Holiday
from booking.store.engine import Session
from booking.web.admin import changing
from booking.web.admin.blueprint import blueprint
from booking.web.clinic import facts, now
from booking.web.installation import read
from booking.web.times import parse_day

_YEARS_AHEAD = 3


@blueprint.route("/holidays", methods=["GET", "POST"])
def holidays() -> ResponseReturnValue:
    """One year's holidays in the clinic's country."""
    clinic = facts()
    today = local_day(now(), clinic.zone)
    this_year = today.year
    year = _year(this_year)

    def look(session: Session, _: object) -> tuple[str | None, list[Holiday]]:
        region = _region(clinic.country, rules.region_of(session))
        return region, rules.of_year(session, clinic.country, region, year)

    region, known = read(look)
    # What has passed cannot be opened or closed any more.
    coming = [one for one in known if one.day >= today]
    closed, found = {one.day for one in coming if one.is_closed}, Findings()
    if request.method == "POST":
        closed = _ticked() & {one.day for one in coming}

    def show(effect: dict[str, Any]) -> ResponseReturnValue:
        return changing.page(
            "admin/holidays.html",
            effect,
            found,
            year=year,
            years=range(this_year, this_year + _YEARS_AHEAD),
            region=region or "",
            regions=public_holidays.region_names(clinic.country).items(),
            holidays=coming,
            past=[one for one in known if one.day < today],
            closed=closed,
        )

    if request.method == "GET":
        return show(changing.as_it_is())
    edit = rules.switch(year, region, coming, frozenset(closed))
    return changing.change(
        edit,
        found,
        show=show,
        done=lambda saved: url_for("admin.holidays", year=year, region=region, saved=saved),
    )


def _year(this_year: int) -> int:
    text = request.values.get("year", "")
    year = int(text) if text.isdecimal() and len(text) == 4 else this_year
    return year if this_year <= year < this_year + _YEARS_AHEAD else this_year


def _region(country: str, remembered: str | None) -> str | None:
    region = request.values.get("region", remembered)
    return region if region in public_holidays.regions(country) else None


def _ticked() -> set[date]:
    return {day for text in request.form.getlist("day")[:400] if (day := parse_day(text))}
