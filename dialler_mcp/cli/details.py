"""What `dialler_check_connection` tells, as a person reads it under the steps of a check."""

from collections.abc import Mapping, Sequence
from typing import Any

from dialler_mcp.domain.codes import Words
from dialler_mcp.domain.fields import Language

_GERMAN: Mapping[str, str] = {
    "dialler": "Dialler",
    "token": "Token",
    "campaigns": "Kampagnen",
    "batch function": "Sammelabruf",
    "history": "Verlauf",
    "AcdEvents": "AcdEvents",
    "other functions": "weitere Funktionen",
    "time": "Zeit",
    "zone": "Zeitzone",
    "privacy": "Datenschutz",
    "confirmation": "Bestätigung",
    "role": "Rolle",
    "read only": "nur lesen",
    "dry run": "Probelauf",
    "dialler-mcp": "dialler-mcp",
    "dialler's clock": "Uhr des Diallers",
}
_VALUES = (
    *(Words("yes", "ja"), Words("no", "nein"), Words("accepted", "angenommen"), Words("missing", "fehlt")),
    *(Words("agrees", "stimmt überein"), Words("SANDBOX", "SANDBOX (Übungs-Dialler)")),
    Words(
        "update, reset, lock, delete: cannot be tried without writing; a tool says so if they are missing",
        "update, reset, lock, delete: ohne Schreiben nicht zu prüfen; ein Werkzeug sagt, wenn sie fehlen",
    ),
)
_OF_VALUE = {words.en: words.de for words in _VALUES}
_UNCLEAR, _BESIDE = Words("unclear: ", "unklar: "), Words(" s beside ours", " s neben unserer")


def details(record: Mapping[str, Any], notes: Sequence[str], language: Language) -> str:
    """The record, a line each, then the notes. Settings keep their own values, as they are set."""
    if language is not Language.de:
        return "\n".join([*(f"{name}: {value}" for name, value in record.items()), *notes])
    return "\n".join([*(f"{_GERMAN.get(name, name)}: {_german(str(value))}" for name, value in record.items()), *notes])


def _german(value: str) -> str:
    if value in _OF_VALUE:
        return _OF_VALUE[value]
    for words in (_UNCLEAR, _BESIDE):
        value = value.replace(words.en, words.de)
    return value
