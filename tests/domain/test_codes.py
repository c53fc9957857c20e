"""The code tables against the fact sheet (sections 5.5, 6.4, 6.5 and 7)."""

import pytest

from dialler_mcp.domain.codes import (
    ACD_EVENT_STATUSES,
    ACD_EVENT_TYPES,
    ANSWERED,
    CAUSES,
    CONNRES,
    LANGUAGE_IDS,
    RESULT_TYPES,
    decode,
)
from dialler_mcp.domain.fields import Language
from dialler_mcp.words import Words

DOCUMENTED_CAUSES = [
    *range(10),
    14,
    *range(16, 32),
    34,
    *(38, 39, 40, 41, 42, 43, 44, 46, 47, 49),
    *(50, 53, 55, 57, 58, 62, 63, 65, 66, 69, 70, 79),
    *(81, 82),
]
REST_OF_Q850 = [*range(83, 89), 90, 91, *range(95, 104), 110, 111, 127]
OF_SIP = [1, 16, 17, 18, 21, 22, 25, 28, 38, 41, 63, 79, 102, 127]
"""Causes that the telephony server sets when only a SIP status is known."""

MEANINGS = [
    (CONNRES, 0, "hung up before"),
    (CONNRES, 1, "answered"),
    (CONNRES, 2, "no answer"),
    (CONNRES, 3, "busy"),
    (CONNRES, 4, "aborted by the system"),
    (CONNRES, 5, "network"),
    (CONNRES, 6, "before an agent"),
    (CONNRES, 7, "error"),
    (CONNRES, 8, "not used"),
    (CONNRES, 9, "legacy"),
    (CAUSES, 1, "unallocated number"),
    (CAUSES, 16, "normal clearing"),
    (CAUSES, 17, "user busy"),
    (CAUSES, 18, "no user responding"),
    (CAUSES, 19, "no answer"),
    (CAUSES, 20, "subscriber absent"),
    (CAUSES, 21, "call rejected"),
    (CAUSES, 22, "number changed"),
    (CAUSES, 27, "out of order"),
    (CAUSES, 28, "invalid number format"),
    (CAUSES, 31, "normal, unspecified"),
    (CAUSES, 34, "no circuit"),
    (CAUSES, 41, "temporary failure"),
    (CAUSES, 127, "interworking"),
    (ACD_EVENT_TYPES, 1, "voice mail"),
    (ACD_EVENT_TYPES, 2, "fax"),
    (ACD_EVENT_TYPES, 3, "callback"),
    (ACD_EVENT_TYPES, 4, "SMS"),
    (ACD_EVENT_TYPES, 5, "e-mail"),
    (ACD_EVENT_STATUSES, 20, "new"),
    (ACD_EVENT_STATUSES, 30, "seen"),
    (ACD_EVENT_STATUSES, 40, "reminded"),
    (ACD_EVENT_STATUSES, 98, "chat closed"),
    (ACD_EVENT_STATUSES, 99, "done"),
    (ACD_EVENT_STATUSES, 100, "error"),
]


def test_every_documented_number_has_words() -> None:
    assert list(CONNRES) == list(range(10))
    assert list(CAUSES) == [*DOCUMENTED_CAUSES, *REST_OF_Q850]
    assert list(ACD_EVENT_STATUSES) == [0, 1, 2, 4, 10, 20, 30, 40, 98, 99, 100]
    assert list(ACD_EVENT_TYPES) == [1, 2, 3, 4, 5]
    assert set(OF_SIP) <= set(CAUSES)


@pytest.mark.parametrize(("table", "code", "words"), MEANINGS)
def test_a_number_means_what_is_documented(table: dict[int, Words], code: int, words: str) -> None:
    assert words in table[code].en


@pytest.mark.parametrize("table", [CONNRES, CAUSES, ACD_EVENT_TYPES, ACD_EVENT_STATUSES])
def test_all_words_are_there_in_both_languages(table: dict[int, Words]) -> None:
    for words in table.values():
        for text in words:
            assert text
            assert text == text.strip()
    assert table[1].text(Language.en) == table[1].en
    assert table[1].text(Language.de) == table[1].de


def test_result_types_are_the_documented_four() -> None:
    assert {
        number: (kind.flag, kind.text(Language.en), kind.text(Language.de), kind.final)
        for number, kind in RESULT_TYPES.items()
    } == {
        1: ("bDone", "Done", "Abschluss", True),
        2: ("bAborted", "Abort", "Abbruch", True),
        3: ("bDelay", "Delay", "Wiedervorlage", False),
        4: ("bAppointment", "Appointment", "Termin", False),
    }
    assert all(all(kind.meaning) for kind in RESULT_TYPES.values())


def test_the_numbers_that_the_dialler_gives_languages_and_an_answer() -> None:
    assert (LANGUAGE_IDS[Language.en], LANGUAGE_IDS[Language.de]) == (1, 2)
    assert ANSWERED == 1


@pytest.mark.parametrize(
    ("code", "language", "text"),
    [
        (17, Language.en, "user busy (17)"),
        (17, Language.de, "Teilnehmer besetzt (17)"),
        (0, Language.en, "none given (0)"),
        (4711, Language.en, "4711"),
        (-1, Language.de, "-1"),
        (None, Language.en, None),
    ],
)
def test_a_code_is_decoded_with_its_number(code: int | None, language: Language, text: str | None) -> None:
    assert decode(CAUSES, code, language) == text
