"""The life of a file that is brought in: handed in, understood, checked, brought in, forgotten."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from booking.domain.errors import NotFound
from booking.domain.importing import OVERLAPS, Becomes, Field, Layout, Outcome, Remark, Stage
from booking.formats import tables
from booking.formats.tables import Table
from booking.store.base import insert_row
from booking.store.imports import Import

NAME_MAX = 100
# How long what stands in a file is kept, and how long what became of it.
CONTENT_KEPT, KEPT = timedelta(days=1), timedelta(days=90)
_LISTED = 20
_AT_WORK = (Stage.CHECKING, Stage.IMPORTING)


@dataclass(frozen=True, slots=True)
class Brought:
    """A file as far as somebody is with it."""

    id: int
    name: str
    stage: Stage
    total: int
    done: int
    layout: Layout | None
    outcomes: tuple[Outcome, ...]
    tells: bool
    is_overtaken: bool
    staff_id: int
    updated_at: datetime


def start(
    session: Session, name: str, text: str, *, total: int, staff_id: int, now: datetime
) -> int:
    """Keep a file that was handed in, `total` lines of it; its number."""
    return insert_row(
        session,
        Import,
        staff_id=staff_id,
        name=name[:NAME_MAX],
        stage=Stage.COLUMNS,
        content=text,
        layout=None,
        total=total,
        done=0,
        outcomes=None,
        tells=False,
        is_overtaken=False,
        created_at=now,
        updated_at=now,
    )


def listed(session: Session) -> list[Brought]:
    """The latest, newest first, without what became of their lines."""
    whole = (Import.id, Import.name, Import.stage, Import.total, Import.done, Import.updated_at)
    query = select(*whole, Import.staff_id, Import.tells, Import.is_overtaken)
    return [
        Brought(layout=None, outcomes=(), **row)
        for row in session.execute(query.order_by(Import.id.desc()).limit(_LISTED)).mappings()
    ]


def get(session: Session, import_id: int) -> Brought:
    """
    One of them.

    Raises:
        NotFound: there is none with this number, or it is forgotten.
    """
    row = _row(session, import_id)
    return Brought(
        id=row.id,
        name=row.name,
        stage=row.stage,
        total=row.total,
        done=row.done,
        layout=_layout(row.layout),
        outcomes=tuple(_outcome(one) for one in row.outcomes or ()),
        tells=row.tells,
        is_overtaken=row.is_overtaken,
        staff_id=row.staff_id,
        updated_at=row.updated_at,
    )


def table(session: Session, import_id: int) -> Table:
    """
    What stands in the file.

    Raises:
        NotFound: it is forgotten.
    """
    content = _row(session, import_id).content
    if content is None:
        raise NotFound
    return tables.read(content)


def _row(session: Session, import_id: int) -> Import:
    row = session.get(Import, import_id, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def understand(
    session: Session, import_id: int, layout: Layout | None, stage: Stage, *, now: datetime
) -> bool:
    """
    Keep how the file is to be read, unless it is at work or done; whether it was kept.

    `stage` is where that leads to: to the words that have to be told, or to a worker.
    """
    values = {"layout": None if layout is None else asdict(layout), "stage": stage}
    not_yet = (Stage.COLUMNS, Stage.WORDS, Stage.CHECKED)
    return _advance(session, import_id, not_yet, values | _ANEW, now)


def bring_in(session: Session, import_id: int, *, tells: bool, now: datetime) -> bool:
    """Let a worker bring in what was checked; whether it stood to be brought in."""
    values = {"stage": Stage.IMPORTING, "done": 0, "tells": tells, "is_overtaken": False}
    return _advance(session, import_id, (Stage.CHECKED,), values, now)


def progress(session: Session, import_id: int, done: int, *, now: datetime) -> bool:
    """Note how far a worker is; False if it need not go on."""
    return _advance(session, import_id, _AT_WORK, {"done": done}, now)


def report(
    session: Session,
    import_id: int,
    outcomes: Sequence[Outcome],
    *,
    is_overtaken: bool = False,
    now: datetime,
) -> None:
    """Keep what a check found; a file that was to be brought in stands to be decided on again."""
    values = {"stage": Stage.CHECKED, "is_overtaken": is_overtaken}
    _advance(session, import_id, _AT_WORK, values | _kept(outcomes), now)


def finish(session: Session, import_id: int, outcomes: Sequence[Outcome], *, now: datetime) -> bool:
    """The file is brought in, and forgotten with all its words; False if another was first."""
    forgetful = [replace(one, remarks=tuple(map(_without_words, one.remarks))) for one in outcomes]
    values = {"stage": Stage.DONE, "content": None, "layout": None} | _kept(forgetful)
    return _advance(session, import_id, (Stage.IMPORTING,), values, now)


def give_back(session: Session, import_id: int, *, now: datetime) -> None:
    """A worker could not go on with a file: it stands to be understood anew, and says so."""
    values = {"stage": Stage.COLUMNS} | _ANEW | {"is_overtaken": True}
    _advance(session, import_id, _AT_WORK, values, now)


def drop(session: Session, import_id: int) -> None:
    """Forget a file that is not at work; what was brought in of it stays."""
    session.execute(delete(Import).where(Import.id == import_id, Import.stage.not_in(_AT_WORK)))


def due(session: Session) -> list[int]:
    """What waits for a worker, the oldest first."""
    query = select(Import.id).where(Import.stage.in_(_AT_WORK)).order_by(Import.id)
    return list(session.scalars(query))


def sweep(session: Session, *, now: datetime) -> None:
    """Forget files that nobody brought in within a day, and in time what became of the others."""
    forgotten = (Import.stage != Stage.DONE) & (Import.created_at <= now - CONTENT_KEPT)
    session.execute(delete(Import).where(or_(forgotten, Import.created_at <= now - KEPT)))


_ANEW: dict[str, Any] = {"done": 0, "outcomes": None, "is_overtaken": False}


def _advance(
    session: Session,
    import_id: int,
    stages: Sequence[Stage],
    values: dict[str, Any],
    now: datetime,
) -> bool:
    """One conditional statement decides: two workers, or two clicks, do nothing twice."""
    done = session.execute(
        update(Import)
        .where(Import.id == import_id, Import.stage.in_(stages))
        .values(values | {"updated_at": now})
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _without_words(remark: Remark) -> Remark:
    """What is said of a line, without the cell that is quoted in it; numbers of lines may stay."""
    return remark if remark.code == OVERLAPS or not remark.detail else replace(remark, detail="…")


def _kept(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    rows = [
        [one.line, one.becomes.value, [[remark.code, remark.detail] for remark in one.remarks]]
        for one in outcomes
    ]
    return {"outcomes": rows, "done": len(outcomes)}


def _outcome(kept: list[Any]) -> Outcome:
    line, becomes, remarks = kept
    return Outcome(line, Becomes(becomes), tuple(Remark(*one) for one in remarks))


def _layout(kept: dict[str, Any] | None) -> Layout | None:
    if kept is None:
        return None
    columns = tuple(Field(one) if one else None for one in kept["columns"])
    return Layout(**(kept | {"columns": columns}))
