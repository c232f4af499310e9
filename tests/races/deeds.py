"""What members of a crowd do, each in a process that knows nothing but the database's address."""

import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import gettempdir
from threading import Lock
from typing import Any
from unittest import mock

from booking.domain.lifecycle import State
from booking.services.audit import PATIENT
from booking.services.bookings import bookings, changes, moves_undone
from booking.services.bookings.bookings import Wish
from booking.services.bookings.once import Once
from booking.services.clinic import Plan
from booking.services.mail import outbox
from booking.services.times import acceptance, holds
from booking.services.times.acceptance import Accepted
from booking.store.engine import Database
from tests.races.crowd import Scene
from tests.services import waiting
from tests.support import ANN, RECEPTION, SECRET, Clinic, Time


def unseen(session: object, plans: Sequence[Plan], start: datetime, **facts: object) -> Accepted:
    """What `acceptance.require_slot` would say if everything were always free."""
    return acceptance.accept(plans[0], start, ())


class Place:
    """A process's view of the clinic."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        time = Time(scene.now)
        self.clinic = Clinic(Database(scene.url, clock=time), time)
        self._undo = ExitStack()
        if scene.blind:
            # A control takes the guarantee away, which no seam can do.
            self._undo.enter_context(mock.patch.object(acceptance, "require_slot", unseen))
        self._app: Any = None
        self._making = Lock()

    def leave(self) -> None:
        self._undo.close()
        self.clinic.database.dispose()

    def arrive(self) -> None:
        """Have a connection and the rules at hand."""
        self.clinic.read(lambda session, now: self.clinic.offers.rulebook(session))

    def book(
        self,
        start: datetime,
        service: str = "consultation",
        hold_id: int | None = None,
        key: str | None = None,
    ) -> int:
        wish = Wish(
            service=service,
            practitioner="dr-ahmed",
            start=start,
            person=ANN,
            privacy_notice="1",
            source="online",
            hold_id=hold_id,
        )
        booking = self.clinic.write(
            lambda session, now: bookings.book(
                session,
                self.clinic.offers,
                self.clinic.links,
                wish,
                actor=PATIENT,
                random_token=self.clinic.random_token,
                now=now,
                once=None if key is None else Once(key, "the same request"),
            )
        )
        return booking.id

    def hold(self, start: datetime, service: str = "consultation") -> int:
        held = self.clinic.write(
            lambda session, now: holds.hold(
                session,
                self.clinic.offers,
                service=service,
                practitioner="dr-ahmed",
                start=start,
                random_token=self.clinic.random_token,
                now=now,
            )
        )
        return held.id

    def extend(self, hold_id: int) -> datetime:
        return self.clinic.write(
            lambda session, now: holds.extend(session, self.clinic.offers, hold_id, now=now)
        )

    def move(self, booking_id: int, start: datetime) -> int:
        moved = self.clinic.write(
            lambda session, now: changes.move(
                session,
                self.clinic.offers,
                self.clinic.links,
                bookings.get(session, booking_id),
                start,
                actor=PATIENT,
                now=now,
            )
        )
        return moved.sequence

    def accept(self, offer_id: int) -> int:
        return waiting.accept(self.clinic, offer_id).id

    def withdraw(self, offer_id: int) -> None:
        waiting.withdraw(self.clinic, offer_id)

    def fill_from_waitlist(self) -> None:
        waiting.work(self.clinic)

    def cancel(self, booking_id: int) -> None:
        self.clinic.write(
            lambda session, now: changes.advance(
                session,
                self.clinic.offers,
                self.clinic.links,
                bookings.get(session, booking_id),
                State.CANCELLED,
                actor=PATIENT,
                now=now,
            )
        )

    def undo(self, booking_id: int) -> None:
        self.clinic.write(
            lambda session, now: changes.undo(
                session,
                self.clinic.offers,
                self.clinic.links,
                bookings.get(session, booking_id),
                actor=RECEPTION,
                now=now,
            )
        )

    def undo_move(self, booking_id: int) -> None:
        self.clinic.write(
            lambda session, now: moves_undone.undo_move(
                session,
                self.clinic.offers,
                self.clinic.links,
                bookings.get(session, booking_id),
                actor=RECEPTION,
                now=now,
            )
        )

    def deliver(self) -> list[int]:
        """Claim messages until there are none."""
        mine = []
        while True:
            message = self.clinic.write(
                lambda session, now: outbox.claim_next(
                    session, lease=uuid.uuid4().hex, lease_for=timedelta(minutes=5), now=now
                )
            )
            if message is None:
                return mine
            mine.append(message.id)
            self.clinic.write(
                lambda session, now, m=message: outbox.record_sent(session, m.id, now=now)
            )

    def post(self, start: str) -> tuple[int, dict[str, Any]]:
        """Book over HTTP: the status and the answer."""
        answer = self.app.test_client().post(
            "/api/v1/bookings",
            json={
                "service": "consultation",
                "practitioner": "dr-ahmed",
                "start": start,
                "patient": {
                    "name": "Ann O’Brien",
                    "date_of_birth": "1990-03-14",
                    "email": "ann@patient.example",
                },
                "privacy_notice": "1",
            },
        )
        return answer.status_code, answer.get_json()

    @property
    def app(self) -> Any:
        # One thread at a time: Python 3.11 fails now and then where two make apps, since routes are
        # built as syntax trees (python/cpython issue 106905).
        with self._making:
            if self._app is None:
                self._app = self._make_app()
        return self._app

    def _make_app(self) -> Any:
        # Not at the top: only one race needs it, and it takes its time.
        from booking.app import create_app
        from config import Settings

        settings = Settings.from_environment(
            {
                "SECRET_KEY": SECRET,
                "INSTANCE_PATH": str(Path(gettempdir()) / "booking-races"),
                "RATELIMIT_ENABLED": "0",
            }
        )
        return create_app(settings, database=self.clinic.database, clock=self.clinic.time)

    def prepare_http(self) -> None:
        """Have the app at hand before the race."""
        assert self.app
