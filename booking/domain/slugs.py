"""Names for addresses: short, in small plain letters, one for each."""

import re
import unicodedata
from collections.abc import Collection

_LONGEST = 50
# Words that addresses use themselves.
_RESERVED = frozenset({"new"})


def free_slug(name: str, taken: Collection[str], *, otherwise: str) -> str:
    """
    `dr-weber` for "Dr. Weber", or `dr-weber-2` where that is taken.

    A name without plain letters is called `otherwise`.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].strip("-") or otherwise
    used = {*taken, *_RESERVED}
    numbered = (f"{base}-{number}" for number in range(2, len(used) + 3))
    return next(slug for slug in (base, *numbered) if slug not in used)
