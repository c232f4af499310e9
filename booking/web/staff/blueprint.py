"""The blueprint of what staff do for themselves."""

from flask import Blueprint

blueprint = Blueprint("staff", __name__)
