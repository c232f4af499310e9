"""Answers about slots as they were rendered, kept while nothing that they rest on changes."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock

from booking.services.times.availability import Timetable


@dataclass(frozen=True, slots=True)
class Rendered:
    """An answer's bytes, and the timetables that they were made from."""

    tables: Sequence[Timetable]
    body: bytes
    etag: str

    def is_true_of(self, tables: Sequence[Timetable]) -> bool:
        """
        Whether nothing has changed.

        A timetable is never altered, only replaced by another: the same ones say the same.
        """
        return len(tables) == len(self.tables) and all(
            mine is theirs for mine, theirs in zip(self.tables, tables, strict=True)
        )


def rendered(body: bytes, tables: Sequence[Timetable]) -> Rendered:
    """An answer with a tag that is the same wherever the same bytes are made."""
    return Rendered(tables, body, f'"{sha256(body).hexdigest()[:32]}"')


class Memory:
    """
    Rendered answers by question; the one that was asked for longest ago goes first.

    Both bounds hold: a visitor who asks for ever other days costs a bounded amount of memory.
    """

    def __init__(self, *, entries: int = 512, size: int = 8 * 1024 * 1024):
        self._entries, self._size = entries, size
        self._kept: OrderedDict[Hashable, Rendered] = OrderedDict()
        self._used = 0
        self._lock = Lock()

    def find(self, question: Hashable, tables: Sequence[Timetable]) -> Rendered | None:
        """What was answered, if it is still true."""
        with self._lock:
            known = self._kept.get(question)
            if known is None or not known.is_true_of(tables):
                return None
            self._kept.move_to_end(question)
            return known

    def keep(self, question: Hashable, answer: Rendered) -> None:
        """Remember an answer in place of an earlier one."""
        with self._lock:
            earlier = self._kept.pop(question, None)
            self._used += len(answer.body) - (len(earlier.body) if earlier else 0)
            self._kept[question] = answer
            while len(self._kept) > self._entries or self._used > self._size:
                self._used -= len(self._kept.popitem(last=False)[1].body)
