"""
A crowd: several processes with several threads each, that all do something at the same instant.

Processes are spawned, as web servers and workers are: they share nothing but the database.
"""

import multiprocessing
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from booking.domain.errors import Busy, Refusal

PATIENCE = 60


@dataclass(frozen=True)
class Task:
    """What one member of the crowd does; `deed` names a method of `tests.races.deeds.Place`."""

    deed: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What came of a task: its result, the refusal's code, or the words of an error."""

    deed: str
    result: Any = None
    code: str | None = None
    error: str | None = None

    @property
    def won(self) -> bool:
        return self.code is None and self.error is None


@dataclass(frozen=True)
class Scene:
    """Where and when the crowd acts. `blind`: nobody looks whether a time is free."""

    url: str
    now: datetime
    blind: bool = False


class Crowd(AbstractContextManager["Crowd"]):
    """Processes that wait for tasks, and begin them together."""

    def __init__(self, *, processes: int, threads: int) -> None:
        self.size = processes * threads
        context = multiprocessing.get_context("spawn")
        # Kept: when it goes, it goes for those who have not begun yet as well.
        self._barrier = context.Barrier(processes)
        self._lines: list[Connection] = []
        self._members = []
        for _ in range(processes):
            ours, theirs = context.Pipe()
            member = context.Process(
                target=_live, args=(theirs, self._barrier, threads), daemon=True
            )
            member.start()
            self._lines.append(ours)
            self._members.append(member)

    def at_once(self, scene: Scene, tasks: Sequence[Task]) -> list[Outcome]:
        """Do all tasks at the same instant; the outcomes in the order of the tasks."""
        assert len(tasks) <= self.size
        shares = [tasks[number :: len(self._lines)] for number in range(len(self._lines))]
        for line, share in zip(self._lines, shares, strict=True):
            line.send((scene, share))
        outcomes: list[Outcome | None] = [None] * len(tasks)
        for number, line in enumerate(self._lines):
            assert line.poll(PATIENCE), "a member of the crowd does not answer"
            outcomes[number :: len(self._lines)] = line.recv()
        return [outcome for outcome in outcomes if outcome is not None]

    def __exit__(self, *reason: object) -> None:
        for line in self._lines:
            line.send(None)
        for member in self._members:
            member.join(PATIENCE)


def _live(line: Connection, barrier: Barrier, threads: int) -> None:
    """The life of one process."""
    from tests.races.deeds import Place

    place: Place | None = None
    with ThreadPoolExecutor(threads) as pool:
        while (message := line.recv()) is not None:
            scene, tasks = message
            if place is None or place.scene != scene:
                if place is not None:
                    place.leave()
                place = Place(scene)
            start = threading.Barrier(len(tasks) + 1)
            under_way = [pool.submit(_do, place, task, start) for task in tasks]
            barrier.wait(PATIENCE)
            start.wait(PATIENCE)
            line.send([future.result() for future in under_way])
    if place is not None:
        place.leave()


def _do(place: Any, task: Task, start: threading.Barrier) -> Outcome:
    # So that nobody still connects while the others are already running.
    place.arrive()
    start.wait(PATIENCE)
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return Outcome(task.deed, result=getattr(place, task.deed)(**task.facts))
        except Busy as busy:
            # On a slow machine somebody may wait too long for the lock; they are told to come
            # back, and nothing was written. What they meet then is what counts.
            if time.monotonic() > deadline:
                return Outcome(task.deed, code=busy.code)
        except Refusal as refusal:
            return Outcome(task.deed, code=refusal.code)
        except Exception as error:  # noqa: BLE001 - the test tells what it was
            return Outcome(task.deed, error=f"{type(error).__name__}: {error}")
