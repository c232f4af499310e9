"""A mail server must prove who it is; if it does not, the message waits and says why."""

import subprocess
from collections.abc import Callable

import pytest
from sqlalchemy import select

from booking.domain.messages import MessageState
from booking.store.records import Message
from booking.worker import Worker
from tests.support import Clinic, at
from tests.worker.servers import RudeServer, mail_server, server_context

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MakeWorker = Callable[..., Worker]
UNTRUSTED = "the mail server's certificate could not be trusted"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[str, str]]:
    """Self-signed certificates: by a name, the paths of certificate and key."""
    folder = tmp_path_factory.mktemp("certificates")

    def make(name: str) -> tuple[str, str]:
        certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
        if not certificate.exists():
            kind = "IP" if name[0].isdigit() else "DNS"
            command = ["openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"]
            command += ["-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", f"/CN={name}"]
            command += ["-addext", f"subjectAltName={kind}:{name}"]
            command += ["-keyout", str(key), "-out", str(certificate)]
            subprocess.run(command, check=True, capture_output=True)
        return str(certificate), str(key)

    return make


@pytest.fixture(autouse=True)
def booking(clinic: Clinic) -> None:
    clinic.book(at("2026-01-13T09:00-05:00"))


def message(clinic: Clinic) -> Message:
    return clinic.read(lambda session, _: session.scalars(select(Message)).one())


def secure_server(kind: str, files: tuple[str, str]) -> dict:
    context = server_context(*files)
    if kind == "use_ssl":
        return {"ssl_context": context}
    return {"tls_context": context, "require_starttls": True}


@pytest.mark.parametrize("kind", ["use_tls", "use_ssl"])
@pytest.mark.parametrize("name", ["127.0.0.1", "mail.example.org"])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    clinic: Clinic, make_worker: MakeWorker, made, kind: str, name: str
):
    with mail_server(**secure_server(kind, made(name))) as (port, letterbox):
        make_worker(port, **{kind: True}).deliver_due()
    assert not letterbox.envelopes
    found = message(clinic)
    assert (found.state, found.error) == (MessageState.QUEUED, UNTRUSTED)


@pytest.mark.parametrize("kind", ["use_tls", "use_ssl"])
def test_a_trusted_certificate_of_another_host_is_refused(
    clinic: Clinic, make_worker: MakeWorker, made, monkeypatch, kind: str
):
    files = made("mail.example.org")
    monkeypatch.setenv("SSL_CERT_FILE", files[0])
    with mail_server(**secure_server(kind, files)) as (port, letterbox):
        make_worker(port, **{kind: True}).deliver_due()
    assert not letterbox.envelopes
    assert (message(clinic).state, message(clinic).error) == (MessageState.QUEUED, UNTRUSTED)


@pytest.mark.parametrize("kind", ["use_tls", "use_ssl"])
def test_a_trusted_certificate_of_the_right_host_is_accepted(
    clinic: Clinic, make_worker: MakeWorker, made, monkeypatch, kind: str
):
    """The control: without it, the tests above might refuse everything."""
    files = made("127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", files[0])
    with mail_server(**secure_server(kind, files)) as (port, letterbox):
        make_worker(port, **{kind: True}).deliver_due()
    assert len(letterbox.mails) == 1
    assert message(clinic).state is MessageState.SENT


def test_the_message_leaves_once_the_certificate_is_mended(
    clinic: Clinic, make_worker: MakeWorker, made, monkeypatch
):
    files = made("127.0.0.1")
    with mail_server(**secure_server("use_ssl", files)) as (port, letterbox):
        worker = make_worker(port, use_ssl=True)
        worker.deliver_due()
        monkeypatch.setenv("SSL_CERT_FILE", files[0])
        clinic.time.pass_(minutes=1)
        worker.deliver_due()
    assert len(letterbox.mails) == 1
    assert (message(clinic).state, message(clinic).error) == (MessageState.SENT, None)


def test_nothing_is_sent_in_the_open_when_tls_was_asked_for(
    clinic: Clinic, make_worker: MakeWorker
):
    # Whoever sits in between may take the offer of STARTTLS away.
    with RudeServer(features=(b"8BITMIME",)) as server:
        make_worker(server.port, use_tls=True, username="clinic", password="x").deliver_due()
    assert not server.contents
    found = message(clinic)
    assert found.state is MessageState.QUEUED
    assert "does not offer" in (found.error or "")


def test_a_server_without_tls_is_no_server_with_it(clinic: Clinic, make_worker: MakeWorker):
    with mail_server() as (port, letterbox):
        make_worker(port, use_ssl=True, timeout=1).deliver_due()
    assert not letterbox.envelopes
    assert message(clinic).state is MessageState.QUEUED
    assert message(clinic).error
