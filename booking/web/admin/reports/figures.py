"""A figure: labelled rates, which become a chart, a table and a CSV file."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from booking.domain.rates import Rate
from booking.formats import charts, dates
from booking.formats.charts import Bar
from booking.services.reports.scope import By
from booking.web.wording import WEEKDAYS

_LEADS = ("Less than a day", "1 to 7 days", "8 to 14 days", "15 to 28 days", "29 days or more")
_SOURCES = {
    "online": "Online",
    "phone": "By phone",
    "walk_in": "Walk-in",
    "import": "Imported",
    "api": "Another site or program",
    "waitlist": "From the waitlist",
}
BY_WORDS = {
    By.LEAD: "lead time",
    By.WEEKDAY: "weekday",
    By.HOUR: "hour",
    By.SOURCE: "source",
    By.REMINDER: "reminder",
}
_LABELS: Mapping[By, Callable[[Any], str]] = {
    By.LEAD: _LEADS.__getitem__,
    By.WEEKDAY: WEEKDAYS.__getitem__,
    By.HOUR: lambda hour: dates.show_clock(datetime(2000, 1, 1, hour, tzinfo=UTC)),
    By.SOURCE: lambda source: _SOURCES.get(source, source),
    By.REMINDER: lambda sent: "Reminder sent" if sent else "No reminder sent",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A bar of the chart and a row of the table, with what stands behind the rate there."""

    label: str
    rate: Rate
    more: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """
    `name` is its own among all reports. `headings` are those of the table: label, count, whole,
    and one for each number that stands behind the rate.

    Minutes are drawn as hours.
    """

    name: str
    title: str
    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    in_minutes: bool = False

    @property
    def has_few(self) -> bool:
        """Whether a rate in it has to be read with care."""
        return any(self.is_few(line.rate) for line in self.lines)

    def chart(self, *, is_rtl: bool) -> Markup:
        """As a drawing."""
        return charts.bars(self.name, self.title, self._bars(), is_rtl=is_rtl)

    @property
    def scale(self) -> str:
        """What a bar across the whole drawing stands for."""
        return f"{charts.scale(self._bars()):,.0f}%"

    def _bars(self) -> list[Bar]:
        return [
            Bar(line.label, line.rate.percent, self.words(line.rate), self.is_few(line.rate))
            for line in self.lines
        ]

    def words(self, rate: Rate) -> str:
        """`12.5% (3 of 24)`; of nothing there is no rate."""
        if rate.percent is not None:
            return f"{percent(rate)} ({self.counts(rate)})"
        return f"{self.amount(rate.count)} hours, none open" if self.in_minutes else "none"

    def counts(self, rate: Rate) -> str:
        """`3 of 24`."""
        unit = " hours" if self.in_minutes else ""
        return f"{self.amount(rate.count)} of {self.amount(rate.whole)}{unit}"

    def amount(self, number: int) -> str:
        """A count with its thousands apart, minutes as hours."""
        return f"{number / 60:,.1f}" if self.in_minutes else f"{number:,}"

    def is_few(self, rate: Rate) -> bool:
        """Whether a rate is of so few that it has to be read with care; minutes are no people."""
        return rate.whole > 0 and rate.is_of_few and not self.in_minutes

    def rows(self) -> Iterator[list[object]]:
        """As a table for other programs: headings, then numbers as they are."""
        label, count, whole, *more = self.headings
        unit = " (minutes)" if self.in_minutes else ""
        yield [label, f"{count}{unit}", f"{whole}{unit}", "Percent", *more]
        for line in self.lines:
            yield [line.label, line.rate.count, line.rate.whole, line.rate.percent, *line.more]

    @property
    def height(self) -> int:
        """About how high it stands on a page; what is around the bars is as high as four."""
        return len(self.lines) + 4


def side_by_side(figures: Sequence[Figure], *, most: int) -> list[list[Figure]]:
    """Columns, `most` of them, as low as they can be when all stay in their order."""
    lowest = max((one.height for one in figures), default=0)
    while len(columns := _filled(figures, lowest)) > most:
        lowest += 1
    return columns


def _filled(figures: Sequence[Figure], height: int) -> list[list[Figure]]:
    columns: list[list[Figure]] = []
    left = 0
    for one in figures:
        if one.height > left:
            columns.append([])
            left = height
        columns[-1].append(one)
        left -= one.height
    return columns


def percent(rate: Rate) -> str:
    """`12.5%`, or a dash for what is none."""
    return "–" if rate.percent is None else f"{rate.percent:,.1f}%"


def by(
    series: str, title: str, count: str, whole: str, rates: Callable[[By], Mapping[Any, Rate]]
) -> list[Figure]:
    """A figure for each way of telling visits apart: what is counted, of what."""
    return [
        Figure(
            name=f"{series}-by-{one.value}",
            title=f"{title} by {BY_WORDS[one]}",
            headings=(BY_WORDS[one].capitalize(), count, whole),
            lines=tuple(lines(rates(one), _LABELS[one])),
        )
        for one in By
    ]


def lines(rates: Mapping[Any, Rate], label: Callable[[Any], str]) -> Iterable[Line]:
    """Rates with the words for what they are of."""
    return [Line(label(value), rate) for value, rate in rates.items()]


def lead_label(lead: int) -> str:
    """The words for a class of lead times."""
    return _LEADS[lead]
