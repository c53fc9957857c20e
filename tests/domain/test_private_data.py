"""Where private data stand in a text, in every spelling."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dialler_mcp.domain.fields import Kind
from dialler_mcp.domain.privacy import Numbers, Privacy, doubtful, readable
from dialler_mcp.domain.text import clean
from tests.spellings import BETWEEN, IBAN, MARKS, NUMBER, SPELLINGS, letters_and_digits

CONTEXTS = ("{}", "Bitte {} notieren", "{}, ab 1.12.2026", "neu:{}", "\u200b{}\u200b")
CASES = [(kind, spelled) for kind, spellings in SPELLINGS.items() for spelled in spellings]


@pytest.mark.parametrize(("kind", "spelling"), CASES)
def test_no_spelling_hides_a_value(kind: Kind, spelling: str) -> None:
    for context in CONTEXTS:
        text = context.format(spelling)
        for level in (Privacy.masked, *([Privacy.bank] if kind is Kind.BANK else [])):
            readable_text = readable(text, level)
            assert MARKS[kind].search(letters_and_digits(text))
            assert not MARKS[kind].search(letters_and_digits(readable_text)), (text, readable_text)
            assert doubtful(["", text, "Köln", None], level) == [1]
            assert readable(readable_text, level) == readable_text


@given(st.lists(st.sampled_from(BETWEEN), min_size=8, max_size=8), st.sampled_from(["", "Konto", "IBAN ", "Frau "]))
def test_no_mixture_of_separators_hides_a_number(between: list[str], before: str) -> None:
    for groups, kind in ((IBAN, Kind.BANK), (NUMBER, Kind.PHONE)):
        text = "".join(f"{group}{separator}" for group, separator in zip(groups, between, strict=False))
        assert not MARKS[kind].search(letters_and_digits(readable(before + text, Privacy.masked)))


HIDDEN = "\u200b\u2060\u00ad\ufeff\ufe0f\u034f\u2800\0\u202e\ud800"


@given(st.sampled_from(CASES), st.lists(st.tuples(st.integers(0, 40), st.sampled_from(HIDDEN)), max_size=4))
@example((Kind.BANK, "Konto 532013000"), [(3, "\u200b")])
@example((Kind.EMAIL, "mark.mail (at) example.org"), [(12, "\u2060")])
def test_nothing_that_nobody_sees_hides_a_value_or_the_word_before_it(
    case: tuple[Kind, str], inserted: list[tuple[int, str]]
) -> None:
    _, text = case
    for place, character in inserted:
        text = text[:place] + character + text[place:]
    shown = readable(text, Privacy.masked)
    assert shown != clean(text)
    assert doubtful(["", text, "Köln"], Privacy.masked) in ([1], [1, 2])  # all texts, where one holds a NUL


@pytest.mark.parametrize(
    "text",
    [
        "Kunde 10023456 ruft zurück, Frau Kunde 493023125001 493023125002",
        "Ende 20.11.2026, 0171 39200123, Nr. 4711",
        "Vorgang 12345678901234567890123 und Bode 12",
        "Skonto 2 %, Tel. 030 23125012",
        "hat um 14 Uhr Zeit, at home am 12.12.",
        "Model DE 2026 12 34",
        "Vertrag 30/12/2026-09/01/2028",
        "2027-02-04 14:30 2027-08-11",
        "Aufträge 4000, 5000, 6000, 7004; 4711-0815 9",
        "Article no 4006381333931, Kundenkonto 4711",
        "Konto gekündigt von Frau Müller, Tel. 030 23125012",
        "Account 47110 seit 2019, Konto gekündigt, Tel. 030 23125012",
        "Konto eröffnet 01.02.2024, Bankverbindung fehlt, 0171 3920012",
    ],
)
def test_what_is_no_account_stays_whole(text: str) -> None:
    assert readable(text, Privacy.bank) == text


@pytest.mark.parametrize(
    ("text", "mask"),
    [
        ("DE0212030000000020205 zu kurz", "…205 zu kurz"),
        ("DE031203000000002020519 zu lang", "…519 zu lang"),
        ("KontoDE03120300000000202051", "Konto…051"),
        ("GB29NWBK60161331926819/DE02120300000000202051", "…819/…051"),
        ("Karte 3782-822463-10005", "Karte …005"),
        ("Karte 4111/1111/1111/1111", "Karte …111"),
        ("Konto_532_013_000 (BLZ:37040044)", "Konto_…000 (BLZ:…044)"),
        ("Karte 4111:1111:1111:1111", "Karte …111"),
        ("Konto von Frau Müller 532013000", "Konto von Frau Müller …000"),
        ("Konto lautend auf Herrn Bode: 532013000", "Konto lautend auf Herrn Bode: …000"),
        ("acc. 532013000", "acc. …000"),
        ("Kreditkarte 4111, 1111, 1111, 1111", "Kreditkarte …111"),
        ("VISA-Nr. 411111 1111111111, gültig bis 12/28", "VISA-Nr. …111, gültig bis 12/28"),
        ("Karte 2223003122003222, 6799990100000000019, 30569309025904", "Karte …222, …019, …904"),
        ("AT611904300234573202 vertippt", "…202 vertippt"),
        ("KontoAE070331234567890123456", "Konto…456"),
    ],
)
def test_accounts_are_found_mistyped_glued_and_grouped_otherwise(text: str, mask: str) -> None:
    assert readable(text, Privacy.bank) == mask


@pytest.mark.parametrize(
    "text",
    [
        "20.11.2026 14:30 - 21.11.2026 15:30",
        "Mo 9-12, Di 10:00-12:30, Mi 14:15-16:45",
        "2026-11-20 14:30+01:00 und 2026-11-20T14:30:00.123",
        "12.345.678,90 EUR statt 12,345,678.90",
    ],
)
def test_times_and_amounts_stay_whole_at_the_strictest_level(text: str) -> None:
    assert readable(text, Privacy.masked) == text


@pytest.mark.parametrize("text", ["49.171.392.007.7", "491,713,920,077"])
def test_a_number_in_the_groups_of_an_amount_is_no_amount(text: str) -> None:
    assert "392" not in readable(text, Privacy.masked)


@pytest.mark.thorough
def test_many_separators_and_letters_take_no_long_time() -> None:
    for evil in ("DE02" + " " * 10_000, "a (at) " * 1_600, "Konto " * 1_600, "DE0" * 3_400, "4111-" * 2_000):
        assert readable(evil, Privacy.masked)
    for evil in ("DE02 und 1203 " * 700, "DE " * 3_000 + "12", "Konto von Frau Müller " * 400, "Karte 4111 " * 800):
        assert readable(evil, Privacy.masked)
    for evil in ("Konto bei der " * 800, "4 5 " * 2_400, "a'" * 4_000 + "@", "a.at.b " * 1_600, "1,2:" * 2_000):
        assert readable(evil, Privacy.masked)


@pytest.mark.parametrize("key", ["030 23125514", "(030) 2312 55514", "+49 30 23125514", "4930 23125514"])
def test_a_key_that_is_written_as_a_number_with_its_area_is_surely_one(key: str):
    assert "23125514" not in readable(key, Privacy.masked, numbers=Numbers.sure).replace(" ", "")
    assert readable(f"K{key}", Privacy.masked, numbers=Numbers.sure) == f"K{key}"
