"""What it means that somebody is there already: in the list itself, in the campaign, in another."""

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter

from dialler_mcp.lists.checking.candidates import Finding
from dialler_mcp.lists.checking.people import Match, Person
from dialler_mcp.lists.kinds import Kind

# In order: the first that fits says what a row is.
_IN_LIST: tuple[tuple[Kind, Callable[[Match], bool]], ...] = (
    (Kind.twin_row, attrgetter("same_row")),
    (Kind.twin_person, lambda match: match.same_name and match.same_number),
    (Kind.shared_key, attrgetter("same_key")),
    (Kind.key_spelling, attrgetter("alike_key")),
    (Kind.shared_number, attrgetter("same_number")),
)


def in_list(matches: Sequence[Match]) -> Finding | None:
    """What an earlier line of the list makes of a row."""
    for kind, fits in _IN_LIST:
        if match := next(filter(fits, matches), None):
            return Finding(kind, line=match.who)
    return None


def in_dialler(matches: Sequence[Match], person: Person, campaign_id: int, *, everywhere: bool) -> Finding | None:
    """What the contacts of the dialler make of a row. Whoever is closed or locked counts in any campaign."""
    own = [match for match in matches if match.same_key and match.campaign_id == campaign_id]
    if len(own) > 1:
        return Finding(Kind.several_contacts, contact=own[0].known)
    findings = list(_findings([match for match in matches if match not in own], person, campaign_id, everywhere))
    if own:
        findings.append(Finding(Kind.same_key, contact=own[0].known))
    return min(findings, key=lambda finding: _ORDER.index(finding.kind), default=None)


_ORDER = (
    *(Kind.locked, Kind.closed, Kind.same_key, Kind.elsewhere, Kind.other_key, Kind.same_person),
    *(Kind.key_spelling, Kind.shared_number),
)


def _findings(matches: Sequence[Match], person: Person, campaign_id: int, everywhere: bool) -> Iterator[Finding]:
    for match in matches:
        if kind := _kind_of(match, person, campaign_id, everywhere):
            yield Finding(kind, contact=match.known)


def _kind_of(match: Match, person: Person, campaign_id: int, everywhere: bool) -> Kind | None:
    if match.locked:
        return Kind.locked
    if match.state and match.state.may_be_final:
        return Kind.closed
    here = match.campaign_id == campaign_id
    if not (here or everywhere):
        return None
    if match.same_key or (match.same_number and match.same_name):
        if not here:
            return Kind.elsewhere
        return Kind.other_key if person.key and match.has_key else Kind.same_person
    return Kind.key_spelling if match.alike_key else Kind.shared_number
