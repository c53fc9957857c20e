"""What every family of tools is made with: how an invocation is opened, and how a problem's advice is worded."""

from dialler_mcp.problem import Problem
from dialler_mcp.protocol.tools import ToolSet
from dialler_mcp.service.invocation import Invocation, finished, open_invocation

FAMILIES = {
    "overview": "Overview",
    "campaigns": "Campaigns",
    "contacts": "Contacts: reading",
    "contact_changes": "Contacts: changing",
    "acd": "ACD events and groups",
    "changes": "Journal of changes",
    "jobs": "Jobs over many contacts",
    "reports": "Reports and questions",
    "report_view": "For the page of a report",
}
"""The families, as the settings name them, with their headings."""

ADVICE = {
    "check_connection": "If it fails again, call dialler_check_connection.",
    "see_release": "dialler_check_connection shows what this one offers.",
    "search_contacts": "Search with dialler_list_contacts and text.",
    "list_results": "dialler_get_result_codes lists them.",
    "list_campaigns": "dialler_list_campaigns lists all.",
    "update_by_id": "Use dialler_update_contact with its ID.",
    "import_elsewhere": ("Import it into another with dialler_import_contact; dialler_get_change shows its values."),
    "lock_instead": (
        "dialler_get_change shows what they were. To keep the contact from being called, use dialler_lock_contact with "
        "ID {contact}."
    ),
    "clone_and_import": ("Clone a similar campaign with dialler_clone_campaign and import the contacts into it."),
    "delete_clone": "Delete the new campaign with dialler_delete_campaign, ID {campaign}.",
    "delete_created": "To take it back, delete the contact with dialler_delete_contact, ID {contact}.",
}
"""The next steps that rooms below name by a key, in the names of the tools."""


def worded(problem: Problem) -> str:
    """A problem with its advice."""
    advice = ADVICE[problem.advice].format(**problem.about) if problem.advice else ""
    return f"{problem} {advice}".strip()


def family(name: str) -> ToolSet[Invocation]:
    """The tools of one family.

    Raises:
        LookupError: it has no heading.
    """
    if name not in FAMILIES:
        raise LookupError(f"the family {name} has no heading in FAMILIES (dialler_mcp/tools/family.py): add one")
    return ToolSet(name, open_invocation, worded, finished)
