"""What a patient is told whose time was taken between their click and the lock."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from booking.app import create_app
from config import Settings
from tests.services.deeds import TUESDAY_9
from tests.support import SECRET, Clinic, Time

PATIENT = {"name": "Ann Lee", "date_of_birth": "1990-03-14", "email": "ann@patient.example"}
CHOICE = {"service": "consultation", "practitioner": "dr-ahmed", "start": TUESDAY_9.isoformat()}


class Interrupted(Time):
    """A clock at whose stroke, before the writing transaction, somebody else is quicker."""

    strokes = 0
    somebody: Clinic | None = None

    def __call__(self, ask: object = None) -> Any:
        if self.somebody is not None:
            self.strokes += 1
            if self.strokes == 2:
                somebody, self.somebody = self.somebody, None
                somebody.book(TUESDAY_9)
        return self.now


@pytest.fixture
def clock() -> Interrupted:
    return Interrupted()


@pytest.fixture
def client(clinic: Clinic, clock: Interrupted, tmp_path: Path) -> Iterator[Any]:
    settings = Settings.from_environment(
        {
            "SECRET_KEY": SECRET,
            "INSTANCE_PATH": str(tmp_path / "instance"),
            "RATELIMIT_ENABLED": "0",
            "DATABASE_URL": clinic.database.engine.url.render_as_string(hide_password=False),
        }
    )
    app = create_app(settings, clock=clock)
    client = app.test_client()
    # What this process remembers from now on was true until a moment ago.
    answer = client.get("/api/v1/slots?service=consultation&from=2026-01-13&to=2026-01-13")
    assert answer.status_code == 200
    yield client
    app.extensions["booking"].database.dispose()


@pytest.mark.parametrize(
    ("address", "more"),
    [
        ("/api/v1/bookings", {"patient": PATIENT, "privacy_notice": "1"}),
        ("/api/v1/holds", {}),
    ],
)
def test_the_time_that_was_just_lost_is_not_proposed_instead_of_itself(
    clinic: Clinic, client: Any, clock: Interrupted, address: str, more: dict[str, object]
) -> None:
    clock.somebody = clinic
    answer = client.post(address, json=CHOICE | more)
    assert answer.status_code == 409
    assert clock.somebody is None
    starts = {slot["start"] for slot in answer.get_json()["alternatives"]}
    assert starts
    assert "2026-01-13T09:00:00-05:00" not in starts
