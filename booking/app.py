"""The composition root: settings and seams in, a WSGI application out."""

import logging
import sys
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import structlog
from apiflask import APIFlask
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from booking.domain.suspicion import ConfirmEmail, ProofOfWork
from booking.formats.languages import ENGLISH, LANGUAGES, Language
from booking.formats.links import Links
from booking.formats.tokens import DeviceMarks, FormMarks, ManageKeys, purpose_key, random_token
from booking.formats.work import WorkOrders
from booking.seams.clock import clock_for
from booking.seams.mailbox import Mailbox
from booking.services.times.availability import Offers
from booking.store.engine import Clock, Database
from booking.web import (
    access,
    admin,
    api,
    assets,
    calendars,
    desk,
    doctor,
    errors,
    findable,
    limits,
    look,
    mailbox,
    operations,
    protection,
    setup,
    staff,
    wording,
)
from booking.web.installation import Installation, install
from booking.web.patients import (
    embedded,
    filling_in,
    finding,
    guard,
    new_answers,
    own_word,
    proving,
    public,
    waitlist,
)
from booking.web.protection import SafeHeaders
from booking.web.sessions import LazySessions
from booking.web.templating import Templates
from config import LOOPBACK_HOSTS, Settings, SettingsError

Cautious = TypeVar("Cautious", ConfirmEmail, ProofOfWork)
ROOT = Path(__file__).resolve().parents[1]
BLUEPRINTS = (
    assets,
    look,
    public,
    filling_in,
    proving,
    own_word,
    new_answers,
    finding,
    waitlist,
    embedded,
    staff,
    setup,
    desk,
    doctor,
    admin,
    calendars,
    operations,
)


def create_app(
    settings: Settings, *, database: Database | None = None, clock: Clock | None = None
) -> Flask:
    """The application. Tests hand in a database and a clock; production makes its own."""
    set_up_logs()
    database = database or Database(
        settings.database_url, clock=clock or clock_for(settings.database_url)
    )
    app = APIFlask(
        __name__,
        title="Booking",
        version="1",
        spec_path="/api/v1/openapi.json",
        docs_path=None,
        json_errors=False,
        static_folder=None,  # type: ignore[arg-type]
        template_folder=str(ROOT / "templates"),
        instance_path=str(settings.instance_path),
    )
    _configure(app, settings)
    app.jinja_environment = Templates
    app.session_interface = LazySessions()
    install(app, _installation(settings, database))
    counted = limits.set_up(app, database, settings.redis_url)
    protection.protect(app)
    app.before_request(access.guard)
    # Modules of one feature share a blueprint.
    for blueprint in dict.fromkeys(module.blueprint for module in BLUEPRINTS):
        app.register_blueprint(blueprint)
    if settings.has_mailbox:
        app.register_blueprint(mailbox.blueprint)
    api.register(app, limits=counted)
    wording.register(app)
    guard.register(app)
    findable.register(app)
    errors.register(app)
    _wrap(app, settings)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    keys = [purpose_key(secret, "session").hex() for secret in settings.secret_keys]
    app.config.update(
        SECRET_KEY=keys[0],
        SECRET_KEY_FALLBACKS=keys[1:],
        SESSION_COOKIE_NAME="__Host-session" if settings.is_https else "session",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PREFERRED_URL_SCHEME="https" if settings.is_https else "http",
        # An error must reach our own handler, in tests too.
        PROPAGATE_EXCEPTIONS=False,
    )


def _wrap(app: Flask, settings: Settings) -> None:
    """What every request passes first, from the outside in: proxies, headers."""
    wrapped = SafeHeaders(app.wsgi_app, is_https=settings.is_https)
    hops = settings.trusted_proxies
    app.wsgi_app = (  # type: ignore[method-assign]
        ProxyFix(wrapped, x_for=hops, x_proto=hops) if hops else wrapped
    )


def _installation(settings: Settings, database: Database) -> Installation:
    hosts = {settings.public_host} | (LOOPBACK_HOSTS if settings.is_development else set())
    return Installation(
        database=database,
        offers=Offers(),
        links=Links(settings.public_url, ManageKeys(settings.secret_keys)),
        random_token=random_token,
        devices=DeviceMarks(settings.secret_keys),
        forms=FormMarks(settings.secret_keys),
        work=WorkOrders(settings.secret_keys),
        public_hosts=frozenset(hosts),
        is_https=settings.is_https,
        is_development=settings.is_development,
        limits_enabled=settings.ratelimit_enabled,
        confirm_email=_unless_limits_are_off(settings, ConfirmEmail(settings.confirm_email)),
        proof_of_work=_unless_limits_are_off(settings, ProofOfWork(settings.proof_of_work)),
        grace=timedelta(seconds=settings.staff_grace_seconds),
        redis_url=settings.redis_url,
        allowed_origins=settings.allowed_origins,
        languages=_languages(settings),
        mailbox=Mailbox(settings.instance_path / "mailbox") if settings.has_mailbox else None,
    )


def _unless_limits_are_off(settings: Settings, setting: Cautious) -> Cautious:
    """What is measured counts only along with the limits; what a clinic always wants stays."""
    kind = type(setting)
    if settings.ratelimit_enabled or setting is kind.ALWAYS:
        return setting
    return kind.NEVER


def _languages(settings: Settings) -> dict[str, Language]:
    """Those that were chosen, in our order."""
    unknown = set(settings.languages) - set(LANGUAGES)
    if unknown:
        known = ", ".join(LANGUAGES)
        raise SettingsError(f"LANGUAGES knows {known}, not {min(unknown)!r}.")
    chosen = {ENGLISH, *settings.languages}
    return {code: one for code, one in LANGUAGES.items() if code in chosen}


def set_up_logs() -> None:
    """JSON, one line an event, ids only, on standard error: standard output is for answers."""
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
