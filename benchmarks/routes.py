"""The main table: the program's routes beside a bare one, without and with a past."""

import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import cases, clinic, table
from benchmarks.databases import Databases
from benchmarks.servers import BARE, CLINIC, Server, granian

WARM_UP_SECONDS = 0.7
# Bookings of a full day, and how many more practitioners it takes for them.
FULL_DAY, COLLEAGUES = 60, 5


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured."""

    rounds: int
    seconds: float


class Bench:
    """One run over databases of one kind."""

    def __init__(self, databases: Databases, folder: Path, extent: Extent):
        self._databases, self._folder, self._extent = databases, folder, extent
        self._secret = clinic.new_secret()
        self._account = clinic.set_up(self._environ("empty"))

    def measure(self, past: int) -> list[table.Summary]:
        """All cases in turn, round by round, with so many bookings in the past."""
        with ExitStack() as servers:
            measured = self._cases(past, servers)
            for case in measured:
                case.measure(WARM_UP_SECONDS)
            rounds: dict[str, list[table.Round]] = {case.name: [] for case in measured}
            for _ in range(self._extent.rounds):
                for case in measured:
                    rounds[case.name].append(
                        measured_round(case, self._databases, self._extent.seconds)
                    )
            return table.summarise(rounds)

    def _cases(self, past: int, servers: ExitStack) -> list[cases.Case]:
        """
        Three clinics: bookings for years ahead would change what the pages show, and so would the
        colleagues of a full day.
        """
        usual, wide, full = f"usual_{past}", f"wide_{past}", f"full_{past}"
        self._databases.copy("empty", usual)
        if past:
            clinic.fill_past(self._environ(usual), past)
        self._databases.copy(usual, wide)
        self._databases.copy(usual, full)
        clinic.add_practitioners(self._databases.url(full), COLLEAGUES)
        clinic.widen(self._databases.url(wide))
        bare = servers.enter_context(self._server(BARE, "empty"))
        pages = servers.enter_context(self._server(CLINIC, usual))
        booked = servers.enter_context(self._server(CLINIC, wide))
        busy = servers.enter_context(self._server(CLINIC, full))
        today = datetime.now(UTC).date()
        day = clinic.fill_a_day(pages, today)
        full_day = clinic.fill_a_day(busy, today, FULL_DAY)
        free = clinic.free_slots(booked, today, clinic.WIDE_DAYS)
        return [
            cases.bare(bare),
            cases.slots(pages, today),
            cases.book(pages),
            cases.desk(pages, day, clinic.sign_in(pages, self._account)),
            cases.desk(busy, full_day, clinic.sign_in(busy, self._account), count=str(FULL_DAY)),
            cases.bookings(booked, [slot["start"] for slot in free]),
        ]

    def _server(self, target: str, database: str) -> Server:
        return Server(granian, target, self._environ(database), self._folder)

    def _environ(self, database: str) -> dict[str, str]:
        url = self._databases.url(database)
        return clinic.environment(url, self._folder / "instance", self._secret)


def measured_round(case: cases.Case, databases: Databases, seconds: float) -> table.Round:
    """One case under load for so long, with what it cost."""
    database = databases.cpu_seconds()
    before = case.server.cpu_seconds()
    report = case.measure(seconds)
    used = case.server.cpu_seconds() - before
    after = databases.cpu_seconds()
    return table.Round(
        rate=report.count / report.seconds,
        p50=report.p50,
        p99=report.p99,
        cpu=used / report.count * 1000,
        database_cpu=None
        if database is None or after is None
        else (after - database) / report.count * 1000,
    )


def print_tables(
    bench: Bench, databases: Databases, pasts: tuple[int, ...], extent: Extent
) -> None:
    """Measure with each past, and print a table for each as soon as it is there."""
    known: dict[int, list[table.Summary]] = {}
    for past in pasts:
        began = time.monotonic()
        known[past] = bench.measure(past)
        print(
            f"\n{databases.title}, {past:,} past bookings; median of {extent.rounds} rounds of "
            f"{extent.seconds:g} s, concurrency {cases.CONNECTIONS} "
            f"(took {time.monotonic() - began:.0f} s)\n"
        )
        print("\n".join(table.lines(known[past])), flush=True)
    if len(pasts) > 1:
        first, last = pasts[0], pasts[-1]
        print(f"\nCPU with {last:,} past bookings as a multiple of that with {first:,}:")
        for before, after in zip(known[first], known[last], strict=True):
            # By way of the bare route, which knows no past: the machine's mood drops out.
            print(f"  {after.name:<30} {after.ratios['cpu'] / before.ratios['cpu']:.2f}")
