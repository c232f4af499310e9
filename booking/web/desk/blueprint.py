"""The blueprint that all of the desk's pages are on."""

from flask import Blueprint

blueprint = Blueprint("desk", __name__, url_prefix="/desk")
