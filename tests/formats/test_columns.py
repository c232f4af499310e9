"""Other programs' tables are recognised by their heads, and everybody else's is guessed."""

from booking.domain.importing import GONE, STANDS, Field, Problem, problems
from booking.formats.columns import CALENDLY, EASY_APPOINTMENTS, guess, program_of, state_of
from booking.services.admin.exports import BOOKINGS, PATIENTS

CALENDLY_NAMES = (
    "User Name,Team,Invitee Name,Invitee First Name,Invitee Last Name,Invitee Email,"
    "Invitee Time Zone,Invitee accepted marketing emails,Text Reminder Number,Event Type Name,"
    "Start Date & Time,End Date & Time,Location,Event Created Date & Time,Canceled,Canceled By,"
    "Cancellation reason,Question 1,Response 1,UTM Campaign,Guest Email(s),Marked as No-Show,"
    "Meeting Notes,User Email,Event UUID"
)
EASY_NAMES = (
    "id,book_datetime,start_datetime,end_datetime,notes,status,first_name,last_name,email,"
    "phone_number,service,provider"
)
CALENDLY_HEAD, EASY_HEAD = CALENDLY_NAMES.split(","), EASY_NAMES.split(",")


def meant(head: list[str]) -> dict[Field, str]:
    columns = guess(head, program_of(head))
    assert not problems(columns)
    return {field: name for field, name in zip(columns, head, strict=True) if field}


def test_calendlys_export_is_known():
    assert program_of(CALENDLY_HEAD) is CALENDLY
    assert meant(CALENDLY_HEAD) == {
        Field.PRACTITIONER: "User Name",
        Field.NAME: "Invitee Name",
        Field.EMAIL: "Invitee Email",
        Field.PHONE: "Text Reminder Number",
        Field.SERVICE: "Event Type Name",
        Field.START: "Start Date & Time",
        Field.END: "End Date & Time",
        Field.STATE: "Canceled",
    }


def test_easy_appointments_names_are_known_and_its_notes_left_out():
    assert program_of(EASY_HEAD) is EASY_APPOINTMENTS
    found = meant(EASY_HEAD)
    assert found[Field.START] == "start_datetime"
    assert found[Field.FIRST_NAME] == "first_name"
    assert found[Field.PRACTITIONER] == "provider"
    assert Field.NOTE not in found
    customers = program_of(["id", "first_name", "last_name", "email", "phone_number", "notes"])
    assert customers is not None
    assert customers.name == "Easy!Appointments"


def test_our_own_tables_are_known():
    assert set(meant(list(PATIENTS.head))) == {Field.NAME, Field.BORN, Field.EMAIL, Field.PHONE}
    assert meant(list(BOOKINGS.head))[Field.START] == "start"


def test_other_heads_are_guessed():
    german = ["Vorname", "Nachname", "E-Mail", "Geburtsdatum", "Datum", "Uhrzeit", "Dauer"]
    assert list(meant(german)) == [
        *(Field.FIRST_NAME, Field.LAST_NAME, Field.EMAIL, Field.BORN),
        *(Field.DATE, Field.TIME, Field.LENGTH),
    ]
    two = meant(["Name", "Email", "Start date", "Start time", "End time", "First name"])
    assert (two[Field.DATE], two[Field.TIME]) == ("Start date", "Start time")
    assert Field.FIRST_NAME not in two
    assert guess(["x", "Remarks", "Notes"], None) == (None, None, None)


def test_states_are_told_apart_and_unknown_words_are_left_to_people():
    for word in ("Canceled", "TRUE", "no-show", "Storniert", "in_room", "Draft", "yes"):
        assert state_of(word) == GONE
    for word in ("", "Booked", "false", "Confirmed", "Bestätigt", "no"):
        assert state_of(word) == STANDS
    assert state_of("Wartet") is None


def test_a_choice_of_columns_has_what_a_booking_needs():
    assert problems([Field.NAME, Field.PHONE]) == []
    assert problems([Field.LAST_NAME, Field.EMAIL, Field.DATE, Field.TIME]) == []
    for columns, problem in (
        ([Field.NAME, Field.EMAIL, Field.NAME], Problem.TWICE),
        ([Field.EMAIL], Problem.NO_NAME),
        ([Field.NAME, None], Problem.NO_CONTACT),
        ([Field.NAME, Field.EMAIL, Field.START, Field.DATE, Field.TIME], Problem.TWO_STARTS),
        ([Field.NAME, Field.EMAIL, Field.DATE], Problem.HALF_A_START),
        ([Field.NAME, Field.EMAIL, Field.START, Field.END, Field.LENGTH], Problem.TWO_LENGTHS),
        ([Field.NAME, Field.EMAIL, Field.SERVICE], Problem.NO_START),
    ):
        assert problems(columns) == [problem]
