"""The tests' own tools keep their word."""

import psycopg
import pytest

from tests import needs
from tests.postgres import PostgresServer


def skipped(**extra: object) -> pytest.TestReport:
    return pytest.TestReport(
        "a test", ("a.py", 1, "a test"), {}, "skipped", ("a.py", 1, "Skipped: no"), "call", **extra
    )


def test_a_skip_is_a_failure_in_ci(monkeypatch):
    monkeypatch.setenv("CI", "true")
    report = needs._no_skips_in_ci(skipped())
    assert report.failed
    assert "Skipped: no" in report.longrepr


def test_a_skip_stays_a_skip_elsewhere(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    assert needs._no_skips_in_ci(skipped()).skipped


def test_an_expected_failure_is_no_skip(monkeypatch):
    monkeypatch.setenv("CI", "true")
    assert needs._no_skips_in_ci(skipped(wasxfail="known")).skipped


def test_a_stopped_server_leaves_nothing_behind():
    server = PostgresServer(needs.require_postgres())
    try:
        server.start()
        url = server.create_database("kept")
        server.crash()
        server.start()
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT current_database()").fetchone() == ("kept",)
    finally:
        server.stop()
    assert not server.folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
