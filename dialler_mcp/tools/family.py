"""What every family of tools is made with: how an invocation is opened, and how a problem's advice is worded."""

from dialler_mcp.problem import Problem
from dialler_mcp.protocol.tools import ToolSet
from dialler_mcp.service.invocation import Invocation, finished, open_invocation
from dialler_mcp.service.process import spoken
from dialler_mcp.words import Language, Words

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
    "drop_card": "For the card that takes a file",
}
"""The families, as the settings name them, with their headings."""

ADVICE = {
    "check_connection": Words(
        "If it fails again, call dialler_check_connection.",
        "Scheitert es wieder, rufen Sie dialler_check_connection auf.",
    ),
    "see_release": Words(
        "dialler_check_connection shows what this one offers.", "dialler_check_connection zeigt, was dieses kann."
    ),
    "search_contacts": Words(
        "Search with dialler_list_contacts and text.", "Suchen Sie mit dialler_list_contacts und text."
    ),
    "list_results": Words("dialler_get_result_codes lists them.", "dialler_get_result_codes nennt sie."),
    "list_campaigns": Words("dialler_list_campaigns lists all.", "dialler_list_campaigns listet alle auf."),
    "update_by_id": Words(
        "Use dialler_update_contact with its ID.", "Verwenden Sie dialler_update_contact mit der ID."
    ),
    "import_elsewhere": Words(
        "Import it into another with dialler_import_contact; dialler_get_change shows its values.",
        "Importieren Sie den Kontakt mit dialler_import_contact in eine andere; dialler_get_change zeigt seine Werte.",
    ),
    "lock_instead": Words(
        "dialler_get_change shows what they were. To keep the contact from being called, use dialler_lock_contact with "
        "ID {contact}.",
        "dialler_get_change zeigt, wie sie standen. Damit der Kontakt nicht angerufen wird, verwenden Sie "
        "dialler_lock_contact mit der ID {contact}.",
    ),
    "clone_and_import": Words(
        "Clone a similar campaign with dialler_clone_campaign and import the contacts into it.",
        "Kopieren Sie eine ähnliche Kampagne mit dialler_clone_campaign, und importieren Sie die Kontakte in sie.",
    ),
    "delete_clone": Words(
        "Delete the new campaign with dialler_delete_campaign, ID {campaign}.",
        "Löschen Sie die neue Kampagne mit dialler_delete_campaign, ID {campaign}.",
    ),
    "delete_created": Words(
        "To take it back, delete the contact with dialler_delete_contact, ID {contact}.",
        "Um ihn zurückzunehmen, löschen Sie den Kontakt mit dialler_delete_contact, ID {contact}.",
    ),
}
"""The next steps that rooms below name by a key, in the names of the tools."""


def worded(problem: Problem, language: Language = Language.en) -> str:
    """A problem with its advice."""
    advice = ADVICE[problem.advice].text(language).format(**problem.about) if problem.advice else ""
    return f"{problem.text(language)} {advice}".strip()


def family(name: str) -> ToolSet[Invocation]:
    """The tools of one family.

    Raises:
        LookupError: it has no heading.
    """
    if name not in FAMILIES:
        raise LookupError(f"the family {name} has no heading in FAMILIES (dialler_mcp/tools/family.py): add one")
    return ToolSet(name, open_invocation, worded, finished, spoken)
