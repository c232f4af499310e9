"""The browser's session: it holds the CSRF token of forms, and most requests have none."""

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface


class LazySessions(SecureCookieSessionInterface):
    """As Flask's own, without making a serializer for a cookie that did not come."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of a request."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)
