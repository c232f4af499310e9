"""The local mailbox: what a development clinic would have sent."""

from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from flask import Blueprint, Response, abort, render_template, url_for

from booking.web.clinic import local
from booking.web.installation import here

# A mail brings its own inline styles; it is shown as a document of its own that can do nothing.
_MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
blueprint = Blueprint("mailbox", __name__, url_prefix="/mailbox")


@blueprint.get("", endpoint="list")
def index() -> str:
    """All messages, newest first."""
    box = here().mailbox
    found = list(box.messages()) if box else []
    return render_template(
        "mailbox/list.html", messages=[_summary(key, message) for key, message in found]
    )


@blueprint.get("/<message_id>")
def show(message_id: str) -> str:
    """One message."""
    message = _message(message_id)
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    return render_template(
        "mailbox/show.html",
        message=_summary(message_id, message),
        headers=[(name, str(value)) for name, value in message.items()],
        plain=plain.get_content() if plain else "",
        html_url=url_for("mailbox.html", message_id=message_id) if rich else None,
        source_url=url_for("mailbox.source", message_id=message_id),
    )


@blueprint.get("/<message_id>/html")
def html(message_id: str) -> Response:
    """The HTML part, as a sandboxed document of its own."""
    part = _message(message_id).get_body(("html",))
    if part is None:
        abort(404)
    # Its links open beside this frame, which could not show them.
    content = part.get_content().replace("<head>", '<head><base target="_blank">', 1)
    response = Response(content, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = _MAIL_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@blueprint.get("/<message_id>.eml")
def source(message_id: str) -> Response:
    """The message as it was sent."""
    return Response(bytes(_message(message_id)), content_type="message/rfc822")


@blueprint.get("/<message_id>/<filename>")
def attachment(message_id: str, filename: str) -> Response:
    """An attached file, to be saved."""
    parts = _message(message_id).iter_attachments()
    part = next((part for part in parts if part.get_filename() == filename), None)
    if part is None:
        abort(404)
    response = Response(part.get_payload(decode=True), content_type=part.get_content_type())
    response.headers["Content-Disposition"] = "attachment"
    return response


def _message(message_id: str) -> EmailMessage:
    box = here().mailbox
    message = box.get(message_id) if box else None
    if message is None:
        abort(404)
    return message


def _summary(message_id: str, message: EmailMessage) -> dict[str, object]:
    names = [part.get_filename() or "attachment" for part in message.iter_attachments()]
    return {
        "id": message_id,
        "to": str(message["To"]),
        "subject": str(message["Subject"]),
        "at": local(parsedate_to_datetime(str(message["Date"]))),
        "attachments": [
            {
                "name": name,
                "url": url_for("mailbox.attachment", message_id=message_id, filename=name),
            }
            for name in names
        ],
    }
