"""The commands of `flask --app wsgi …`: administration, the worker, and `serve`."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import click
from flask import Flask
from flask.cli import AppGroup

from booking import diagnosis, supervisor
from booking.domain.errors import Busy, Invalid, NotFound, NotSetUp
from booking.domain.retention import Retention
from booking.domain.roles import FeedPrivacy, Role
from booking.formats.links import Links
from booking.formats.passwords import generated_password
from booking.formats.tokens import ManageKeys, random_token
from booking.purge import count, purge
from booking.seams.clock import clock_for
from booking.seams.mailbox import Mailbox
from booking.seams.sheet_folder import SheetFolder
from booking.seams.smtp import SmtpSender
from booking.services import calendars, past
from booking.services.admin import demo, first_setup
from booking.services.staff import accounts as staff
from booking.services.times.availability import Offers
from booking.store import schema
from booking.store.engine import Database
from booking.worker import KeepSheets, Send, Worker
from config import Settings

Parameters = ParamSpec("Parameters")
DATABASE_AWAY = (
    "The database cannot be reached. Check DATABASE_URL, that the server is running, "
    "and that this machine may connect to it."
)


def register(app: Flask, settings: Settings) -> None:
    """Add the commands to an app."""
    database = Database(settings.database_url, clock=clock_for(settings.database_url))
    for group in (_database(database), _staff(database), _feeds(database, settings)):
        app.cli.add_command(group)
    for command in (_demo(database), _worker(database, settings), _doctor(database, settings)):
        app.cli.add_command(command)
    app.cli.add_command(_retention(database, settings))
    app.cli.add_command(_set_up(database, settings))
    app.cli.add_command(_serve(database, settings))


def _plainly(command: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """A command whose failures are one sentence each."""

    @wraps(command)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except Busy:
            sys.exit(DATABASE_AWAY)
        except NotSetUp:
            sys.exit("The database has no tables yet. Run: flask --app wsgi db upgrade")
        except (supervisor.PortTaken, schema.SchemaIsNewer) as error:
            sys.exit(str(error))

    return run


def _database(database: Database) -> AppGroup:
    group = AppGroup("db", help="The database's schema.")

    @group.command("upgrade")
    @_plainly
    def upgrade() -> None:
        """Bring the schema to the newest version."""
        _upgrade(database)
        click.echo("The schema is current.", err=True)

    return group


def _upgrade(database: Database) -> None:
    # A read first: it turns an unreachable database into one sentence.
    database.read(lambda session, _: session.connection())
    schema.upgrade(database.engine)


def _staff(database: Database) -> AppGroup:
    group = AppGroup("staff", help="Staff accounts.")

    @group.command("add")
    @click.option("--email", required=True)
    @click.option(
        "--role", "roles", required=True, multiple=True, type=click.Choice([r.value for r in Role])
    )
    @click.option(
        "--practitioner", help="A doctor's own practitioner; needed when there are several."
    )
    @click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
    @_plainly
    def add(
        email: str, roles: tuple[str, ...], practitioner: str | None, password_stdin: bool
    ) -> None:
        """Add an account; without a given password one is generated and printed."""
        given = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
        password = generated_password() if given is None else given
        try:
            database.write(
                lambda session, now: staff.add(
                    session,
                    email,
                    [Role(role) for role in roles],
                    password,
                    practitioner_id=staff.practitioner_for(session, roles, practitioner),
                    now=now,
                )
            )
        except Invalid as invalid:
            sys.exit(". ".join(error.message for error in invalid.errors) + ".")
        except NotFound:
            sys.exit("There is no practitioner with this id.")
        if given is None:
            click.echo(password)

    return group


def _feeds(database: Database, settings: Settings) -> AppGroup:
    group = AppGroup("feed", help="Calendars to subscribe to.")

    @group.command("add")
    @click.option("--practitioner", required=True, help="For example dr-ahmed.")
    @click.option("--name", required=True, help="The device that will read it.")
    @click.option(
        "--privacy", default="initials", type=click.Choice([level.value for level in FeedPrivacy])
    )
    @_plainly
    def add(practitioner: str, name: str, privacy: str) -> None:
        """Make a feed and print its address, this once."""
        try:
            token = database.write(
                lambda session, now: calendars.add_feed(
                    session,
                    practitioner=practitioner,
                    name=name[:100],
                    privacy=FeedPrivacy(privacy),
                    random_token=random_token,
                    now=now,
                )
            )
        except NotFound:
            sys.exit(f"There is no practitioner {practitioner!r}.")
        click.echo(_links(settings).feed(token))

    @group.command("list")
    @_plainly
    def list_() -> None:
        """Show all feeds and when each was last read."""
        for line in database.read(lambda session, _: calendars.feed_lines(session)):
            click.echo(line)

    @group.command("revoke")
    @click.argument("feed_id", type=int)
    @_plainly
    def revoke(feed_id: int) -> None:
        """End a feed by its number; its address then looks as if it had never been."""
        try:
            database.write(lambda session, now: calendars.revoke_feed(session, feed_id, now=now))
        except NotFound:
            sys.exit(f"There is no feed {feed_id}.")

    return group


def _demo(database: Database) -> click.Command:
    @click.command("demo")
    @click.option("--past", "count", type=click.IntRange(0, 5_000_000), default=0)
    @_plainly
    def run(count: int) -> None:
        """Set up the demo clinic in an empty database; with --past, fill its past."""
        _set_up_demo(database)
        if count:
            database.write(lambda session, now: past.fill(session, count, now=now))
            click.echo(f"{count} past bookings added.", err=True)

    return run


def _set_up_demo(database: Database) -> None:
    _upgrade(database)
    accounts = database.write(lambda session, now: demo.set_up(session, now=now))
    if accounts:
        click.echo("The demo clinic's staff accounts (passwords are shown this once):")
    for account in accounts:
        click.echo(f"  {account.role.value:<10} {account.email:<28} {account.password}")


def _worker(database: Database, settings: Settings) -> click.Command:
    @click.command("worker")
    @_plainly
    def run() -> None:
        """Deliver messages and sweep, until stopped."""
        Worker(
            database,
            _links(settings),
            _send(settings),
            sender=settings.mail.sender,
            timeout=settings.mail.timeout,
            reminder_hours=settings.reminder_hours,
            sheets=KeepSheets(SheetFolder(settings.instance_path / "sheets"), settings.sheet_email),
            keep=_keep(settings),
        ).run()

    return run


def _keep(settings: Settings) -> Retention:
    return Retention(**settings.retention)


def _retention(database: Database, settings: Settings) -> click.Command:
    @click.command("retention")
    @click.option("--dry-run", is_flag=True, help="Only say how much it would be.")
    @_plainly
    def run(dry_run: bool) -> None:
        """Forget what was kept for long enough, as the worker does each night."""
        keep = _keep(settings)
        counts = count(database, keep) if dry_run else purge(database, keep, offers=Offers())
        for name, number in counts.items():
            click.echo(f"{name}\t{number}")

    return run


def _send(settings: Settings) -> Send | None:
    """Where mail goes; None where nothing was set: then it waits, and `doctor` says so."""
    if settings.mail.server is not None:
        return SmtpSender(settings.mail).send
    if settings.is_development:
        return Mailbox(settings.instance_path / "mailbox").send
    return None


def _doctor(database: Database, settings: Settings) -> click.Command:
    @click.command("doctor")
    def run() -> None:
        """Check this installation and say what is wrong."""
        findings = diagnosis.examine(settings, database)
        for finding in findings:
            click.echo(f"{'ok  ' if finding.is_well else 'BAD '} {finding.words}")
        sys.exit(0 if all(finding.is_well for finding in findings) else 1)

    return run


def _serve(database: Database, settings: Settings) -> click.Command:
    @click.command("serve")
    @_plainly
    def run() -> None:
        """Migrate, set up the demo clinic if asked, and run web server and worker."""
        supervisor.require_free_port(settings)
        _upgrade(database)
        if settings.demo:
            _set_up_demo(database)
        _print_addresses(settings)
        _print_set_up_link(database, settings)
        database.dispose()
        supervisor.serve(settings)

    return run


def _print_addresses(settings: Settings) -> None:
    addresses = {"Patients": "/", "Booking": "/book", "Reception": "/desk"}
    if settings.has_mailbox:
        addresses["Mailbox"] = "/mailbox"
    for name, path in addresses.items():
        click.echo(f"  {name:<10} {settings.public_url}{path}")
    click.echo("Ctrl-C stops everything.", err=True)
    sys.stdout.flush()


def _set_up(database: Database, settings: Settings) -> click.Command:
    @click.command("setup")
    @_plainly
    def run() -> None:
        """Print a new link to the first set-up; the one before works no longer."""
        if not _print_set_up_link(database, settings):
            sys.exit("There is a clinic already. Sign in as its administrator to change it.")

    return run


def _print_set_up_link(database: Database, settings: Settings) -> bool:
    """While there is no clinic: the one way to found it. Only who reads this can."""
    token = database.write(
        lambda session, now: first_setup.make_link(session, random_token=random_token, now=now)
    )
    if token is not None:
        click.echo("There is no clinic yet. Set it up here; the link works once, for a day:")
        click.echo(f"  {_links(settings).set_up(token)}")
        sys.stdout.flush()
    return token is not None


def _links(settings: Settings) -> Links:
    return Links(settings.public_url, ManageKeys(settings.secret_keys))
