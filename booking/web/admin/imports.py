"""Bookings and patients from a table: handing it in, what it means, checking, bringing in."""

from dataclasses import replace
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.importing import Becomes, Layout, Stage, counted
from booking.domain.people import Findings, one_line
from booking.formats import columns, tables
from booking.formats.tables import NotReadable, Table
from booking.services.imports import files
from booking.services.imports.files import Brought
from booking.store.engine import Session
from booking.web import forms
from booking.web.access import current_staff
from booking.web.admin import import_forms, import_report
from booking.web.admin.blueprint import blueprint
from booking.web.admin.import_words import FIELDS, STAGES
from booking.web.clinic import local, rulebook
from booking.web.installation import read, write

_FILE_BYTES = 5_000_000
_EXAMPLES = 2


@blueprint.route("/import", methods=["GET", "POST"])
def imports() -> ResponseReturnValue:
    """Hand in a table; below, those of the last days."""
    found = Findings()
    if request.method == "POST":
        name, text, table = _handed_in(found)
        if table is not None:
            staff_id, total = current_staff().id, len(table.rows)
            number = write(
                lambda session, at: files.start(
                    session, name, text, total=total, staff_id=staff_id, now=at
                )
            )
            return redirect(url_for("admin.import_file", import_id=number), code=303)
    listed = [
        {
            "id": one.id,
            "name": one.name,
            "stage": STAGES[one.stage],
            "total": one.total,
            "at": local(one.updated_at),
        }
        for one in read(lambda session, _: files.listed(session))
    ]
    return forms.shown("admin/imports.html", found, listed=listed, most=tables.MOST_ROWS)


def _handed_in(found: Findings) -> tuple[str, str, Table | None]:
    """The name of the file, its text, and the table in it; none if it cannot be used."""
    file = request.files.get("file")
    raw = file.read(_FILE_BYTES + 1) if file else b""
    name = one_line((file.filename if file else "") or "") or "Table"
    if not raw:
        found.add("file", "missing", "Choose a table")
    elif len(raw) > _FILE_BYTES:
        found.add("file", "too_large", "Choose a file of less than 5 MB, or split this one")
    else:
        try:
            text = tables.decode(raw)
            return name, text, tables.read(text)
        except NotReadable as error:
            found.add("file", "impossible", str(error))
    return name, "", None


@blueprint.route("/import/<int(max=2147483647):import_id>", methods=["GET", "POST"])
def import_file(import_id: int) -> ResponseReturnValue:
    """One table, at the stage where it is."""
    file = read(lambda session, _: files.get(session, import_id))
    deed = request.form.get("deed", "")
    if request.method == "POST" and deed == "drop":
        write(lambda session, _: files.drop(session, import_id))
        return redirect(url_for("admin.imports"), code=303)
    if request.method == "POST" and deed == "again" and file.stage is not Stage.DONE:
        return _understood(file, file.layout, Stage.COLUMNS)
    if file.stage is Stage.COLUMNS:
        return _columns(file)
    if file.stage is Stage.WORDS:
        return _words(file)
    if file.stage.is_at_work:
        return render_template("admin/import_working.html", file=_shown(file))
    if file.stage is Stage.CHECKED and deed == "bring_in":
        return _bring_in(file)
    return import_report.page(file, Findings(), _shown(file))


def _shown(file: Brought) -> dict[str, Any]:
    return {
        "id": file.id,
        "name": file.name,
        "total": file.total,
        "done": file.done,
        "is_check": file.stage is Stage.CHECKING,
        "is_overtaken": file.is_overtaken,
        "at": local(file.updated_at),
    }


def _table(file: Brought) -> Table:
    return read(lambda session, _: files.table(session, file.id))


def _columns(file: Brought) -> ResponseReturnValue:
    """Which column is what, and how days and times are written."""
    table, found = _table(file), Findings()
    asked = request.args.get("as")
    program = next(
        (one for one in columns.PROGRAMS if one.slug == asked),
        columns.program_of(table.head) if asked is None else None,
    )
    if request.method == "POST":
        layout = import_forms.read_layout(request.form, table, rulebook(), found)
        if not found.errors and request.form.get("deed") == "columns":
            return _next(file, table, layout)
    else:
        kept = file.layout if asked is None else None
        layout = kept or import_forms.guessed(table, program, rulebook())
    return forms.shown(
        "admin/import_columns.html",
        found,
        file=_shown(file),
        layout=layout,
        program=program if request.method == "GET" and not file.layout else None,
        programs=columns.PROGRAMS,
        columns=[
            {
                "name": name or f"Column {number + 1}",
                "value": meant.value if meant else "",
                "examples": [cell for cell in table.column(number) if cell][:_EXAMPLES],
            }
            for number, (name, meant) in enumerate(zip(table.head, layout.columns, strict=True))
        ],
        fields=[(field.value, words) for field, words in FIELDS.items()],
        example=import_report.example(table, layout),
        orders=import_forms.ORDERS,
        clocks=import_forms.CLOCKS,
        zones=import_forms.zones(),
        services=import_forms.services(rulebook()),
        practitioners=import_forms.practitioners(rulebook()),
    )


def _next(file: Brought, table: Table, layout: Layout) -> ResponseReturnValue:
    # What was said of words before still holds.
    layout = replace(layout, words=file.layout.words if file.layout else {})
    has_words = bool(import_forms.questions(table, layout, rulebook()))
    return _understood(file, layout, Stage.WORDS if has_words else Stage.CHECKING)


def _understood(file: Brought, layout: Layout | None, stage: Stage) -> ResponseReturnValue:
    write(lambda session, at: files.understand(session, file.id, layout, stage, now=at))
    return redirect(url_for("admin.import_file", import_id=file.id), code=303)


def _words(file: Brought) -> ResponseReturnValue:
    """What the words of the table are for us."""
    assert file.layout is not None  # noqa: S101 - without columns there is no such stage
    found = Findings()
    asked = import_forms.questions(_table(file), file.layout, rulebook())
    if request.method == "POST" and request.form.get("deed") == "words":
        told = import_forms.read_words(request.form, asked, found)
        if not found.errors:
            return _understood(file, replace(file.layout, words=told), Stage.CHECKING)
    return forms.shown("admin/import_words.html", found, file=_shown(file), groups=asked)


def _bring_in(file: Brought) -> ResponseReturnValue:
    """Let it be brought in, once somebody has said that some lines are left out."""
    found, counts = Findings(), counted(file.outcomes)
    if counts[Becomes.REFUSED] and not request.form.get("leave_out"):
        found.add("leave_out", "missing", "Say that these lines may be left out, or mend the table")
    if found.errors or not counts[Becomes.TAKEN]:
        return import_report.page(file, found, _shown(file))
    tells = request.form.get("tells") == "yes"

    def work(session: Session, at: Any) -> None:
        files.bring_in(session, file.id, tells=tells, now=at)

    write(work)
    return redirect(url_for("admin.import_file", import_id=file.id), code=303)
