"""What there is to set up."""

from flask import render_template
from flask.typing import ResponseReturnValue

from booking.web.admin.blueprint import blueprint


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """The parts of the set-up, each with what it is for."""
    return render_template("admin/overview.html")
