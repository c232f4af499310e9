"""Staff accounts: who may come in, and as what."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import Invalid, LastAdministrator
from booking.domain.people import Findings
from booking.domain.roles import Role
from booking.services.admin import practitioners as people
from booking.services.staff import accounts
from booking.services.staff.accounts import Account
from booking.store.engine import Session
from booking.web import forms
from booking.web.access import current_staff
from booking.web.admin.blueprint import blueprint
from booking.web.clinic import local
from booking.web.installation import here, read, write
from booking.web.wording import ROLE_WORDS

_FIELDS = ("email", "practitioner")


@blueprint.get("/staff")
def staff() -> ResponseReturnValue:
    """All accounts."""

    def look(session: Session, _: object) -> tuple[list[Account], dict[int, str]]:
        names = {one.id: one.name for one in people.everybody(session)}
        return accounts.accounts(session), names

    found, names = read(look)
    listed = [
        {
            "id": one.id,
            "email": one.email,
            "roles": _words(one.roles),
            "practitioner": names.get(one.practitioner_id or 0),
            "active": one.is_active,
            "has_password": one.has_password,
            "last_seen": local(one.last_seen) if one.last_seen else None,
        }
        for one in found
    ]
    saved = request.args.get("saved") == "1"
    return render_template("admin/staff.html", accounts=listed, saved=saved)


@blueprint.route("/staff/new", methods=["GET", "POST"])
def new_account() -> ResponseReturnValue:
    """An account for somebody; they choose their password through a link."""
    found, values = Findings(), {"email": "", "practitioner": "", "roles": set()}
    if request.method == "POST":
        values = _typed()
        practitioner_id = _read(values, found)
        if not found.errors:
            try:
                return _linked(*_add(values, practitioner_id))
            except Invalid as invalid:
                found.errors.extend(invalid.errors)
    return _form(values, found, account=None)


def _add(values: dict[str, Any], practitioner_id: int | None) -> tuple[str, str]:
    actor, installation = current_staff().actor, here()

    def work(session: Session, now: Any) -> tuple[str, str]:
        row = accounts.add(
            session,
            values["email"],
            values["roles"],
            None,
            practitioner_id=practitioner_id,
            actor=actor,
            now=now,
        )
        token = accounts.link_to_password(
            session, row.id, actor=actor, random_token=installation.random_token, now=now
        )
        return row.email, token

    return write(work)


@blueprint.route("/staff/<int(max=2147483647):account_id>", methods=["GET", "POST"])
def account(account_id: int) -> ResponseReturnValue:
    """What an account may do, and whether it may come in."""
    known = read(lambda session, _: accounts.account(session, account_id))
    found, values = Findings(), _values(known)
    if request.method == "POST":
        values = _typed() | {"email": known.email}
        practitioner_id = _read(values, found)
        is_active = request.form.get("inactive") != "1"
        values["active"] = is_active
        actor = current_staff()
        if not is_active and account_id == actor.id:
            found.add("inactive", "oneself", "You cannot keep yourself out; ask a colleague")
        if not found.errors:
            try:
                write(
                    lambda session, now: accounts.change(
                        session,
                        account_id,
                        frozenset(values["roles"]),
                        practitioner_id=practitioner_id,
                        is_active=is_active,
                        actor=actor.actor,
                        now=now,
                    )
                )
            except LastAdministrator:
                words = "This is the last administrator. Make somebody else one first"
                found.add("roles", "last_administrator", words)
            else:
                return redirect(url_for("admin.staff", saved="1"), code=303)
    return _form(values, found, account=known)


@blueprint.post("/staff/<int(max=2147483647):account_id>/link")
def password_link(account_id: int) -> ResponseReturnValue:
    """A link to a new password, shown this once."""
    actor, random_token = current_staff().actor, here().random_token

    def work(session: Session, now: Any) -> tuple[str, str]:
        token = accounts.link_to_password(
            session, account_id, actor=actor, random_token=random_token, now=now
        )
        return accounts.account(session, account_id).email, token

    return _linked(*write(work))


def _linked(email: str, token: str) -> str:
    link = here().links.password(token)
    return render_template("admin/password_link.html", email=email, link=link)


def _typed() -> dict[str, Any]:
    values: dict[str, Any] = forms.typed(request.form, *_FIELDS)
    chosen = request.form.getlist("roles")[:10]
    return values | {"roles": {role for role in Role if role.value in chosen}, "active": True}


def _read(values: dict[str, Any], found: Findings) -> int | None:
    """Whose patients a doctor sees; roles and practitioner checked."""
    if not values["roles"]:
        found.add("roles", "missing", "Choose at least one")
    if Role.DOCTOR not in values["roles"]:
        return None
    known = {str(one.id): one.id for one in read(lambda s, _: people.everybody(s))}
    if values["practitioner"] not in known:
        found.add("practitioner", "missing", "Choose whose patients this doctor sees")
        return None
    return known[values["practitioner"]]


def _form(
    values: dict[str, Any], found: Findings, *, account: Account | None
) -> ResponseReturnValue:
    practitioners = read(lambda session, _: people.everybody(session))
    page = render_template(
        "admin/account.html",
        account=account,
        is_oneself=account is not None and account.id == current_staff().id,
        values=values,
        roles=ROLE_WORDS,
        practitioners=[(str(one.id), one.name) for one in practitioners],
        errors=found.errors,
    )
    return page, 422 if found.errors else 200


def _values(known: Account) -> dict[str, Any]:
    return {
        "email": known.email,
        "practitioner": str(known.practitioner_id or ""),
        "roles": set(known.roles),
        "active": known.is_active,
    }


def _words(roles: frozenset[Role]) -> str:
    return ", ".join(words for role, words in ROLE_WORDS.items() if role in roles)
