"""Settings that look right and are not: refused at start too, in a sentence and not a traceback."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config import ROOT, Settings, SettingsError

KEY = "kAp3-vbnTQ8_fJw2xYz0LmE5rUqH7sDg9iOc1a"


@pytest.mark.parametrize("url", ["http://[", "https://[booking.example.org", "https://a]b/"])
def test_a_garbled_public_address_is_a_refusal(tmp_path: Path, url: str):
    with pytest.raises(SettingsError):
        Settings.from_environment(
            {"PUBLIC_URL": url, "SECRET_KEY": KEY, "INSTANCE_PATH": str(tmp_path)}
        )


@pytest.mark.parametrize(
    "url",
    [
        "https://user:secret@booking.example.org",
        "https://booking.example.org:99999",
        "https://booking.example.org:x",
        "https://a b.example",
        "https://booking.example.org\n",
    ],
)
def test_a_public_address_with_what_no_link_may_carry(tmp_path: Path, url: str):
    with pytest.raises(SettingsError):
        Settings.from_environment(
            {"PUBLIC_URL": url, "SECRET_KEY": KEY, "INSTANCE_PATH": str(tmp_path)}
        )


@pytest.mark.parametrize(
    "sender",
    [
        "clinic@",
        "@clinic.example",
        "a b@clinic.example",
        "müller@clinic.example",
        "a@b@c.example",
        "clinic@clinic..example",
        "a@b.example, c@d.example",
    ],
)
def test_a_sender_that_no_mail_can_carry_is_refused_at_start(tmp_path: Path, sender: str):
    # Otherwise compose() fails for every message, and each is given up for good.
    with pytest.raises(SettingsError):
        Settings.from_environment({"MAIL_DEFAULT_SENDER": sender, "INSTANCE_PATH": str(tmp_path)})


@pytest.mark.parametrize("url", ["postgresql://u:p@db:port/x", "postgresql://[::1/x"])
def test_a_garbled_database_address_is_a_refusal(tmp_path: Path, url: str):
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "doctor"],
        cwd=ROOT,
        env={"DATABASE_URL": url, "INSTANCE_PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "DATABASE_URL" in done.stderr


@pytest.mark.parametrize("path", ["/proc/nowhere/booking.db", "/dev/null/booking.db"])
def test_an_unreachable_sqlite_file_is_one_sentence(tmp_path: Path, path: str):
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
        cwd=ROOT,
        env={"DATABASE_URL": f"sqlite:///{path}", "INSTANCE_PATH": str(tmp_path), "PORT": "18123"},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "DATABASE_URL" in done.stderr


def test_commands_that_start_together_share_one_secret(tmp_path: Path):
    # The file is there before its content: whoever reads in between is told that it is empty.
    def start(folder: Path) -> str:
        together.wait()
        return Settings.from_environment({"INSTANCE_PATH": str(folder)}).secret_keys[0]

    together = threading.Barrier(8)
    with ThreadPoolExecutor(8) as threads:
        for number in range(100):
            keys = set(threads.map(start, [tmp_path / str(number)] * 8))
            assert len(keys) == 1


def test_allowed_sites_are_spelled_as_browsers_spell_them(tmp_path: Path):
    given = " https://Clinic.Example/ ,https://www.clinic.example:443,http://127.0.0.1:8080,,"
    settings = Settings.from_environment({"INSTANCE_PATH": str(tmp_path), "ALLOWED_ORIGINS": given})
    assert settings.allowed_origins == {
        "https://clinic.example",
        "https://www.clinic.example",
        "http://127.0.0.1:8080",
    }


@pytest.mark.parametrize(
    "value",
    [
        "clinic.example",
        "*",
        "null",
        "'self'",
        "https://",
        "https://clinic.example/path",
        "https://clinic.example?x",
        "https://clinic.example; script-src *",
        "https://clinic.example;script-src",
        "https://user@clinic.example",
        "ftp://clinic.example",
        "https://*.clinic.example",
    ],
)
def test_an_allowed_site_that_could_say_more_in_a_header_is_refused(tmp_path: Path, value: str):
    environ = {"INSTANCE_PATH": str(tmp_path), "ALLOWED_ORIGINS": value}
    with pytest.raises(SettingsError, match="ALLOWED_ORIGINS must name sites"):
        Settings.from_environment(environ)
