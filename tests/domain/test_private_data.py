"""Where private data stand in a text, in every spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.domain.fields import Kind
from dialler_mcp.domain.privacy import Privacy, doubtful, readable
from tests.spellings import BETWEEN, IBAN, MARKS, NUMBER, SPELLINGS, letters_and_digits

CONTEXTS = ("{}", "Bitte {} notieren", "{}, ab 1.12.2026", "neu:{}", "\u200b{}\u200b")
CASES = [(kind, spelled) for kind, spellings in SPELLINGS.items() for spelled in spellings]


@pytest.mark.parametrize(("kind", "spelled"), CASES)
def test_no_spelling_hides_a_value(kind: Kind, spelled: str) -> None:
    for context in CONTEXTS:
        text = context.format(spelled)
        for level in (Privacy.masked, *([Privacy.bank] if kind is Kind.BANK else [])):
            shown = readable(text, level)
            assert MARKS[kind].search(letters_and_digits(text))
            assert not MARKS[kind].search(letters_and_digits(shown)), (text, shown)
            assert doubtful(["", text, "Köln", None], level) == [1]
            assert readable(shown, level) == shown


@given(st.lists(st.sampled_from(BETWEEN), min_size=8, max_size=8), st.sampled_from(["", "Konto", "IBAN ", "Frau "]))
def test_no_mixture_of_separators_hides_a_number(between: list[str], before: str) -> None:
    for groups, kind in ((IBAN, Kind.BANK), (NUMBER, Kind.PHONE)):
        written = "".join(f"{group}{separator}" for group, separator in zip(groups, between, strict=False))
        assert not MARKS[kind].search(letters_and_digits(readable(before + written, Privacy.masked)))


@pytest.mark.parametrize(
    "text",
    [
        "Kunde 10023456 ruft zurück, Frau Kunde 493023125001 493023125002",
        "Ende 20.11.2026, 0171 39200123, Nr. 4711",
        "Vorgang 12345678901234567890123 und Bode 12",
        "Skonto 2 %, Tel. 030 23125012",
        "hat um 14 Uhr Zeit, at home am 12.12.",
        "Model DE 2026 12 34",
    ],
)
def test_what_is_no_account_stays_whole(text: str) -> None:
    assert readable(text, Privacy.bank) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("DE0212030000000020205 zu kurz", "…205 zu kurz"),
        ("DE031203000000002020519 zu lang", "…519 zu lang"),
        ("KontoDE03120300000000202051", "Konto…051"),
        ("GB29NWBK60161331926819/DE02120300000000202051", "…819/…051"),
        ("Karte 3782-822463-10005", "Karte …005"),
        ("Karte 4111/1111/1111/1111", "Karte …111"),
        ("Konto_532_013_000 (BLZ:37040044)", "Konto_…000 (BLZ:…044)"),
    ],
)
def test_accounts_are_found_mistyped_glued_and_grouped_otherwise(text: str, shown: str) -> None:
    assert readable(text, Privacy.bank) == shown


def test_many_separators_and_letters_take_no_long_time() -> None:
    for evil in ("DE02" + " " * 50_000, "a (at) " * 8_000, "Konto " * 8_000, "DE0" * 17_000, "4111-" * 10_000):
        assert readable(evil, Privacy.masked)
