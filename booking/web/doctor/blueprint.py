"""The blueprint that all of the doctor's pages are on."""

from flask import Blueprint

blueprint = Blueprint("doctor", __name__, url_prefix="/doctor")
