from typing import get_args

import pytest

from dialler_mcp.domain.actions import Action, contacts_in_words, in_words, previewed
from dialler_mcp.domain.fields import Language

MORE = {"contacts": "all", "number": 7, "verb": "lock"}


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("action", get_args(Action))
def test_every_action_names_its_record_in_both_languages(action: Action, language: Language):
    text = in_words(action, "Contact10 · {Müller}", language, **MORE)
    assert "Contact10 · {Müller}" in text
    assert text in previewed(text, language)


def test_they_read_as_a_sentence():
    assert in_words("delete", "Contact10", Language.en) == "delete Contact10"
    assert in_words("delete", "Contact10", Language.de) == "Contact10 löschen"
    assert previewed("Contact10 löschen", Language.de) == "Vorgesehen: Contact10 löschen."


@pytest.mark.parametrize(
    ("count", "en", "de"),
    [
        (None, "all its contacts", "all ihren Kontakten"),
        (1, "1 contact", "1 Kontakt"),
        (0, "0 contacts", "0 Kontakten"),
    ],
)
def test_contacts_are_counted_or_all_of_them(count: int | None, en: str, de: str):
    assert (contacts_in_words(count, Language.en), contacts_in_words(count, Language.de)) == (en, de)
