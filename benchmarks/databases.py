"""The benchmark's own databases: made, copied and removed in one run."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Protocol

from benchmarks.servers import tree_cpu_seconds
from tests.postgres import PostgresServer


class Databases(Protocol):
    """Databases of one kind, by name."""

    title: str

    def url(self, name: str) -> str:
        """The address of an empty or copied database, as DATABASE_URL takes it."""

    def copy(self, name: str, copy: str) -> None:
        """Copy a database that nobody is connected to."""

    def cpu_seconds(self) -> float | None:
        """CPU time of the database server until now; None where there is none."""

    def stop(self) -> None:
        """Remove everything."""


class Sqlite:
    """Files in a folder."""

    title = f"SQLite {sqlite3.sqlite_version}"

    def __init__(self, folder: Path):
        self._folder = folder

    def url(self, name: str) -> str:
        return f"sqlite:///{self._file(name)}"

    def copy(self, name: str, copy: str) -> None:
        with (
            closing(sqlite3.connect(self._file(name))) as source,
            closing(sqlite3.connect(self._file(copy))) as target,
        ):
            source.backup(target)

    def cpu_seconds(self) -> None:
        return None

    def stop(self) -> None:
        """Nothing runs; the files go with their folder."""

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.db"


class Postgresql:
    """A server of our own, with fsync on: a benchmark that may lose data proves nothing."""

    def __init__(self) -> None:
        self._server = PostgresServer(durable=True)
        self._known: set[str] = set()
        try:
            self._server.start()
            data = self._server.folder / "data"
            self._pid = int((data / "postmaster.pid").read_text().split()[0])
            self.title = f"PostgreSQL {(data / 'PG_VERSION').read_text().strip()}"
        except BaseException:
            self._server.stop()
            raise

    def url(self, name: str) -> str:
        if name not in self._known:
            self._known.add(name)
            self._server.create_database(name)
        return self._server.url(name)

    def copy(self, name: str, copy: str) -> None:
        self._known.add(copy)
        self._server.create_database(copy, template=name)

    def cpu_seconds(self) -> float:
        return tree_cpu_seconds(self._pid)

    def stop(self) -> None:
        self._server.stop()
