"""Each night the sheets of today and tomorrow are saved, and mailed where that is set."""

import stat
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from booking.domain.errors import MessageOutdated
from booking.domain.messages import MessageKind
from booking.seams.sheet_folder import SheetFolder
from booking.services.desk import messages
from booking.store.records import AuditEntry, Message
from booking.worker import KeepSheets, Worker
from tests.services.deeds import TUESDAY_9, WEDNESDAY_9, count
from tests.services.test_outbox import REFUSED, claim, claimed, fail
from tests.support import RECEPTION, Clinic

DESK = "desk@clinic.example"


def worker(
    clinic: Clinic,
    folder: Path,
    recipient: str | None = None,
    sent: list[EmailMessage] | None = None,
) -> Worker:
    send = None if sent is None else sent.append
    return Worker(
        clinic.database,
        clinic.links,
        send,
        sender="a@b.example",
        timeout=1,
        sheets=KeepSheets(SheetFolder(folder), recipient),
    )


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def sheet_mails(clinic: Clinic) -> list[Message]:
    query = select(Message).where(Message.kind == MessageKind.SHEET)
    return clinic.read(lambda session, _: list(session.scalars(query)))


def test_todays_and_tomorrows_sheet_are_saved_and_older_ones_go(
    clinic: Clinic, tmp_path: Path
) -> None:
    folder = tmp_path / "sheets"
    clinic.book(TUESDAY_9)
    worker(clinic, folder).save_sheets()
    assert names(folder) == ["sheet-2026-01-12.html", "sheet-2026-01-13.html"]
    assert "Ann O’Brien" in (folder / "sheet-2026-01-13.html").read_text(encoding="utf-8")
    clinic.time.pass_(days=1)
    worker(clinic, folder).save_sheets()
    assert names(folder) == ["sheet-2026-01-13.html", "sheet-2026-01-14.html"]


def test_only_the_program_itself_can_read_them(clinic: Clinic, tmp_path: Path) -> None:
    folder = tmp_path / "sheets"
    worker(clinic, folder).save_sheets()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_they_are_saved_once_a_night_by_the_clinics_clock(clinic: Clinic, tmp_path: Path) -> None:
    worker(clinic, tmp_path).save_sheets()
    made = count(clinic, AuditEntry)
    # 23:59 in New York is the next day in UTC.
    clinic.time.now = WEDNESDAY_9 - timedelta(hours=33, minutes=1)
    worker(clinic, tmp_path).save_sheets()
    assert count(clinic, AuditEntry) == made
    clinic.time.pass_(minutes=1)
    worker(clinic, tmp_path).save_sheets()
    assert count(clinic, AuditEntry) == made + 2
    subjects = clinic.read(lambda session, _: list(session.scalars(select(AuditEntry.subject))))
    assert subjects[-2:] == ["sheet 2026-01-13", "sheet 2026-01-14"]


def test_nothing_is_mailed_where_nobody_is_to_get_it(clinic: Clinic, tmp_path: Path) -> None:
    worker(clinic, tmp_path).save_sheets()
    assert sheet_mails(clinic) == []


def test_reception_gets_both_as_files_in_one_mail(clinic: Clinic, tmp_path: Path) -> None:
    clinic.book(TUESDAY_9)
    claim(clinic)
    sent: list[EmailMessage] = []
    one = worker(clinic, tmp_path, DESK, sent)
    one.save_sheets()
    one.deliver_due()
    (mail,) = sent
    assert (mail["To"], mail["Subject"]) == (DESK, "Sheets of today and tomorrow")
    files = {part.get_filename(): part.get_content() for part in mail.iter_attachments()}
    assert list(files) == ["sheet-2026-01-12.html", "sheet-2026-01-13.html"]
    assert "Ann O’Brien" in files["sheet-2026-01-13.html"]
    body = mail.get_body(("plain",))
    assert body is not None
    assert "Ann" not in body.get_content()


def test_several_workers_mail_it_once(clinic: Clinic, tmp_path: Path) -> None:
    for machine in ("one", "two"):
        worker(clinic, tmp_path / machine, DESK).save_sheets()
    assert len(sheet_mails(clinic)) == 1
    clinic.time.pass_(days=1)
    worker(clinic, tmp_path / "one", DESK).save_sheets()
    assert len(sheet_mails(clinic)) == 2


def test_a_sheet_of_days_that_are_over_is_not_sent(clinic: Clinic, tmp_path: Path) -> None:
    worker(clinic, tmp_path, DESK).save_sheets()
    fail(clinic, claimed(clinic), REFUSED)
    (mail,) = sheet_mails(clinic)
    clinic.time.pass_(days=1)
    with pytest.raises(MessageOutdated):
        clinic.write(
            lambda session, now: messages.send_again(
                session, mail.id, tries=1, actor=RECEPTION, now=now
            )
        )
