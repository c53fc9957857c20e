"""Whether a whole job can be taken back, and what that means."""

from collections.abc import Mapping

from dialler_mcp.changes.undo import reason_against
from dialler_mcp.words import Words

_AS_ONE = Words(
    "What is done can be taken back as one; whoever was changed since is left out.",
    "Was ausgeführt ist, lässt sich zusammen zurücknehmen; wer seither geändert wurde, bleibt ausgenommen.",
)
_TAKEN_BACK: Mapping[str, Words] = {
    "lock": _AS_ONE,
    "unlock": _AS_ONE,
    "update": _AS_ONE,
    "import": Words(
        "Taking it back means deleting the contacts that were created.",
        "Zurücknehmen heißt hier: Die angelegten Kontakte werden gelöscht.",
    ),
    "delete": Words(
        "Deleted contacts can come back with a new ID and without their history.",
        "Gelöschte Kontakte können zurückkommen, mit neuer ID und ohne ihren Verlauf.",
    ),
}
_NOT_TAKEN_BACK = Words("This cannot be taken back.", "Das lässt sich nicht zurücknehmen.")


def can_be_taken_back(verb: str) -> bool:
    """Whether there is anything that takes a job of this verb back."""
    return verb in _TAKEN_BACK


def taking_back(verb: str) -> Words | None:
    """What it means to take back what a job has done, or that it is not possible; nothing of an undo itself."""
    if words := _TAKEN_BACK.get(verb):
        return words
    reason = reason_against("contact", verb)
    return reason and _NOT_TAKEN_BACK.then(reason)
