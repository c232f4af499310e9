"""The blueprint of the JSON API, version 1."""

from apiflask import APIBlueprint

from booking.domain.errors import Invalid
from booking.web.api import answers, origins

blueprint = APIBlueprint("api", __name__, url_prefix="/api/v1", tag="Booking")
blueprint.before_request(origins.refuse_foreign_origin)
blueprint.after_request(origins.add_headers)
blueprint.register_error_handler(Invalid, answers.invalid)
