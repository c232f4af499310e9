"""Logs say what happened by ids; tokens, names and addresses stay out of them."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from booking.domain.errors import Busy
from booking.supervisor import web_server
from config import ROOT, Settings
from tests.templates import Stage, Templates
from tests.web.journeys import on_one_engine
from tests.web.visitor import Visitor


@dataclass(frozen=True)
class Day:
    """What a process that lived through a day wrote."""

    log: str
    secrets: dict[str, str]

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.splitlines()]


@pytest.fixture(scope="module")
def day(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Day:
    folder = tmp_path_factory.mktemp("day")
    (folder / "booking.db").write_bytes(templates.file(Stage.WITH_STAFF))
    command = [sys.executable, "-m", "tests.web.logged", f"sqlite:///{folder}/booking.db", folder]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Day(done.stderr, json.loads(done.stdout))


def test_tokens_names_and_passwords_are_in_no_log(day: Day):
    assert day.lines, "nothing was logged, so nothing is proven"
    assert all(day.secrets.values())
    assert [name for name, secret in day.secrets.items() if secret in day.log] == []


def test_an_error_is_logged_once_as_json_with_where_it_was(day: Day):
    errors = [line for line in day.lines if line["event"] == "unexpected_error"]
    assert [line["endpoint"] for line in errors] == [
        "manage.show",
        "calendars.feed",
        "book.confirmed",
    ]
    for line in errors:
        assert (line["error"], line["level"]) == ("RuntimeError", "error")
        assert "break_:" in line["where"]
        assert line["timestamp"].endswith("Z")


def test_a_busy_database_is_a_warning(day: Day):
    (line,) = [line for line in day.lines if line["event"] == "busy"]
    assert (line["endpoint"], line["level"]) == ("public.article", "warning")


@on_one_engine
def test_a_busy_database_says_when_to_come_back(app: Flask):
    def be_busy() -> str:
        raise Busy

    app.view_functions["public.article"] = be_busy
    page = Visitor(app).get("/micro-needling")
    assert (page.status, page.headers["Retry-After"]) == (503, "5")
    assert "nothing was lost" in page.words


def test_the_web_server_writes_no_access_log(tmp_path: Path):
    # Paths carry tokens, so the server that we start must not log them.
    command = web_server(Settings.from_environment({"INSTANCE_PATH": str(tmp_path)}))
    assert "granian" in command
    assert not [option for option in command if "access-log" in option]
