"""One's own account: who one is, another password, signing out everywhere."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import Invalid, NotFound
from booking.domain.people import Findings
from booking.services.staff import accounts, one_time_links, sessions
from booking.services.staff.one_time_links import Purpose
from booking.web.access import current_staff
from booking.web.installation import read, write
from booking.web.limits import SIGN_IN, limited
from booking.web.staff import signing_in
from booking.web.staff.blueprint import blueprint
from booking.web.wording import ROLE_WORDS


@blueprint.route("/account", methods=["GET", "POST"])
def account() -> ResponseReturnValue:
    """Who is signed in, and a form for another password."""
    person, found = current_staff(), Findings()
    if request.method == "POST":
        signing_in.count_try(person.email)
        present, password = (request.form.get(name, "") for name in ("present", "password"))
        if signing_in.checked(person.email, present) is None:
            found.add("present", "wrong", "This is not your present password")
        else:
            try:
                write(lambda s, now: accounts.change_password(s, person, password, now=now))
            except Invalid as invalid:
                found.errors.extend(invalid.errors)
            else:
                return redirect(url_for("staff.account", changed="1"), code=303)
    page = render_template(
        "staff/account.html",
        email=person.email,
        roles=[words for role, words in ROLE_WORDS.items() if role in person.roles],
        changed=request.args.get("changed") == "1",
        errors=found.errors,
    )
    return page, 422 if found.errors else 200


@blueprint.post("/account/sign-out-everywhere")
def sign_out_everywhere() -> ResponseReturnValue:
    """End all of one's sessions, this one too: for a phone that was lost."""
    person = current_staff()
    write(lambda s, now: sessions.end_everywhere(s, person, now=now))
    return signing_in.signed_out()


@blueprint.route("/password/<token>", methods=["GET", "POST"])
@limited(SIGN_IN, "password-links")
def password(token: str) -> ResponseReturnValue:
    """Choose a password through a link that works once; looking at it does not use it up."""
    found = Findings()
    try:
        read(lambda s, now: one_time_links.find(s, Purpose.PASSWORD, token, now=now))
        if request.method == "POST":
            chosen = request.form.get("password", "")
            write(lambda s, now: accounts.choose_password(s, token, chosen, now=now))
            return redirect(url_for("staff.login", chosen="1"), code=303)
    except NotFound:
        return render_template("staff/link_gone.html"), 404
    except Invalid as invalid:
        found.errors.extend(invalid.errors)
    page = render_template("staff/password.html", token=token, errors=found.errors)
    return page, 422 if found.errors else 200
