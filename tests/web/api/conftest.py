"""The API over the demo clinic, on either database."""

from collections.abc import Callable
from pathlib import Path

import pytest

from booking.app import create_app
from config import Settings
from tests.support import Clinic
from tests.web.api.client import SECRET, Api


@pytest.fixture
def make_api(clinic: Clinic, tmp_path: Path) -> Callable[..., Api]:
    """An API with settings of its own over the same clinic."""

    def make(**environment: str) -> Api:
        settings = Settings.from_environment(
            {
                "SECRET_KEY": SECRET,
                "INSTANCE_PATH": str(tmp_path / "instance"),
                "RATELIMIT_ENABLED": "0",
            }
            | environment
        )
        return Api(create_app(settings, database=clinic.database))

    return make


@pytest.fixture
def api(make_api: Callable[..., Api]) -> Api:
    return make_api()
