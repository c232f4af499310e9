"""Reports say of how many they speak, as charts, tables and files."""

import csv
from io import StringIO
from typing import Any

import pytest

from booking.domain.lifecycle import State
from booking.domain.messages import MessageState
from booking.domain.rates import Rate
from booking.services.audit import PATIENT
from booking.web.admin.reports.figures import Figure, Line, side_by_side
from booking.web.admin.reports.topics import TOPIC_OF, TOPICS
from tests.services.deeds import add_practitioner
from tests.services.visits import visit
from tests.support import Clinic
from tests.web.page import Element
from tests.web.visitor import Page, Visitor

REPORTS = "/admin/reports"
WEEK = "first=2026-01-05&last=2026-01-11"


@pytest.fixture
def week(clinic: Clinic) -> Clinic:
    visit(clinic, "01-05 09:00", arrived=0, called=12)
    visit(clinic, "01-05 09:30", State.NO_SHOW)
    visit(clinic, "01-06 09:00", State.NO_SHOW, source="=phone", reminder=MessageState.FAILED)
    visit(clinic, "01-07 09:00", State.CANCELLED, cancelled_by=PATIENT, late=True)
    visit(clinic, "01-08 09:00", State.CONFIRMED)
    return clinic


def figures(page: Page) -> dict[str, Element]:
    """By their titles."""
    return {one.all("h2")[0].words: one for one in page.document.all("figure")}


def rows(figure: Element) -> list[list[str]]:
    return [
        [cell.words for cell in row.children if isinstance(cell, Element)]
        for row in figure.all("tr")[1:]
    ]


def lines(page: Page) -> list[list[str]]:
    text = page.response.get_data().decode("utf-8-sig")
    return list(csv.reader(StringIO(text)))


def test_a_report_is_a_chart_a_table_and_a_file(admin: Visitor, week: Clinic):
    page = admin.get(f"{REPORTS}?{WEEK}")
    assert page.status == 200
    assert "66.7% no-shows (2 of 3)" in page.words
    assert "1 without an outcome yet" in page.words
    weekday = figures(page)["No-shows by weekday"]
    (drawing,) = weekday.all("svg")
    assert (drawing.attrs["role"], drawing.all("desc")[0].words) == (
        "img",
        "Monday: 50.0% (1 of 2); Tuesday: 100.0% (1 of 1)",
    )
    assert rows(weekday) == [["Monday", "1", "2", "50.0%"], ["Tuesday", "1", "1", "100.0%"]]
    (link,) = weekday.all("a")
    file = admin.get(link.attrs["href"])
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-shows-by-weekday-2026-01-05-2026-01-11.csv" in file.headers["Content-Disposition"]
    assert lines(file) == [
        ["Weekday", "No-shows", "Visits that came due", "Percent"],
        ["Monday", "1", "2", "50.0"],
        ["Tuesday", "1", "1", "100.0"],
    ]


def test_no_cell_of_a_file_is_a_formula(admin: Visitor, week: Clinic):
    file = admin.get(f"{REPORTS}/no-shows-by-source.csv?{WEEK}")
    assert [line[0] for line in lines(file)] == ["Source", "'=phone", "Online"]


def test_every_topic_says_how_it_counts_and_every_file_is_there(admin: Visitor, week: Clinic):
    seen: set[str] = set()
    for topic in TOPICS:
        page = admin.get(f"{REPORTS}/{topic}?{WEEK}")
        assert page.status == 200, topic
        assert "How this is counted" in page.words
        seen |= {a.attrs["href"] for one in figures(page).values() for a in one.all("a")}
    # Nobody waits, and nothing was announced.
    assert len(seen) == len(TOPIC_OF) - 2
    for figure in TOPIC_OF:
        assert admin.get(f"{REPORTS}/{figure}.csv?{WEEK}").status == 200, figure
    assert admin.get(f"{REPORTS}/nothing.csv").status == 404
    assert admin.get(f"{REPORTS}/nothing").status == 404


def test_open_time_is_shown_in_hours_and_filed_in_minutes(admin: Visitor, week: Clinic):
    shown = figures(admin.get(f"{REPORTS}/utilisation?{WEEK}"))
    assert rows(shown["Utilisation by practitioner"]) == [["Dr. Ahmed", "2.0", "35.0", "5.7%"]]
    assert rows(shown["Utilisation by month"]) == [["January 2026", "2.0", "35.0", "5.7%"]]
    monday = lines(admin.get(f"{REPORTS}/utilisation-by-weekday.csv?{WEEK}"))[:2]
    assert monday == [
        ["Weekday", "Booked (minutes)", "Open (minutes)", "Percent"],
        ["Monday", "60", "420", "14.3"],
    ]


def test_an_empty_clinic_has_nothing_to_count(admin: Visitor, clinic: Clinic):
    for topic in TOPICS:
        page = admin.get(f"{REPORTS}/{topic}")
        assert page.status == 200
        # It is open all the same.
        assert bool(figures(page)) is (topic == "utilisation")
    assert "From Tuesday 16 December 2025 to Monday 12 January 2026" in page.words
    assert "There is nothing to count in these days." in page.words
    assert len(lines(admin.get(f"{REPORTS}/no-shows-by-hour.csv"))) == 1


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("first=2026-01-05&last=2026-01-04", "last", "not before the first"),
        ("first=2026-01-05", "last", "Enter a day"),
        ("first=2026-02-30&last=2026-03-01", "first", "a day that exists"),
        ("first=2020-01-01&last=2026-01-01", "last", "five years or less"),
        ("practitioner=nobody", "practitioner", "from the list"),
        ("service=nothing", "service", "from the list"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    admin: Visitor, clinic: Clinic, query: str, field: str, words: str
):
    page = admin.get(f"{REPORTS}/lateness?{query}")
    assert page.status == 422
    assert words in page.why(field)
    assert field in page.summary()
    assert not figures(page)
    for typed in query.split("&"):
        name, _, value = typed.partition("=")
        if name in {"first", "last"}:
            assert page.value(name) == value
    # Whoever asks for the file is told the same.
    assert words in admin.follow(admin.get(f"{REPORTS}/waits.csv?{query}")).why(field)


def test_periods_keep_whom_the_report_is_about(admin: Visitor, week: Clinic):
    add_practitioner(week, "dr-lee")
    visit(week, "01-09 09:00", State.NO_SHOW, practitioner="dr-lee")
    page = admin.get(f"{REPORTS}?{WEEK}&practitioner=dr-lee")
    assert "100.0% no-shows (1 of 1)" in page.words
    (link,) = (a for a in page.document.all("a") if a.words == "Last 90 days")
    later = admin.get(link.attrs["href"])
    assert "100.0% no-shows (1 of 1)" in later.words
    assert selected(later, "practitioner") == "dr-lee"
    assert "From Wednesday 15 October 2025 to Monday 12 January 2026" in later.words
    last_year = admin.get(f"{REPORTS}?period=last-year")
    assert "From Wednesday 1 January 2025 to Wednesday 31 December 2025" in last_year.words
    assert "From Thursday 1 January 2026" in admin.get(f"{REPORTS}?period=this-year").words


def selected(page: Page, name: str) -> Any:
    (select,) = page.document.all("select", name=name)
    return next(one.attrs["value"] for one in select.all("option") if "selected" in one.attrs)


def test_few_are_hinted_at(admin: Visitor, clinic: Clinic):
    for hour in range(1, 20):
        visit(clinic, f"01-05 {hour:02}:00")
    hint = "An outlined bar is of fewer than 20"
    assert hint in admin.get(f"{REPORTS}/cancellations?{WEEK}").words
    visit(clinic, "01-05 23:00")
    page = figures(admin.get(f"{REPORTS}/cancellations?{WEEK}"))
    (drawing,) = page["Cancellations by whom"].all("svg")
    assert not drawing.all("rect", **{"class": "few"})


def test_charts_stand_in_their_order_in_columns_that_are_as_low_as_they_can_be():
    figures = [
        Figure(str(number), "", (), tuple(Line("", Rate(0, 0)) for _ in range(bars)))
        for number, bars in enumerate((5, 1, 7, 24, 1, 1, 1))
    ]
    columns = [[one.name for one in column] for column in side_by_side(figures, most=3)]
    assert columns == [["0", "1", "2"], ["3"], ["4", "5", "6"]]
    assert side_by_side([], most=3) == []
