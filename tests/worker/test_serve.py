"""`flask serve`: starts everything, answers, and ends without leaving anything behind."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest

from config import ROOT
from tests.worker.servers import free_port, wait_for

STOP_WITHIN = 10


def environment(folder: Path, port: int, **more: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "INSTANCE_PATH": str(folder / "instance"),
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
        **more,
    }


def start(environ: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def below(pid: int) -> set[int]:
    """All processes that descend from this one."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        found = {int(child) for child in children.read_text().split()}
    except FileNotFoundError:
        return set()
    return found.union(*(below(child) for child in found))


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


class Browser:
    """Just enough of one to book over a real connection."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(cookies)

    def get(self, path: str) -> str:
        with self._opener.open(self.base + path, timeout=10) as answer:
            return answer.read().decode()

    def post(self, path: str, page: str, **values: str) -> str:
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None
        body = urlencode({"csrf_token": token[1]} | values).encode()
        with self._opener.open(self.base + path, body, timeout=10) as answer:
            return answer.read().decode()


def answers(port: int) -> bool:
    try:
        Browser(port).get("/healthz")
    except OSError:
        return False
    return True


@contextmanager
def serving(folder: Path, **more: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    port = free_port()
    process = start(environment(folder, port, **more))
    try:
        wait_for(lambda: answers(port) or process.poll() is not None, 60)
        assert process.poll() is None, process.communicate()
        yield process, port
    finally:
        family = below(process.pid) | {process.pid}
        for pid in family:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        process.communicate()


def stop(process: subprocess.Popen[str], number: signal.Signals) -> tuple[str, str, float]:
    began = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=STOP_WITHIN + 20)
    return out, err, time.monotonic() - began


def test_the_clinic_is_served_booked_and_stopped(tmp_path: Path):
    with serving(tmp_path, DEMO="1") as (process, port):
        browser = Browser(port)
        times = browser.get("/book")
        slot = re.search(r'name="slot" value="([^"]+)"', times)
        assert slot is not None
        details = browser.post("/book/take", times, slot=slot[1])
        born = {"day": "14", "month": "3", "year": "1990"}
        check = browser.post(
            "/book/details", details, name="Ann", email="ann@patient.example", phone="", **born
        )
        done = browser.post("/book/check", check, privacy="1")
        assert "Your consultation is booked" in done
        # The worker writes the mail into the local mailbox within seconds.
        wait_for(lambda: "Your appointment on" in browser.get("/mailbox"), 30)
        wait_for(lambda: json.loads(browser.get("/readyz"))["worker"] == "ok")
        family = below(process.pid)
        assert len(family) >= 3
        out, err, took = stop(process, signal.SIGINT)
        assert process.returncode == 0
        assert took < STOP_WITHIN
        assert not [pid for pid in family if alive(pid)]
    assert f"http://127.0.0.1:{port}/book" in out
    assert out.count("@clinic.example") == 3
    assert "Traceback" not in err
    for secret in ("ann@patient.example", "/manage/", "/confirmed/"):
        assert secret not in err
    # Started again, it keeps the data and tells no passwords.
    with serving(tmp_path, DEMO="1") as (process, port):
        browser = Browser(port)
        assert "Your appointment on" in browser.get("/mailbox")
        family = below(process.pid)
        # A child that dies is brought back.
        worker = next(pid for pid in family if "worker" in command_of(pid).split("\0"))
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: below(process.pid) - family, 30)
        family |= below(process.pid)
        out, _, took = stop(process, signal.SIGTERM)
        assert process.returncode == 0
        assert took < STOP_WITHIN
        assert not [pid for pid in family if alive(pid)]
    assert "@clinic.example" not in out


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except FileNotFoundError:
        return ""


def test_a_port_that_is_taken_is_told_in_a_sentence(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start(environment(tmp_path, port))
        out, err = process.communicate(timeout=60)
    assert process.returncode not in {0, None}
    assert (out, len(err.splitlines())) == ("", 1)
    assert f"Port {port} on 127.0.0.1 cannot be used" in err
    assert "PORT=8001" in err


def test_an_unreachable_database_at_start_is_told_in_a_sentence(tmp_path: Path):
    url = f"postgresql://clinic:hunter2@127.0.0.1:{free_port()}/clinic"
    process = start(environment(tmp_path, free_port(), DATABASE_URL=url))
    began = time.monotonic()
    out, err = process.communicate(timeout=60)
    assert process.returncode not in {0, None}
    assert (out, len(err.splitlines())) == ("", 1)
    assert err.startswith("The database cannot be reached. Check DATABASE_URL")
    assert "hunter2" not in err
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("key", [None, "short"])
def test_production_without_a_good_secret_does_not_start(tmp_path: Path, key: str | None):
    more = {"PUBLIC_URL": "https://booking.example.org"} | ({"SECRET_KEY": key} if key else {})
    process = start(environment(tmp_path, free_port(), **more))
    out, err = process.communicate(timeout=60)
    assert process.returncode not in {0, None}
    assert (out, len(err.splitlines())) == ("", 1)
    assert "SECRET_KEY" in err
    assert "python3 -c" in err
    assert not (tmp_path / "instance" / "secret_key").exists()


def test_without_a_clinic_a_link_to_the_first_set_up_is_printed_and_works(tmp_path: Path):
    with serving(tmp_path) as (process, port):
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        link = next(line.strip() for line in lines if "/setup/" in line)
        assert link.startswith(f"http://127.0.0.1:{port}/setup/")
        assert "Set up your clinic" in Browser(port).get(urllib.parse.urlsplit(link).path)


def test_with_a_clinic_no_such_link_is_printed(tmp_path: Path):
    with serving(tmp_path, DEMO="1") as (process, _):
        process.terminate()
        assert "/setup/" not in process.communicate(timeout=STOP_WITHIN)[0]
