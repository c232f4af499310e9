"""The commands of administration: what they do, what they print, and how they fail."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Connection, Engine, event, func, select, text

from booking import cli
from booking.app import create_app
from booking.domain.roles import FeedPrivacy, Role
from booking.formats.passwords import is_password
from booking.formats.tokens import token_hash
from booking.seams.clock import system_clock
from booking.services import health
from booking.store.access import Feed, Staff
from booking.store.bookings import Booking, Patient
from booking.store.claims import NO_OVERLAP, Claim
from booking.store.clinic import Clinic as ClinicRow
from booking.store.clinic import Location, OpeningHours, Practitioner, Service
from booking.store.engine import Database
from booking.store.records import Message
from config import Settings
from tests.postgres import PostgresServer
from tests.support import SECRET, Clinic, at, drop_guarantee
from tests.web.journeys import count, on_one_engine
from tests.web.visitor import Visitor
from tests.worker.servers import RudeServer, free_port

Run = Callable[..., Result]


@pytest.fixture
def engines() -> Iterator[set[Engine]]:
    """All engines that are used in a test; a process of its own would close them by ending."""
    found: set[Engine] = set()

    def note(connection: Connection) -> None:
        found.add(connection.engine)

    event.listen(Engine, "engine_connect", note)
    yield found
    event.remove(Engine, "engine_connect", note)
    for engine in found:
        engine.dispose()


@pytest.fixture
def make_run(tmp_path: Path, engines: set[Engine]) -> Run:
    """Commands in this process, with an environment of their own."""

    def make(url: str, *args: str, typed: str | None = None, **environ: str) -> Result:
        settings = Settings.from_environment(
            {"DATABASE_URL": url, "SECRET_KEY": SECRET, "INSTANCE_PATH": str(tmp_path)} | environ
        )
        app = create_app(settings)
        cli.register(app, settings)
        return app.test_cli_runner().invoke(args=args, input=typed)

    return make


@pytest.fixture
def run(make_run: Run, database_url: str) -> Run:
    return lambda *args, **more: make_run(database_url, *args, **more)


def of(clinic: Clinic, email: str) -> Staff:
    return clinic.read(
        lambda session, _: session.scalars(select(Staff).where(Staff.email == email)).one()
    )


# -- db upgrade ---------------------------------------------------------------------------------


def test_an_empty_database_is_brought_to_the_newest_schema(
    make_run: Run, request: pytest.FixtureRequest, tmp_path: Path
):
    server: PostgresServer = request.getfixturevalue("postgres")
    for url in (f"sqlite:///{tmp_path}/new/deep/booking.db", server.create_database("empty")):
        for _ in range(2):
            done = make_run(url, "db", "upgrade")
            assert (done.exit_code, done.stdout) == (0, "")
            assert "The schema is current" in done.stderr
        database = Database(url, clock=lambda _: at("2026-01-12T08:00-05:00"))
        found = database.read(lambda session, now: health.check(session, now=now))
        assert found.schema_is_current
        database.dispose()
    server.drop_database("empty")


def test_a_schema_of_a_newer_program_is_left_alone(run: Run, clinic: Clinic):
    clinic.write(
        lambda session, _: session.execute(text("UPDATE alembic_version SET version_num='9999'"))
    )
    done = run("db", "upgrade")
    assert done.exit_code != 0
    assert "Install the newer program again" in done.output
    assert count(clinic, Staff) == 3


# -- demo ---------------------------------------------------------------------------------------


def test_the_demo_clinic_is_set_up_once_with_an_account_for_each_role(
    make_run: Run, tmp_path: Path
):
    url = f"sqlite:///{tmp_path}/demo.db"
    first = make_run(url, "demo")
    assert first.exit_code == 0
    told = [line.split() for line in first.stdout.splitlines()[1:]]
    assert [role for role, *_ in told] == [role.value for role in Role]
    database = Database(url, clock=lambda _: at("2026-01-12T08:00-05:00"))
    for role, email, password in told:
        hash_ = database.read(
            lambda session, _, email=email: session.scalar(
                select(Staff.password_hash).where(Staff.email == email)
            )
        )
        assert is_password(password, hash_), role
    again = make_run(url, "demo")
    assert (again.exit_code, again.stdout) == (0, "")

    def facts(session, _):
        clinic = session.scalars(select(ClinicRow)).one()
        place = session.scalars(select(Location)).one()
        doctor = session.scalars(select(Practitioner)).one()
        service = session.scalars(select(Service)).one()
        hours = session.execute(
            select(OpeningHours.weekday, OpeningHours.opens, OpeningHours.closes)
        ).all()
        return clinic, place, doctor, service, set(hours)

    clinic, place, doctor, service, hours = database.read(facts)
    assert (place.time_zone, clinic.privacy_notice) == ("America/New_York", "1")
    assert clinic.phone
    assert clinic.email
    assert (doctor.slug, doctor.name) == ("dr-ahmed", "Dr. Ahmed")
    assert (service.slug, service.name) == ("consultation", "Micro needling consultation")
    assert service.length_minutes == 30
    assert hours == {
        (weekday, *stretch) for weekday in range(5) for stretch in ((540, 720), (780, 1020))
    }
    database.dispose()


def test_a_past_is_filled_with_bookings_that_claim_nothing(run: Run, clinic: Clinic):
    for total in (1000, 1500):
        done = run("demo", "--past", str(total - count(clinic, Booking)))
        assert done.exit_code == 0, done.output
        assert count(clinic, Booking) == count(clinic, Patient) == total
    assert count(clinic, Claim) == count(clinic, Message) == 0
    latest = clinic.read(lambda session, _: session.scalar(select(func.max(Booking.start))))
    now = clinic.read(lambda session, _: session.scalar(select(func.max(Patient.created_at))))
    assert latest < now


@on_one_engine
@pytest.mark.parametrize("number", ["-1", "many", "1.5", "5000001"])
def test_a_past_of_another_size_is_refused(run: Run, clinic: Clinic, number: str):
    assert run("demo", "--past", number).exit_code == 2
    assert count(clinic, Booking) == 0


# -- staff add ----------------------------------------------------------------------------------


def test_a_new_account_gets_a_generated_password_which_is_printed(run: Run, clinic: Clinic):
    done = run("staff", "add", "--email", "New@Clinic.Example", "--role", "reception")
    assert done.exit_code == 0
    (password,) = done.stdout.splitlines()
    account = of(clinic, "new@clinic.example")
    assert is_password(password, account.password_hash)
    assert len(password) >= 16
    assert password not in done.stderr


@on_one_engine
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_a_given_password_is_not_printed(run: Run, clinic: Clinic, end: str):
    args = ("staff", "add", "--email", "new@clinic.example", "--role", "doctor")
    done = run(*args, "--password-stdin", typed=f"correct horse battery{end}")
    assert (done.exit_code, done.output) == (0, "")
    account = of(clinic, "new@clinic.example")
    assert is_password("correct horse battery", account.password_hash)
    assert account.practitioner_id is not None


@on_one_engine
def test_an_account_may_hold_several_roles(run: Run, clinic: Clinic):
    run("staff", "add", "--email", "a@b.example", "--role", "doctor", "--role", "admin")
    assert {r.role for r in of(clinic, "a@b.example").roles} == {Role.DOCTOR, Role.ADMIN}


@on_one_engine
@pytest.mark.parametrize(
    ("args", "typed", "words"),
    [
        (["--email", "reception@clinic.example", "--role", "admin"], None, "an account with this"),
        (["--email", "RECEPTION@clinic.example", "--role", "admin"], None, "an account with this"),
        (["--email", "a@b.example", "--role", "admin", "--password-stdin"], "short\n", "Use 12 to"),
        (["--email", "a@b.example", "--role", "admin", "--password-stdin"], "x" * 201, "Use 12 to"),
        (["--email", "a@b.example", "--role", "boss"], None, "'boss' is not one of"),
        (["--email", "a@b.example"], None, "Missing option '--role'"),
        (["--role", "admin"], None, "Missing option '--email'"),
        (
            ["--email", "a@b.example", "--role", "doctor", "--practitioner", "dr-no"],
            None,
            "There is no practitioner with this id.",
        ),
    ],
)
def test_an_account_that_cannot_be_is_refused_in_a_sentence(
    run: Run, clinic: Clinic, args: list[str], typed: str | None, words: str
):
    done = run("staff", "add", *args, typed=typed)
    assert done.exit_code != 0
    assert words in done.output
    assert "Traceback" not in done.output
    assert count(clinic, Staff) == 3


# -- feed ---------------------------------------------------------------------------------------


def test_a_new_feed_is_one_line_that_works(run: Run, clinic: Clinic, visitor: Visitor):
    done = run("feed", "add", "--practitioner", "dr-ahmed", "--name", "phone")
    assert done.exit_code == 0
    (address,) = done.stdout.splitlines()
    assert done.stdout.endswith("\n")
    assert address.startswith("http://127.0.0.1:8000/calendar/")
    assert visitor.get(address.removeprefix("http://127.0.0.1:8000")).status == 200
    feed = clinic.read(lambda session, _: session.scalars(select(Feed)).one())
    assert feed.privacy is FeedPrivacy.INITIALS
    assert feed.token_hash == token_hash(address.split("/")[-1].removesuffix(".ics"))


@on_one_engine
@pytest.mark.parametrize("level", list(FeedPrivacy))
def test_a_feed_shows_as_much_as_is_asked_for(run: Run, clinic: Clinic, level: FeedPrivacy):
    args = ("feed", "add", "--practitioner", "dr-ahmed", "--name", "x")
    assert run(*args, "--privacy", level.value).exit_code == 0
    assert clinic.read(lambda session, _: session.scalars(select(Feed.privacy)).one()) is level


@on_one_engine
def test_a_feed_is_listed_without_its_address_and_ended_by_number(
    run: Run, clinic: Clinic, visitor: Visitor
):
    address = run("feed", "add", "--practitioner", "dr-ahmed", "--name", "phone").stdout.strip()
    path = address.removeprefix("http://127.0.0.1:8000")
    assert run("feed", "list").stdout == "1\tdr-ahmed\tphone\tinitials\tlast read never\n"
    visitor.get(path)
    assert "last read 2026" in run("feed", "list").stdout
    assert run("feed", "revoke", "1").exit_code == 0
    assert visitor.get(path).status == 404
    assert "revoked" in run("feed", "list").stdout
    missing = run("feed", "revoke", "99")
    assert missing.exit_code != 0
    assert "There is no feed 99." in missing.output


@on_one_engine
def test_a_feed_of_nobody_is_refused(run: Run, clinic: Clinic):
    done = run("feed", "add", "--practitioner", "dr-no", "--name", "phone")
    assert done.exit_code != 0
    assert "There is no practitioner 'dr-no'." in done.output
    bad = run("feed", "add", "--practitioner", "dr-ahmed", "--name", "x", "--privacy", "all")
    assert bad.exit_code == 2
    assert count(clinic, Feed) == 0


# -- doctor -------------------------------------------------------------------------------------


def findings(done: Result) -> dict[str, bool]:
    """What was said about each thing: whether it is well."""
    return {
        line[4:].split(":")[0].strip(): line.startswith("ok") for line in done.stdout.splitlines()
    }


def alive(clinic: Clinic) -> None:
    """A worker that is there, by the real clock that commands go by."""
    now = system_clock(None)
    clinic.write(lambda session, _: health.beat(session, "a worker", now=now))


def test_an_installation_that_is_well_passes(run: Run, clinic: Clinic):
    alive(clinic)
    done = run("doctor")
    assert done.exit_code == 0, done.output
    assert set(findings(done).values()) == {True}
    assert set(findings(done)) == {
        "Address", "Mail", "Time zones", "Database", "Guarantee", "Clinic", "Worker", "Messages",
    }  # fmt: skip


def test_a_missing_guarantee_is_found(run: Run, clinic: Clinic):
    alive(clinic)
    drop_guarantee(clinic.database)
    done = run("doctor")
    assert done.exit_code == 1
    assert not findings(done)["Guarantee"]
    assert NO_OVERLAP in done.stdout


@on_one_engine
def test_what_is_wrong_is_said_and_what_to_do(
    make_run: Run, run: Run, clinic: Clinic, tmp_path: Path
):
    clinic.book(at("2026-01-13T09:00-05:00"))
    done = run("doctor", MAIL_SERVER="127.0.0.1", MAIL_PORT=str(free_port()))
    assert done.exit_code == 1
    found = findings(done)
    assert not found["Worker"]
    assert not found["Messages"]
    assert not found["Mail"]
    assert "Start it: flask --app wsgi worker" in done.stdout
    with RudeServer() as server:
        answering = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(server.port)}
        assert findings(run("doctor", **answering))["Mail"]
    empty = make_run(f"sqlite:///{tmp_path}/empty.db", "doctor")
    assert empty.exit_code == 1
    assert "Run: flask --app wsgi db upgrade" in empty.stdout
    make_run(f"sqlite:///{tmp_path}/empty.db", "db", "upgrade")
    unfurnished = make_run(f"sqlite:///{tmp_path}/empty.db", "doctor")
    assert "Clinic: not set up yet" in unfurnished.stdout


@on_one_engine
def test_a_production_without_https_or_mail_is_not_well(run: Run, clinic: Clinic):
    key = "kAp3-vbnTQ8_fJw2xYz0LmE5rUqH7sDg9iOc1a"
    found = findings(run("doctor", PUBLIC_URL="http://booking.example.org", SECRET_KEY=key))
    assert not found["Mail"]
    assert not found["Address"]


# -- a database that is away ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "args",
    [
        ["db", "upgrade"],
        ["demo"],
        ["staff", "add", "--email", "a@b.example", "--role", "admin"],
        ["feed", "add", "--practitioner", "dr-ahmed", "--name", "x"],
        ["feed", "list"],
        ["serve"],
        ["doctor"],
    ],
)
def test_an_unreachable_database_is_one_sentence(make_run: Run, tmp_path: Path, args: list[str]):
    for url in (
        f"postgresql://nobody@/clinic?host={tmp_path}",
        f"postgresql://nobody:hunter2@127.0.0.1:{free_port()}/clinic",
    ):
        done = make_run(url, *args, PORT=str(free_port()))
        assert done.exit_code not in {0, None}
        assert "database" in done.output.lower()
        assert "DATABASE_URL" in done.output
        assert "Traceback" not in done.output
        assert "hunter2" not in done.output
        if args != ["doctor"]:
            assert len(done.output.splitlines()) == 1


@on_one_engine
@pytest.mark.parametrize("typed", ["\n", "", "\r\n"])
def test_an_empty_given_password_is_refused(run: Run, clinic: Clinic, typed: str):
    done = run(
        "staff", "add", "--email", "a@b.example", "--role", "admin", "--password-stdin", typed=typed
    )
    assert done.exit_code != 0
    assert count(clinic, Staff) == 3


@on_one_engine
@pytest.mark.parametrize("email", ["", " ", "not an address", "a@b@c", "a\nb@c.example", "x" * 300])
def test_an_account_needs_an_address(run: Run, clinic: Clinic, email: str):
    done = run("staff", "add", "--email", email, "--role", "admin")
    assert done.exit_code != 0
    assert "Traceback" not in done.output
    assert count(clinic, Staff) == 3


@pytest.mark.parametrize(
    "args",
    [
        ["staff", "add", "--email", "a@b.example", "--role", "admin"],
        ["feed", "add", "--practitioner", "dr-ahmed", "--name", "x"],
        ["feed", "list"],
    ],
)
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_database_without_tables_is_one_sentence(make_run, tmp_path, postgres, engine, args):
    if engine == "sqlite":
        url = f"sqlite:///{tmp_path}/empty.db"
    else:
        postgres.drop_database("bare")
        url = postgres.create_database("bare")
    done = make_run(url, *args)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert "db upgrade" in done.output


# -- setup --------------------------------------------------------------------------------------


def test_a_link_to_the_first_set_up_is_printed_while_there_is_no_clinic(
    make_run: Run, tmp_path: Path
):
    url = f"sqlite:///{tmp_path}/new.db"
    assert make_run(url, "db", "upgrade").exit_code == 0
    links = [make_run(url, "setup").stdout.splitlines()[-1].strip() for _ in range(2)]
    assert all(link.startswith("http://127.0.0.1:8000/setup/") for link in links)
    assert len(set(links)) == 2
    make_run(url, "demo")
    refused = make_run(url, "setup")
    assert refused.exit_code == 1
    assert "There is a clinic already" in refused.output


# -- retention ----------------------------------------------------------------------------------


def test_retention_says_how_much_and_forgets_only_without_the_dry_run(run: Run, clinic: Clinic):
    clinic.time.now = at("2010-01-11T08:00-05:00")
    clinic.book(at("2010-01-12T09:00-05:00"))
    unsure = run("retention", "--dry-run", KEEP_AUDIT_YEARS="100")
    assert (unsure.exit_code, unsure.stdout.split("\n")[0]) == (0, "patients\t1")
    assert names(clinic) == ["Ann O’Brien"]
    done = run("retention", KEEP_AUDIT_YEARS="100")
    assert (done.exit_code, done.stdout) == (0, unsure.stdout)
    assert names(clinic) == ["Erased"]
    assert run("retention").stdout.startswith("patients\t0\n")


def names(clinic: Clinic) -> list[str]:
    return clinic.read(lambda session, _: list(session.scalars(select(Patient.name))))
