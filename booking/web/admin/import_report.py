"""What becomes of the lines of a table, line by line."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from booking.domain.errors import NotFound
from booking.domain.importing import Becomes, Layout, Outcome, Stage, counted
from booking.domain.people import Findings
from booking.domain.time import local_day
from booking.formats.tables import Table
from booking.services import audit
from booking.services.imports import files
from booking.services.imports.files import Brought
from booking.services.imports.lines import Line, Reader
from booking.store.engine import Session
from booking.web import forms
from booking.web.access import current_staff
from booking.web.admin.import_words import BECAME, BECOMES, remarks
from booking.web.clinic import facts, local, now
from booking.web.installation import write

_PAGE = 100


def page(file: Brought, found: Findings, shown: dict[str, Any]) -> ResponseReturnValue:
    """The counts, and a page of lines; with whom they are about while the table is still there."""
    is_done, only = file.stage is Stage.DONE, _only()
    fitting = [one for one in file.outcomes if only is None or one.becomes is only]
    begin = _begin(len(fitting))
    some = fitting[begin : begin + _PAGE]
    read_lines = {} if is_done else _read(file, some)
    words = BECAME if is_done else BECOMES
    counts = counted(file.outcomes)
    return forms.shown(
        "admin/import_report.html",
        found,
        file=shown,
        is_done=is_done,
        has_bookings=file.layout is not None and file.layout.has_bookings,
        counts={kind.value: count for kind, count in counts.items()},
        words={kind.value: said for kind, said in words.items()},
        only=only.value if only else "",
        lines=[_line(one, read_lines.get(one.line), words[one.becomes]) for one in some],
        before=max(0, begin - _PAGE) if begin else None,
        after=begin + _PAGE if begin + _PAGE < len(fitting) else None,
        typed={name: request.form.get(name, "") for name in ("leave_out", "tells")},
    )


def _only() -> Becomes | None:
    return next((one for one in Becomes if one.value == request.args.get("only")), None)


def _begin(most: int) -> int:
    text = request.args.get("skip", "")
    begin = int(text) if text.isdecimal() and len(text) < 6 else 0
    return begin if begin < most else 0


def _read(file: Brought, some: list[Outcome]) -> dict[int, Line]:
    """What these lines say. That somebody is shown it is recorded."""
    layout = file.layout
    if layout is None or not some:
        return {}
    actor = current_staff().actor

    def look(session: Session, at: Any) -> Table:
        subject, shown = f"import:{file.id}", str(len(some))
        audit.record(session, actor, "table_viewed", now=at, subject=subject, to_value=shown)
        return files.table(session, file.id)

    try:
        table = write(look)
    except NotFound:
        return {}
    wanted, reader = {one.line for one in some}, _reader(layout)
    numbered = zip(table.lines, table.rows, strict=True)
    return {number: reader.read(number, row) for number, row in numbered if number in wanted}


def _reader(layout: Layout) -> Reader:
    clinic = facts()
    return Reader(layout, country=clinic.country, today=local_day(now(), clinic.zone))


def _line(outcome: Outcome, line: Line | None, words: str) -> dict[str, Any]:
    return {
        "number": outcome.line,
        "becomes": outcome.becomes.value,
        "words": words,
        "name": line.name if line else "",
        "start": local(line.start) if line and line.start else None,
        "remarks": remarks(outcome),
    }


def example(table: Table, layout: Layout) -> dict[str, Any] | None:
    """How the first line that can be read is read; None if there is none, or no start."""
    if not layout.has_bookings:
        return None
    reader = _reader(layout)
    for number, row in zip(table.lines, table.rows, strict=True):
        typed = reader.start_cell(row)
        if typed:
            start = reader.start_of(row)
            return {"line": number, "typed": typed, "start": local(start) if start else None}
    return None
