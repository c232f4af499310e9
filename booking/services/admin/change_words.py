"""What changed in the set-up, in the words of the pages on which it is changed."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from booking.domain.modes import MODE_WORDS, Mode, Patients

_MINUTES, _HOURS, _DAYS = " minutes", " hours", " days"
# What each field is called, and what its numbers count.
_LABELS = {
    "name": ("Name", ""),
    "address": ("Address", ""),
    "phone": ("Phone", ""),
    "email": ("E-mail", ""),
    "country": ("Country", ""),
    "time_zone": ("Time zone", ""),
    "directions": ("How to get there", ""),
    "accent": ("Colour", ""),
    "hold_minutes": ("A time is kept for", _MINUTES),
    "move_cut_off_hours": ("Last move online before a visit", _HOURS),
    "cancel_cut_off_hours": ("Last cancelling online before a visit", _HOURS),
    "length": ("Length", _MINUTES),
    "buffer_before": ("Buffer before", _MINUTES),
    "buffer_after": ("Buffer after", _MINUTES),
    "step": ("A start every", _MINUTES),
    "notice": ("Minimum notice", _MINUTES),
    "horizon_days": ("Open for booking", _DAYS),
    "cap_day": ("Most in a day", ""),
    "cap_week": ("Most in a week", ""),
    "practitioners": ("Offered by", ""),
    "services": ("Offers", ""),
    "rooms": ("Needs", ""),
    "patients": ("For whom", ""),
    "mode": ("Visits take place", ""),
    "mode_text": ("What patients need to know", ""),
    "location_id": ("Where", ""),
    "is_device": ("A device", ""),
    "is_archived": ("Archived", ""),
}
_FOR_WHOM = {Patients.NEW: "new patients", Patients.ALL: "everybody", Patients.KNOWN: "known"}
# A long text is told apart by its beginning; the audit is no place to read it.
_SHOWN = 60


def differences(old: Any, new: Any, names: Mapping[int, str] | None = None) -> str:
    """
    What differs between two values of one dataclass, like `Buffer after: 0 → 10 minutes`.

    Nothing where they are alike. `names` are those of whatever its fields refer to by ids.
    """
    pairs = ((one.name, getattr(old, one.name), getattr(new, one.name)) for one in fields(old))
    changed = [_change(name, a, b, names or {}) for name, a, b in pairs if a != b]
    return "; ".join(changed)


def of(name: str, changed: str) -> str:
    """The same with the name of what was changed before it; nothing stays nothing."""
    return f"{name}: {changed}" if changed else ""


def _change(field: str, old: Any, new: Any, names: Mapping[int, str]) -> str:
    label, unit = _LABELS.get(field, (field, ""))
    refers = field == "location_id"
    before, after = (names.get(one, one) if refers else _word(one, names) for one in (old, new))
    return f"{label}: {before} → {after}{unit}"


def _word(value: Any, names: Mapping[int, str]) -> str:
    if isinstance(value, frozenset):
        return ", ".join(sorted(names.get(one, str(one)) for one in value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mode):
        return MODE_WORDS[value].lower()
    if isinstance(value, Patients):
        return _FOR_WHOM[value]
    if value in {None, ""}:
        return "none"
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
