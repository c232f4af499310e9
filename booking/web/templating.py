"""How templates are read."""

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class Templates(Environment):
    """
    Flask's own, with one set of globals for all templates.

    Jinja lays a map of each template's own over them, which this program has none of; looking
    through both was a tenth of what a page costs.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What every template knows."""
        return super().make_globals(d) if d else self.globals
