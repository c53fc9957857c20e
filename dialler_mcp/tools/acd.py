"""Tools for AcdEvents (callback requests and the like) and ACD groups."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from dialler_mcp.domain.codes import ACD_EVENT_STATUSES, ACD_EVENT_TYPES, decode
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.phones import stored
from dialler_mcp.domain.records import AcdEvent, AcdGroup, AcdLookup
from dialler_mcp.domain.roles import Role
from dialler_mcp.domain.spelling import plain, spellings
from dialler_mcp.domain.text import clean
from dialler_mcp.domain.times import shown
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.errors import CORRECT, NOT_SENT
from dialler_mcp.service.answers import Details, Table, table
from dialler_mcp.service.campaigns import MORE_OF_NAME
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.paging import cursor_at, fit, page
from dialler_mcp.service.parameters import (
    Cursor,
    EventId,
    GroupId,
    Id,
    Lang,
    Limit,
    Name,
    Searchable,
    Visible,
    plain_number,
    printable,
    printable_lines,
    shorter,
)
from dialler_mcp.service.plans import events as plans
from dialler_mcp.service.present import MAX_CELL
from dialler_mcp.service.proposals import Proposal
from dialler_mcp.tools.family import family
from dialler_mcp.words import Noun, Words, WrongValue

tools = family("acd")

EVENT_COLUMNS = ["ID", "type", "status", "group", "sender", "subject", "created"]
MAX_FOUND = 100
GROUP_COLUMNS = ["ID", "Name", "ServiceLevelSeconds"]
_DATE = re.compile(r"[0-9]{4}-?(0[1-9]|1[0-2])-?(0[1-9]|[12][0-9]|3[01])")
_TIME = re.compile(r"([01][0-9]|2[0-3]):?[0-5][0-9]")
MAX_SENDER = 64  # characters of a cell
_EVENT = Noun(Words("AcdEvent", "AcdEvent"), Words("AcdEvents", "AcdEvents"))
_GROUP = Noun(Words("ACD group", "ACD-Gruppe"), Words("ACD groups", "ACD-Gruppen"))
_CONTAINING = Noun(
    Words("ACD group contains this text", "ACD-Gruppe enthält diesen Text"),
    Words("ACD groups contain this text", "ACD-Gruppen enthalten diesen Text"),
)
_SHOWN, _FOUND = Words(", {rows} shown", ", {rows} gezeigt"), Words("{rows} found", "{rows} gefunden")
_LISTED = Words("dialler_list_acd_groups lists all.", "dialler_list_acd_groups listet alle auf.")
_GROUPS = Words(
    "Nothing was sent. Give AcdGroupsID, or both AcdConfigurationGroupsID and AcdAgentGroupsID.",
    "Es wurde nichts gesendet. Geben Sie AcdGroupsID an, oder AcdConfigurationGroupsID und AcdAgentGroupsID zusammen.",
)
SPOKEN = (1, 3)  # voice mail and callback: their sender is a telephone number


@tools.reads(
    title="List ACD events", german="ACD-Ereignisse wie Rückrufwünsche und Sprachnachrichten, die neuesten zuerst."
)
async def dialler_list_acd_events(
    invocation: Invocation, language: Lang = None, limit: Limit = 20, cursor: Cursor = None
) -> Table:
    """List the ACD events waiting in the queues or already done, newest first: callback requests, voicemails, faxes and
    emails.
    """
    events = sorted(await invocation.dialler.list_acd_events(), key=lambda event: -event.id)
    some, following = page(events, lambda event: event.id, limit, cursor, "events")
    groups = await invocation.profile.directory.acd_groups()
    rows = [_event_row(invocation, event, groups, invocation.profile.language(language)) for event in some]
    rows, following = fit(rows, [cursor_at(event.id, "events") for event in some], following)
    answer_language = invocation.language
    summary = _EVENT.counted(len(events), answer_language) + _SHOWN.text(answer_language).format(rows=len(rows))
    answer = table(summary, EVENT_COLUMNS, rows, total=len(events), language=answer_language)
    answer.next_cursor = following
    return answer


def _event_row(
    invocation: Invocation, event: AcdEvent, groups: Mapping[int, AcdGroup], language: Language
) -> list[Any]:
    fields = AcdEvent.by_wire_name()
    present = invocation.present
    return [
        event.id,
        decode(ACD_EVENT_TYPES, event.acd_event_types_id, language),
        decode(ACD_EVENT_STATUSES, event.acd_event_status_id, language),
        _group_name(groups, event.acd_groups_id),
        present.value(fields["Sender"], event.sender, MAX_SENDER) if event.sender else None,
        present.value(fields["Subject"], event.subject, MAX_CELL) if event.subject else None,
        shown(event.dt_created, invocation.profile.zone) if event.dt_created else None,
    ]


def _group_name(groups: Mapping[int, AcdGroup], group_id: int | None) -> str | None:
    """A group's name with its ID; the bare ID where the name is not known."""
    group = groups.get(group_id or 0)
    if group is None:
        return str(group_id) if group_id else None
    return f"{clean(group.name or '')[:MAX_CELL]} ({group.id})"


@tools.reads(title="Get ACD event", german="Ein ACD-Ereignis mit seinem Text, nach ID.")
async def dialler_get_acd_event(invocation: Invocation, event_id: EventId, language: Lang = None) -> Details:
    """Open one ACD event by numeric ID and read its text and details."""
    record = await _event(invocation, await invocation.dialler.get_acd_event(event_id), language)
    return Details(record=record).in_language(invocation.language)


async def _event(invocation: Invocation, event: AcdEvent, preference: Language | None) -> dict[str, Any]:
    language = invocation.profile.language(preference)
    record = invocation.present.record(event)
    record["AcdGroupsID"] = _group_name(await invocation.profile.directory.acd_groups(), event.acd_groups_id)
    record["AcdEventTypesID"] = decode(ACD_EVENT_TYPES, event.acd_event_types_id, language)
    record["AcdEventStatusID"] = decode(ACD_EVENT_STATUSES, event.acd_event_status_id, language)
    return {name: value for name, value in record.items() if value is not None}


_NO_DATE = Words("must be a date of the form YYYY-MM-DD", "muss ein Datum der Form YYYY-MM-DD sein")
_NO_TIME = Words("must be a time of the form HH:MM", "muss eine Uhrzeit der Form HH:MM sein")


def _date(text: str | None) -> str | None:
    if text is not None and not _DATE.fullmatch(text):
        raise WrongValue(_NO_DATE)
    return text


def _time(text: str | None) -> str | None:
    if text is not None and not _TIME.fullmatch(text):
        raise WrongValue(_NO_TIME)
    return text


@tools.changes(
    title="Create ACD event",
    german="Stellt ein ACD-Ereignis für Agenten ein, etwa einen Rückruf.",
    role=Role.supervisor,
    idempotent=False,
)
async def dialler_create_acd_event(
    invocation: Invocation,
    AcdEventTypesID: Annotated[Id, Field(description="type: 1 voice mail, 2 fax, 3 callback, 4 SMS, 5 e-mail")],
    Sender: Annotated[str, shorter(256), Searchable, Field(description="E.164 number; else e-mail")],
    Subject: Annotated[str, shorter(1000), Visible, Field(description="subject")],
    AcdGroupsID: Annotated[Id | None, Field(description="ACD group, or both other group IDs")] = None,
    AcdConfigurationGroupsID: Annotated[Id | None, Field(description="configuration group")] = None,
    AcdAgentGroupsID: Annotated[Id | None, Field(description="agent group")] = None,
    UsersID: Annotated[Id | None, Field(description="agent; omit for the queue")] = None,
    Receiver: Annotated[
        str | None, shorter(256), AfterValidator(printable), Field(description="own service number")
    ] = None,
    Body: Annotated[
        str | None, shorter(10_000), AfterValidator(printable_lines), Field(description="text, callbacks only")
    ] = None,
    CrmURL: Annotated[
        str | None, shorter(1000), AfterValidator(printable), Field(description="https URL", pattern="^https?://")
    ] = None,
    UserData: Annotated[str | None, shorter(256), AfterValidator(printable), Field(description="CRM key")] = None,
    nPriority: Annotated[
        int | None, BeforeValidator(plain_number), Field(description="1 to 100, default 50", ge=1, le=100)
    ] = None,
    dtAppointmentDate: Annotated[str | None, AfterValidator(_date), Field(description="YYYY-MM-DD")] = None,
    dtAppointmentTime: Annotated[str | None, AfterValidator(_time), Field(description="HH:MM")] = None,
) -> Proposal:
    """Create an ACD event for a group of agents, for example to queue, schedule or set up a callback. A group that
    forbids duplicates comments the existing event.
    """
    pair = (AcdConfigurationGroupsID, AcdAgentGroupsID)
    if (AcdGroupsID is None) == (None in pair) or (AcdGroupsID is not None and any(pair)):
        raise Problem(_GROUPS)
    if AcdEventTypesID in SPOKEN:
        try:
            Sender = stored(Sender)
        except WrongValue as error:
            faults = Words.alike("Sender").then(error.words)
            raise Problem(NOT_SENT.then(CORRECT.filled(faults=faults))) from None
    values = {
        "AcdEventTypesID": AcdEventTypesID,
        "Sender": Sender,
        "Subject": Subject,
        "AcdGroupsID": AcdGroupsID,
        "AcdConfigurationGroupsID": AcdConfigurationGroupsID,
        "AcdAgentGroupsID": AcdAgentGroupsID,
        "UsersID": UsersID,
        "Receiver": Receiver,
        "Body": Body,
        "CrmURL": CrmURL,
        "UserData": UserData,
        "nPriority": nPriority,
        "dtAppointmentDate": dtAppointmentDate,
        "dtAppointmentTime": dtAppointmentTime,
    }
    fields = {name: value for name, value in values.items() if value is not None}

    async def shown_event(event: AcdEvent) -> dict[str, Any]:
        return await _event(invocation, event, None)

    return plans.create(invocation, fields, shown_event)


@tools.reads(title="List ACD event types", german="Die Arten von ACD-Ereignissen.")
async def dialler_list_acd_event_types(invocation: Invocation, language: Lang = None) -> Table:
    """List the types or kinds of ACD events, e.g. number 2 is a fax, for AcdEventTypesID."""
    return _lookups(
        await invocation.dialler.list_acd_event_types(), ACD_EVENT_TYPES, invocation.profile.language(language)
    )


@tools.reads(title="List ACD event statuses", german="Die Zustände, die ein ACD-Ereignis haben kann.")
async def dialler_list_acd_event_statuses(invocation: Invocation, language: Lang = None) -> Table:
    """List every possible status of ACD events and its meaning."""
    return _lookups(
        await invocation.dialler.list_acd_event_statuses(), ACD_EVENT_STATUSES, invocation.profile.language(language)
    )


def _lookups(lookups: list[AcdLookup], words: dict[int, Words], language: Language) -> Table:
    rows: list[list[Any]] = [
        [one.id, words[one.id].text(language) if one.id in words else None, clean(one.short_text or "")[:MAX_CELL]]
        for one in lookups
    ]
    summary = _FOUND.text(language).format(rows=len(rows))
    return table(summary, ["ID", "meaning", "ShortText"], rows, total=len(rows), language=language)


@tools.reads(title="List ACD groups", german="Alle ACD-Gruppen mit ID, Name und Service-Level in Sekunden.")
async def dialler_list_acd_groups(invocation: Invocation, limit: Limit = 20, cursor: Cursor = None) -> Table:
    """List all ACD groups, the queues of agents, with ID, name and service level in seconds."""
    groups = await invocation.dialler.list_acd_groups()
    some, following = page(groups, lambda group: group.id, limit, cursor, "groups")
    rows, following = fit(_group_rows(some), [cursor_at(group.id, "groups") for group in some], following)
    language = invocation.language
    summary = _GROUP.counted(len(groups), language) + _SHOWN.text(language).format(rows=len(rows))
    answer = table(summary, GROUP_COLUMNS, rows, total=len(groups), language=language)
    answer.next_cursor = following
    return answer


@tools.reads(title="Get ACD group", german="Eine ACD-Gruppe, nach ID.")
async def dialler_get_acd_group(invocation: Invocation, group_id: GroupId) -> Details:
    """Show one ACD group by numeric ID with its details. With the name use dialler_find_acd_groups_by_name."""
    return Details(record=invocation.present.record(await invocation.dialler.get_acd_group(group_id)))


@tools.reads(title="Find ACD groups by name", german="ACD-Gruppen, deren Name diesen Text enthält.")
async def dialler_find_acd_groups_by_name(
    invocation: Invocation, name: Annotated[Name, Field(description="group name")]
) -> Table:
    """Find the ID of an ACD group (queue) by its name or a part of it. With the ID use dialler_get_acd_group."""
    groups = await _groups_named(invocation, name)
    rows = _group_rows(groups[:MAX_FOUND])
    language = invocation.language
    notes = [] if len(rows) == len(groups) else [MORE_OF_NAME.text(language).format(rows=len(rows))]
    if not groups:
        notes = [_LISTED.text(language)]
    summary = _CONTAINING.counted(len(groups), language)
    return table(summary, GROUP_COLUMNS, rows, total=len(groups), notes=notes, language=language)


async def _groups_named(invocation: Invocation, name: str) -> list[AcdGroup]:
    """The groups whose name contains this. A name that can be written in several ways is looked for here."""
    if len(spellings(name)) == 1:
        return await invocation.dialler.find_acd_groups_by_name(name)
    return [one for one in await invocation.dialler.list_acd_groups() if plain(name) in plain(one.name or "")]


def _group_rows(groups: Sequence[AcdGroup]) -> list[list[Any]]:
    return [[group.id, clean(group.name or "")[:MAX_CELL], group.service_level_seconds] for group in groups]
