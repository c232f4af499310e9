"""The grid: times and the first page of booking, by history and by number of practitioners."""

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import cases, clinic, table
from benchmarks.databases import Databases
from benchmarks.routes import WARM_UP_SECONDS, Extent, measured_round
from benchmarks.servers import BARE, CLINIC, Server, granian

# Past bookings and practitioners.
PLACES = ((0, 1), (1_000, 1), (100_000, 1), (1_000_000, 1), (1_000, 10), (1_000, 50))


def print_grid(databases: Databases, folder: Path, extent: Extent) -> None:
    """Each place in turn, in a database of its own; ratios to the bare route of the same run."""
    secret = clinic.new_secret()

    def environ(name: str) -> dict[str, str]:
        return clinic.environment(databases.url(name), folder / "instance", secret)

    clinic.set_up(environ("empty"))
    rows = [["past bookings", "practitioners", "request", "CPU ratio", "req/s ratio", "p99 ms"]]
    for past, practitioners in PLACES:
        name = f"grid_{past}_{practitioners}"
        databases.copy("empty", name)
        if past:
            clinic.fill_past(environ(name), past)
        clinic.add_practitioners(databases.url(name), practitioners - 1)
        found = _measure(databases, folder, extent, environ("empty"), environ(name))
        rows += [
            [
                f"{past:,}",
                str(practitioners),
                one.name,
                f"{one.ratios['cpu']:.2f}",
                f"{one.ratios['rate']:.2f}",
                f"{one.values['p99']:.1f}",
            ]
            for one in found[1:]
        ]
        print(f"measured {past:,} past bookings, {practitioners} practitioners", flush=True)
    print(
        f"\n{databases.title}; median of {extent.rounds} rounds of {extent.seconds:g} s, "
        f"concurrency {cases.CONNECTIONS}\n"
    )
    print("\n".join(table.aligned(rows)), flush=True)


def _measure(
    databases: Databases,
    folder: Path,
    extent: Extent,
    bare: Mapping[str, str],
    environ: Mapping[str, str],
) -> list[table.Summary]:
    today = datetime.now(UTC).date()
    with ExitStack() as servers:
        beside = servers.enter_context(Server(granian, BARE, bare, folder))
        pages = servers.enter_context(Server(granian, CLINIC, environ, folder))
        measured = [
            cases.bare(beside),
            cases.slots(pages, today),
            cases.slots(pages, today, days=28),
            cases.book(pages),
        ]
        for case in measured:
            case.measure(WARM_UP_SECONDS)
        rounds: dict[str, list[table.Round]] = {case.name: [] for case in measured}
        for _ in range(extent.rounds):
            for case in measured:
                rounds[case.name].append(measured_round(case, databases, extent.seconds))
        return table.summarise(rounds)
