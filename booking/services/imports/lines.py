"""The lines of a table as bookings and patients, as far as the table alone can tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking.domain.importing import GONE, Field, Layout, Remark
from booking.domain.people import Findings, many_lines, read_name
from booking.domain.time import MINUTE
from booking.formats.columns import state_of
from booking.formats.contacts import read_email, read_phone
from booking.formats.moments import Clock, DayOrder, Writing, times_of

NOTE_MAX = 2000
_LONGEST = timedelta(hours=12)
_OLDEST_YEARS = 130


@dataclass(frozen=True, slots=True)
class Line:
    """
    What a line says: who, and when with whom for what; by number, as an editor counts.

    `why` is why it cannot be taken, whatever stands in the clinic's own records.
    """

    number: int
    name: str = ""
    born: date | None = None
    email: str | None = None
    phone: str | None = None
    start: datetime | None = None
    length: timedelta | None = None
    service: str = ""
    practitioner: str = ""
    note: str = ""
    warnings: tuple[Remark, ...] = ()
    why: Remark | None = None


class Refused(Exception):
    """This line cannot be taken."""

    def __init__(self, code: str, detail: str = ""):
        super().__init__(code)
        self.remark = Remark(code, detail)


class Reader:
    """Reads lines by a layout; `country` is the clinic's, `today` its day."""

    def __init__(self, layout: Layout, *, country: str, today: date):
        self._layout = layout
        self._country = country
        self._today = today
        self._writing = Writing(DayOrder(layout.order), Clock(layout.clock))
        self._places = {field: layout.place(field) for field in Field}

    def read(self, number: int, row: Sequence[str]) -> Line:
        """What a line says, or why it cannot be taken."""
        name = self._name_of(row)
        try:
            return self._read(number, row)
        except Refused as refused:
            return Line(number, name=name, why=refused.remark)

    def _read(self, number: int, row: Sequence[str]) -> Line:
        warnings: list[Remark] = []
        self._require_standing(row)
        name = self._name(row)
        email, phone = self._contacts(row, warnings)
        born = self._born(row)
        note = self._note(row)
        if not self._layout.has_bookings:
            return Line(number, name, born, email, phone, note=note, warnings=tuple(warnings))
        start = self._start(row, warnings)
        return Line(
            number,
            name,
            born,
            email,
            phone,
            start,
            self._length(row, start),
            self._told(row, Field.SERVICE, self._layout.service),
            self._told(row, Field.PRACTITIONER, self._layout.practitioner),
            note,
            tuple(warnings),
        )

    def cell(self, row: Sequence[str], field: Field) -> str:
        """What stands in a line for a field; nothing where no column is for it."""
        place = self._places[field]
        return "" if place is None else row[place]

    def _name_of(self, row: Sequence[str]) -> str:
        parts = (self.cell(row, one) for one in (Field.FIRST_NAME, Field.LAST_NAME))
        whole = self.cell(row, Field.NAME) or " ".join(part for part in parts if part)
        return " ".join(whole.split())

    def _name(self, row: Sequence[str]) -> str:
        found = Findings()
        name = read_name(self._name_of(row), found)
        if found.errors:
            raise Refused("no_name" if found.errors[0].code == "missing" else "bad_name")
        return name

    def _contacts(
        self, row: Sequence[str], warnings: list[Remark]
    ) -> tuple[str | None, str | None]:
        """Both ways to reach somebody; one that cannot be used is left out beside the other."""
        found = Findings()
        email = read_email(self.cell(row, Field.EMAIL), found)
        phone = read_phone(self.cell(row, Field.PHONE), found, country=self._country)
        if email is None and phone is None:
            raise Refused("bad_contact" if found.errors else "no_contact")
        warnings += [Remark(f"{error.field}_left_out") for error in found.errors]
        return email, phone

    def _born(self, row: Sequence[str]) -> date | None:
        text = self.cell(row, Field.BORN)
        if not text:
            return None
        # Some programs write a time behind every day.
        wall = self._writing.wall(text)
        born = wall[0].date() if wall else self._writing.day(text)
        if born is None or born > self._today or self._today.year - born.year > _OLDEST_YEARS:
            raise Refused("bad_birth", text[:40])
        return born

    def _note(self, row: Sequence[str]) -> str:
        note = many_lines(self.cell(row, Field.NOTE))
        if note is None or len(note) > NOTE_MAX:
            raise Refused("bad_note")
        return note

    def _start(self, row: Sequence[str], warnings: list[Remark]) -> datetime:
        wall, offset = self._wall(row)
        if offset is not None:
            # An offset says it all, whatever the zone.
            return (wall - offset).replace(tzinfo=UTC)
        found = times_of(wall, self._zone(row))
        if not found:
            raise Refused("skipped_time", _shown(wall))
        if len(found) > 1:
            warnings.append(Remark("shown_twice"))
        return found[0]

    def start_cell(self, row: Sequence[str]) -> str:
        """What a line has for its start, as it stands there."""
        if self._places[Field.DATE] is None:
            return self.cell(row, Field.START)
        day, clock = self.cell(row, Field.DATE), self.cell(row, Field.TIME)
        return f"{day} {clock}" if day and clock else ""

    def start_of(self, row: Sequence[str]) -> datetime | None:
        """When a line starts; None if it does not say so in the layout's way."""
        try:
            return self._start(row, [])
        except Refused:
            return None

    def _wall(self, row: Sequence[str]) -> tuple[datetime, timedelta | None]:
        text = self.start_cell(row)
        if not text:
            raise Refused("no_start")
        found = self._writing.wall(text)
        if found is None:
            raise Refused("bad_start", text[:40])
        return found

    def _zone(self, row: Sequence[str]) -> ZoneInfo:
        name = self.cell(row, Field.ZONE) or self._layout.zone
        try:
            return ZoneInfo(name)
        except (KeyError, OSError, ValueError) as error:
            raise Refused("unknown_zone", name[:60]) from error

    def _length(self, row: Sequence[str], start: datetime) -> timedelta | None:
        """How long the visit is, if the table says so."""
        ends, minutes = self.cell(row, Field.END), self.cell(row, Field.LENGTH)
        if minutes:
            number = minutes.split()[0]
            if not (number.isascii() and number.isdecimal() and len(number) <= 4):
                raise Refused("bad_length", minutes[:40])
            length = int(number) * MINUTE
        elif ends:
            length = self._end(row, ends, start) - start
        else:
            return None
        if not timedelta() < length <= _LONGEST:
            raise Refused("bad_length", (minutes or ends)[:40])
        return length

    def _end(self, row: Sequence[str], ends: str, start: datetime) -> datetime:
        """When it ends; a time alone is on the day on which it starts."""
        clock = self._writing.time(ends)
        zone = self._zone(row)
        if clock is not None:
            day = start.astimezone(zone).date()
            found = times_of(datetime.combine(day, clock), zone)
        else:
            wall, offset = self._wall_of_end(ends)
            if offset is not None:
                return (wall - offset).replace(tzinfo=UTC)
            found = times_of(wall, zone)
        after = [moment for moment in found if moment > start]
        if not after:
            raise Refused("bad_length", ends[:40])
        return after[0]

    def _wall_of_end(self, ends: str) -> tuple[datetime, timedelta | None]:
        found = self._writing.wall(ends)
        if found is None:
            raise Refused("bad_length", ends[:40])
        return found

    def _require_standing(self, row: Sequence[str]) -> None:
        if self._places[Field.STATE] is None:
            return
        word = self.cell(row, Field.STATE)
        state = self._layout.words.get(Field.STATE, {}).get(word) or state_of(word)
        if state is None:
            raise Refused("unknown_state", word[:60])
        if state == GONE:
            raise Refused("gone", word[:60])

    def _told(self, row: Sequence[str], field: Field, default: str) -> str:
        """What a word of theirs is for us; without one, what holds for all lines."""
        word = self.cell(row, field)
        if not word:
            if not default:
                raise Refused(f"no_{field.value}")
            return default
        ours = self._layout.words.get(field, {}).get(word)
        if not ours:
            raise Refused("left_out" if ours == "" else f"unknown_{field.value}", word[:60])
        return ours


def _shown(wall: datetime) -> str:
    return wall.strftime("%Y-%m-%d %H:%M")


def words_of(rows: Sequence[Sequence[str]], layout: Layout, field: Field) -> list[str]:
    """The different words in the column of a field, in their order; nothing where it has none."""
    place = layout.place(field)
    if place is None:
        return []
    return list(dict.fromkeys(row[place] for row in rows if row[place]))
