"""What an administrator says of a table: what its columns and its words mean."""

from collections.abc import Mapping, Sequence
from typing import Any

from booking.domain.importing import GONE, STANDS, TRANSLATED, Field, Layout, problems
from booking.domain.people import Findings
from booking.formats import columns, places
from booking.formats.columns import Program, plain, state_of
from booking.formats.moments import Clock, DayOrder, guess
from booking.formats.tables import Table
from booking.services.clinic import Plan, Rulebook
from booking.services.imports.lines import words_of
from booking.web.admin.import_words import FIELDS, PROBLEMS

MOST_WORDS = 100
_MONTH_FIRST = frozenset({"US", "PH", "FM", "PW", "MH"})
_WHEN = (Field.START, Field.DATE, Field.TIME, Field.END, Field.BORN)
# A form knows no empty choice that was made on purpose.
_NOTHING = "-"
ORDERS = (
    (DayOrder.YEAR_FIRST.value, "Year, month, day: 2026-01-31"),
    (DayOrder.DAY_FIRST.value, "Day, month, year: 31/01/2026 or 31.1.2026"),
    (DayOrder.MONTH_FIRST.value, "Month, day, year: 01/31/2026"),
)
CLOCKS = (
    (Clock.TWENTY_FOUR.value, "24 hours: 14:30"),
    (Clock.TWELVE.value, "12 hours: 2:30 pm"),
)
_STATES = ((STANDS, "Booked"), (GONE, "Not booked: left out"))


def guessed(table: Table, program: Program | None, rulebook: Rulebook) -> Layout:
    """How a table is likely to be read."""
    meant = columns.guess(table.head, program)
    clinic = rulebook.clinic
    cells = [cell for field in _WHEN if field in meant for cell in table.column(meant.index(field))]
    writing = guess(cells, month_first=clinic.country in _MONTH_FIRST)
    first = rulebook.plans[0] if rulebook.plans else None
    return Layout(
        meant,
        writing.order.value,
        writing.clock.value,
        clinic.zone.key,
        first.service if first else "",
        first.practitioner if first else "",
    )


def read_layout(
    form: Mapping[str, str], table: Table, rulebook: Rulebook, found: Findings
) -> Layout:
    """How the form says that a table is to be read; errors go to `found`."""
    chosen = [_field(form.get(f"column-{number}", "")) for number in range(len(table.head))]
    for problem in problems(chosen):
        twice = {FIELDS[one] for one in chosen if one is not None and chosen.count(one) > 1}
        found.add("columns", problem.value, PROBLEMS[problem], field=" or ".join(sorted(twice)))
    layout = Layout(
        tuple(chosen),
        _one_of(form, "order", dict(ORDERS), found),
        _one_of(form, "clock", dict(CLOCKS), found),
        _one_of(form, "time_zone", places.time_zones(), found),
        _one_of(form, "service", dict(services(rulebook)), found, may_be_empty=True),
        _one_of(form, "practitioner", dict(practitioners(rulebook)), found, may_be_empty=True),
    )
    for field, words in _words(table, layout).items():
        if len(words) > MOST_WORDS:
            found.add(
                "columns",
                "too_many_words",
                f"The column for {FIELDS[field]} has more than {MOST_WORDS} different words",
            )
    return layout


def _field(text: str) -> Field | None:
    return next((one for one in Field if one.value == text), None)


def _one_of(
    form: Mapping[str, str],
    name: str,
    known: Mapping[str, object],
    found: Findings,
    *,
    may_be_empty: bool = False,
) -> str:
    text = form.get(name, "")
    if text in known or (may_be_empty and text in {"", _NOTHING}):
        return text if text in known else ""
    found.add(name, "unknown", "Choose one from the list")
    return next(iter(known))


def services(rulebook: Rulebook) -> list[tuple[str, str]]:
    """Our services, as a form offers them."""
    return [(slug, plans[0].service_name) for slug, plans in rulebook.services.items()]


def practitioners(rulebook: Rulebook) -> list[tuple[str, str]]:
    """Everybody who offers one of them."""
    return list({plan.practitioner: plan.practitioner_name for plan in rulebook.plans}.items())


def zones() -> list[tuple[str, str]]:
    """The clocks that a table's times may be on."""
    return list(places.time_zones().items())


def _words(table: Table, layout: Layout) -> dict[Field, list[str]]:
    # What has no start has no service either.
    fields = TRANSLATED if layout.has_bookings else (Field.STATE,)
    found = {field: words_of(table.rows, layout, field) for field in fields}
    return {field: words for field, words in found.items() if words}


def questions(table: Table, layout: Layout, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Each word of theirs that has to be told into ours, with what it likely means."""
    return [
        {
            "field": field.value,
            "title": FIELDS[field],
            "words": [
                {
                    "name": f"{field.value}-{number}",
                    "word": word,
                    "value": _meant(layout, field, word, rulebook),
                }
                for number, word in enumerate(words)
            ],
            "options": _options(field, rulebook),
        }
        for field, words in _words(table, layout).items()
    ]


def _options(field: Field, rulebook: Rulebook) -> list[tuple[str, str]]:
    if field is Field.STATE:
        return list(_STATES)
    ours = services(rulebook) if field is Field.SERVICE else practitioners(rulebook)
    return [*ours, (_NOTHING, "None of ours: leave these lines out")]


def _meant(layout: Layout, field: Field, word: str, rulebook: Rulebook) -> str:
    """What a word means: as somebody said before, or by its own look; nothing if nobody knows."""
    said = layout.words.get(field, {}).get(word)
    if said is not None:
        return said or _NOTHING
    if field is Field.STATE:
        return state_of(word) or ""
    known = [_named(field, plan) for plan in rulebook.plans]
    return next((slug for slug, name in known if plain(word) in {plain(slug), plain(name)}), "")


def _named(field: Field, plan: Plan) -> tuple[str, str]:
    if field is Field.SERVICE:
        return plan.service, plan.service_name
    return plan.practitioner, plan.practitioner_name


def read_words(
    form: Mapping[str, str],
    asked: Sequence[dict[str, Any]],
    found: Findings,
) -> dict[str, dict[str, str]]:
    """What the form says of each word; errors stay beside it, and the choice is kept."""
    told: dict[str, dict[str, str]] = {}
    for group in asked:
        known = dict(group["options"])
        for one in group["words"]:
            one["value"] = form.get(one["name"], "")
            if one["value"] not in known:
                found.add(one["name"], "missing", "Choose what this means")
            meant = "" if one["value"] == _NOTHING else one["value"]
            told.setdefault(group["field"], {})[one["word"]] = meant
    return told
