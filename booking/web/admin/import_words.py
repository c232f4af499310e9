"""Tables that are brought in, in words: fields, stages, and what is said of a line."""

from booking.domain.importing import Becomes, Field, Outcome, Problem, Remark, Stage

FIELDS = {
    Field.NAME: "Name",
    Field.FIRST_NAME: "First name",
    Field.LAST_NAME: "Last name",
    Field.EMAIL: "E-mail",
    Field.PHONE: "Phone",
    Field.BORN: "Date of birth",
    Field.START: "Start: day and time",
    Field.DATE: "Start: day alone",
    Field.TIME: "Start: time alone",
    Field.END: "End",
    Field.LENGTH: "Length in minutes",
    Field.SERVICE: "Service",
    Field.PRACTITIONER: "Practitioner",
    Field.STATE: "State (booked or cancelled)",
    Field.ZONE: "Time zone of the start",
    Field.NOTE: "Note about the patient",
}
PROBLEMS = {
    Problem.TWICE: "Choose each meaning once: two columns cannot both be {field}",
    Problem.NO_NAME: "Say which column is the name, or the first and the last name",
    Problem.NO_CONTACT: "Say which column is the e-mail address or the phone number",
    Problem.TWO_STARTS: "Choose one column for the start, or one for its day and one for its time",
    Problem.HALF_A_START: "A day alone needs a time alone, and a time alone a day",
    Problem.TWO_LENGTHS: "Choose the end or the length, not both",
    Problem.NO_START: "Say which column is the start, or leave out what belongs to bookings",
}
STAGES = {
    Stage.COLUMNS: "To be mapped",
    Stage.WORDS: "To be mapped",
    Stage.CHECKING: "Being checked",
    Stage.CHECKED: "Checked, not imported",
    Stage.IMPORTING: "Being imported",
    Stage.DONE: "Imported",
}
BECOMES = {
    Becomes.TAKEN: "Will be imported",
    Becomes.HERE_ALREADY: "Here already",
    Becomes.REFUSED: "Left out",
}
BECAME = BECOMES | {Becomes.TAKEN: "Imported"}
_SAID = {
    "no_name": "No name",
    "bad_name": "The name is too long or has no letters",
    "no_contact": "Neither an e-mail address nor a phone number",
    "bad_contact": "The e-mail address or the phone number cannot be used",
    "bad_birth": "“{detail}” is no date of birth in the chosen format",
    "bad_note": "The note is too long",
    "no_start": "No start",
    "bad_start": "“{detail}” is no day and time in the chosen format",
    "skipped_time": "{detail} does not exist: the clock goes forward then",
    "unknown_zone": "“{detail}” is no time zone that is known here",
    "bad_length": "“{detail}” is no length or end that makes sense",
    "unknown_state": "“{detail}” could mean booked or cancelled",
    "gone": "Not booked any more: “{detail}”",
    "left_out": "Lines with “{detail}” are left out, as you chose",
    "no_service": "No service",
    "unknown_service": "The service “{detail}” is not one of ours",
    "no_practitioner": "No practitioner",
    "unknown_practitioner": "The practitioner “{detail}” is not one of ours",
    "not_together": "This practitioner does not offer this service",
    "past": "In the past",
    "far": "More than ten years ahead",
    "phone_needed": "Visits of this service are by phone, and there is no number",
    "taken": "Overlaps a booking here, its buffers included",
    "held": "Somebody is booking this time just now",
    "overlaps": "Overlaps line {detail}, buffers included",
    "here": "This patient has or had a booking at this time",
    "twice": "The same as a line above",
    "known": "Known here already",
    "email_left_out": "The e-mail address cannot be used and is left out",
    "phone_left_out": "The phone number cannot be used and is left out",
    "shown_twice": "The clock shows this time twice that day; the first is taken",
    "other_length": "Not as long as the service usually is",
    "outside_hours": "Outside of hours here; kept all the same",
    "off_step": "Does not begin where our times begin",
    "no_room": "No room is free; kept all the same",
    "busy": "Another calendar says busy then",
}


def remark(one: Remark) -> str:
    """What is said of a line."""
    return _SAID[one.code].format(detail=one.detail)


def remarks(outcome: Outcome) -> list[str]:
    """All that is said of a line."""
    return [remark(one) for one in outcome.remarks]
