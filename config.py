"""
Settings: one frozen object, read from the environment and checked at start.

| variable | meaning | default |
|---|---|---|
| `DATABASE_URL` | `sqlite:///…` or `postgresql://…` | SQLite at `instance/booking.db` |
| `SECRET_KEY` | at least 32 characters; several, separated by commas: the first signs, all verify | development: made once under `instance/` |
| `PUBLIC_URL` | what patients type; links in mail are built from it | `http://127.0.0.1:$PORT` |
| `PORT` | the port that `serve` listens on | 8000 |
| `HOST` | the address that `serve` listens on | 127.0.0.1 |
| `WEB_CONCURRENCY` | web server processes | 2 |
| `MAIL_SERVER`, `MAIL_PORT` | where mail is handed in; without it, development keeps mail in the local mailbox and production keeps it waiting | –, 25 (465 with SSL, 587 with TLS) |
| `MAIL_USERNAME`, `MAIL_PASSWORD` | sign-in at the mail server | – |
| `MAIL_USE_TLS`, `MAIL_USE_SSL` | STARTTLS, or TLS from the first byte; certificates are checked | 0, 0 |
| `MAIL_DEFAULT_SENDER` | the clinic's one sending address (also the calendar's organiser) | `booking@` the public host |
| `MAIL_TIMEOUT` | seconds that one step of a delivery may take (four times that in all) | 15 |
| `REMINDER_HOURS` | how many hours before a visit patients who permitted it are reminded by e-mail, separated by commas; 0: never | 72,24 |
| `STAFF_GRACE_SECONDS` | how long word of what staff moved or cancelled waits, so that a mistake undone meanwhile sends nothing; 0: it leaves at once | 120 |
| `SHEET_EMAIL` | one address at the clinic that gets the sheets of today and tomorrow each night, with patients' names and phone numbers; they are saved under the instance folder in any case | – |
| `KEEP_ATTENDED_YEARS`, `KEEP_MISSED_MONTHS` | for how long after the last visit it is known who a patient was: one who came, one who cancelled or never came | 8, 12 |
| `KEEP_WAITLIST_DAYS`, `KEEP_MESSAGES_DAYS`, `KEEP_AUDIT_YEARS` | for how long places on the waitlist are kept after they ended, to whom messages went, and audit entries | 30, 90, 6 |
| `REDIS_URL` | optional: rate limits shared over Redis instead of the database | – |
| `RATELIMIT_ENABLED` | 0 switches off every limit and per-contact cap (tests, benchmarks) | 1 |
| `CONFIRM_EMAIL` | when a booking on the pages waits until a link in an e-mail was followed: `never`, `suspicious` (what looks like a machine) or `always` | `suspicious` |
| `PROOF_OF_WORK` | when browsers must work about a second for a booking on the pages: `never`, `attack` (while far more holds and bookings come in than a clinic has) or `always` | `attack` |
| `TRUSTED_PROXIES` | how many proxies in front may be believed about the client's address | 0 |
| `ALLOWED_ORIGINS` | other sites, like `https://clinic.example`, whose pages may frame `/embed` and whose scripts may call the JSON API, separated by commas | – |
| `LANGUAGES` | what visitors may choose among: `en`, `es`, `fr`, `de`, `ar`, `ur`, separated by commas; English is always among them. Staff's pages are in English | all |
| `DEMO` | 1: set up the demo clinic when the database is empty, and show `/mailbox` | 0 (`make run`: 1) |
| `INSTANCE_PATH` | the folder for the embedded database, the development secret and the mailbox | `instance/` beside this file |

Booleans are 0 or 1. A loopback `PUBLIC_URL` means development; any other is production, which
refuses to start with a missing or weak secret, with debug, or with `DEMO=1`.
"""

import contextlib
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import getaddresses
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

ROOT = Path(__file__).resolve().parent
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
# A host, perhaps with a port: no user, no password.
_PLAIN_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_USUAL_PORTS = {"http": 80, "https": 443}
_LANGUAGES = "en,es,fr,de,ar,ur"
SECRET_MIN_LENGTH = 32
HOW_TO_MAKE_A_SECRET = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"


class SettingsError(Exception):
    """The environment cannot be used as it is; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class MailSettings:
    """Where mail is handed in. `server` is None when it stays in the local mailbox."""

    server: str | None
    port: int
    username: str | None
    password: str | None
    use_tls: bool
    use_ssl: bool
    sender: str
    timeout: float


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What this installation runs with; see the table at the top of this module."""

    database_url: str
    secret_keys: tuple[str, ...]
    public_url: str
    host: str
    port: int
    web_concurrency: int
    mail: MailSettings
    reminder_hours: tuple[int, ...]
    staff_grace_seconds: int
    sheet_email: str | None
    retention: Mapping[str, int]
    redis_url: str | None
    ratelimit_enabled: bool
    confirm_email: str
    proof_of_work: str
    trusted_proxies: int
    allowed_origins: frozenset[str]
    languages: tuple[str, ...]
    demo: bool
    instance_path: Path

    @property
    def public_host(self) -> str:
        """The host name in `public_url`, without a port, in lower case."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def is_development(self) -> bool:
        """A loopback `public_url`: nobody outside this machine can follow its links."""
        return self.public_host in LOOPBACK_HOSTS

    @property
    def is_https(self) -> bool:
        """Patients arrive over TLS, so cookies are Secure and carry the `__Host-` prefix."""
        return self.public_url.startswith("https://")

    @property
    def has_mailbox(self) -> bool:
        """`/mailbox` exists: in the demo, or in development without a mail server."""
        return self.is_development and (self.demo or self.mail.server is None)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """
        Read and check the settings.

        In development a missing secret is made once under the instance folder, so that all
        commands share it.

        Raises:
            SettingsError: a value is missing, unusable or unsafe.
        """
        port = _number(environ, "PORT", 8000, least=1, most=65535)
        public_url = _public_url(environ.get("PUBLIC_URL") or f"http://127.0.0.1:{port}")
        development = (urlsplit(public_url).hostname or "") in LOOPBACK_HOSTS
        instance_path = Path(environ.get("INSTANCE_PATH") or ROOT / "instance").absolute()
        demo = _flag(environ, "DEMO", default=False)
        if not development:
            _refuse_unsafe_production(environ, demo=demo)
        return cls(
            database_url=_database_url(environ, instance_path),
            secret_keys=_secret_keys(environ, development=development, instance_path=instance_path),
            public_url=public_url,
            host=environ.get("HOST") or "127.0.0.1",
            port=port,
            web_concurrency=_number(environ, "WEB_CONCURRENCY", 2, least=1, most=64),
            mail=_mail(environ, urlsplit(public_url).hostname or ""),
            reminder_hours=_reminder_hours(environ.get("REMINDER_HOURS", "").strip() or "72,24"),
            staff_grace_seconds=_number(environ, "STAFF_GRACE_SECONDS", 120, least=0, most=3600),
            sheet_email=_one_address(environ, "SHEET_EMAIL"),
            retention={
                "attended_years": _number(environ, "KEEP_ATTENDED_YEARS", 8, least=1, most=100),
                "missed_months": _number(environ, "KEEP_MISSED_MONTHS", 12, least=1, most=1200),
                "waitlist_days": _number(environ, "KEEP_WAITLIST_DAYS", 30, least=1, most=3650),
                "messages_days": _number(environ, "KEEP_MESSAGES_DAYS", 90, least=1, most=3650),
                "audit_years": _number(environ, "KEEP_AUDIT_YEARS", 6, least=1, most=100),
            },
            redis_url=environ.get("REDIS_URL") or None,
            ratelimit_enabled=_flag(environ, "RATELIMIT_ENABLED", default=True),
            confirm_email=_choice(environ, "CONFIRM_EMAIL", "suspicious", "never", "always"),
            proof_of_work=_choice(environ, "PROOF_OF_WORK", "attack", "never", "always"),
            trusted_proxies=_number(environ, "TRUSTED_PROXIES", 0, least=0, most=10),
            allowed_origins=_origins(environ.get("ALLOWED_ORIGINS") or ""),
            languages=tuple(
                code.strip() for code in (environ.get("LANGUAGES") or _LANGUAGES).split(",")
            ),
            demo=demo,
            instance_path=instance_path,
        )


def _flag(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = environ.get(name, "").strip()
    if value not in {"", "0", "1"}:
        raise SettingsError(f"{name} must be 0 or 1, not {value!r}.")
    return default if value == "" else value == "1"


def _choice(environ: Mapping[str, str], name: str, default: str, *others: str) -> str:
    value = environ.get(name, "").strip() or default
    if value not in {default, *others}:
        known = ", ".join((default, *others))
        raise SettingsError(f"{name} must be one of {known}, not {value!r}.")
    return value


def _number(environ: Mapping[str, str], name: str, default: int, *, least: int, most: int) -> int:
    value = environ.get(name, "").strip()
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise SettingsError(f"{name} must be a whole number from {least} to {most}.")
    return int(value)


def _reminder_hours(value: str) -> tuple[int, ...]:
    """Whole hours up to a fortnight, the longest first; none for 0."""
    parts = [part.strip() for part in value.split(",")]
    if parts == ["0"]:
        return ()
    if not all(part.isascii() and part.isdigit() and 1 <= int(part[:9]) <= 336 for part in parts):
        raise SettingsError(
            "REMINDER_HOURS must be whole numbers from 1 to 336, like 72,24, or 0 for no reminders."
        )
    return tuple(sorted({int(part) for part in parts}, reverse=True))


def _public_url(value: str) -> str:
    parts = _split(value)
    plain = parts is not None and _PLAIN_HOST.fullmatch(parts.netloc)
    if parts is None or not plain or parts.scheme not in {"http", "https"} or parts.query:
        raise SettingsError(
            "PUBLIC_URL must be the address that patients type, like https://booking.example.org"
        )
    if parts.path not in {"", "/"}:
        raise SettingsError("PUBLIC_URL must have no path: the program wants a host of its own.")
    return f"{parts.scheme}://{parts.netloc}".rstrip("/")


def _origins(value: str) -> frozenset[str]:
    """Spelled as browsers spell them, since they end up in a header that browsers compare."""
    return frozenset(_origin(one.strip()) for one in value.split(",") if one.strip())


def _origin(text: str) -> str:
    parts = _split(text)
    plain = parts is not None and _PLAIN_HOST.fullmatch(parts.netloc)
    if (
        parts is None
        or not plain
        or parts.scheme not in _USUAL_PORTS
        or parts.path.strip("/")
        or parts.query
    ):
        raise SettingsError(
            f"ALLOWED_ORIGINS must name sites like https://clinic.example, not {text!r}."
        )
    usual = f":{_USUAL_PORTS[parts.scheme]}"
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(usual)}"


def _split(url: str) -> SplitResult | None:
    """The parts of an address; None if it is garbled."""
    if any(character.isspace() for character in url) or "#" in url:
        return None
    try:
        parts = urlsplit(url)
        # Read for its check: a port that is no number raises here.
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def _database_url(environ: Mapping[str, str], instance_path: Path) -> str:
    value = environ.get("DATABASE_URL", "").strip()
    if not value:
        return f"sqlite:///{instance_path / 'booking.db'}"
    # Older hosts hand out this spelling, which SQLAlchemy no longer knows.
    value = value.replace("postgres://", "postgresql://", 1)
    if not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise SettingsError("DATABASE_URL must begin with sqlite:/// or postgresql://")
    if value.startswith("postgresql") and _split(value) is None:
        raise SettingsError(
            "DATABASE_URL cannot be read: postgresql://user:password@host:5432/name is its form, "
            "with special characters in the password percent-encoded."
        )
    return value


def _refuse_unsafe_production(environ: Mapping[str, str], *, demo: bool) -> None:
    if demo:
        raise SettingsError(
            "DEMO=1 shows every mail to every visitor: unset DEMO on a public address."
        )
    if environ.get("FLASK_DEBUG", "").strip().lower() not in {"", "0", "false", "no"}:
        raise SettingsError("Debug must be off on a public address: unset FLASK_DEBUG.")


def _secret_keys(
    environ: Mapping[str, str], *, development: bool, instance_path: Path
) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in environ.get("SECRET_KEY", "").split(",") if key.strip())
    if not keys and development:
        return (_development_secret(instance_path),)
    if not keys:
        raise SettingsError(
            f"SECRET_KEY is missing. Make one with: {HOW_TO_MAKE_A_SECRET} "
            "and keep it: links in mails that were sent stop working without it."
        )
    if not development and any(len(key) < SECRET_MIN_LENGTH or len(set(key)) < 10 for key in keys):
        raise SettingsError(
            f"SECRET_KEY is too weak: at least {SECRET_MIN_LENGTH} random characters. "
            f"Make one with: {HOW_TO_MAKE_A_SECRET}"
        )
    return keys


def _development_secret(instance_path: Path) -> str:
    path = instance_path / "secret_key"
    instance_path.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # Written beside and linked: of two commands that start at the same moment one wins, and
        # neither ever reads half a key.
        mine = instance_path / f"secret_key.{secrets.token_hex(8)}"
        with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(mine, path)
        mine.unlink()
    key = path.read_text(encoding="ascii").strip()
    if not key:
        raise SettingsError(f"{path} is empty: delete it and start again.")
    return key


def _mail(environ: Mapping[str, str], public_host: str) -> MailSettings:
    use_tls = _flag(environ, "MAIL_USE_TLS", default=False)
    use_ssl = _flag(environ, "MAIL_USE_SSL", default=False)
    if use_tls and use_ssl:
        raise SettingsError("Set MAIL_USE_TLS (STARTTLS) or MAIL_USE_SSL, not both.")
    server = environ.get("MAIL_SERVER", "").strip() or None
    address = _one_address(environ, "MAIL_DEFAULT_SENDER")
    if address is None:
        domain = (
            public_host
            if "." in public_host and not public_host[-1].isdigit()
            else "clinic.example"
        )
        address = f"booking@{domain}"
    return MailSettings(
        server=server,
        port=_number(
            environ, "MAIL_PORT", 465 if use_ssl else 587 if use_tls else 25, least=1, most=65535
        ),
        username=environ.get("MAIL_USERNAME") or None,
        password=environ.get("MAIL_PASSWORD") or None,
        use_tls=use_tls,
        use_ssl=use_ssl,
        sender=address,
        timeout=float(_number(environ, "MAIL_TIMEOUT", 15, least=1, most=300)),
    )


def _one_address(environ: Mapping[str, str], name: str) -> str | None:
    value = environ.get(name, "").strip()
    if not value:
        return None
    addresses = [address for _, address in getaddresses([value])]
    address = addresses[0]
    if len(addresses) != 1 or not _ADDRESS.fullmatch(address) or ".." in address:
        raise SettingsError(f"{name} must be one e-mail address, like booking@clinic.example")
    return address
