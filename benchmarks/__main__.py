"""
`make bench`, or `python -m benchmarks`: measure, and print tables.

Everything runs on this machine, in new databases, and is gone afterwards, also after Ctrl-C.
"""

import argparse
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from benchmarks import machine
from benchmarks.clinic import Unexpected
from benchmarks.databases import Databases, Postgresql, Sqlite
from benchmarks.engine import print_engine
from benchmarks.grid import print_grid
from benchmarks.load import WrongAnswer
from benchmarks.routes import Bench, Extent, print_tables
from benchmarks.search import print_search
from benchmarks.servers import DidNotStart
from benchmarks.side_by_side import print_servers

# What a busy clinic has after twenty years; putting them there takes minutes.
PAST, QUICK_PAST = 1_000_000, 100_000
DEFAULT = Extent(rounds=7, seconds=1.5)
QUICK = Extent(rounds=3, seconds=0.5)


def main() -> None:
    """Read the arguments and measure."""
    if not Path("/proc/self/stat").exists():
        sys.exit("The benchmark reads CPU times from /proc, so it needs Linux.")
    signal.signal(signal.SIGTERM, _end)
    arguments = _arguments()
    print(machine.described(), flush=True)
    try:
        with ExitStack() as stack:
            _measure(arguments, stack)
    except KeyboardInterrupt:
        sys.exit(130)
    except (DidNotStart, Unexpected, WrongAnswer) as error:
        sys.exit(f"{type(error).__name__}: {error}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--rounds", type=int, help=f"default {DEFAULT.rounds}")
    parser.add_argument("--seconds", type=float, help=f"of a round, default {DEFAULT.seconds}")
    parser.add_argument(
        "--past", type=int, help=f"past bookings, default {PAST:,}, or {QUICK_PAST:,} with --quick"
    )
    parser.add_argument(
        "--grid", action="store_true", help="by history and number of practitioners instead"
    )
    parser.add_argument("--servers", action="store_true", help="compare web servers instead")
    parser.add_argument("--search", action="store_true", help="find patients instead")
    return parser.parse_args()


def _measure(arguments: argparse.Namespace, stack: ExitStack) -> None:
    usual = QUICK if arguments.quick else DEFAULT
    extent = Extent(arguments.rounds or usual.rounds, arguments.seconds or usual.seconds)
    folder = Path(tempfile.mkdtemp(prefix="booking-bench-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    databases: Databases = Sqlite(folder) if arguments.database == "sqlite" else Postgresql()
    stack.callback(databases.stop)
    if arguments.search:
        print_search(databases)
        return
    if arguments.servers:
        print_servers(databases, folder, extent)
        return
    if arguments.grid:
        print_grid(databases, folder, extent)
        return
    print_engine()
    past = arguments.past
    if past is None:
        past = QUICK_PAST if arguments.quick else PAST
    pasts = (0, past) if past else (0,)
    print_tables(Bench(databases, folder, extent), databases, pasts, extent)


def _end(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
