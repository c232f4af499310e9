"""Staff sign in and out."""

from flask import Response, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from booking.domain.people import Findings, one_line
from booking.formats import passwords
from booking.formats.tokens import token_hash
from booking.services.staff import accounts, sessions
from booking.web import limits
from booking.web.access import STAFF_COOKIE, clear_staff_cookie, set_staff_cookie
from booking.web.installation import here, read, write
from booking.web.staff.blueprint import blueprint

DEVICE_COOKIE = "device"
DEVICE_SECONDS = 180 * 24 * 3600
_LONGEST = 254


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """Sign in; the throttle counts before the password is looked at."""
    if g.staff is not None and request.method == "GET":
        return redirect(url_for("desk.day"))
    back = request.values.get("next", "")
    if request.method == "GET":
        return _page(back, ended=bool(request.args.get("ended")))
    email = one_line(request.form.get("email", "")[:_LONGEST]) or ""
    count_try(email)
    staff_id = checked(email, request.form.get("password", ""))
    if staff_id is None:
        found = Findings()
        found.add("email", "wrong", "The e-mail address or the password is not right")
        return _page(back, email=email, errors=found), 422
    return _signed_in(staff_id, email, back)


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """Sign out on the server, and leave nothing in the browser."""
    token = request.cookies.get(here().cookie_name(STAFF_COOKIE), "")
    write(lambda session_, now: sessions.end(session_, token, now=now))
    return signed_out()


def signed_out() -> ResponseReturnValue:
    """Back to the sign-in page, with a browser that remembers nothing."""
    session.clear()
    response = redirect(url_for("staff.login"), code=303)
    clear_staff_cookie(response)  # type: ignore[arg-type]
    # Not "cookies": that would also forget the device, whose owner then shares the throttle.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _page(
    back: str, *, email: str = "", errors: Findings | None = None, ended: bool = False
) -> str:
    return render_template(
        "staff/login.html",
        email=email,
        errors=errors.errors if errors else [],
        next=back or None,
        ended=ended,
        chosen=request.args.get("chosen") == "1",
    )


def count_try(email: str) -> None:
    """
    Per account, per network and overall. A browser that signed in to the account before has a
    count of its own, so that somebody who guesses at an account does not lock out its owner.
    """
    account = email.lower()
    device = _known_device(account)
    limits.require(limits.SIGN_IN, "sign-in-account", f"{account}|{device}")
    limits.require(limits.SIGN_IN, "sign-in-network", f"{limits.visitor()}|{device}")
    if not device:
        limits.require(limits.SIGN_IN_OVERALL, "sign-in-overall", "all")


def checked(email: str, password: str) -> int | None:
    """The account's id if the password is right; the work is the same either way."""
    known = read(lambda session_, _: accounts.password_hash_of(session_, email))
    matches = passwords.is_password(password, known[1] if known else None)
    if known is None or not matches:
        return None
    staff_id, stored = known
    if passwords.needs_rehash(stored):
        write(lambda session_, _: accounts.renew_hash(session_, staff_id, password))
    return staff_id


def _signed_in(staff_id: int, email: str, back: str) -> Response:
    installation = here()
    token = write(
        lambda session_, now: sessions.start(
            session_, staff_id, random_token=installation.random_token, now=now
        )
    )
    # A new CSRF token too: what a page held before signing in is worth nothing after it.
    session.clear()
    response: Response = redirect(_own_path(back) or url_for("desk.day"), code=303)  # type: ignore[assignment]
    set_staff_cookie(response, token)
    response.set_cookie(
        installation.cookie_name(DEVICE_COOKIE),
        installation.devices.mark(email.lower()),
        max_age=DEVICE_SECONDS,
        httponly=True,
        secure=installation.is_https,
        samesite="Strict",
    )
    return response


def _known_device(account: str) -> str:
    """This browser's own mark for the account, or nothing."""
    mark = request.cookies.get(here().cookie_name(DEVICE_COOKIE), "")
    return token_hash(mark) if here().devices.is_mark_of(mark, account) else ""


def _own_path(back: str) -> str | None:
    """A path on this site to return to; anything that a browser could read otherwise is refused."""
    if not back.startswith("/") or back.startswith("//"):
        return None
    if any(ord(character) < 33 or character in "\\\x7f" for character in back):
        return None
    return back
