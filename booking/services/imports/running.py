"""What a worker does with a file: reads its lines part by part, then checks or brings in all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.errors import NotFound
from booking.domain.importing import Stage, is_worse
from booking.domain.time import local_day
from booking.formats.links import Links
from booking.formats.tables import Table
from booking.formats.tokens import RandomToken
from booking.services.imports import files
from booking.services.imports.files import Brought
from booking.services.imports.lines import Line, Reader
from booking.services.imports.writing import By, bring_in
from booking.services.staff.sessions import actor_of
from booking.services.times.reading_rules import read_rulebook

# So many lines are read before the page is told how far it is.
_PART = 250


class Overtaken(Exception):
    """Lines that could be taken when somebody looked no longer can; nothing was brought in."""


class DoneAlready(Exception):
    """Another worker has brought the file in."""


@dataclass(frozen=True, slots=True)
class Job:
    """A file that is to be checked or brought in."""

    file: Brought
    table: Table
    reader: Reader

    @property
    def is_check(self) -> bool:
        """Whether all that it does is undone again."""
        return self.file.stage is Stage.CHECKING

    def parts(self) -> Iterator[list[Line]]:
        """All lines, some at a time: reading them needs no database."""
        numbered = list(zip(self.table.lines, self.table.rows, strict=True))
        for begin in range(0, len(numbered), _PART):
            yield [self.reader.read(*one) for one in numbered[begin : begin + _PART]]


def begin(session: Session, import_id: int, *, now: datetime) -> Job | None:
    """What is to be done with a file; None if it is no longer at work."""
    try:
        file = files.get(session, import_id)
        table = files.table(session, import_id)
    except NotFound:
        return None
    if not file.stage.is_at_work or file.layout is None:
        return None
    clinic = read_rulebook(session).clinic
    today = local_day(now, clinic.zone)
    return Job(file, table, Reader(file.layout, country=clinic.country, today=today))


def by(file: Brought, links: Links, random_token: RandomToken) -> By:
    """The administrator who brings it in, through a worker."""
    actor = actor_of(file.staff_id)
    return By(links=links, actor=actor, random_token=random_token, tells=file.tells)


def carry_out(
    session: Session, file: Brought, lines: Sequence[Line], by: By, *, now: datetime
) -> None:
    """
    Bring in all lines that can be taken, if these are those that somebody saw.

    Raises:
        Overtaken, DoneAlready, SlotUnavailable: the transaction must not be committed.
    """
    outcomes = bring_in(session, lines, by, now=now)
    if is_worse(outcomes, file.outcomes):
        raise Overtaken
    if not files.finish(session, file.id, outcomes, now=now):
        raise DoneAlready
