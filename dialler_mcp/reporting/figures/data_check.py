"""The quality of a list: what is doubled, wrong, too long or missing in the contacts of a snapshot, found by SQL.

Each check gives either groups of contacts that share something, or single contacts with a reason. Only the views are
read, so values are masked as the privacy level says; what cannot be seen then is not checked (`unchecked`).
"""

# ruff: noqa: S608 - the SQL is put together from our own names

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum, auto
from itertools import takewhile

from dialler_mcp.domain import phones
from dialler_mcp.domain.fields import Kind
from dialler_mcp.domain.phone_flaws import Flaw
from dialler_mcp.domain.privacy import Privacy, hides
from dialler_mcp.domain.records import PHONE_SLOTS, Contact
from dialler_mcp.reporting.snapshot.columns import columns_of
from dialler_mcp.reporting.snapshot.opening import Snapshot
from dialler_mcp.words import Words

EXAMPLES = 5
MAX_MEMBERS = 10


class Check(StrEnum):
    """The kinds of faults that are looked for."""

    same_number = auto()
    same_user_data = auto()
    same_person = auto()
    number_twice = auto()
    malformed_number = auto()
    marked_invalid = auto()
    no_number = auto()
    no_name = auto()
    no_user_data = auto()
    too_long = auto()


CHECKS = {
    Check.same_number: Words("same number in several contacts", "gleiche Nummer in mehreren Kontakten"),
    Check.same_user_data: Words("same UserData in several contacts", "gleiches UserData in mehreren Kontakten"),
    Check.same_person: Words("same name and postal code or city", "gleicher Name und PLZ oder Ort"),
    Check.number_twice: Words("same number twice in one contact", "gleiche Nummer doppelt im Kontakt"),
    Check.malformed_number: Words("number cannot be dialled as stored", "Nummer so nicht wählbar"),
    Check.marked_invalid: Words("number marked invalid by the dialler", "Nummer vom Dialler als ungültig markiert"),
    Check.no_number: Words("no number at all", "keine Nummer"),
    Check.no_name: Words("neither name nor company", "weder Name noch Firma"),
    Check.no_user_data: Words("no UserData", "kein UserData"),
    Check.too_long: Words("text longer than its field", "Text länger als das Feld"),
}
_CORRECTED = frozenset((Flaw.form, Flaw.country, Flaw.figure, Flaw.twice))
GROUPED = frozenset((Check.same_number, Check.same_user_data, Check.same_person))

_ALL_SLOTS = " UNION ALL ".join(
    f"SELECT contact_id, campaign_id, name, phone_number{slot} AS number, {slot} AS slot,"
    f" phone_number{slot}_invalid AS invalid FROM contacts"
    for slot in PHONE_SLOTS
)
# Each number with its form for comparisons and its flaw; those that `_spell` has not looked up are as they should be.
_SLOTS = f"""(SELECT slots.*, coalesce(dialled, number) AS dialled, flaw
    FROM ({_ALL_SLOTS}) slots LEFT JOIN spelled USING (number)
    WHERE trim(coalesce(number, '')) <> '')"""


def _folded(column: str) -> str:
    """A text without case, accents, blanks and signs; ä, ae and a are the same."""
    plain = f"strip_accents(lower(replace(coalesce({column}, ''), 'ß', 'ss')))"
    return rf"regexp_replace(regexp_replace({plain}, '([aou])e', '\1', 'g'), '[^\pL\pN]', '', 'g')"


_KEYS = {
    Check.same_number: f"SELECT DISTINCT contact_id, campaign_id, dialled AS key, number AS shown FROM {_SLOTS}",
    Check.same_user_data: "SELECT contact_id, campaign_id, trim(user_data) AS key, user_data AS shown FROM contacts",
    Check.same_person: f"""
        SELECT contact_id, campaign_id, who || kind || place AS key, shown FROM (
            SELECT contact_id, campaign_id, unnest(['p', 'c']) AS kind,
                   unnest([{_folded("postal_code")}, {_folded("city")}]) AS place,
                   {_folded("first_name")} || ' ' || {_folded("coalesce(nullif(trim(name), ''), company)")} AS who,
                   concat_ws(' ', first_name, coalesce(nullif(trim(name), ''), company), postal_code, city) AS shown
            FROM contacts WHERE coalesce(nullif(trim(name), ''), company, '') <> ''
        ) WHERE place <> ''""",
}
_SINGLES = {
    Check.number_twice: f"""
        SELECT contact_id, campaign_id, any_value(name) AS name, string_agg(slot, '+' ORDER BY slot) AS reason,
               any_value(number) AS value
        FROM {_SLOTS} GROUP BY contact_id, campaign_id, dialled HAVING count(*) > 1""",
    Check.malformed_number: f"""
        SELECT contact_id, campaign_id, name, slot || ':' || flaw AS reason, number AS value FROM {_SLOTS}
        WHERE flaw IS NOT NULL""",
    Check.marked_invalid: f"""
        SELECT contact_id, campaign_id, name, slot::VARCHAR AS reason, number AS value FROM {_SLOTS} WHERE invalid""",
    Check.no_number: f"""
        SELECT contact_id, campaign_id, name, '' AS reason, NULL AS value FROM contacts
        WHERE contact_id NOT IN (SELECT contact_id FROM {_SLOTS})""",
    Check.no_name: """
        SELECT contact_id, campaign_id, name, '' AS reason, NULL AS value FROM contacts
        WHERE trim(concat(first_name, name, company)) = ''""",
    Check.no_user_data: """
        SELECT contact_id, campaign_id, name, '' AS reason, NULL AS value FROM contacts
        WHERE trim(coalesce(user_data, '')) = ''""",
}


@dataclass(frozen=True)
class Finding:
    """What a check found: how many contacts, in how many groups (if the check finds groups), and some IDs."""

    check: Check
    contacts: int
    groups: int | None
    across: int
    """Groups that reach over several campaigns."""
    examples: tuple[int, ...]


@dataclass(frozen=True)
class Group:
    """Contacts that share something; `members` are the first few of them."""

    text: str
    contacts: int
    members: tuple[int, ...]
    campaign_ids: tuple[int, ...]


@dataclass(frozen=True)
class SingleContact:
    """One contact, with the reason why it was found: slots with a flaw, or a field with its length. `right` is the
    correct form of a number that is stored wrong, where it is known.
    """

    contact_id: int
    campaign_id: int
    name: str
    reason: str
    value: str | None

    @property
    def right(self) -> str | None:
        if self.value is None or self.flaw is None:
            return None
        return phones.read(self.value).number if self.flaw in _CORRECTED else None

    @property
    def place(self) -> str:
        """The slots, or the field with its length."""
        return self.reason.partition(":")[0]

    @property
    def flaw(self) -> Flaw | None:
        """What is wrong with the number."""
        why = self.reason.partition(":")[2]
        return Flaw(why) if why else None


@dataclass(frozen=True)
class Person:
    """Who a contact is and what state it is in, to decide about a finding. `state` as in the view."""

    contact_id: int
    user_data: str
    name: str
    """First and last name, or the company."""
    state: str
    attempts: int
    locked: bool
    campaign_id: int


def unchecked(privacy: Privacy) -> list[Check]:
    """The checks that are impossible at this privacy level."""
    return [Check.malformed_number] if hides(privacy, Kind.PHONE) else []


def possible(privacy: Privacy) -> list[Check]:
    return [check for check in Check if check not in unchecked(privacy)]


def findings(snapshot: Snapshot, privacy: Privacy, in_time: Callable[[], bool] = lambda: True) -> list[Finding]:
    """The findings of every possible check, one after the other as long as there is time for the next. Blocks."""
    _spell(snapshot)
    return [_finding(snapshot, check, privacy) for check in takewhile(lambda _: in_time(), possible(privacy))]


def _spell(snapshot: Snapshot) -> None:
    """Look up once how each number that is not of the usual form is dialled, and what is wrong with it."""
    snapshot.database.run("CREATE TABLE IF NOT EXISTS spelled (number VARCHAR, dialled VARCHAR, flaw VARCHAR)")
    if snapshot.database.row("SELECT count(*) FROM spelled") != (0,):
        return
    sql = f"""SELECT DISTINCT number FROM ({_ALL_SLOTS}) WHERE trim(coalesce(number, '')) <> ''
        AND NOT contains(number, '~') AND NOT regexp_full_match(number, ?)"""
    numbers = [number for (number,) in snapshot.rows(sql, [phones.usual_form()])]
    looked_up = [(phones.normal(number), phones.flaw_of(number)) for number in numbers]
    columns = [numbers, [normal for normal, _ in looked_up], [flaw for _, flaw in looked_up]]
    snapshot.database.run(f"INSERT INTO spelled SELECT {', '.join(['unnest(?::VARCHAR[])'] * 3)}", columns)


def _finding(snapshot: Snapshot, check: Check, privacy: Privacy) -> Finding:
    if check in GROUPED:
        sql = f"""WITH g AS ({_groups(check)}) SELECT
            (SELECT count(DISTINCT id) FROM (SELECT unnest(ids) AS id FROM g)), count(*),
            count(*) FILTER (len(campaign_ids) > 1),
            (SELECT list(id ORDER BY n DESC, id) FROM (SELECT ids[1] AS id, max(len(ids)) AS n
                FROM g GROUP BY 1 ORDER BY n DESC, id LIMIT {EXAMPLES})) FROM g"""
        ((contacts, groups, across, examples),) = snapshot.rows(sql)
        return Finding(check, contacts, groups, across, tuple(examples or ()))
    sql = f"""WITH s AS ({_singles(check, privacy)}) SELECT count(DISTINCT contact_id),
        (SELECT list(contact_id) FROM (SELECT DISTINCT contact_id FROM s ORDER BY 1 LIMIT {EXAMPLES})) FROM s"""
    ((contacts, examples),) = snapshot.rows(sql)
    return Finding(check, contacts, None, 0, tuple(examples or ()))


def groups(snapshot: Snapshot, check: Check, limit: int, after: int = 0) -> list[Group]:
    """The groups of a check, largest first, without the first `after`. Blocks."""
    _spell(snapshot)
    sql = f"""SELECT shown, len(ids), ids[1:{MAX_MEMBERS}], campaign_ids FROM ({_groups(check)})
        ORDER BY len(ids) DESC, ids[1], shown LIMIT {limit:d} OFFSET {after:d}"""
    return [Group(text or "", n, tuple(ids), tuple(campaigns)) for text, n, ids, campaigns in snapshot.rows(sql)]


def singles(snapshot: Snapshot, check: Check, privacy: Privacy, limit: int, after: int = 0) -> list[SingleContact]:
    """The contacts of a check by ID, without the first `after`. Blocks."""
    _spell(snapshot)
    sql = f"""SELECT contact_id, campaign_id, coalesce(name, ''), reason, value FROM ({_singles(check, privacy)})
        ORDER BY contact_id, reason LIMIT {limit:d} OFFSET {after:d}"""
    return [SingleContact(*row) for row in snapshot.rows(sql)]


def people(snapshot: Snapshot, contact_ids: Collection[int]) -> dict[int, Person]:
    """Who these contacts are, by ID. Blocks."""
    sql = """SELECT contact_id, coalesce(user_data, ''),
        coalesce(nullif(trim(concat_ws(' ', first_name, name)), ''), company, ''), state, attempts,
        coalesce(locked, false), campaign_id FROM contacts WHERE contact_id IN (SELECT unnest(?::BIGINT[]))"""
    rows = (Person(*row) for row in snapshot.rows(sql, [list(contact_ids)]))
    return {person.contact_id: person for person in rows}


def rows_of(snapshot: Snapshot, check: Check, privacy: Privacy) -> int:
    """How many rows one check has in detail. Blocks."""
    _spell(snapshot)
    inner = _groups(check) if check in GROUPED else _singles(check, privacy)
    ((count,),) = snapshot.rows(f"SELECT count(*) FROM ({inner})")
    return count


def _groups(check: Check) -> str:
    """The SQL of the groups of more than one contact; groups of the same contacts are merged."""
    return f"""SELECT ids, any_value(campaign_ids) AS campaign_ids, min(shown) AS shown FROM (
        SELECT list(DISTINCT contact_id ORDER BY contact_id) AS ids, min(shown) AS shown,
               list(DISTINCT campaign_id ORDER BY campaign_id) AS campaign_ids
        FROM ({_KEYS[check]}) WHERE coalesce(key, '') <> '' GROUP BY key HAVING count(DISTINCT contact_id) > 1
    ) GROUP BY ids"""


def _singles(check: Check, privacy: Privacy) -> str:
    return _too_long(privacy) if check is Check.too_long else _SINGLES[check]


def _too_long(privacy: Privacy) -> str:
    limits = [
        (column.name, column.field.about.length, column.field.wire)
        for column in columns_of(Contact, privacy)
        if column.field.about.length and not hides(privacy, column.field.about.kind)
    ]
    return " UNION ALL ".join(
        f"SELECT contact_id, campaign_id, name, '{wire} ' || length({column}) || '/{most}' AS reason, NULL AS value"
        f" FROM contacts WHERE length({column}) > {most}"
        for column, most, wire in limits
    )
