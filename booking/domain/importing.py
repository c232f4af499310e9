"""Bringing bookings and patients in from a table: what its columns mean, what becomes of a line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Field(StrEnum):
    """What a column of the table is for us."""

    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    PHONE = "phone"
    BORN = "date_of_birth"
    START = "start"
    DATE = "date"
    TIME = "time"
    END = "end"
    LENGTH = "length"
    SERVICE = "service"
    PRACTITIONER = "practitioner"
    STATE = "state"
    ZONE = "zone"
    NOTE = "note"


class Problem(StrEnum):
    """Why a choice of columns cannot be used."""

    TWICE = "twice"
    NO_NAME = "no_name"
    NO_CONTACT = "no_contact"
    TWO_STARTS = "two_starts"
    HALF_A_START = "half_a_start"
    TWO_LENGTHS = "two_lengths"
    NO_START = "no_start"


class Becomes(StrEnum):
    """What becomes of a line."""

    TAKEN = "taken"
    HERE_ALREADY = "here"
    REFUSED = "refused"


class Stage(StrEnum):
    """How far an import is."""

    COLUMNS = "columns"
    WORDS = "words"
    CHECKING = "checking"
    CHECKED = "checked"
    IMPORTING = "importing"
    DONE = "done"

    @property
    def is_at_work(self) -> bool:
        """Whether a worker has it."""
        return self in {Stage.CHECKING, Stage.IMPORTING}


# Words of the source that have to be told into ours.
TRANSLATED = (Field.SERVICE, Field.PRACTITIONER, Field.STATE)
STANDS, GONE = "stands", "gone"
# The code of the remark whose detail is the number of another line.
OVERLAPS = "overlaps"


@dataclass(frozen=True, slots=True)
class Layout:
    """
    What the columns of a table mean, in their order; None: left out.

    `order` and `clock` are how it writes days and times, `zone` whose wall they are on. `service`
    and `practitioner` are for lines that name none. `words` are those of the source by the field
    that they stand in, with what they are for us; lines with a word for nothing are left out.
    """

    columns: tuple[Field | None, ...]
    order: str
    clock: str
    zone: str
    service: str = ""
    practitioner: str = ""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def place(self, wanted: Field) -> int | None:
        """In which column a field stands."""
        return self.columns.index(wanted) if wanted in self.columns else None

    @property
    def has_bookings(self) -> bool:
        """Whether lines are bookings; else they are patients only."""
        return Field.START in self.columns or Field.DATE in self.columns


def problems(columns: Sequence[Field | None]) -> list[Problem]:
    """What is wrong with a choice of columns, if anything is."""
    used = [one for one in columns if one is not None]
    has = set(used)
    found = {
        Problem.TWICE: len(used) > len(has),
        Problem.NO_NAME: not has & {Field.NAME, Field.FIRST_NAME, Field.LAST_NAME},
        Problem.NO_CONTACT: not has & {Field.EMAIL, Field.PHONE},
        Problem.TWO_STARTS: Field.START in has and bool(has & {Field.DATE, Field.TIME}),
        Problem.HALF_A_START: (Field.DATE in has) != (Field.TIME in has),
        Problem.TWO_LENGTHS: {Field.END, Field.LENGTH} <= has,
        Problem.NO_START: not has & {Field.START, Field.DATE, Field.TIME}
        and bool(has & {Field.END, Field.LENGTH, Field.SERVICE, Field.PRACTITIONER}),
    }
    return [problem for problem, holds in found.items() if holds]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say about a line, by a stable code; `detail` is a word or a number in it."""

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of the line with this number, and why, or what should be known of it."""

    line: int
    becomes: Becomes
    remarks: tuple[Remark, ...] = ()


def counted(outcomes: Sequence[Outcome]) -> dict[Becomes, int]:
    """How many lines become what."""
    return {kind: sum(one.becomes is kind for one in outcomes) for kind in Becomes}


def is_worse(now: Sequence[Outcome], before: Sequence[Outcome]) -> bool:
    """Whether a line that was to be taken no longer would be."""
    taken = {one.line for one in now if one.becomes is Becomes.TAKEN}
    return any(one.line not in taken for one in before if one.becomes is Becomes.TAKEN)
