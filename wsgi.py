"""The program as a WSGI server and the `flask` command see it."""

import os
import sys

from booking import cli
from booking.app import create_app
from config import Settings, SettingsError

try:
    settings = Settings.from_environment(os.environ)
except SettingsError as error:
    # One sentence that says what to do; a traceback would bury it.
    sys.exit(f"Booking cannot start: {error}")

app = create_app(settings)
cli.register(app, settings)
