"""The tool that lists agreed callbacks: what was promised to whom, by whom, and when it is due."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Annotated, Any, Literal

from pydantic import Field

from dialler_mcp.domain.codes import OF_CONTACTS
from dialler_mcp.domain.contact_state import state_of
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.spelling import plain
from dialler_mcp.domain.standing.callbacks import Due, Kind, callback_of, how_late, is_redial
from dialler_mcp.domain.text import clean
from dialler_mcp.domain.times import local, shared_offset, shown, shown_bare
from dialler_mcp.service.agenda import Agenda, Entry
from dialler_mcp.service.agents import uid_of
from dialler_mcp.service.answers import Table, table
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.listing import Names, Smallest, names_of, read_in_time
from dialler_mcp.service.matching import asked_campaign
from dialler_mcp.service.paging import cursor_at, cursor_position, fit
from dialler_mcp.service.parameters import CampaignName, Cursor, Id, Lang, Limit, shorter
from dialler_mcp.service.parameters import When as Time
from dialler_mcp.service.present import Presenter, campaign_name
from dialler_mcp.tools.family import family
from dialler_mcp.words import Noun, Words

tools = family("reports")

When = Literal["overdue", "today", "week", "later"]
COLUMNS = ["late", "name", "UserData", "campaign", "kind", "agent (UID)", "number", "ID", "locked"]
MAX_AGENTS = 1_000  # that are counted; foreign data could hold one for each contact
MAX_NAMED = 10
MAX_AGENT = 40
_CALLBACK = Noun(Words("agreed callback", "vereinbarter Rückruf"), Words("agreed callbacks", "vereinbarte Rückrufe"))
_AMONG, _SHOWN = Words(" among {contacts}", " unter {contacts}"), Words("; {rows} shown", "; {rows} gezeigt")
_FOR_AGENT = Words(", for agent {agent}", ", für Agent {agent}")
_DUE_FROM, _DUE_UNTIL = (
    Words(", due from {time}", ", fällig ab {time}"),
    Words(", due until {time}", ", fällig bis {time}"),
)
_ONLY, _EARLIEST = Words(", only {due}", ", nur {due}"), Words(", earliest due first", ", früheste zuerst")
_NO_UID = Words(
    "Callbacks name agents by UID; that of this user ID is not known here: dialler_campaign_report by agent tells it.",
    "Rückrufe nennen die UID; welche zu dieser Benutzer-ID gehört, ist hier nicht bekannt: dialler_campaign_report mit"
    " by agent sagt es.",
)
_AGENTS = Words("Agents that have callbacks: {agents}.", "Agenten mit Rückrufen: {agents}.")


@tools.reads(
    title="List callbacks",
    german=(
        "Vereinbarte Rückrufe, Termine und Wiedervorlagen: überfällig, heute, demnächst; das "
        "am längsten Überfällige zuerst."
    ),
)
async def dialler_list_callbacks(
    invocation: Invocation,
    campaign_id: Annotated[Id | None, Field(description="omit for all (slow)")] = None,
    name: CampaignName = None,
    when: Annotated[When | None, Field(description="week: 7 days after today")] = None,
    agent: Annotated[str | None, shorter(64), Field(description="UID or user ID")] = None,
    since: Annotated[Time, Field(description="due from YYYY-MM-DD[THH:MM]")] = None,
    until: Annotated[Time, Field(description="due until, inclusive")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
    language: Lang = None,
) -> Table:
    """List agreed (promised) callbacks, appointments and follow-ups: overdue (late), due today or coming up, most
    overdue first.
    """
    campaign = await asked_campaign(invocation, campaign_id, name)
    key = campaign and campaign.id
    question = (key, when, agent, since, until)
    after = cursor_position(cursor, question)
    begin, end = invocation.when(since, "since"), invocation.when(until, "until", end_of_day=True)
    names = await names_of(invocation, key, language)
    uid = await uid_of(invocation, agent, names.campaigns)
    query = _Query([Due(when)] if when else [*Due], agent, uid, begin, end)
    first = Smallest[Entry[Contact]](limit + 1)
    agenda = Agenda(invocation.profile.time(), invocation.profile.zone, dict.fromkeys(query.dues, first), after)
    tally = _Tally(names, query, agenda)
    reading = await read_in_time(invocation, key, tally.see)
    entries = first.items()
    cursors = [cursor_at(entry.position, question) for entry in entries[:limit]]
    rows, due = _rows(invocation, names, entries[:limit])
    rows, following = fit(rows, cursors, cursors[-1] if cursors and len(entries) > limit else None)
    where = f" in {campaign_name(campaign, None)}" if campaign else ""
    notes = [*tally.agents_there(invocation.present), *tally.redials(), *reading.notes(names.language)]
    everybody = OF_CONTACTS.counted(reading.read_count, names.language)
    where += _AMONG.text(names.language).format(contacts=everybody) + query.in_words(invocation.present, names.language)
    summary = tally.summary(where, len(rows)) + query.order(len(rows), names.language)
    columns, total = [due, *COLUMNS], agenda.total(*query.dues)
    answer = table(summary, columns, rows, total=total, notes=notes, language=names.language)
    answer.next_cursor = following
    return answer


@dataclass(frozen=True)
class _Query:
    """Which callbacks are listed; times are local and zone-less."""

    dues: Sequence[Due]
    agent: str | None
    uid: str | None
    """Of the agent, where the user ID was given."""
    since: datetime | None
    until: datetime | None

    def covers(self, due: datetime | None, zone: tzinfo) -> bool:
        if due is None:
            return self.since is None and self.until is None
        at = local(due, zone).replace(tzinfo=None, microsecond=0)
        return (self.since is None or at >= self.since) and (self.until is None or at <= self.until)

    def in_words(self, present: Presenter, language: Language) -> str:
        """`, for agent krause, due until 2026-11-30 23:59+01:00`."""
        agent = clean(present.nameless.text(self.agent)) if self.agent else None
        agent = f"{agent} (UID {present.text(self.uid)[:MAX_AGENT]})" if self.uid else agent
        parts = [_FOR_AGENT.text(language).format(agent=agent)] if agent else []
        for words, time in ((_DUE_FROM, self.since), (_DUE_UNTIL, self.until)):
            parts += [words.text(language).format(time=shown(time, present.zone))] if time else []
        return "".join(parts)

    def order(self, rows: int, language: Language) -> str:
        """Which of those that are counted are shown, and in which order."""
        alone = _ONLY.text(language).format(due=self.dues[0].text(language)) if len(self.dues) == 1 and rows else ""
        return alone + (_EARLIEST.text(language) if rows > 1 else "")

    def is_for(self, agents: Sequence[str]) -> bool:
        names = {plain(name).strip() for name in (self.agent, self.uid) if name} - {""}
        return not names or any(plain(uid).strip() in names for uid in agents)


@dataclass
class _Tally:
    """Puts the callbacks that were asked for on the agenda, and counts whose callbacks pass by."""

    names: Names
    query: _Query
    agenda: Agenda[Contact]
    agents: Counter[str] = field(default_factory=Counter[str])

    def see(self, contact: Contact) -> None:
        state = state_of(contact, self.names.code(contact))
        callback, redial = callback_of(contact, state), is_redial(contact, state)
        due = callback.due if callback else contact.dt_next_try
        if not (callback or redial) or not self.query.covers(due, self.agenda.zone):
            return
        agents = [uid for uid in (contact.follow_up_users_uid, contact.reserved_users_uid) if uid]
        if callback is None:
            if self.query.is_for(agents):
                self.agenda.add_redial(contact)
            return
        self.agents.update(uid for uid in agents if uid in self.agents or len(self.agents) < MAX_AGENTS)
        if self.query.is_for(agents):
            self.agenda.add(contact, callback, contact)

    def agents_there(self, present: Presenter) -> list[str]:
        """An agent that nobody waits for may be misspelt, or be known by the user ID alone."""
        if not self.query.agent or not self.agents or self.agenda.counts:
            return []
        there = ", ".join(f"{present.text(uid)[:MAX_AGENT]} ({n})" for uid, n in self.agents.most_common(MAX_NAMED))
        language = self.names.language
        no_uid = [_NO_UID.text(language)] if self.query.agent.strip().isdecimal() and not self.query.uid else []
        return [*no_uid, _AGENTS.text(language).format(agents=there)]

    def redials(self) -> list[str]:
        """How many automatic redials stand beside the callbacks, which they are not."""
        words = self.agenda.redials_in_words(self.names.language)
        return [f"{words} (dialler_list_contacts, state=follow-up)."] if self.agenda.redials else []

    def summary(self, where: str, shown_rows: int) -> str:
        """`9 agreed callbacks in NPS (556) among 240 contacts: 4 overdue (4 appointments), 5 due today (…); …`."""
        language, counts = self.names.language, self.agenda.counts
        parts = list[str]()
        for due in Due:
            kinds = [kind.counted(n, language) for kind in Kind if (n := counts[due, kind])]
            if kinds:
                parts.append(f"{self.agenda.total(due)} {due.text(language)} ({', '.join(kinds)})")
        summary = _CALLBACK.counted(counts.total(), language) + where
        return f"{summary}: {', '.join(parts)}{_SHOWN.text(language).format(rows=shown_rows)}" if parts else summary


def _rows(invocation: Invocation, names: Names, entries: Sequence[Entry[Contact]]) -> tuple[list[list[Any]], str]:
    """The rows, and the heading of their first column, which names the offset that all times share."""
    zone, now, language = invocation.profile.zone, invocation.profile.time(), names.language
    offset = shared_offset([callback.due for _, callback, _ in entries if callback.due], zone)
    rows = list[list[Any]]()
    for _, callback, contact in entries:
        view, due = names.view(invocation, contact), callback.due
        name, key, campaign, locked = view.row(["name", "UserData", "campaign", "locked"])
        rows.append(
            [
                due and (shown_bare(due, zone) if offset else shown(due, zone)),
                due and how_late(due, now, zone, language),
                name,
                key,
                campaign if names.campaign_id is None else None,
                callback.kind.text(language),
                invocation.present.text(callback.agent)[:MAX_AGENT],
                view.first_number(),
                contact.id,
                locked,
            ]
        )
    return rows, f"due {offset}" if offset else "due"
