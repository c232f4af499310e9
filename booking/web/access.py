"""
Who may call what: the one table of endpoints and roles.

What is not listed is refused, and a test fails on it, so that no route goes live by accident.
Objects are checked again where they are read: a doctor sees their own patients only.
"""

from flask import Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from booking.domain.roles import Role
from booking.services.staff import sessions
from booking.services.staff.sessions import SignedIn
from booking.web.installation import here, write

PUBLIC: frozenset[Role] = frozenset()
CLINIC = frozenset({Role.RECEPTION, Role.DOCTOR, Role.ADMIN})
RECEPTION = frozenset({Role.RECEPTION, Role.ADMIN})
DOCTOR = frozenset({Role.DOCTOR})
ADMIN = frozenset({Role.ADMIN})

ACCESS: dict[str, frozenset[Role]] = {
    "static": PUBLIC,
    "assets.bundle": PUBLIC,
    "look.theme": PUBLIC,
    "look.logo": PUBLIC,
    "look.picture": PUBLIC,
    "setup.first": PUBLIC,
    "public.home": PUBLIC,
    "public.article": PUBLIC,
    "public.privacy": PUBLIC,
    "public.accessibility": PUBLIC,
    "public.robots": PUBLIC,
    "public.sitemap": PUBLIC,
    "book.days": PUBLIC,
    "book.times": PUBLIC,
    "book.take": PUBLIC,
    "book.extend": PUBLIC,
    "book.details": PUBLIC,
    "book.questions": PUBLIC,
    "book.question": PUBLIC,
    "book.under_18": PUBLIC,
    "book.check": PUBLIC,
    "book.confirmed": PUBLIC,
    "proof.asked": PUBLIC,
    "proof.show": PUBLIC,
    "embed.script": PUBLIC,
    "embed.times": PUBLIC,
    "manage.show": PUBLIC,
    "manage.download": PUBLIC,
    "manage.move": PUBLIC,
    "manage.move_to": PUBLIC,
    "manage.cancel": PUBLIC,
    "manage.come": PUBLIC,
    "manage.details": PUBLIC,
    "manage.reminders": PUBLIC,
    "manage.answers": PUBLIC,
    "manage.answer": PUBLIC,
    "find.form": PUBLIC,
    "find.look": PUBLIC,
    "manage.earlier": PUBLIC,
    "waitlist.join": PUBLIC,
    "waitlist.show": PUBLIC,
    "waitlist.offer": PUBLIC,
    "calendars.feed": PUBLIC,
    "staff.login": PUBLIC,
    "staff.password": PUBLIC,
    "staff.logout": CLINIC,
    "staff.account": CLINIC,
    "staff.sign_out_everywhere": CLINIC,
    # A script without a name in it, which has to be found by browsers that are signed out too.
    "desk.offline": PUBLIC,
    "desk.day": CLINIC,
    "desk.live": CLINIC,
    "desk.late": CLINIC,
    "desk.week": CLINIC,
    "desk.live_week": CLINIC,
    "desk.month": CLINIC,
    "desk.on_time": CLINIC,
    "desk.booking": CLINIC,
    "desk.advance": CLINIC,
    "desk.undo": CLINIC,
    "desk.cancel": RECEPTION,
    "desk.move": RECEPTION,
    "desk.move_to": RECEPTION,
    "desk.free_times": RECEPTION,
    "desk.undo_move": RECEPTION,
    "desk.review": DOCTOR,
    "desk.called": RECEPTION,
    "desk.new": RECEPTION,
    "desk.walk_in": RECEPTION,
    "desk.waitlist": RECEPTION,
    "desk.calls": RECEPTION,
    "desk.undo_call": RECEPTION,
    "desk.find": RECEPTION,
    "desk.patient": CLINIC,
    "desk.patient_note": RECEPTION,
    "desk.patient_contact": RECEPTION,
    "desk.merge": RECEPTION,
    "desk.take_apart": RECEPTION,
    "desk.erase_patient": RECEPTION,
    "desk.export_patient": CLINIC,
    "desk.export_file": CLINIC,
    "desk.sheet": CLINIC,
    "desk.sheet_file": CLINIC,
    "desk.kept": CLINIC,
    "desk.slip": CLINIC,
    "desk.sheet_pdf": CLINIC,
    "desk.week_pdf": CLINIC,
    "desk.slip_pdf": CLINIC,
    "desk.messages": RECEPTION,
    "desk.send_again": RECEPTION,
    "desk.new_address": RECEPTION,
    "doctor.day": DOCTOR,
    "doctor.booking": DOCTOR,
    "doctor.advance": DOCTOR,
    "doctor.follow_up": DOCTOR,
    "doctor.note": DOCTOR,
    "doctor.absences": DOCTOR,
    "doctor.hours": DOCTOR,
    "desk.follow_up": RECEPTION,
    "desk.series": CLINIC,
    "desk.closing": RECEPTION,
    "desk.one_closing": RECEPTION,
    "admin.overview": ADMIN,
    "admin.clinic": ADMIN,
    "admin.logo": ADMIN,
    "admin.closures": ADMIN,
    "admin.all_hours": ADMIN,
    "admin.hours": ADMIN,
    "admin.busy_time": ADMIN,
    "admin.practitioners": ADMIN,
    "admin.new_practitioner": ADMIN,
    "admin.practitioner": ADMIN,
    "admin.locations": ADMIN,
    "admin.new_location": ADMIN,
    "admin.location": ADMIN,
    "admin.rooms": ADMIN,
    "admin.new_room": ADMIN,
    "admin.room": ADMIN,
    "admin.services": ADMIN,
    "admin.new_service": ADMIN,
    "admin.service": ADMIN,
    "admin.holidays": ADMIN,
    "admin.texts": ADMIN,
    "admin.text": ADMIN,
    "admin.support_lines": ADMIN,
    "admin.staff": ADMIN,
    "admin.new_account": ADMIN,
    "admin.account": ADMIN,
    "admin.password_link": ADMIN,
    "admin.imports": ADMIN,
    "admin.import_file": ADMIN,
    "admin.export": ADMIN,
    "admin.export_file": ADMIN,
    "admin.audit": ADMIN,
    "admin.reports": ADMIN,
    "admin.report_file": ADMIN,
    "operations.healthz": PUBLIC,
    "operations.readyz": PUBLIC,
    "mailbox.list": PUBLIC,
    "mailbox.show": PUBLIC,
    "mailbox.html": PUBLIC,
    "mailbox.source": PUBLIC,
    "mailbox.attachment": PUBLIC,
    "api.services": PUBLIC,
    "api.slots": PUBLIC,
    "api.hold": PUBLIC,
    "api.book": PUBLIC,
    "api.show": PUBLIC,
    "api.move": PUBLIC,
    "api.cancel": PUBLIC,
    "openapi.spec": PUBLIC,
}
STAFF_COOKIE = "staff"
# What an open page asks by itself says nothing of whether somebody sits before it.
_UNATTENDED = frozenset({"desk.live", "desk.live_week", "desk.kept"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def guard() -> BaseResponse | None:
    """Before every request: who is this, and may they?"""
    g.staff = None
    if request.endpoint is None:
        return None  # no such address: 404 and 405 look alike to everybody
    allowed = ACCESS.get(request.endpoint)
    if allowed is None:
        abort(403)
    if allowed is PUBLIC and not request.endpoint.startswith("staff."):
        return None
    token = request.cookies.get(here().cookie_name(STAFF_COOKIE), "")
    g.staff = _whose(token) if token else None
    if allowed is PUBLIC or (g.staff is not None and g.staff.roles & allowed):
        return None
    if g.staff is not None:
        abort(403)
    return _to_login(was_signed_in=bool(token))


def _whose(token: str) -> SignedIn | None:
    seen = here().database.look(*sessions.question(token))
    found = sessions.signed_in(seen.rows, now=seen.now)
    if found is None:
        return None
    person, touch_due = found
    if touch_due and request.endpoint not in _UNATTENDED:
        write(lambda session, now: sessions.touch(session, person.session_hash, now=now))
    return person


def _to_login(*, was_signed_in: bool) -> BaseResponse:
    # Only a page that was looked at can be come back to; a deed must be done again on purpose.
    back = request.full_path.rstrip("?") if request.method in _SAFE else None
    if back and request.endpoint in {"desk.find", "desk.merge"}:
        # What was looked for is a patient's, and has no place in one more address.
        back = request.path
    ended = "1" if was_signed_in else None
    return redirect(url_for("staff.login", next=back, ended=ended), code=303)


def current_staff() -> SignedIn:
    """The member of staff behind this request; only in views that the table keeps for staff."""
    person = g.staff
    if not isinstance(person, SignedIn):
        abort(403)
    return person


def set_staff_cookie(response: Response, token: str) -> None:
    """Remember a new session in the browser, until the browser is closed."""
    installation = here()
    response.set_cookie(
        installation.cookie_name(STAFF_COOKIE),
        token,
        httponly=True,
        secure=installation.is_https,
        samesite="Lax",
        path="/",
    )


def clear_staff_cookie(response: Response) -> None:
    """Forget the session in the browser."""
    installation = here()
    response.delete_cookie(
        installation.cookie_name(STAFF_COOKIE),
        path="/",
        secure=installation.is_https,
        httponly=True,
        samesite="Lax",
    )
