"""The least that Flask can do: what everything else is measured against."""

from flask import Flask, jsonify
from flask.typing import ResponseReturnValue

app = Flask(__name__)


@app.get("/")
def answer() -> ResponseReturnValue:
    """A small JSON answer."""
    return jsonify(status="ok")
