"""Which contacts the rows of a list name, for a change of those who are there already."""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from dialler_mcp.domain.phones import HOME_REGION, meant, read
from dialler_mcp.domain.spelling import folded_key, plain
from dialler_mcp.lists.checking.candidates import Candidate, Finding
from dialler_mcp.lists.checking.check import blocks
from dialler_mcp.lists.checking.people import Record
from dialler_mcp.lists.checking.rows import Rows
from dialler_mcp.lists.columns.aliases import Target
from dialler_mcp.lists.columns.listing import Listing
from dialler_mcp.lists.columns.mapping import ColumnMap
from dialler_mcp.lists.columns.usage import usage_of
from dialler_mcp.lists.kinds import Kind

_UNCLEAR = frozenset((Kind.number_unclear, Kind.country_unclear))
_NAMES = frozenset(("FirstName", "Name", Target.full_name))
_CAMPAIGNS = frozenset(("DiallerCampaignsID", Target.campaign))
_KEY, _KEYLESS, _PERSON, _NUMBER = range(4)
Identity = tuple[int, int, str, str]
"""Something that names a contact: the campaign, 0 for any, what it is, and its texts."""


class NamedRows(NamedTuple):
    """How many rows name somebody who is there, or nobody; of the latter, how many share a number with somebody who is
    not the same person for sure.
    """

    there: int
    nobody: int
    unsure: int


class NamedPeople:
    """The people of a list, and who of the contacts they are. For sure is whoever has the key of a row; of a row
    without one, its name and one of its numbers; of a row without a name, too, one of its numbers, if that is clear.
    A row that names a campaign, by its ID or as one of `campaigns`, means nobody in another. Blocks while it is made.
    """

    def __init__(
        self,
        table: Listing,
        columns: ColumnMap,
        region: str = HOME_REGION,
        campaigns: Mapping[str, int] | None = None,
    ) -> None:
        self._sure, self._shared = _Index(), _Index()
        self._have_campaigns = not _CAMPAIGNS.isdisjoint(columns.targets)
        campaign_ids = {plain(name.strip()): campaign_id for name, campaign_id in (campaigns or {}).items()}
        rows = Rows(columns, usage_of(table, columns, region), region)
        for block in blocks(table.rows()):
            for candidate in rows.candidates(block):
                campaign = _campaign(candidate, campaign_ids)
                self._sure.add(_identities(candidate, campaign) if campaign is not None else ())
                self._shared.add((campaign or 0, _NUMBER, number, "") for number in candidate.numbers)

    def has(self, contact: Record) -> bool:
        """Whether a row names this contact."""
        key, name = (contact.user_data or "").strip(), _name(contact.first_name, contact.name)
        clear, numbers = _numbers(contact.numbers)
        texts = [(_PERSON, name, number) for number in numbers]
        texts += [(_NUMBER, number, "") for number in clear]
        texts += [(_KEY, key, "")] if key else [(_KEYLESS, name, number) for number in numbers]
        campaigns = {0, contact.campaign_id} if self._have_campaigns else (0,)
        self._shared.see((campaign, _NUMBER, number, "") for campaign in campaigns for number in numbers)
        return self._sure.see((campaign, *text) for campaign in campaigns for text in texts)

    def counts(self) -> NamedRows:
        """How the rows fared, once all contacts were looked at."""
        there = nobody = unsure = 0
        for is_sure, is_shared in zip(self._sure.rows(), self._shared.rows(), strict=True):
            there += is_sure
            nobody += not is_sure
            unsure += is_shared and not is_sure
        return NamedRows(there, nobody, unsure)


class _Index:
    """What the rows say of people, and what of that some contact has shown. Texts are equal by 64 bits of their hash:
    a list may have a million rows.
    """

    def __init__(self) -> None:
        self._places = dict[int, int]()
        self._seen = bytearray()
        self._of_rows, self._ends = array("I"), array("I")

    def add(self, identities: Iterable[Identity]) -> None:
        """Add a row."""
        for identity in identities:
            place = self._places.setdefault(hash(identity), len(self._seen))
            if place == len(self._seen):
                self._seen.append(False)
            self._of_rows.append(place)
        self._ends.append(len(self._of_rows))

    def see(self, identities: Iterable[Identity]) -> bool:
        """Note that a contact has these; whether a row has one of them."""
        places = [self._places.get(hash(identity)) for identity in identities]
        for place in places:
            if place is not None:
                self._seen[place] = True
        return any(place is not None for place in places)

    def rows(self) -> Iterator[bool]:
        """Of each row, whether a contact has shown something that it says."""
        start = 0
        for end in self._ends:
            yield any(self._seen[place] for place in self._of_rows[start:end])
            start = end


def _identities(candidate: Candidate, campaign: int) -> Iterator[Identity]:
    values = candidate.values
    key, name = str(values.get("UserData", "")), _name(values.get("FirstName"), values.get("Name"))
    unusable = {finding.field for finding in candidate.findings if finding.kind is Kind.bad_cell}
    if "UserData" in unusable or Finding(Kind.too_long, "UserData") in candidate.findings:  # it has a key: which?
        return
    if key:
        yield campaign, _KEY, key, ""
    if not _NAMES.isdisjoint(unusable):
        return
    if name:
        kind = _KEYLESS if key else _PERSON
        yield from ((campaign, kind, name, number) for number in candidate.numbers)
    elif not key and _UNCLEAR.isdisjoint(finding.kind for finding in candidate.findings):
        yield from ((campaign, _NUMBER, number, "") for number in candidate.numbers)


def _campaign(candidate: Candidate, campaign_ids: Mapping[str, int]) -> int | None:
    """The campaign that a row names: 0 where it names none, None where nobody knows which."""
    if candidate.campaign:
        return campaign_ids.get(plain(candidate.campaign))
    if any(finding.kind is Kind.bad_cell and finding.field in _CAMPAIGNS for finding in candidate.findings):
        return None
    return int(candidate.values.get("DiallerCampaignsID", 0))


def _numbers(stored: Iterable[str]) -> tuple[set[str], set[str]]:
    """The numbers that a contact has for sure, and with them all that those may mean which are stored wrong."""
    clear, others = set[str](), set[str]()
    for text in stored:
        numbers = meant(text)
        if len(numbers) == 1 and text in numbers:
            clear.add(text)
        elif (reading := read(text)).number and reading.flaw is None:
            clear.add(reading.number)
        else:
            others |= numbers
    return clear, clear | others


def _name(first_name: object, name: object) -> str:
    return folded_key(f"{first_name or ''} {name or ''}")
