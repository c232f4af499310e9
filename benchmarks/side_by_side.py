"""Web servers beside each other: the bare route, the program's slots, and slow clients."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks import cases, clinic, slow_clients
from benchmarks.databases import Databases
from benchmarks.routes import WARM_UP_SECONDS, Extent, measured_round
from benchmarks.servers import (
    BARE,
    CLINIC,
    THREADS,
    WORKERS,
    Command,
    Server,
    granian,
    gunicorn_gthread,
    gunicorn_sync,
)
from benchmarks.table import Round, aligned

SERVERS: dict[str, Command] = {
    f"gunicorn gthread {WORKERS}×{THREADS}": gunicorn_gthread,
    f"gunicorn sync {WORKERS}": gunicorn_sync,
    f"granian {WORKERS}×{THREADS}": granian,
}


def print_servers(databases: Databases, folder: Path, extent: Extent) -> None:
    """Measure all servers in turn, round by round, and print a table."""
    environ = clinic.environment(databases.url("clinic"), folder / "instance", clinic.new_secret())
    clinic.set_up(environ)
    today = datetime.now(UTC).date()
    with ExitStack() as stack:
        measured: dict[str, tuple[cases.Case, cases.Case]] = {}
        for name, command in SERVERS.items():
            bare = stack.enter_context(Server(command, BARE, environ, folder))
            program = stack.enter_context(Server(command, CLINIC, environ, folder))
            measured[name] = cases.bare(bare), cases.slots(program, today)
        rounds = _rounds(measured, databases, extent)
        visits = {name: slow_clients.visit(bare.server) for name, (bare, _) in measured.items()}
    head = ["server", "bare req/s", "p99 ms", "CPU ms", "slots req/s", "p99 ms", "CPU ms"]
    rows = [[*head, f"answered beside {slow_clients.CLIENTS} slow clients"]]
    for name, visit in visits.items():
        cells = [cell for own in rounds[name] for cell in _cells(own)]
        rows.append([name, *cells, f"{visit.answered} of {visit.tries}, {visit.longest:.3f} s"])
    print("\n" + "\n".join(aligned(rows)))


def _rounds(
    measured: dict[str, tuple[cases.Case, cases.Case]], databases: Databases, extent: Extent
) -> dict[str, tuple[list[Round], list[Round]]]:
    rounds: dict[str, tuple[list[Round], list[Round]]] = {name: ([], []) for name in measured}
    for pair in measured.values():
        for case in pair:
            case.measure(WARM_UP_SECONDS)
    for _ in range(extent.rounds):
        for name, pair in measured.items():
            for case, own in zip(pair, rounds[name], strict=True):
                own.append(measured_round(case, databases, extent.seconds))
    return rounds


def _cells(rounds: Sequence[Round]) -> list[str]:
    rate, p99, cpu = (median(getattr(one, key) for one in rounds) for key in ("rate", "p99", "cpu"))
    return [f"{rate:,.0f}", f"{p99:.1f}", f"{cpu:.2f}"]
