"""Resources: the dialler's numbers in words, its fields, its campaigns, single contacts and jobs.

All are plain text: tables with tabs, records one field a line, as in the tools.
"""

from collections.abc import Awaitable, Mapping
from functools import cache
from typing import Any

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError
from mcp.server.mcpserver.resources import FunctionResource, ResourceTemplate

from dialler_mcp.api.errors import DiallerError, NotFound
from dialler_mcp.domain.codes import CAUSES, CONNRES, RESULT_TYPES
from dialler_mcp.domain.contact_state import result_type
from dialler_mcp.domain.fields import FieldInfo, Record, Write, id_of
from dialler_mcp.domain.records import AcdEvent, AcdGroup, Campaign, Contact, HistoryEntry, ResultCode
from dialler_mcp.domain.text import clean
from dialler_mcp.domain.times import shown
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.server import DiallerServer
from dialler_mcp.protocol.updates import Sight
from dialler_mcp.reporting.figures.measures import DOCUMENTED, documented
from dialler_mcp.service.answers import SANDBOX, cell, fitting, lines_of, table
from dialler_mcp.service.invocation import finished, open_invocation
from dialler_mcp.service.jobs import job_details
from dialler_mcp.service.process import Process, caller_of
from dialler_mcp.service.profile import Profile
from dialler_mcp.state.errors import StateError
from dialler_mcp.tools.jobs import SHOW_JOB
from dialler_mcp.words import Words

MIME_TYPE = "text/plain"
JOB = "dialler://jobs/{job_id}"
NEEDS = {
    "dialler://campaigns": frozenset({"dialler_list_campaigns"}),
    "dialler://campaigns/{campaign_id}/result-codes": frozenset({"dialler_get_campaign", "dialler_get_result_codes"}),
    "dialler://contacts/{contact_id}": frozenset({"dialler_get_contact"}),
    JOB: frozenset({SHOW_JOB}),
}
"""The tools that read the same; a resource is there when all of them are. The reference pages need none."""
RECORDS: tuple[type[Record], ...] = (Contact, Campaign, ResultCode, HistoryEntry, AcdEvent, AcdGroup)


def add_resources(server: DiallerServer[Process]) -> None:
    """Add the resources: what never changes, the campaigns, and by ID result codes, contacts and jobs."""

    async def campaigns() -> str:
        return await _answered(_campaigns(server.state.profile_of(server.caller)))

    for page in _pages():
        server.add_resource(page)
    server.add_resource(
        FunctionResource(
            uri="dialler://campaigns",
            name="campaigns",
            title="Campaigns",
            description="All campaigns: ID, name, from, until, CRM key.",
            mime_type=MIME_TYPE,
            fn=campaigns,
        )
    )
    for template in _templates():
        server.add_template(template)

    async def look(values: Mapping[str, Any]) -> Sight:
        return await _sight(server.state.profile_of(server.caller), id_of(values["job_id"]))

    server.tell_changes(JOB, look)


@cache
def _pages() -> list[FunctionResource]:
    """The reference pages; they hold nothing of a server."""
    return [
        FunctionResource(
            uri=f"dialler://reference/{name}",
            name=name,
            title=title,
            description=description,
            mime_type=MIME_TYPE,
            fn=text,
        )
        for name, title, description, text in _REFERENCES
    ]


@cache
def _templates() -> list[ResourceTemplate]:
    """What is read by its ID; the server is found in the context of each request."""
    return [
        ResourceTemplate.from_function(
            result_codes,
            "dialler://campaigns/{campaign_id}/result-codes",
            name="result-codes",
            title="Result codes of a campaign",
            description="What an agent can record in this campaign, and what it means.",
            mime_type=MIME_TYPE,
        ),
        ResourceTemplate.from_function(
            contact,
            "dialler://contacts/{contact_id}",
            name="contact",
            title="Contact",
            description="All that is known of one contact, with its state and current result.",
            mime_type=MIME_TYPE,
        ),
        ResourceTemplate.from_function(
            job,
            JOB,
            name="job",
            title="Job",
            description="How far a job over many contacts is, and which rows failed; tells when that changes.",
            mime_type=MIME_TYPE,
        ),
    ]


async def result_codes(campaign_id: str, context: Context[Process]) -> str:
    """The result codes of a campaign."""
    return await _answered(_result_codes(_profile(context), _id(campaign_id, "campaign")))


async def contact(contact_id: str, context: Context[Process]) -> str:
    """One contact with all its fields."""
    return await _answered(_contact(_profile(context), _id(contact_id, "contact")))


async def job(job_id: str, context: Context[Process]) -> str:
    """One job, as the tool shows it."""
    number = _id(job_id, "job")
    invocation = open_invocation(context, SHOW_JOB, {})
    try:
        answer = await job_details(invocation, await invocation.profile.jobs.ledger.progress(number))
    except StateError as error:
        raise ResourceError(str(error)) from None
    except Problem as error:
        raise ResourceNotFoundError(str(error)) from None
    finished(invocation, answer)
    return answer.text()


async def _sight(profile: Profile, number: int | None) -> Sight:
    """What of a job is worth being told of: its state, and how many of its rows are in each."""
    try:
        progress = await profile.jobs.ledger.progress(number or 0)
    except StateError:
        raise
    except Problem:  # there is none, or none any more
        return Sight(None, final=True)
    job = progress.job
    return Sight((job.state, job.why, progress.counts), final=job.state.ended)


def _profile(context: Context[Process]) -> Profile:
    process = context.request_context.lifespan_context
    return process.profile_of(caller_of(context, process.role, process.person))


async def _answered(text: Awaitable[str]) -> str:
    """The text of a resource.

    Raises:
        ResourceNotFoundError: the dialler has no such object.
        ResourceError: the dialler could not be asked.
    """
    try:
        return await text
    except NotFound as error:
        raise ResourceNotFoundError(error.summary.then(error.hint).en) from None
    except DiallerError as error:
        raise ResourceError(str(error)) from None


def _id(text: str, thing: str) -> int:
    """The ID in a URI.

    Raises:
        ResourceNotFoundError: it is no positive whole number, so nothing has it.
    """
    if number := id_of(text):
        return number
    raise ResourceNotFoundError(f"There is no such {thing}: its ID is a positive whole number, as the lists show it.")


async def _campaigns(profile: Profile) -> str:
    zone = profile.zone
    campaigns = await profile.dialler.list_campaigns()
    rows = [
        [
            campaign.id,
            clean(campaign.name or "")[:64],
            shown(campaign.dt_from, zone) if campaign.dt_from else None,
            shown(campaign.dt_to, zone) if campaign.dt_to else None,
            clean(campaign.user_data or "")[:64],
        ]
        for campaign in campaigns
    ]
    return _listed(profile, f"{len(rows)} campaigns", ["ID", "Name", "from", "until", "UserData"], rows)


async def _result_codes(profile: Profile, campaign_id: int) -> str:
    language = profile.language(None)
    campaign = await profile.dialler.get_campaign(campaign_id)
    codes = await profile.dialler.get_result_codes(campaign_id, language)
    rows = [
        [
            code.id,
            clean(code.content or "")[:64],
            clean(code.export_key or "")[:64],
            kind.text(language) if (kind := result_type(code)) else None,
            kind.meaning.text(language) if kind else None,
            code.time_offset or None,
        ]
        for code in codes
    ]
    summary = f"{len(rows)} result codes of {clean(campaign.name or '')[:64]} ({campaign.id})"
    return _listed(profile, summary, ["ID", "name", "export_key", "type", "meaning", "minutes"], rows)


def _listed(profile: Profile, summary: str, columns: list[str], rows: list[list[Any]]) -> str:
    fit = rows[: fitting(rows)]
    notes = [f"{len(rows) - len(fit)} more are not shown here."] if len(fit) < len(rows) else []
    return table(summary, columns, fit, total=len(rows), notes=[*notes, *_notes(profile)]).text()


async def _contact(profile: Profile, contact_id: int) -> str:
    view = await profile.view(await profile.dialler.get_contact(contact_id))
    lines = lines_of(view.full())
    legend = profile.legend("\n".join(lines))
    return "\n".join([*lines, profile.present.fence.explained(), *legend, *_notes(profile)])


def _notes(profile: Profile) -> list[str]:
    return [SANDBOX] if profile.is_sandbox else []


def _in_words(heading: str, words: Mapping[int, Words]) -> str:
    rows = [f"{code}\t{text.en}\t{text.de}" for code, text in sorted(words.items())]
    return "\n".join([heading, "code\ten\tde", *rows])


def cause_codes() -> str:
    """Why a call ended, by number, in both languages."""
    return _in_words("CauseCodesID: why a call ended (ITU-T Q.850) / Auslösegrund eines Anrufs", CAUSES)


def connres() -> str:
    """How dialling ended, by number, in both languages."""
    return _in_words("CONNRES: how an attempt ended / Wählergebnis", CONNRES)


def result_types() -> str:
    """The types of result codes, in both languages."""
    rows = [
        "\t".join(
            (str(number), kind.flag, kind.en, kind.de, cell(kind.final) or "no", kind.meaning.en, kind.meaning.de)
        )
        for number, kind in RESULT_TYPES.items()
    ]
    heading = (
        "DiallerResultCodesTypesID: what a result does / was ein Ergebnis bewirkt. Trust the flag, not the number."
    )
    return "\n".join([heading, "code\tflag\ten\tde\tfinal\tmeaning_en\tmeaning_de", *rows])


def fields() -> str:
    """Every declared field of every record, in both languages."""
    columns = "field\ttype\tlength\twritten_by\tkind\ten\tde"
    notes = [
        "length: documented maximum, characters. written_by: import, update. kind decides what is masked (bank, phone,",
        "email), and what is foreign text (free). A release may send more fields, or fewer.",
    ]
    parts = [f"# {record.__name__}\n{columns}\n" + "\n".join(map(_field_row, record.fields())) for record in RECORDS]
    return "\n\n".join(["\n".join(notes), *parts])


def _field_row(info: FieldInfo) -> str:
    about = info.about
    writes = [name for name, flag in (("import", Write.IMPORT), ("update", Write.UPDATE)) if flag in about.write]
    values = (info.wire, info.type.__name__, about.length, ",".join(writes), about.kind.value, about.en, about.de)
    return "\t".join(cell(value) for value in values)


def measures() -> str:
    """Every measure of the reports: what it is, how it is computed, in which unit."""
    rows = ["\t".join(row) for row in documented()]
    return "\n".join(["Measures of dialler_campaign_report; each figure is n of N", "\t".join(DOCUMENTED), *rows])


_REFERENCES = (
    ("cause-codes", "Cause codes", "Why a call ended: ITU-T Q.850 causes in English and German.", cause_codes),
    ("connres", "Outcome of dialling", "CONNRES: how an attempt ended, in English and German.", connres),
    ("result-types", "Types of result codes", "Done, Abort, Delay, Appointment: what each does.", result_types),
    ("fields", "Fields", "The dialler's fields: type, length, who may write them, meaning.", fields),
    ("measures", "Measures", "The figures of reports: definition, formula, unit, in English and German.", measures),
)
