"""What is printed at the desk, as PDF: the day's sheet, the week, the patient's slip."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from booking.domain.sentences import to_patients
from booking.formats import dates, qr
from booking.formats.languages import LANGUAGES, translate
from booking.formats.pages import ARABIC, LATIN, LEADING, Pages
from booking.formats.sheets import Line, Sheet
from booking.formats.slips import Slip
from booking.formats.weeks import Visit, Week

_EDGE = 10.0
_POINT = 25.4 / 72
_FOOT_SIZE = 7.0
_KEEP = "This sheet names patients: keep it out of sight, and destroy it when the {} is over."


@dataclass(frozen=True, slots=True)
class _Text:
    """A piece of a cell; `size` in points."""

    words: str
    size: float
    bold: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    """The lines of each cell, and how high the highest is."""

    cells: Sequence[Sequence[_Text]]
    height: float


# -- the day -------------------------------------------------------------------------------------

# Width in millimetres; the last three are boxes to tick.
_HEADINGS = ("Time", "Patient", "Phone", "Kind", "To note", "Here", "In room", "Done")
_WIDTHS = (19.0, 45.0, 26.0, 34.0, 37.0, 9.0, 11.0, 9.0)
_TICKS = 3
_BOX = 3.4
_PADDING = 0.8
_HEADING_HEIGHT = 5.0
_TITLE_HEIGHT = 14.0
# A full day shrinks a little to stay on one page, and gives up lines for whoever comes unannounced;
# smaller than that nobody reads it.
_SCALES = ((1.0, 3), (0.92, 3), (0.84, 3), (0.84, 1))


def sheet(sheet: Sheet) -> bytes:
    """The sheet of a day, one A4 for some thirty visits."""
    day = dates.show_day_year(sheet.day)
    pages = Pages(f"{day} – {sheet.clinic}", made_at=sheet.made_at)
    found = _fitted(pages, sheet)
    for number, page in enumerate(found, start=1):
        pages.add()
        _head(pages, sheet.clinic, day, f"{_count(sheet)}, as of {_moment(sheet)}")
        _foot(pages, _KEEP.format("day"), f"{number} of {len(found)}")
        y = _headings(pages, _EDGE + _TITLE_HEIGHT)
        for row in page:
            _draw(pages, row, y)
            y += row.height
        if not sheet.lines:
            pages.write(_EDGE, y + 1, "No appointments on this day.", size=9)
    return pages.save()


def _count(sheet: Sheet) -> str:
    number = len(sheet.lines)
    return f"{number} {'appointment' if number == 1 else 'appointments'}"


def _moment(of: Sheet | Week) -> str:
    return dates.show_moment_year(of.made_at)


def _fitted(pages: Pages, sheet: Sheet) -> list[list[_Row]]:
    """The rows of each page: at the largest size at which one is enough, else at the middle one."""
    room = pages.height - 2 * _EDGE - _TITLE_HEIGHT - _HEADING_HEIGHT - 6
    for scale, spare in _SCALES:
        found = _split(list(_rows(pages, sheet, scale, spare)), room)
        if len(found) == 1:
            return found
    return _split(list(_rows(pages, sheet, *_SCALES[1])), room)


def _split(rows: Sequence[_Row], room: float) -> list[list[_Row]]:
    found: list[list[_Row]] = [[]]
    left = room
    for row in rows:
        if row.height > left and found[-1]:
            found.append([])
            left = room
        found[-1].append(row)
        left -= row.height
    return found


def _rows(pages: Pages, sheet: Sheet, scale: float, spare: int) -> Iterator[_Row]:
    for line in sheet.lines:
        cells = [
            [
                _Text(words, one.size, one.bold)
                for one in cell
                for words in pages.wrapped(
                    one.words, width - 2 * _PADDING, size=one.size, bold=one.bold
                )
            ]
            for cell, width in zip(_cells(line, scale), _WIDTHS, strict=False)
        ]
        highest = max(sum(map(_high, cell)) for cell in cells)
        yield _Row(cells, highest + 2 * _PADDING * scale)
    for _ in range(spare):
        yield _Row([[]], 8.5 * scale)


def _cells(line: Line, scale: float) -> list[list[_Text]]:
    usual, small = 9 * scale, 7.5 * scale
    to_do = ["To call"] if line.to_call else []
    if line.to_review:
        to_do.append(f"{line.to_review} to review")
    return [
        [_Text(dates.show_clock(line.start), usual, bold=True)],
        [_Text(line.name, usual, bold=True), _Text(line.reference, small)],
        [_Text(line.phone, small)],
        [_Text(line.kind, small), _Text(line.practitioner, small)],
        [_Text(" · ".join(to_do), small, bold=True), _Text(" · ".join(line.adjustments), small)],
    ]


def _high(text: _Text) -> float:
    return text.size * _POINT * LEADING


def _headings(pages: Pages, y: float) -> float:
    x = _EDGE
    for index, (heading, width) in enumerate(zip(_HEADINGS, _WIDTHS, strict=True)):
        align = "L" if index < len(_WIDTHS) - _TICKS else "C"
        room = width - 2 * _PADDING
        pages.write(x + _PADDING, y + 1, heading, size=6.5, bold=True, width=room, align=align)
        x += width
    below = y + _HEADING_HEIGHT
    pages.line(_EDGE, below, x, below, weight=0.5)
    return below


def _draw(pages: Pages, row: _Row, y: float) -> None:
    x = _EDGE
    for cell, width in zip(row.cells, _WIDTHS, strict=False):
        _write(pages, cell, x + _PADDING, y + _PADDING * 0.9)
        x += width
    x = _EDGE + sum(_WIDTHS[:-_TICKS])
    for width in _WIDTHS[-_TICKS:]:
        pages.box(x + (width - _BOX) / 2, y + (row.height - _BOX) / 2, _BOX)
        x += width
    pages.line(_EDGE, y + row.height, x, y + row.height)


def _write(pages: Pages, texts: Sequence[_Text], x: float, y: float) -> None:
    for text in texts:
        pages.write(x, y, text.words, size=text.size, bold=text.bold)
        y += _high(text)


def _head(pages: Pages, clinic: str, title: str, right: str) -> None:
    width = pages.width - 2 * _EDGE
    pages.write(_EDGE, _EDGE, clinic, size=9, bold=True)
    pages.write(_EDGE, _EDGE, right, size=8, width=width, align="R")
    pages.write(_EDGE, _EDGE + 5, title, size=14, bold=True)


def _foot(pages: Pages, words: str, number: str) -> None:
    y, width = pages.height - _EDGE - 3, pages.width - 2 * _EDGE
    pages.write(_EDGE, y, words, size=_FOOT_SIZE)
    pages.write(_EDGE, y, number, size=_FOOT_SIZE, width=width, align="R")


# -- the week ------------------------------------------------------------------------------------

_GAP = 3.0
_VISIT_SIZE, _NOTE_SIZE = 8.5, 7.0


def week(week: Week) -> bytes:
    """The week as columns of days, on A4 across."""
    first, last = week.days[0][0], week.days[-1][0]
    title = f"{dates.show_day(first)} to {dates.show_day_year(last)}"
    pages = Pages(f"{title} – {week.clinic}", is_landscape=True, made_at=week.made_at)
    width = (pages.width - 2 * _EDGE - _GAP * (len(week.days) - 1)) / len(week.days)
    top = _EDGE + _TITLE_HEIGHT
    room = pages.height - top - 8 - _EDGE - 6
    columns = [_split(_visits(pages, visits, width), room) for _, visits in week.days]
    last_page = max(map(len, columns))
    for number in range(last_page):
        pages.add()
        _head(pages, week.clinic, title, f"As of {_moment(week)}")
        _foot(pages, _KEEP.format("week"), f"{number + 1} of {last_page}")
        for index, (column, (day, visits)) in enumerate(zip(columns, week.days, strict=True)):
            x = _EDGE + index * (width + _GAP)
            pages.write(x, top, dates.show_day(day), size=8.5, bold=True)
            pages.write(x, top, str(len(visits)), size=8, width=width, align="R")
            pages.line(x, top + 5, x + width, top + 5, weight=0.5)
            _column(pages, column[number] if number < len(column) else [], x, top + 6, width)
    return pages.save()


def _column(pages: Pages, rows: Sequence[_Row], x: float, y: float, width: float) -> None:
    for row in rows:
        _write(pages, row.cells[0], x, y + _PADDING)
        y += row.height
        pages.line(x, y, x + width, y, weight=0.1)


def _visits(pages: Pages, visits: Sequence[Visit], width: float) -> list[_Row]:
    rows = []
    for one in visits:
        clock = dates.show_clock(one.start)
        texts = [_Text(clock, _NOTE_SIZE), _Text(one.name, _VISIT_SIZE, bold=True)]
        texts += [_Text(note, _NOTE_SIZE) for note in one.notes]
        lines = [
            _Text(words, text.size, text.bold)
            for text in texts
            for words in pages.wrapped(text.words, width, size=text.size, bold=text.bold)
        ]
        rows.append(_Row([lines], sum(map(_high, lines)) + 2 * _PADDING))
    return rows


# -- the slip ------------------------------------------------------------------------------------

_A6 = (105.0, 148.0)
_SLIP_EDGE = 9.0
_CODE = 34.0
_YOURS = to_patients("Your appointment")
_WITH, _REFERENCE = to_patients("With"), to_patients("Reference")
_CALL = to_patients("To change it, please call")
_SEE = to_patients("To see, move or cancel your appointment:")
_PRIVATE = to_patients(
    "Whoever has this link can change the appointment, so please keep it to yourself."
)


def slip(slip: Slip) -> bytes:
    """The patient's slip, on A6, in its own language; its metadata name the clinic alone."""
    is_rtl = LANGUAGES[slip.language].direction == "rtl"
    pages = Pages(
        f"{translate(slip.language, _YOURS)} – {slip.clinic}",
        size=_A6,
        made_at=slip.made_at,
        language=slip.language,
        first=ARABIC if is_rtl else LATIN,
    )
    pages.add()
    y = _SLIP_EDGE
    for text in _said(slip):
        y = _paragraph(pages, text, y, is_rtl=is_rtl)
    if slip.manage_url:
        x = pages.width - _SLIP_EDGE - _CODE if is_rtl else _SLIP_EDGE
        _code(pages, slip.manage_url, x, y + 2)
        y += _CODE + 4
        _paragraph(pages, _Text(translate(slip.language, _PRIVATE), 7.5), y, is_rtl=is_rtl)
    return pages.save()


def _said(slip: Slip) -> Iterator[_Text]:
    def label(sentence: str) -> _Text:
        return _Text(translate(slip.language, sentence), 7.5)

    yield _Text(slip.clinic, 11, bold=True)
    yield _Text(slip.day, 11)
    yield _Text(slip.clock, 20, bold=True)
    if slip.zone:
        yield _Text(slip.zone, 7.5)
    yield from (_Text(slip.where_label, 7.5), _Text(slip.where, 10))
    yield from (label(_WITH), _Text(slip.practitioner, 10))
    yield from (label(_REFERENCE), _Text(slip.reference, 18, bold=True))
    yield from (label(_CALL), _Text(slip.phone, 10))
    if slip.manage_url:
        yield label(_SEE)


def _paragraph(pages: Pages, text: _Text, y: float, *, is_rtl: bool) -> float:
    width = pages.width - 2 * _SLIP_EDGE
    align = "R" if is_rtl else "L"
    for line in pages.wrapped(text.words, width, size=text.size, bold=text.bold):
        pages.write(_SLIP_EDGE, y, line, size=text.size, bold=text.bold, width=width, align=align)
        y += _high(text)
    # What is small belongs to what comes below it.
    return y if text.size < 8 else y + 1.2


def _code(pages: Pages, address: str, x: float, y: float) -> None:
    across, runs = qr.runs(address)
    module = _CODE / across
    for column, row, length in runs:
        pages.fill(x + column * module, y + row * module, length * module, module)
