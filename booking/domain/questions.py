"""
What patients are asked before a consultation. Their words are texts/<language>/questions.toml.

No answer removes a time, blocks a booking or says for whom a treatment is right.
"""

from dataclasses import dataclass
from enum import StrEnum

UNKNOWN, TELL_DOCTOR, NONE = "unknown", "tell_doctor", "none"
# Whoever cannot or would rather not answer says so; both may stand beside other answers.
ALWAYS = (UNKNOWN, TELL_DOCTOR)
HOPES_MAX, LANGUAGE_MAX = 500, 60


class Effect(StrEnum):
    """What an answer leads to, beside what the patient is told: the doctor sees it, or a call."""

    FLAG = "flag"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Question:
    """A question with options; `nothing` is the option that cannot stand beside another."""

    key: str
    options: tuple[str, ...]
    several: bool = False
    nothing: str | None = None

    @property
    def accepted(self) -> tuple[str, ...]:
        """All that may be answered, in the order of the page."""
        return self.options + ALWAYS


@dataclass(frozen=True, slots=True)
class HealthQuestion:
    """A line of the health questions: its effect, and of what age it asks, where that matters."""

    key: str
    effect: Effect | None
    informs: bool = False
    when: tuple[str, ...] = ()


CAUSE = Question(
    "cause",
    ("acne", "procedure", "injury", "illness", "stretch_marks", "by_itself", "other"),
)
WHERE = Question(
    "where",
    (
        *("forehead", "cheeks", "chin", "nose", "upper_lip", "eyes", "neck"),
        *("chest", "back", "abdomen", "arms", "legs", "other"),
    ),
    several=True,
)
HOW_LONG = Question(
    "how_long", ("under_6_months", "6_to_12_months", "1_to_5_years", "over_5_years")
)
LOOKS = Question("looks", ("dents", "raised", "colour", "red", "lines"), several=True)
TRIED = Question(
    "tried",
    (
        *("makeup", "creams", "peel", "laser", "filler", "botulinum", "surgery"),
        *("micro_needling", "home_kit", "other", "nothing"),
    ),
    several=True,
    nothing="nothing",
)
TRIED_WHEN = Question("tried_when", ("under_4_weeks", "1_to_6_months", "over_6_months"))
HOPES = Question(
    "hopes", ("smoother", "less_visible", "even_colour", "firmer", "options"), several=True
)
SUN = Question(
    "sun",
    (
        *("always_burns", "usually_burns", "sometimes_burns"),
        *("rarely_burns", "very_rarely_burns", "never_burns"),
    ),
)
HELP = Question("help", ("interpreter", "step_free", "companion", "quiet_wait"), several=True)

FLAG, CALL = Effect.FLAG, Effect.CALL
HEALTH_QUESTIONS = (
    HealthQuestion("active_infection", CALL),
    HealthQuestion("cold_sores", FLAG),
    HealthQuestion("active_acne", FLAG),
    # How long it matters is contested; the doctor decides.
    HealthQuestion(
        "isotretinoin", FLAG, when=("now", "under_6_months", "6_to_12_months", "longer")
    ),
    HealthQuestion("keloid", FLAG),
    HealthQuestion("darkening", FLAG),
    HealthQuestion("pregnancy", FLAG, informs=True),
    HealthQuestion("blood_thinners", FLAG, informs=True),
    HealthQuestion("bleeding", FLAG),
    HealthQuestion("healing", FLAG),
    HealthQuestion("immune", FLAG),
    HealthQuestion("cancer_treatment", CALL, when=("now", "under_3_months")),
    HealthQuestion("skin_cancer", FLAG),
    HealthQuestion("changing_mole", CALL, informs=True),
    HealthQuestion("recent_procedure", FLAG, when=("under_1_month", "1_to_12_months")),
    HealthQuestion("filler", FLAG, when=("under_3_months", "3_to_12_months")),
    HealthQuestion("metal_allergy", FLAG),
    HealthQuestion("numbing_allergy", FLAG),
    HealthQuestion("sunburn", None, informs=True),
    HealthQuestion("skin_condition", FLAG),
    HealthQuestion("long_infection", FLAG),
    HealthQuestion("low_mood", FLAG, informs=True),
)
HEALTH = Question(
    "health", (*(one.key for one in HEALTH_QUESTIONS), NONE), several=True, nothing=NONE
)

# About the scar and the hopes, and about health: for the doctor. `HELP` is for the desk too.
FOR_THE_DOCTOR = (CAUSE, WHERE, HOW_LONG, LOOKS, TRIED, TRIED_WHEN, HOPES, SUN, HEALTH)
QUESTIONS = (*FOR_THE_DOCTOR, HELP)
HOPES_WORDS, LANGUAGE, EARLIER_TIME, HEALTH_WHEN = (
    "hopes_words",
    "language",
    "earlier_time",
    "health_when",
)
