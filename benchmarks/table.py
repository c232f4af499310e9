"""Numbers into tables: medians over rounds, and each as a ratio to the first row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Round:
    """One case in one round: requests a second, and milliseconds."""

    rate: float
    p50: float
    p99: float
    cpu: float
    database_cpu: float | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """Medians over all rounds; a ratio is the median of the rounds' own ratios."""

    name: str
    values: dict[str, float]
    ratios: dict[str, float]


COLUMNS = {"rate": "req/s", "p50": "p50 ms", "p99": "p99 ms", "cpu": "CPU ms/req"}
_DIGITS = {"rate": 0}


def summarise(rounds: Mapping[str, Sequence[Round]]) -> list[Summary]:
    """
    One summary a case; the first case is what the others are compared with.

    Each round is compared with the same round of the first case, a few seconds apart, so that a
    machine that is busy for a while does not tilt the ratio.
    """
    base = next(iter(rounds.values()))
    return [
        Summary(
            name,
            {key: median(getattr(one, key) for one in own) for key in _keys(own)},
            {
                key: median(
                    getattr(one, key) / getattr(first, key)
                    for one, first in zip(own, base, strict=True)
                )
                for key in COLUMNS
            },
        )
        for name, own in rounds.items()
    ]


def _keys(rounds: Sequence[Round]) -> list[str]:
    with_database = all(one.database_cpu is not None for one in rounds)
    return [*COLUMNS, "database_cpu"] if with_database else [*COLUMNS]


def lines(summaries: Sequence[Summary]) -> list[str]:
    """The table in Markdown, in columns that line up."""
    with_database = any("database_cpu" in summary.values for summary in summaries)
    head = ["route"]
    for title in COLUMNS.values():
        head += [title, "ratio"]
    rows = [_row(summary) for summary in summaries]
    if with_database:
        head.append("database CPU ms/req")
        for row, summary in zip(rows, summaries, strict=True):
            row.append(f"{summary.values.get('database_cpu', 0):.2f}")
    return aligned([head, *rows])


def _row(summary: Summary) -> list[str]:
    row = [summary.name]
    for key in COLUMNS:
        row.append(f"{summary.values[key]:,.{_DIGITS.get(key, 2)}f}")
        row.append(f"{summary.ratios[key]:.2f}")
    return row


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of a Markdown table, the first one its head; numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return ["| " + " | ".join(_padded(row, widths)) + " |" for row in (rows[0], rule, *rows[1:])]


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    first, *others = zip(row, widths, strict=True)
    return [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
