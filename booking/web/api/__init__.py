"""The public JSON API, version 1: what the clinic offers, and booking it, without a login."""

from apiflask import APIFlask

from booking.web import protection
from booking.web.api import bookings, description, slots
from booking.web.api.blueprint import blueprint
from booking.web.api.remembered import Memory
from booking.web.api.shortcut import Shortcut
from booking.web.installation import here
from booking.web.limits import Limits

# Importing them is what puts their routes on the blueprint.
VIEWS = (slots, bookings)


def register(app: APIFlask, *, limits: Limits) -> None:
    """Serve the API under `/api/v1`."""
    memory = app.extensions[slots.MEMORY] = Memory()
    app.register_blueprint(blueprint)
    protection.csrf.exempt(blueprint)
    with app.app_context():
        description.set_up(app, public_url=here().links.public_url)
        app.wsgi_app = Shortcut(  # type: ignore[method-assign]
            app.wsgi_app, installation=here(), limits=limits, memory=memory
        )
