"""Tools that show what was changed, and take it back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import Field

from dialler_mcp.changes.gate import CONFIRMED_BY
from dialler_mcp.changes.journal import Entry, EntryFilter
from dialler_mcp.changes.undo import differing
from dialler_mcp.domain.fields import Field as About
from dialler_mcp.domain.fields import FieldInfo, Kind
from dialler_mcp.domain.records import AcdEvent, Contact
from dialler_mcp.domain.roles import Role
from dialler_mcp.domain.text import clean
from dialler_mcp.domain.times import local, shown
from dialler_mcp.problem import Problem
from dialler_mcp.service.answers import Details, Table, bounded, table
from dialler_mcp.service.headings import truth
from dialler_mcp.service.history import call_lines
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.matching import NOT_BOTH, changed_campaign
from dialler_mcp.service.paging import cursor_at, cursor_position, fit
from dialler_mcp.service.parameters import CampaignId, CampaignName, Confirm, ContactId, Cursor, Id, Limit, Name, Reason
from dialler_mcp.service.plans.job_undo import undo_job
from dialler_mcp.service.plans.undo import undo
from dialler_mcp.service.present import ContactView, label_shown
from dialler_mcp.service.proposals import LongProposal
from dialler_mcp.tools.family import family
from dialler_mcp.words import NOTHING, Noun, Words, joined

tools = family("changes")

T = TypeVar("T")

COLUMNS = ["change", "time", "tool", "record", "status", "caller", "reason", "undone", "to_find_out"]
MAX_CALLS = 10  # of a deleted contact's history that are shown
MAX_LABEL = 80
_RECORDED = {info.wire: info for record in (Contact, AcdEvent) for info in record.fields()}
_RECORDED["user_data"] = _RECORDED["UserData"]
_NO_FIELD = FieldInfo("", "", str, About("", ""))
_REASON = FieldInfo("", "reason", str, About("", "", kind=Kind.FREE))

_CHECKS = {
    ("contact", "delete"): Words(
        "dialler_get_contact with {contact}: when it is gone, it happened",
        "dialler_get_contact mit {contact}: Gibt es ihn nicht mehr, ist es geschehen",
    ),
    ("contact", "import"): Words(
        "look the contact up by UserData, or with dialler_list_contacts in {place}",
        "den Kontakt nach UserData suchen, oder mit dialler_list_contacts in {place}",
    ),
    ("campaign", "delete"): Words(
        "dialler_get_campaign with {campaign}: when it is gone, it happened",
        "dialler_get_campaign mit {campaign}: Gibt es sie nicht mehr, ist es geschehen",
    ),
    ("campaign", "clone"): Words(
        "dialler_find_campaigns_by_name: when the new name is there, it happened",
        "dialler_find_campaigns_by_name: Gibt es den neuen Namen, ist es geschehen",
    ),
    ("event", "create"): Words(
        "dialler_list_acd_events: the newest come first", "dialler_list_acd_events: Das Neueste steht oben"
    ),
}
_USUAL_CHECK = Words(
    "dialler_get_contact with {contact}, and compare with dialler_get_change",
    "dialler_get_contact mit {contact}, und mit dialler_get_change vergleichen",
)
_CONTACT_ID = Words("the ID of the contact", "der ID des Kontakts")
_CAMPAIGN_ID = Words("the ID of the campaign", "der ID der Kampagne")
_IN_CAMPAIGN = Words("campaign {id}", "Kampagne {id}")
_ITS_CAMPAIGN = Words("the campaign that it went to", "der Kampagne, in die er kam")
_STATUS = {
    "done": Words("done", "ausgeführt"),
    "failed": Words("failed", "gescheitert"),
    "unknown": Words("unknown", "Ausgang unbekannt"),
}
_CHANGE = Noun(Words("change", "Änderung"), Words("changes", "Änderungen"))
_DAYS = Noun(Words("day", "Tag"), Words("days", "Tage"))
_KEEPS = Words("The journal keeps {days}.", "Das Journal behält {days}.")
_SHOWN, _NEWEST = Words("; {count} shown", "; {count} gezeigt"), Words(", newest first", ", das Neueste zuerst")
_MATCHES = Words("{total} of {all} matches {filters}", "{total} von {all} passt: {filters}")
_MATCH = Words("{total} of {all} match {filters}", "{total} von {all} passen: {filters}")
_FILTERS = {
    "contact_id": Words("contact {value}", "Kontakt {value}"),
    "campaign_id": Words("campaign {value}", "Kampagne {value}"),
    "caller": Words("caller {value}", "gewollt von {value}"),
    "tool": Words("tool {value}", "Werkzeug {value}"),
    "since": Words("since {value}", "ab {value}"),
    "until": Words("until {value}", "bis {value}"),
}
_NO_END = Words(
    "No end was noted: it is still under way, or the process ended when it was sent or about to be.",
    "Ein Ende ist nicht festgehalten: Die Änderung ist noch unterwegs, oder der Prozess endete, als sie gesendet "
    "wurde oder werden sollte.",
)
_EITHER = Words(
    "Nothing was sent. Give either change_id or job_id.",
    "Es wurde nichts gesendet. Geben Sie entweder change_id oder job_id an.",
)
_UNKNOWN = Words(
    "It is unknown whether this change happened. Find out first: {how}.",
    "Ob diese Änderung geschehen ist, ist nicht bekannt. Stellen Sie es zuerst fest: {how}.",
)
_NOT_DONE = Words(
    "This change did not happen, so there is nothing to undo. List the changes to see the others.",
    "Diese Änderung ist nicht geschehen; zurückzunehmen ist nichts. Die Liste der Änderungen zeigt die anderen.",
)
_ALREADY = Words(
    "This change was undone already, by change {number}; see dialler_get_change.",
    "Diese Änderung ist schon zurückgenommen, durch Änderung {number}; siehe dialler_get_change.",
)
_WHETHER = Words("Find out whether that happened: {how}.", "Stellen Sie fest, ob das geschehen ist: {how}.")
_NO_CHANGE = Words(
    "The journal has no such change (any more). List the changes to see which there are.",
    "Im Journal steht diese Änderung nicht (mehr). Die Liste der Änderungen zeigt, welche es gibt.",
)

ChangeId = Annotated[Id, Field(description="from dialler_list_changes")]
Moment = Annotated[str | None, Field(description="YYYY-MM-DD[THH:MM], local", max_length=40)]


@tools.reads(title="List changes", german="Was durch diesen Server geändert wurde, das Neueste zuerst.")
async def dialler_list_changes(
    invocation: Invocation,
    contact_id: ContactId | None = None,
    campaign_id: CampaignId | None = None,
    name: CampaignName = None,
    caller: Annotated[Name | None, Field(description="client that made it")] = None,
    tool: Annotated[Name | None, Field(description="name of a tool")] = None,
    since: Moment = None,
    until: Annotated[Moment, Field(description="inclusive")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Table:
    """Show the log of changes made through this server, newest first: who changed or deleted what, and how to find out
    an unknown outcome.
    """
    if name is not None and campaign_id is not None:
        raise Problem(NOT_BOTH)
    selection = EntryFilter(
        contact_id,
        campaign_id if name is None else (await changed_campaign(invocation, name)).id,
        caller,
        tool,
        _moment(invocation, since, "since"),
        _moment(invocation, until, "until", end_of_day=True),
    )
    below = cursor_position(cursor, selection)
    entries, total = await invocation.profile.journal.page(selection, below, limit + 1)
    following = cursor_at(entries[limit - 1].id, selection) if 0 < limit < len(entries) else None
    entries = entries[:limit]
    undone_ids = await invocation.profile.journal.undone([entry.id for entry in entries])
    rows = [_row(invocation, entry, entry.id in undone_ids) for entry in entries]
    rows, following = fit(rows, [cursor_at(entry.id, selection) for entry in entries], following)
    days, language = _DAYS.of(invocation.profile.journal_days), invocation.language
    notes = [_KEEPS.filled(days=days).text(language)] if not rows else []
    matching = await _matching(invocation, selection, total)
    summary = matching.text(language) + _SHOWN.filled(count=len(rows)).text(language)
    order = _NEWEST.text(language) if len(rows) > 1 else ""
    answer = table(summary + order, COLUMNS, rows, total=total, notes=notes, language=language)
    answer.next_cursor = following
    return answer


async def _matching(invocation: Invocation, selection: EntryFilter, total: int) -> Words:
    """`3 changes`, or `2 of 3 changes match contact 215220, since 2026-11-20 00:00+01:00`."""
    filters = [
        _FILTERS[name].filled(value=value.isoformat(" ", "minutes") if isinstance(value, datetime) else value)
        for name, value in vars(selection).items()
        if value is not None
    ]
    if not filters:
        return _CHANGE.of(total)
    _, everything = await invocation.profile.journal.page(EntryFilter(), None, 0)
    text = joined(filters, ", ").text(invocation.language)
    words = clean(invocation.present.nameless.text(text))
    return (_MATCHES if total == 1 else _MATCH).filled(total=total, all=_CHANGE.of(everything), filters=words)


def _moment(invocation: Invocation, text: str | None, name: str, *, end_of_day: bool = False) -> datetime | None:
    moment = invocation.when(text, name, end_of_day=end_of_day)
    return local(moment, invocation.profile.zone) if moment else None


def _row(invocation: Invocation, entry: Entry, is_undone: bool) -> list[Any]:
    return [
        entry.id,
        shown(entry.began, invocation.profile.zone),
        entry.tool,
        _label(invocation, entry),
        _status(entry).text(invocation.language),
        clean(entry.who)[:MAX_LABEL],
        invocation.present.value(_REASON, entry.reason, MAX_LABEL) if entry.reason else None,
        True if is_undone else None,
        how_to_find_out(entry).text(invocation.language) if entry.uncertain else None,
    ]


def _label(invocation: Invocation, entry: Entry) -> str:
    number = entry.campaign_id if entry.kind == "campaign" else entry.contact_id
    label = label_shown(entry.label, invocation.present)[:MAX_LABEL]
    return f"{label} ({number})" if number else label


def _status(entry: Entry) -> Words:
    return _STATUS["unknown" if entry.uncertain else entry.status]


@tools.reads(
    title="Get change", german="Eine Änderung: wer, wie bestätigt, was daraus wurde, Feld für Feld vorher und nachher."
)
async def dialler_get_change(invocation: Invocation, change_id: ChangeId) -> Details:
    """Details of one change: who made and approved it, why, outcome, each field before and after."""
    entry = await _entry(invocation, change_id)
    undo = await invocation.profile.journal.undone_by(change_id)
    language = invocation.language
    about: dict[str, Any] = {
        "change": entry.id,
        "time": shown(entry.began, invocation.profile.zone),
        "tool": entry.tool,
        "record": _label(invocation, entry),
        "status": _status(entry).text(language),
        "outcome": entry.result,
        "to_find_out": how_to_find_out(entry).text(language) if entry.uncertain else None,
        "caller": clean(entry.who)[:MAX_LABEL],
        "confirmed_by": CONFIRMED_BY[entry.confirmed_by].text(language) if entry.confirmed_by else None,
        "reason": invocation.present.value(_REASON, entry.reason) if entry.reason else None,
        "arguments": _arguments(invocation, entry),
        "undoes": entry.undoes,
        "undone_by": undo.id if undo else None,
        "archive": f"journal/{entry.archive}" if entry.archive else None,
    }
    if entry.status == "begun":
        about["outcome"] = _NO_END.text(language)
    about = {name: value for name, value in about.items() if value not in (None, "")}
    return Details(record=about | await _images(invocation, entry)).in_language(language)


def _arguments(invocation: Invocation, entry: Entry) -> str:
    """What was given beside the fields of the record, which are shown before and after."""
    shown_below = {info.wire for info in Contact.fields()} if entry.kind == "contact" else set[str]()
    arguments = {name: value for name, value in entry.arguments.items() if name not in shown_below}

    def said(longest: int) -> str:
        present = invocation.present.nameless  # what a caller gave tells nothing of what records hold
        pairs = (
            (name, present.value(_RECORDED.get(name, _NO_FIELD), value, longest)) for name, value in arguments.items()
        )
        return "; ".join(f"{name}: {value}" for name, value in pairs)

    return bounded(said, 4_000)


async def _images(invocation: Invocation, entry: Entry) -> dict[str, Any]:
    """A record as it was; where both are known, only what differs."""
    campaign = entry.campaign_before() or entry.campaign_after()
    if campaign is not None:
        return {f"{name}": value for name, value in invocation.present.record(campaign).items()}
    before, after = entry.contact_before(), entry.contact_after()
    if before is None or after is None or before.id != after.id:
        alone = after or before
        if alone is None:
            return {}
        view = await invocation.profile.view(alone)
        calls = call_lines(invocation, alone.dialler_contacts_history, view.codes, view.language)
        history = {"history": calls[:MAX_CALLS], "calls_remembered": len(calls)} if calls else {}
        return view.full() | history
    first, second = await invocation.profile.views([before, after])
    return _both(invocation, first, second)


def _both(invocation: Invocation, first: ContactView, second: ContactView) -> dict[str, Any]:
    old, new = first.status(), second.status()
    zone, present = invocation.profile.zone, invocation.present
    odd = [info for info in differing(first.contact, second.contact, zone) if info.about.kind is not Kind.CONTROL]

    def said(values: Mapping[str, Any], name: str) -> Any:
        value = values.get(name, _ABSENT.get(name, _EMPTY))
        return truth(value, first.language) if isinstance(value, bool) else value

    def pairs(longest: int) -> dict[str, Any]:
        def held(view: ContactView, info: FieldInfo) -> Any:
            value = getattr(view.contact, info.attribute)
            return _EMPTY if value in (None, "") else present.value(info, value, longest)

        fields = {info.wire: f"{held(first, info)} → {held(second, info)}" for info in odd}
        status = {
            name: f"{said(old, name)} → {said(new, name)}" for name in old | new if old.get(name) != new.get(name)
        }
        return {name: value for name, value in fields.items() if name not in _SAID_IN_WORDS} | status

    return bounded(pairs)


_EMPTY = "–"
_ABSENT: Mapping[str, Any] = {"attempts": 0, "locked": False}
"""What a status that is not named means, where that is not nothing."""
_SAID_IN_WORDS = ("bLocked", "DiallerCampaignsResultCodesID", "dtNextTry", "FollowUpDateTime")


@tools.destroys(
    title="Undo change",
    german="Nimmt eine Änderung an einem Kontakt zurück, soweit das möglich ist; zeigt vorher, was geschieht.",
    role=Role.supervisor,
    idempotent=False,
)
async def dialler_undo_change(
    invocation: Invocation,
    change_id: ChangeId | None = None,
    job_id: Annotated[Id | None, Field(description="or a job")] = None,
    reason: Reason = None,
    confirm: Confirm = None,
) -> LongProposal:
    """Undo (revert) one change of a contact that was wrong, or a whole job: put old values or a lock back, or restore
    a deleted contact. Previews first. Refuses if the record differs.
    """
    if (change_id is None) == (job_id is None):
        raise Problem(_EITHER)
    if job_id is None:
        return await undo(invocation, await _undoable(invocation, change_id or 0))
    return await undo_job(invocation, job_id)


async def _undoable(invocation: Invocation, change_id: int) -> Entry:
    entry = await _entry(invocation, change_id)
    if entry.uncertain:
        raise Problem(_UNKNOWN.filled(how=how_to_find_out(entry)))
    if entry.status == "failed":
        raise Problem(_NOT_DONE)
    if undo := await invocation.profile.journal.undone_by(change_id):
        state = _WHETHER.filled(how=how_to_find_out(undo)) if undo.uncertain else NOTHING
        raise Problem(_ALREADY.filled(number=undo.id).then(state))
    return entry


async def _entry(invocation: Invocation, change_id: int) -> Entry:
    entry = await invocation.profile.journal.get(change_id)
    if entry is None:
        raise Problem(_NO_CHANGE)
    return entry


def how_to_find_out(entry: Entry) -> Words:
    """Which tool tells whether a change of unknown outcome happened."""
    check = _CHECKS.get((entry.kind, entry.verb), _USUAL_CHECK)
    contact, campaign = entry.contact_id, entry.campaign_id
    return check.filled(
        contact=f"ID {contact}" if contact else _CONTACT_ID,
        campaign=f"ID {campaign}" if campaign else _CAMPAIGN_ID,
        place=_IN_CAMPAIGN.filled(id=campaign) if campaign else _ITS_CAMPAIGN,
    )
