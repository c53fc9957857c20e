"""The words for a planned action, for a preview, a question and a phrase that a person reads."""

from collections.abc import Mapping
from typing import Literal

from dialler_mcp.domain.fields import Language
from dialler_mcp.words import Words

Action = Literal["delete", "reset", "unlock", "overwrite", "import again", "empty", "update", "delete campaign", "undo"]

_IN_WORDS: dict[Action, Words] = {
    "delete": Words("delete {what}", "{what} löschen"),
    "reset": Words("reset {what}", "{what} zurücksetzen"),
    "unlock": Words("unlock {what}", "{what} entsperren"),
    "overwrite": Words("overwrite {what}", "{what} überschreiben"),
    "import again": Words("create a second contact like {what}", "einen zweiten Kontakt wie {what} anlegen"),
    "update": Words("update {what}", "{what} ändern"),
    "empty": Words("empty fields of {what}", "Felder von {what} leeren"),
    "delete campaign": Words("delete campaign {what} with {contacts}", "Kampagne {what} mit {contacts} löschen"),
    "undo": Words("undo change {number}, {verb} of {what}", "Änderung {number} zurücknehmen ({what} {verb})"),
}
VERBS: Mapping[str, Words] = {
    "lock": Words("lock", "sperren"),
    "unlock": Words("unlock", "entsperren"),
    "reset": Words("reset", "zurücksetzen"),
    "delete": Words("delete", "löschen"),
    "update": Words("update", "ändern"),
    "import": Words("import", "importieren"),
    "clone": Words("clone", "kopieren"),
    "create": Words("create", "anlegen"),
}
"""What a change does, behind the record in German: `Contact10 sperren`."""
_CONTACTS = Words("all its contacts", "all ihren Kontakten")
_COUNTED = Words("{count} contacts", "{count} Kontakten")
_ONE = Words("1 contact", "1 Kontakt")
_PREVIEW = Words("Would {action}.", "Vorgesehen: {action}.")


def in_words(action: Action, what: str, language: Language, **more: object) -> str:
    """An action and its record in one line, e.g. `delete Contact10 · Mustermann · Campaign 1000`."""
    return _IN_WORDS[action].filled(what=what, **more).text(language)


def contacts_in_words(count: int | None, language: Language) -> str:
    """The number of contacts that are deleted with a campaign; `count` is None when there are too many to count."""
    words = _CONTACTS if count is None else _ONE if count == 1 else _COUNTED
    return words.text(language).format(count=count)


def previewed(action: str, language: Language) -> str:
    """A sentence that an action is only planned; `action` is in words already."""
    return _PREVIEW.text(language).format(action=action)
