"""The declared fields against the fact sheet (section 5) and the two request bodies of the documentation."""

from datetime import datetime

import pytest

from dialler_mcp.domain.fields import FieldInfo, Kind, Language, Record, Write
from dialler_mcp.domain.records import (
    AcdEvent,
    AcdGroup,
    AcdLookup,
    Campaign,
    Contact,
    ContactDetails,
    HistoryEntry,
    ResultCode,
)

RECORDS: list[type[Record]] = [Contact, Campaign, ResultCode, HistoryEntry, AcdEvent, AcdGroup, AcdLookup]
N, I, U, B = Write.NO, Write.IMPORT, Write.UPDATE, Write.BOTH  # noqa: E741
SLOTS = range(1, 7)

CONTACT: dict[str, tuple[type, int | None, Write]] = {
    "ID": (int, None, N),
    "DiallerCampaignsID": (int, None, I),
    "RandomSortOrder": (int, None, I),
    "UserData": (str, 64, B),
    "UserData2": (str, 64, U),
    "UserData3": (str, 64, U),
    "Client": (str, 64, B),
    "Service": (str, 64, B),
    "ReferenceNumber": (str, 64, B),
    "Name": (str, 64, B),
    "FirstName": (str, 64, B),
    "Salutation": (str, 16, B),
    "Title": (str, 16, B),
    "Company": (str, 64, B),
    "Address": (str, 64, B),
    "PostalCode": (str, 10, B),
    "City": (str, 64, B),
    "Country": (str, 64, B),
    "Region": (str, 256, U),
    "AccountOwner": (str, 64, B),
    "AccountBank": (str, 32, B),
    "AccountNationalBankCode": (str, 10, B),
    "AccountBIC": (str, 11, B),
    "AccountNumber": (str, 20, B),
    "AccountIBAN": (str, 34, B),
    "Amount": (float, None, B),
    **{f"PhoneNumber{slot}": (str, 32, B) for slot in SLOTS},
    "FaxNumber": (str, 32, B),
    "Email": (str, 256, B),
    "Website": (str, None, B),
    "Comment": (str, None, B),
    "ReservedUsersUID": (str, 32, I),
    "FollowUpUsersUID": (str, 32, I),
    "FollowUpDateTime": (datetime, None, I),
    "dtBeginDate": (datetime, None, B),
    "dtEndDate": (datetime, None, B),
    "Manufacturer": (str, None, B),
    "Model": (str, None, B),
    "Tag": (str, None, B),
    "ExternalSystemLink": (str, None, B),
    "dtImported": (datetime, None, N),
    "DiallerCampaignsResultCodesID": (int, None, N),
    "dtNextTry": (datetime, None, N),
    "bLastResultMailbox": (bool, None, N),
    "bLocked": (bool, None, N),
    **{f"bPhoneNumber{slot}Invalid": (bool, None, N) for slot in SLOTS},
    **{f"nTriesPhoneNumber{slot}": (int, None, N) for slot in SLOTS},
    **{f"nPhoneNumber{slot}LastCause": (int, None, N) for slot in SLOTS},
    **{f"PhoneNumber{slot}LastAcdAgentEndReasonsID": (int, None, N) for slot in SLOTS},
    "LastAcdAgentEndReasonsID": (int, None, N),
}

NUMBERS = " ".join(f"PhoneNumber{slot}" for slot in SLOTS)
IN_BOTH_BODIES = f"""
    UserData Client Service ReferenceNumber Name FirstName Salutation Title Company Address PostalCode City Country
    AccountOwner AccountBank AccountNationalBankCode AccountBIC AccountNumber AccountIBAN Amount {NUMBERS} FaxNumber
    Email Website Comment dtBeginDate dtEndDate Manufacturer Model Tag ExternalSystemLink
"""
IMPORT_BODY = f"{IN_BOTH_BODIES} DiallerCampaignsID RandomSortOrder ReservedUsersUID FollowUpUsersUID FollowUpDateTime"
UPDATE_BODY = f"{IN_BOTH_BODIES} UserData2 UserData3 Region"

OTHERS: dict[type[Record], dict[type, str]] = {
    Campaign: {
        int: "ID ClientsID LanguagesID ContactPreviewTime nMaxParallelLines AbortOnNoTelNumberResultCodesID "
        "IncomingCallResultCodesID",
        str: "Name UserData",
        datetime: "dtFrom dtTo",
        bool: "bCallerIDActive bCloseContactsOnIncomingCallsMatchCallerID",
    },
    ResultCode: {
        int: "ID DiallerCampaignsID DiallerResultCodesTypesID TimeOffset",
        str: "Content ShortText ExportKey DiallerResultCodesTypesContent DiallerResultCodesTypesShortText",
        bool: "bDone bAborted bDelay bAppointment bAgentBound bAllowDelete",
    },
    HistoryEntry: {
        int: "DiallerContactsHistoryID DiallerContactsID DiallerCampaignsID DiallerCampaignsResultCodesID "
        "DiallerResultCodesTypesID UsersID ClientsID PhoneNumberOffset StatisticsPartAID CONNRES CauseCodesID "
        "ANumber_CountryCodesID BNumber_CountryCodesID ANumber_AreaCodesID BNumber_AreaCodesID ServiceNumbersID",
        str: "UserData UserData2 UserData3 PhoneNumber ANumber BNumber",
        bool: "bOutbound bTestCall bCallerHangup",
        datetime: "dtCreatedDiallerContactsHistory dtCallStart dtCallAlert dtCallConnect dtCallEnd",
    },
    AcdEvent: {
        int: "ID AcdEventTypesID AcdEventStatusID AcdGroupsID AcdConfigurationGroupsID AcdAgentGroupsID UsersID "
        "nPriority SkillsValue1 SkillsValue2 ChatConnectorsID",
        str: "Sender Receiver Subject Body CrmURL UserData dtAppointmentDate dtAppointmentTime Result_",
        datetime: "dtCreated dtLastModified",
    },
    AcdGroup: {int: "ID DistributionAlgorithmID ServiceLevelSeconds", str: "Name"},
    AcdLookup: {int: "ID", str: "ShortText"},
}
EVENT_BODY = """
    AcdEventTypesID AcdGroupsID AcdConfigurationGroupsID AcdAgentGroupsID UsersID Sender Receiver Subject Body CrmURL
    UserData nPriority dtAppointmentDate dtAppointmentTime
"""

ALL_FIELDS = [pytest.param(info, id=f"{kind.__name__}.{info.wire}") for kind in RECORDS for info in kind.fields()]


def fields(kind: type[Record]) -> dict[str, FieldInfo]:
    return {info.wire: info for info in kind.fields()}


def test_a_contact_has_the_fields_of_the_fact_sheet_and_no_others() -> None:
    assert {info.wire: (info.type, info.about.length, info.about.write) for info in Contact.fields()} == CONTACT


@pytest.mark.parametrize(("write", "body"), [(Write.IMPORT, IMPORT_BODY), (Write.UPDATE, UPDATE_BODY)])
def test_what_may_be_written_is_what_the_documented_body_holds(write: Write, body: str) -> None:
    assert {info.wire for info in Contact.fields() if write in info.about.write} == set(body.split())


@pytest.mark.parametrize("kind", OTHERS)
def test_the_other_records_have_the_fields_of_the_fact_sheet(kind: type[Record]) -> None:
    expected = {wire: type_ for type_, wires in OTHERS[kind].items() for wire in wires.split()}
    assert {info.wire: info.type for info in kind.fields()} == expected


def test_what_a_created_event_may_hold_is_documented() -> None:
    assert {info.wire for info in AcdEvent.fields() if info.about.write} == set(EVENT_BODY.split())


@pytest.mark.parametrize(("wire", "length"), [("ExportKey", 32), ("Content", None)])
def test_documented_lengths_of_a_result_code(wire: str, length: int | None) -> None:
    assert fields(ResultCode)[wire].about.length == length


@pytest.mark.parametrize(
    ("kind", "wires"),
    [
        (Kind.BANK, {wire for wire in CONTACT if wire.startswith("Account")}),
        (Kind.PHONE, {*NUMBERS.split(), "FaxNumber"}),
        (Kind.EMAIL, {"Email"}),
        (Kind.FREE, {"Comment", "Tag"}),
        (Kind.PERSON, {"Name", "FirstName", "Company", "Address"}),
        (Kind.TIME, {wire for wire, (type_, _, _) in CONTACT.items() if type_ is datetime}),
    ],
)
def test_what_is_private_in_a_contact_is_marked(kind: Kind, wires: set[str]) -> None:
    assert {info.wire for info in Contact.fields() if info.about.kind is kind} == wires


def test_telephone_numbers_are_marked_in_calls_and_events_too() -> None:
    phone_fields = {
        info.wire for kind in (HistoryEntry, AcdEvent) for info in kind.fields() if info.about.kind is Kind.PHONE
    }
    assert phone_fields == {"PhoneNumber", "ANumber", "BNumber", "Sender"}


@pytest.mark.parametrize("info", ALL_FIELDS)
def test_every_field_is_explained_in_both_languages(info: FieldInfo) -> None:
    for language in Language:
        text = info.about.text(language)
        assert text
        assert text == text.strip()


@pytest.mark.parametrize("info", ALL_FIELDS)
def test_every_time_is_marked_as_one(info: FieldInfo) -> None:
    assert (info.type is datetime) == (info.about.kind is Kind.TIME)


def test_details_of_a_contact_have_its_fields() -> None:
    assert ContactDetails.fields() == Contact.fields()
