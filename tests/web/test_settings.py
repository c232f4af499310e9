"""The environment is checked at start; what is unsafe is refused in a sentence that helps."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from booking.domain.retention import Retention
from config import ROOT, Settings, SettingsError

KEY = "kAp3-vbnTQ8_fJw2xYz0LmE5rUqH7sDg9iOc1a"
LIVE = {"PUBLIC_URL": "https://booking.example.org", "SECRET_KEY": KEY}


def read(tmp_path: Path, **environ: str) -> Settings:
    return Settings.from_environment({"INSTANCE_PATH": str(tmp_path)} | environ)


def refusal(tmp_path: Path, **environ: str) -> str:
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, **environ)
    return str(refused.value)


def test_an_empty_environment_is_a_development_clinic_on_this_machine(tmp_path: Path):
    settings = read(tmp_path)
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.database_url == f"sqlite:///{tmp_path / 'booking.db'}"
    assert settings.is_development
    assert settings.has_mailbox
    assert not settings.demo
    assert settings.ratelimit_enabled
    assert (settings.host, settings.port, settings.trusted_proxies) == ("127.0.0.1", 8000, 0)


def test_the_port_stands_in_the_links(tmp_path: Path):
    assert read(tmp_path, PORT="9123").public_url == "http://127.0.0.1:9123"


@pytest.mark.parametrize("url", ["http://localhost:1", "http://127.0.0.1", "http://[::1]:8000/"])
def test_a_loopback_address_is_development(tmp_path: Path, url: str):
    assert read(tmp_path, PUBLIC_URL=url).is_development


@pytest.mark.parametrize(
    "url",
    [
        "https://booking.example.org",
        "http://192.168.1.5:8000",
        "http://0.0.0.0:8000",
        "https://localhost.example.org",
        "https://127.0.0.1.example.org",
        "https://BOOKING.example.org",
    ],
)
def test_any_other_address_is_production(tmp_path: Path, url: str):
    settings = read(tmp_path, PUBLIC_URL=url, SECRET_KEY=KEY)
    assert not settings.is_development
    assert not settings.has_mailbox
    assert settings.is_https == url.startswith("https")


def test_production_refuses_to_start_without_a_secret_and_says_how_to_make_one(tmp_path: Path):
    words = refusal(tmp_path, PUBLIC_URL=LIVE["PUBLIC_URL"])
    assert words.startswith("SECRET_KEY is missing.")
    command = words.split("Make one with: ")[1].split(" and keep it")[0]
    made = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True)
    assert read(tmp_path, **LIVE | {"SECRET_KEY": made.stdout.strip()}).secret_keys
    assert not list(tmp_path.iterdir()), "production made a secret by itself"


@pytest.mark.parametrize("key", ["", " ", ",", " , ,"])
def test_an_empty_secret_is_a_missing_one(tmp_path: Path, key: str):
    assert "SECRET_KEY is missing" in refusal(tmp_path, **LIVE | {"SECRET_KEY": key})


@pytest.mark.parametrize(
    "key",
    [
        "secret",
        "changeme",
        "dev",
        "a" * 64,
        "0123456789" * 3,
        "change-me-" * 6,
        f"{KEY},short",
        f"short,{KEY}",
        f"{KEY},{'x' * 40}",
    ],
)
def test_production_refuses_a_weak_or_default_secret(tmp_path: Path, key: str):
    words = refusal(tmp_path, **LIVE | {"SECRET_KEY": key})
    assert words.startswith("SECRET_KEY is too weak")
    assert "python3 -c" in words
    assert key == "secret" or key not in words


@pytest.mark.parametrize("value", ["1", "true", "True", "on", "yes"])
def test_production_refuses_debug(tmp_path: Path, value: str):
    assert "Debug must be off" in refusal(tmp_path, **LIVE, FLASK_DEBUG=value)


@pytest.mark.parametrize("value", ["", "0", "false", "no"])
def test_debug_may_be_switched_off_by_name(tmp_path: Path, value: str):
    assert read(tmp_path, **LIVE, FLASK_DEBUG=value)


def test_production_refuses_the_demo(tmp_path: Path):
    assert "unset DEMO" in refusal(tmp_path, **LIVE, DEMO="1")
    assert not read(tmp_path, **LIVE, DEMO="0").demo


@pytest.mark.parametrize("name", ["DEMO", "RATELIMIT_ENABLED", "MAIL_USE_TLS", "MAIL_USE_SSL"])
@pytest.mark.parametrize("value", ["true", "yes", "on", "2", "-1", "01", "１"])
def test_a_boolean_is_0_or_1(tmp_path: Path, name: str, value: str):
    words = refusal(tmp_path, **{name: value})
    assert words == f"{name} must be 0 or 1, not {value!r}."


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("PORT", ["0", "65536", "-1", "80a", "8000.0", "0x50", "٨٠", "9" * 400, "+1"]),
        ("MAIL_PORT", ["0", "65536", "smtp"]),
        ("WEB_CONCURRENCY", ["0", "65", "many"]),
        ("TRUSTED_PROXIES", ["-1", "11", "all"]),
        ("MAIL_TIMEOUT", ["0", "301", "1.5"]),
    ],
)
def test_a_number_must_be_one_within_its_bounds(tmp_path: Path, name: str, values: list[str]):
    for value in values:
        assert refusal(tmp_path, **{name: value}).startswith(f"{name} must be a whole number")


@pytest.mark.parametrize(
    "url",
    [
        "booking.example.org",
        "ftp://booking.example.org",
        "https://",
        "//booking.example.org",
        "https://booking.example.org/clinic",
        "https://booking.example.org/?a=b",
        "https://booking.example.org/#top",
        "javascript:alert(1)",
    ],
)
def test_the_public_address_must_be_one(tmp_path: Path, url: str):
    assert refusal(tmp_path, PUBLIC_URL=url, SECRET_KEY=KEY).startswith("PUBLIC_URL must")


@pytest.mark.parametrize(
    "url", ["mysql://localhost/x", "booking.db", "/var/lib/booking.db", "sqlite://", "postgres:x"]
)
def test_the_database_must_be_one_that_we_know(tmp_path: Path, url: str):
    assert refusal(tmp_path, DATABASE_URL=url).startswith("DATABASE_URL must begin with")


def test_the_older_spelling_of_postgresql_is_understood(tmp_path: Path):
    settings = read(tmp_path, DATABASE_URL="postgres://u:p@db/booking")
    assert settings.database_url == "postgresql://u:p@db/booking"


def test_one_kind_of_tls_at_a_time(tmp_path: Path):
    assert "not both" in refusal(tmp_path, MAIL_USE_TLS="1", MAIL_USE_SSL="1")


@pytest.mark.parametrize(
    ("environ", "port"),
    [
        ({}, 25),
        ({"MAIL_USE_TLS": "1"}, 587),
        ({"MAIL_USE_SSL": "1"}, 465),
        ({"MAIL_PORT": "2525"}, 2525),
    ],
)
def test_the_mail_port_follows_the_kind_of_connection(
    tmp_path: Path, environ: dict[str, str], port: int
):
    assert read(tmp_path, **environ).mail.port == port


@pytest.mark.parametrize(
    "sender", ["clinic", "Clinic <clinic>", "a@b.example\r\nBcc: c@d.example", "a@b.example\nx"]
)
def test_the_sender_must_be_an_address(tmp_path: Path, sender: str):
    assert refusal(tmp_path, MAIL_DEFAULT_SENDER=sender).startswith("MAIL_DEFAULT_SENDER must")
    assert refusal(tmp_path, SHEET_EMAIL=sender).startswith("SHEET_EMAIL must")


def test_staff_have_two_minutes_to_undo_a_mistake_unless_told_otherwise(tmp_path: Path):
    assert read(tmp_path).staff_grace_seconds == 120
    assert read(tmp_path, STAFF_GRACE_SECONDS="0").staff_grace_seconds == 0
    assert refusal(tmp_path, STAFF_GRACE_SECONDS="-1").startswith("STAFF_GRACE_SECONDS must")


def test_sheets_are_mailed_to_nobody_unless_somebody_is_named(tmp_path: Path):
    assert read(tmp_path).sheet_email is None
    assert read(tmp_path, SHEET_EMAIL=" desk@clinic.example ").sheet_email == "desk@clinic.example"


@pytest.mark.parametrize(
    ("environ", "sender"),
    [
        ({"MAIL_DEFAULT_SENDER": "Clinic <post@clinic.example>"}, "post@clinic.example"),
        (LIVE, "booking@booking.example.org"),
        ({}, "booking@clinic.example"),
    ],
)
def test_the_sender_is_a_bare_address(tmp_path: Path, environ: dict[str, str], sender: str):
    assert read(tmp_path, **environ).mail.sender == sender


def test_the_development_secret_is_made_once_and_kept_from_others(tmp_path: Path):
    first = read(tmp_path / "instance")
    assert first.secret_keys == read(tmp_path / "instance").secret_keys
    assert len(first.secret_keys[0]) >= 43
    mode = stat.S_IMODE((tmp_path / "instance" / "secret_key").stat().st_mode)
    assert mode == 0o600
    assert read(tmp_path / "another").secret_keys != first.secret_keys


def test_a_given_secret_is_used_in_development_too(tmp_path: Path):
    assert read(tmp_path, SECRET_KEY="short").secret_keys == ("short",)
    assert not (tmp_path / "secret_key").exists()


def test_an_empty_secret_file_says_what_to_do(tmp_path: Path):
    (tmp_path / "secret_key").write_text("")
    assert "delete it and start again" in refusal(tmp_path)


def test_several_secrets_are_kept_in_their_order(tmp_path: Path):
    other = KEY[::-1]
    assert read(tmp_path, **LIVE | {"SECRET_KEY": f" {KEY} ,{other}"}).secret_keys == (KEY, other)


def test_settings_cannot_be_changed_afterwards(tmp_path: Path):
    settings = read(tmp_path)
    with pytest.raises(AttributeError):
        settings.demo = True  # type: ignore[misc]


def test_every_setting_is_described_where_it_is_read():
    source = (ROOT / "config.py").read_text(encoding="utf-8")
    described = source.split('"""')[1]
    read_from = set(re.findall(r'"([A-Z][A-Z_]{3,})"', source.split('"""', 2)[2]))
    missing = {name for name in read_from - {"FLASK_DEBUG"} if f"`{name}`" not in described}
    assert not missing


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"PUBLIC_URL": "https://booking.example.org"}, "SECRET_KEY is missing"),
        ({"PORT": "http"}, "PORT must be a whole number"),
    ],
)
def test_a_command_that_cannot_start_says_so_in_one_line(
    tmp_path: Path, environ: dict[str, str], words: str
):
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "doctor"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "INSTANCE_PATH": str(tmp_path)} | environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert done.stderr.startswith(f"Booking cannot start: {words}")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("value", "hours"),
    [("", (72, 24)), ("0", ()), ("2", (2,)), ("24, 48,24", (48, 24)), ("336", (336,))],
)
def test_reminders_leave_so_many_hours_before(tmp_path: Path, value: str, hours: tuple[int, ...]):
    assert read(tmp_path, REMINDER_HOURS=value).reminder_hours == hours


@pytest.mark.parametrize("value", ["soon", "337", "0,24", "24,", "-1", "1.5", "٢٤", "9" * 400])
def test_reminders_leave_at_whole_hours(tmp_path: Path, value: str):
    assert refusal(tmp_path, REMINDER_HOURS=value).startswith("REMINDER_HOURS must be whole")


@pytest.mark.parametrize("name", ["CONFIRM_EMAIL", "PROOF_OF_WORK"])
def test_what_is_done_against_machines_is_one_of_three_words(tmp_path: Path, name: str):
    usual = read(tmp_path)
    assert (usual.confirm_email, usual.proof_of_work) == ("suspicious", "attack")
    setting = getattr(read(tmp_path, **{name: "always"}), name.lower())
    assert setting == "always"
    assert name in refusal(tmp_path, **{name: "sometimes"})


def test_how_long_things_are_kept_is_checked_and_fits_the_rules(tmp_path: Path):
    assert Retention(**read(tmp_path).retention) == Retention()
    kept = read(tmp_path, KEEP_MISSED_MONTHS="6", KEEP_AUDIT_YEARS="10").retention
    assert (kept["missed_months"], kept["audit_years"]) == (6, 10)
    for value in ("0", "-1", "ever", "101"):
        assert refusal(tmp_path, KEEP_ATTENDED_YEARS=value).startswith("KEEP_ATTENDED_YEARS must")
