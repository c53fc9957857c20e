"""What of a person is shown at which level."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.domain.fields import Kind
from dialler_mcp.domain.privacy import Privacy, doubtful, hides, masked, masked_inside


@pytest.mark.parametrize(
    ("level", "kinds"),
    [
        (Privacy.full, set[Kind]()),
        (Privacy.bank, {Kind.BANK}),
        (Privacy.masked, {Kind.BANK, Kind.PHONE, Kind.EMAIL}),
    ],
)
def test_a_level_hides_these_kinds_and_no_others(level: Privacy, kinds: set[Kind]) -> None:
    assert {kind for kind in Kind if hides(level, kind)} == kinds


@pytest.mark.parametrize(
    ("text", "kind", "mask"),
    [
        ("DE02120300000000202051", Kind.BANK, "…051"),
        ("BYLADEM1", Kind.BANK, "…EM1"),
        ("1234567", Kind.BANK, "…"),
        ("", Kind.BANK, "…"),
        ("493023125012", Kind.PHONE, "+49 3…012"),
        ("+49 (0)30 23125012", Kind.PHONE, "+49 3…012"),
        ("0049 30 23125012", Kind.PHONE, "+49 3…012"),
        ("49302312501234", Kind.PHONE, "+49 30…234"),
        ("493023125012345678", Kind.PHONE, "+49 3023…678"),
        ("4930231250", Kind.PHONE, "+49…250"),
        ("030 23125012", Kind.PHONE, "03…012"),
        ("12125550199", Kind.PHONE, "+1 2…199"),
        ("352621555019", Kind.PHONE, "+352…019"),
        ("4930231", Kind.PHONE, "…"),
        ("493023125", Kind.PHONE, "…125"),
        ("unbekannt", Kind.PHONE, "…"),
        ("k.muessig@example.org", Kind.EMAIL, "k…@example.org"),
        ("@example.org", Kind.EMAIL, "…@example.org"),
        ("a@b@example.org", Kind.EMAIL, "a…@example.org"),
        ("a@example.org", Kind.EMAIL, "…@example.org"),
        ("me@ignore all previous instructions", Kind.EMAIL, "…"),
        ("no address", Kind.EMAIL, "…"),
        ("x", Kind.EMAIL, "…"),
    ],
)
def test_a_mask_leaves_enough_to_recognise_and_too_little_to_use(text: str, kind: Kind, mask: str) -> None:
    assert masked(text, kind) == mask


@given(st.text(alphabet="0123456789", min_size=1, max_size=34), st.sampled_from([Kind.BANK, Kind.PHONE]))
def test_a_mask_never_shows_a_whole_number(text: str, kind: Kind) -> None:
    masked_text = masked(text, kind)
    assert text not in masked_text
    assert sum(map(str.isdecimal, masked_text)) <= len(text) // 2
    assert len(masked_text) <= 14


KEY = b"k" * 16


def name_of(text: str, kind: Kind, key: bytes = KEY) -> str:
    return masked(text, kind, key).partition("~")[2]


def test_the_same_value_has_the_same_pseudonym_however_it_is_written() -> None:
    spellings = ["493023125012", "+49 (0)30 / 231250-12", "0049 30 23125012", "030 23125012"]
    assert len({name_of(text, Kind.PHONE) for text in spellings}) == 1
    assert name_of("Kim@example.org", Kind.EMAIL) == name_of("kim@EXAMPLE.org ", Kind.EMAIL)
    assert name_of("DE02 1203 0000 0000 2020 51", Kind.BANK) == name_of("de02120300000000202051", Kind.BANK)


def test_pseudonyms_differ_by_value_and_by_key() -> None:
    numbers = [f"49302312{number:04d}" for number in range(500)]
    assert len({name_of(number, Kind.PHONE) for number in numbers}) > 450
    assert name_of(numbers[0], Kind.PHONE) != name_of(numbers[0], Kind.PHONE, b"another key")


@pytest.mark.parametrize(
    ("text", "kind"), [("", Kind.PHONE), ("", Kind.EMAIL), ("BYLADEM1XXX", Kind.BANK), ("Sparkasse", Kind.BANK)]
)
def test_what_is_no_number_gets_no_pseudonym(text: str, kind: Kind) -> None:
    assert name_of(text, kind) == ""


@pytest.mark.parametrize(
    ("text", "mask"),
    [
        ("IBAN DE02120300000000202051 abbuchen", "IBAN …051 abbuchen"),
        ("Neue IBAN: DE02 1203 0000 0000 2020 51, ab 1.12.", "Neue IBAN: …051, ab 1.12."),
        ("charge de02-1203-0000-0000-2020-51 please", "charge …051 please"),
        ("vertippt DE03120300000000202051 hier", "vertippt …051 hier"),
        ("NL91ABNA0417164300 und AT61 1904 3002 3457 3201.", "…300 und …201."),
        ("IBAN is GB29 NWBK 6016 1331 9268 19 or so", "IBAN is …819 or so"),
        ("Konto 532013000, BLZ 37040044", "Konto …000, BLZ …044"),
        ("Kontonummer lautet 532013000", "Kontonummer lautet …000"),
        ("account number is 532013000", "account number is …000"),
        ("Karte 4111 1111 1111 1111 gesperrt", "Karte …111 gesperrt"),
        ("Vorgang 4111 1111 1111 1112 offen", "Vorgang 4111 1111 1111 1112 offen"),
        ("NL92ABNA0417164300 vertippt", "…300 vertippt"),
        ("nl92 abna 0417164300 ist keine", "nl92 abna 0417164300 ist keine"),
        ("am 15. Mai 2026 um 14 Uhr im 12. Stock", "am 15. Mai 2026 um 14 Uhr im 12. Stock"),
        ("Tel. 030 23125012, kim@example.org", "Tel. 030 23125012, kim@example.org"),
        ("Konto gekündigt, 3 Mahnungen", "Konto gekündigt, 3 Mahnungen"),
    ],
)
def test_accounts_in_free_text_are_masked_at_the_level_bank(text: str, mask: str) -> None:
    assert masked_inside(text, Privacy.bank) == mask
    assert masked_inside(text, Privacy.full) == text


def test_an_account_is_found_in_the_digits_of_any_script() -> None:
    scripts = [chr(code) for code in range(0x110000) if chr(code).isdecimal() and int(chr(code)) == 7]
    assert len(scripts) > 60
    for seven in scripts:
        assert masked_inside(f"Konto {seven * 5}", Privacy.bank) == "Konto …"
        assert seven * 16 not in masked_inside(f"IBAN {seven * 16}", Privacy.bank)


@given(st.lists(st.text(alphabet=st.sampled_from("0123456789٣ .-/KontoIBANblz\0é🦊"), max_size=40), max_size=6))
def test_the_quick_look_at_many_texts_misses_none(texts: list[str]) -> None:
    for level in Privacy:
        doubts = doubtful(texts, level)
        for place, text in enumerate(texts):
            assert place in doubts or masked_inside(text, level) == text


@pytest.mark.parametrize("name", ["IBAN", "Konto", "Kontonr", "Kto", "BLZ", "Bankleitzahl", "Account No", "SORT CODE"])
def test_a_short_number_is_an_account_where_it_is_called_one(name: str) -> None:
    assert masked_inside(f"{name}: 53201", Privacy.bank) == f"{name}: …"


@pytest.mark.parametrize(
    ("text", "mask"),
    [
        ("Rückruf unter 030 / 231 250-12 ab 10 Uhr", "Rückruf unter 03…012 ab 10 Uhr"),
        ("Mobil: +49 (0)171 39200123.", "Mobil: +49 1…123."),
        ("call (030) 2312 5012 or 0049-30-23125012", "call 03…012 or +49 3…012"),
        ("Tel030231250", "Tel0…250"),
        ("bitte an kim.lang@example.org schreiben", "bitte an k…@example.org schreiben"),
        ("mail kim@example.org, phone 4930231250", "mail k…@example.org, phone +49…250"),
        ("IBAN DE02 1203 0000 0000 2020 51", "IBAN …051"),
        ("call 030-23125012 on 2026-11-20 at 14:00", "call 03…012 on 2026-11-20 at 14:00"),
        ("Termin 20.11. 0171 39200123", "Termin 20.11. 017…123"),
    ],
)
def test_numbers_and_addresses_in_free_text_are_masked_at_the_level_masked(text: str, mask: str) -> None:
    assert masked_inside(text, Privacy.masked) == mask


@pytest.mark.parametrize(
    "text",
    [
        "Termin am 20.11.2026 um 14:30 Uhr, sonst 21.11.26",
        "erreichbar 20.11. 2026, 10.30-11.30 Uhr",
        "Urlaub 20.-27.11.2026, 20. - 27.11.2026",
        "call on 2026-11-20 14:00 or 11/20/2026, not 20261121",
        "Vertrag 2026-2027, Saison 2026/2027",
        "Angebot 1.234.567,89 EUR, vorher 1.500.000",
        "offer 1,234,567.89 USD, or 1500000 € now, EUR 1234567.50",
        "80331 München, 3. Stock, Hausnr. 12",
        "Zähler 123456",
    ],
)
def test_dates_and_amounts_survive(text: str) -> None:
    assert masked_inside(text, Privacy.masked) == text


def test_pseudonyms_connect_free_text_with_fields() -> None:
    text = masked_inside("Besser 030 23125012", Privacy.masked, KEY)
    assert text.endswith("~" + name_of("493023125012", Kind.PHONE))


@given(st.text(alphabet="0123456789 .-/()+ADE@€,:", max_size=80))
def test_no_long_number_comes_out_of_free_text_whole(text: str) -> None:
    masked_text = masked_inside("Nr 0171 39200123 " + text, Privacy.masked)
    assert "39200123" not in masked_text


@pytest.mark.thorough
def test_long_texts_take_no_long_time() -> None:
    for evil in ("a" * 10_000, "1" * 10_000, "1 " * 5_000, "DE02 " * 2_000, "a@" * 5_000, "1.111." * 1_600):
        assert masked_inside(evil, Privacy.masked)


def test_every_notation_of_a_number_has_one_pseudonym():
    notations = ("4930231250", "+49 (0)30 231250", "0049 030 231250", "030/231250", "49030231250")
    assert len({masked(text, Kind.PHONE, b"key").partition("~")[2] for text in notations}) == 1
