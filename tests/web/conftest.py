"""A browser on the demo clinic."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from booking.app import create_app
from config import Settings
from tests.support import SECRET, Clinic
from tests.templates import Stage
from tests.web.visitor import Visitor


class CompiledOnce(BytecodeCache):
    """Templates compiled for one test's app serve all the others."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_compiled = CompiledOnce()


@pytest.fixture
def begins_with() -> Stage:
    return Stage.WITH_STAFF


@pytest.fixture
def make_app(clinic: Clinic, tmp_path: Path) -> Callable[..., Flask]:
    """An app over the clinic's database, with other settings where they are given."""

    def make(**environ: str) -> Flask:
        settings = Settings.from_environment(
            {"SECRET_KEY": SECRET, "INSTANCE_PATH": str(tmp_path / "instance")} | environ
        )
        app = create_app(settings, database=clinic.database, clock=clinic.time)
        app.jinja_env.bytecode_cache = _compiled
        return app

    return make


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


@pytest.fixture
def admin(app: Flask, clinic: Clinic) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(clinic, "admin")
    return visitor
