"""
Sending over SMTP: Flask-Mail with what it leaves out.

As shipped it accepts any certificate on STARTTLS and waits for ever. Here certificates are
checked, every step has a time limit, and so has the delivery as a whole.
"""

import contextlib
import smtplib
import socket
import ssl
import threading
from email.message import EmailMessage
from types import TracebackType
from typing import cast

from flask import Flask
from flask_mail import Connection, Mail

from booking.domain.messages import DeliveryFailure
from config import MailSettings

# One delivery may take this many times the limit of one step: a server that trickles a byte now
# and then would otherwise stay inside every single limit.
_WHOLE = 4
_PERMANENT = range(500, 600)
_FAILURES = (smtplib.SMTPException, OSError, ValueError)


class _Plain(smtplib.SMTP):
    """SMTP that keeps a second handle on its line, to cut it from another thread."""

    line: socket.socket | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connected = socket.create_connection((host, port), timeout)
        self.line = connected.dup()
        return connected


class _Secure(smtplib.SMTP_SSL):
    """The same with TLS from the first byte; the handshake, too, can be cut."""

    line: socket.socket | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connected = socket.create_connection((host, port), timeout)
        self.line = connected.dup()
        return self.context.wrap_socket(connected, server_hostname=host)


class StrictConnection(Connection):
    """A connection with checked certificates and time limits."""

    timeout: float = 15

    def __enter__(self) -> "StrictConnection":
        context = ssl.create_default_context()
        self._smtp: _Plain | _Secure = (
            _Secure(timeout=self.timeout, context=context)
            if self.mail.use_ssl
            else _Plain(timeout=self.timeout)
        )
        self._watchdog = threading.Timer(self.timeout * _WHOLE, self._cut)
        self._watchdog.daemon = True
        self._watchdog.start()
        try:
            self.host = self.configure_host()
        except BaseException as error:
            self._hang_up()
            if isinstance(error, _FAILURES):
                raise classify(error, about_us=True) from error
            raise
        self.num_emails = 0
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            self._smtp.quit()
        self._hang_up()

    def configure_host(self) -> smtplib.SMTP:
        """Connect, secure and sign in."""
        smtp = self._smtp
        # smtplib checks the certificate against this name, which its constructor would have set.
        smtp._host = self.mail.server  # type: ignore[union-attr]  # noqa: SLF001
        smtp.connect(self.mail.server, self.mail.port)
        if self.mail.use_tls:
            smtp.starttls(context=ssl.create_default_context())
        if self.mail.username and self.mail.password:
            smtp.login(self.mail.username, self.mail.password)
        return smtp

    def deliver(self, message: EmailMessage) -> None:
        """Hand in one message that is already built."""
        self._smtp.send_message(message)

    def _cut(self) -> None:
        """End the line; whoever reads from it then gets an error."""
        if self._smtp.line is not None:
            with contextlib.suppress(OSError):
                self._smtp.line.shutdown(socket.SHUT_RDWR)

    def _hang_up(self) -> None:
        self._watchdog.cancel()
        self._smtp.close()
        if self._smtp.line is not None:
            self._smtp.line.close()


class StrictMail(Mail):
    """Flask-Mail with strict connections."""

    def __init__(self, app: Flask, *, timeout: float):
        super().__init__(app)
        self._timeout = timeout

    def connect(self) -> StrictConnection:
        """A connection to use in a `with` block."""
        connection = StrictConnection(cast("Mail", self.state))
        connection.timeout = self._timeout
        return connection


class SmtpSender:
    """Sends messages through the clinic's mail server."""

    def __init__(self, settings: MailSettings):
        # Flask-Mail reads its settings from an app; this one serves nothing else.
        app = Flask(__name__)
        app.config.update(
            MAIL_SERVER=settings.server,
            MAIL_PORT=settings.port,
            MAIL_USERNAME=settings.username,
            MAIL_PASSWORD=settings.password,
            MAIL_USE_TLS=settings.use_tls,
            MAIL_USE_SSL=settings.use_ssl,
            MAIL_DEFAULT_SENDER=settings.sender,
        )
        self._mail = StrictMail(app, timeout=settings.timeout)

    def send(self, message: EmailMessage) -> None:
        """
        Hand a message to the mail server.

        Raises:
            DeliveryFailure: it was not taken; whether another try makes sense is said.
        """
        try:
            with self._mail.connect() as connection:
                connection.deliver(message)
        except _FAILURES as error:
            raise classify(error, about_us=False) from error


def classify(error: Exception, *, about_us: bool) -> DeliveryFailure:
    """
    What a failure means (RFC 5321, 4.2.1: 4xx passes, 5xx is final).

    `about_us`: before the message was handed in. What is refused then, a sign-in, a certificate,
    STARTTLS, is ours or the server's to mend, and the message waits for that.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, _ = next(iter(error.recipients.values()))
        return _by_code(code, "refused the recipient's address")
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return DeliveryFailure("the mail server refused our user name or password", True)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return DeliveryFailure("the mail server does not offer what the settings ask for", True)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return DeliveryFailure(
            f"the mail server refused our sending address ({error.smtp_code})", True
        )
    if isinstance(error, (smtplib.SMTPConnectError, smtplib.SMTPHeloError)):
        return DeliveryFailure(f"the mail server is not ready ({error.smtp_code})", True)
    if isinstance(error, smtplib.SMTPResponseException):
        # A text instead of bytes is smtplib's own verdict, not the server's: a line without end.
        final = not about_us and not isinstance(error.smtp_error, str)
        return _by_code(error.smtp_code if final else 0, "refused what we asked")
    if isinstance(error, ssl.SSLError):
        return DeliveryFailure("the mail server's certificate could not be trusted", True)
    if isinstance(error, TimeoutError):
        return DeliveryFailure("the mail server did not answer in time", True)
    if isinstance(error, (OSError, smtplib.SMTPServerDisconnected)):
        return DeliveryFailure("the mail server could not be reached, or hung up", True)
    return DeliveryFailure("the mail server gave an answer that we do not understand", True)


def _by_code(code: int, words: str) -> DeliveryFailure:
    # Anything but a 5xx is no last word: 4xx passes, and garbage parses to all kinds of numbers.
    final = code in _PERMANENT
    return DeliveryFailure(f"the mail server {words} ({code})", not final)
