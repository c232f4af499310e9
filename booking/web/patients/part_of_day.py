"""Only the mornings, afternoons or evenings: the choice of it, kept in the addresses of pages."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request, url_for

from booking.domain.waitlist import Part, part_of
from booking.services.times.availability import Timetable
from booking.web.patients import came_from

_NAME = "part"
# What else the pages of days and times say in their addresses.
_BESIDE = ("service", "practitioner", "location", "day")


def chosen() -> Part | None:
    """The part of the day that the address names; one that is none is no choice."""
    name = request.args.get(_NAME)
    return next((part for part in Part if part.value == name), None)


def carried() -> dict[str, str]:
    """The choice by the name under which links carry it on."""
    part = chosen()
    return {_NAME: part.value} if part else {}


def stays(endpoint: str, values: dict[str, Any]) -> None:
    """Who moves a booking keeps the choice from page to page, in every address of a move."""
    if endpoint == "manage.move" and request.endpoint == endpoint:
        values |= carried() | values


def narrowed(tables: Sequence[Timetable]) -> list[Timetable]:
    """Free times without those in other parts of the day than the chosen one."""
    part = chosen()
    return [_within(table, part) for table in tables] if part else list(tables)


def _within(table: Timetable, part: Part) -> Timetable:
    """A part is by the wall of the place where the visit would be."""
    zone = table.plan.rules.zone
    kept = [
        (start, day)
        for start, day in zip(table.starts, table.days, strict=True)
        if part_of(start.astimezone(zone)) is part
    ]
    return replace(
        table, starts=tuple(start for start, _ in kept), days=tuple(day for _, day in kept)
    )


def choices(tables: Sequence[Timetable]) -> dict[str, Any]:
    """The parts that free times are in, where there are several, with the pages that show them."""
    part = chosen()
    offered = _offered(tables)
    return {
        "part_of_day": part.value if part else None,
        "parts_of_day": [(one.value, _address(one)) for one in Part if one in offered]
        if len(offered) > 1
        else [],
        "whole_day_url": _address(None),
    }


def _offered(tables: Sequence[Timetable]) -> set[Part]:
    # Each instant is asked once: many practitioners are free at the same times.
    starts: dict[ZoneInfo, set[datetime]] = {}
    for table in tables:
        starts.setdefault(table.plan.rules.zone, set()).update(table.starts)
    return {part_of(start.astimezone(zone)) for zone, those in starts.items() for start in those}


def _address(part: Part | None) -> str:
    """This page with another choice, from its first day on."""
    said = {name: request.args.get(name) or None for name in _BESIDE}
    named = request.view_args or {}
    return url_for(
        request.endpoint or "",
        **{**named, **said, **came_from.carried(), _NAME: part.value if part else None},
    )
