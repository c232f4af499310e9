"""What is made ready for a visit, in words for the desk."""

from collections.abc import Mapping
from typing import Any

from booking.domain.questions import HELP, LANGUAGE

# In the order of the questions.
HELP_WORDS = {
    "interpreter": "Interpreter",
    "step_free": "Step-free access",
    "companion": "Comes with somebody",
    "quiet_wait": "Quiet place to wait",
}


def in_words(help_: Mapping[str, Any]) -> list[str]:
    """What to make ready, with the interpreter's language; `help_` is what an intake keeps."""
    words = [HELP_WORDS[one] for one in help_.get(HELP.key, []) if one in HELP_WORDS]
    language = help_.get(LANGUAGE)
    return [
        f"{word}: {language}" if not place and language else word
        for place, word in enumerate(words)
    ]
