"""What the prompt about the import of a list is about, as the tools of lists do it; `contacts.py` says how such a
function works.
"""

from dataclasses import dataclass

from dialler_mcp.problem import Problem
from dialler_mcp.prompts.campaigns import find_campaign
from dialler_mcp.prompts.contacts import Inquiry
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.list_words import ListCheck, still_checked, told
from dialler_mcp.service.lists import ListWish, checked_in_time
from dialler_mcp.service.people_lists import PeopleList
from dialler_mcp.service.present import campaign_name
from dialler_mcp.words import Words

CHECK_SECONDS = 20.0  # that a prompt waits for a check, before the host gives the prompt up
MAX_PATH = 1_000  # characters


_NO_SOURCE = Words(
    "Correct the arguments: source must be a file in an allowed folder, rows, or a list_id.",
    "Berichtigen Sie die Angaben: `source` muss eine Datei in einem erlaubten Ordner sein, Zeilen, oder eine list_id.",
)


@dataclass(frozen=True)
class CheckedList:
    """A list of people and what its check found, in the words of `dialler_check_list`."""

    list_id: str
    check: str
    into: str


async def import_list(inquiry: Inquiry, source: str, campaign: str = "") -> CheckedList:
    """The check of a list that is to be imported: a file in an allowed folder, pasted rows, or one that was checked."""
    invocation = invocation_of(inquiry)
    people = await _opened(invocation, source)
    into = await find_campaign(inquiry, campaign) if campaign.strip() else None
    answer = await check_of(invocation, people, ListWish(into and into.id))
    return CheckedList(people.id, answer.text(), campaign_name(into, into.id) or "" if into else "")


def invocation_of(inquiry: Inquiry) -> Invocation:
    """What the tools of lists work with, for the caller and in the language of a prompt."""
    return Invocation(inquiry.profile, arguments={"language": inquiry.language.value}, caller=inquiry.caller)


async def check_of(invocation: Invocation, people: PeopleList, answers: ListWish | None = None) -> ListCheck:
    """What a check of the list finds, or that it goes on."""
    outcome = await checked_in_time(invocation, people, answers or ListWish(), CHECK_SECONDS)
    return told(invocation, people, outcome) if outcome else still_checked(invocation, people)


async def _opened(invocation: Invocation, text: str) -> PeopleList:
    lists, caller = invocation.profile.lists, invocation.caller.key
    text = text.strip()
    if people := lists.known(caller, text):
        return people
    if "\n" in text:
        return await lists.open_rows(caller, text, invocation.language)
    if not text or len(text) > MAX_PATH:
        raise Problem(_NO_SOURCE)
    return await lists.open_path(caller, text, None, None)
