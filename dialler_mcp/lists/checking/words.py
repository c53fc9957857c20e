"""What was seen in a row, in words: for the file with the verdicts, and for the examples of an answer."""

from dialler_mcp.domain.contact_state import STATES, State
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.phone_flaws import FLAWS, Flaw
from dialler_mcp.lists.checking.candidates import ExistingContact, Finding
from dialler_mcp.lists.kinds import Kind
from dialler_mcp.words import Words

_LINE = Words("see line {line}", "siehe Zeile {line}")
_CONTACT = Words(
    "contact {contact_id} in campaign {campaign_id}{state}", "Kontakt {contact_id} in Kampagne {campaign_id}{state}"
)
_LOCKED = Words("locked", "gesperrt")
_OF_NUMBER = frozenset((Kind.bad_number, Kind.number_dropped, Kind.number_unclear))


def reason(finding: Finding, language: Language) -> str:
    """A finding as a sentence without an end: `no phone number that can be dialled (PhoneNumber1: too short)`."""
    about = ": ".join(filter(None, (finding.field, detail(finding, language))))
    where = ", ".join(filter(None, (place(finding, language), known(finding.contact, language))))
    return finding.kind.text(language) + (f" ({about})" if about else "") + (f", {where}" if where else "")


def detail(finding: Finding, language: Language) -> str:
    """What is said more exactly: a flaw of a number in words, a character by its name, words that were dropped."""
    if finding.kind in _OF_NUMBER and finding.detail:
        return FLAWS[Flaw(finding.detail)].text(language)
    return finding.fault.text(language) if finding.fault else finding.detail


def place(finding: Finding, language: Language) -> str:
    return _LINE.text(language).format(line=finding.line) if finding.line is not None else ""


def known(contact: ExistingContact | None, language: Language) -> str:
    """The contact that a finding is about: ID, campaign and state."""
    if contact is None:
        return ""
    states = [STATES[State(contact.state)].text(language)] if contact.state else []
    states += [_LOCKED.text(language)] if contact.locked else []
    state = f", {', '.join(states)}" if states else ""
    values = {"contact_id": contact.contact_id, "campaign_id": contact.campaign_id, "state": state}
    return _CONTACT.text(language).format(**values)
