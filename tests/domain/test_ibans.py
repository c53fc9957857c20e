"""IBANs that words interrupt, and ordinary sentences that hold none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.domain.fields import Kind
from dialler_mcp.domain.privacy import Privacy, doubtful, masked, readable
from tests.spellings import IBAN, letters_and_digits

KEY = b"k" * 16
DIGITS = "".join(IBAN)[2:]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("DE02 und 1203 0000 0000 2020 51", "…051"),
        ("DE02 1203 Konto 0000 0000 2020 51", "…051"),
        ("DE mit 02, dann 1203, dann 0000, dann 0000, dann 2020 und 51 am Ende", "…051 am Ende"),
        ("DE02 BLZ 12030000 Konto-Nr. 0000202051", "…051"),
        ("KontoDE02und120300000000202051, bitte", "Konto…051, bitte"),
        ("alt de02 und 1203 00000000202051", "alt …051"),
        ("DE02 UND 1203 UND 0000 0000 2020 51", "…051"),
        ("DE02_und_1203_0000_0000_2020_51", "…051"),
        ("DE02 12 und 03 00 00 00 00 20 20 51", "…051"),
        ("NL91 Bank ABNA dann 0417 1643 00", "…300"),
        ("GB29 bank NWBK sort 6016 1331 9268 19", "…819"),
        ("FR14 2004 1010 und 0505 0001 3M02 606", "…606"),
        ("DE02 dann 1203 0000 0000 2020 51, AT61 dann 1904 3002 3457 3201", "…051, …201"),
    ],
)
def test_words_between_its_groups_hide_no_iban(text: str, shown: str) -> None:
    assert readable(text, Privacy.bank) == shown
    assert doubtful(["", text, "Köln"], Privacy.bank) == [1]


WORDS = ["", "und", "Konto", "dann", "BLZ", "Bankleitzahl:", "(bei der Bank)", "weiter mit"]


@given(st.lists(st.sampled_from(WORDS), min_size=5, max_size=5), st.sampled_from(["", "IBAN", "Neu ab 1.12.2026:"]))
def test_no_words_hide_an_iban(between: list[str], before: str) -> None:
    text = " ".join([before, *(f"{group} {word}" for group, word in zip(IBAN, [*between, ""], strict=True))])
    shown = readable(text, Privacy.bank)
    assert "1203" not in shown
    assert DIGITS[:-2] not in letters_and_digits(shown)
    assert readable(shown, Privacy.bank) == shown


def test_an_iban_has_the_same_pseudonym_with_and_without_words() -> None:
    assert masked("DE02 und 1203 0000 0000 2020 51", Kind.BANK, KEY) == masked("".join(IBAN), Kind.BANK, KEY)


SAYINGS = st.sampled_from(
    [
        *("Frau Müller wünscht einen Rückruf", "Kunde ist im Urlaub bis", "Angebot über", "gern am Montag um", "Tel."),
        *("mobil", "Vertrag", "läuft aus am", "Kd-Nr.", "Model DE", "in DE ab", "AT-Kunde", "Nr.", "statt", "Rechnung"),
    ]
)
DATES = st.dates().map(lambda day: f"{day:%d.%m.%Y}")
PRICES = st.decimals(0, 9999, places=2).map(lambda price: f"{price} EUR".replace(".", ","))
NUMBERS = st.integers(0, 99).map(lambda end: f"030 231250{end:02d}") | st.integers(0, 99).map(
    lambda end: f"0171 39200{end:02d}"
)
KEYS = st.integers(1, 99_999).map(str)


@given(st.lists(st.tuples(SAYINGS, DATES | PRICES | NUMBERS | KEYS), min_size=1, max_size=6))
def test_ordinary_sentences_stay_whole(parts: list[tuple[str, str]]) -> None:
    text = ", ".join(f"{saying} {figure}" for saying, figure in parts)
    assert readable(text, Privacy.bank) == text


@pytest.mark.parametrize(
    "text",
    [
        "DE02 und 1203 0000 0000 2020 52",  # wrong check digits
        "DE02 und dann nach vielen Worten, die nichts damit zu tun haben, 1203 0000 0000 2020 51",
        "DE02 und 1203 0000 0000 2020 511",
        "BIS02 und 1203 0000 0000 2020 51",
    ],
)
def test_what_words_part_and_is_none_stays_whole(text: str) -> None:
    assert readable(text, Privacy.bank) == text
