"""Telephone numbers as the dialler stores them. All numbers are of the ranges kept free for films."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dialler_mcp.domain.phone_flaws import FLAWS, Flaw
from dialler_mcp.domain.phones import flaw_of, meant, normal, read, stored, usual_form, usual_numbers, wanted


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("493023125012", "493023125012"),
        ("+49 30 23125 012", "493023125012"),
        ("+49 (30) 23125-012", "493023125012"),
        ("0049 30/23125.012", "493023125012"),
        ("+49 171 39200 12", "491713920012"),
        ("+49 (0)30 23125 012", "493023125012"),
        ("+49(0) 171 3920012", "491713920012"),
        ("0049 (0) 30 23125012", "493023125012"),
        ("+49 030 231250", "4930231250"),
        ("0049 0171 3920012", "491713920012"),
        ("49030231250", "4930231250"),
        ("030 231250", "4930231250"),
        ("0171 3920012", "491713920012"),
        ("030 23125-0", "4930231250"),
        ("+0049 30 23125012", "493023125012"),
        ("+49\u00a030\u202f23125\u2011012", "493023125012"),
        ("\u202a+49 30 23125012\u202c", "493023125012"),
        ("+49\u200b30\ufeff23125012", "493023125012"),
        ("  +49 30 23125012\t", "493023125012"),
        ("+49 30 23125–012", "493023125012"),
        ("'+49 30 23125012", "493023125012"),
        ("tel:+49-30-23125012", "493023125012"),
        ("４９3023125012", "493023125012"),
        ("٠٣٠ ٢٣١٢٥٠٠١", "493023125001"),
        ("+39 02 1234 5678", "390212345678"),
        ("0039 02 12345678", "390212345678"),
        ("+39 (0)2 1234 5678", "390212345678"),
        ("+39 (0)331 123456", "390331123456"),
        ("+378 (0)549 886377", "3780549886377"),
        ("+44 (0)20 7946 0018", "442079460018"),
        ("+44 020 7946 0018", "442079460018"),
        ("+49 30 23125012\ufe0f", "493023125012"),
        ("\u2800+49\u034f30 23125012", "493023125012"),
        ("\ufe6249 30 23125012", "493023125012"),
        ('="03023125012"', "493023125012"),
        ("+7 8 495 1234567", "74951234567"),
        ("030 (23125012)", "493023125012"),
        ("(0 30) 23125012", "493023125012"),
        ("0491 6983000", "494916983000"),
    ],
)
def test_every_usual_notation_is_one_number(text: str, number: str) -> None:
    assert stored(text) == number
    assert normal(text) == number


def test_a_country_that_stands_twice_is_found_once() -> None:
    for text in ("+49 49 171 3920012", "49491713920012", "0491713920012"):
        assert normal(text) == "491713920012"
    assert flaw_of("49491713920012") is Flaw.twice
    assert not re.fullmatch(usual_form(), "49491713920012")


def test_a_number_is_none_where_what_is_left_of_a_figure_has_none() -> None:
    assert read("3023125012.0").number is None


@pytest.mark.parametrize(
    ("text", "flaw", "why"),
    [
        ("(0)30 x 23125012", Flaw.letters, "without letters"),
        ("anonymous", Flaw.letters, "without letters"),
        ("493023125012 ext. 5", Flaw.letters, "without letters"),
        ("030 23125001 App. 12", Flaw.letters, "without letters"),
        ("030 23125001 (12)", Flaw.extension, "without letters and extensions"),
        ("0171 3920012(2)", Flaw.extension, "without letters and extensions"),
        ("+49 49 171 3920012", Flaw.twice, "country code twice"),
        ("0491713920012", Flaw.twice, "country code twice"),
        ("004949 30 23125012", Flaw.twice, "country code twice"),
        ("030-XXXX", Flaw.letters, "without letters"),
        ("030 2312 5OO1", Flaw.letters, "without letters"),
        ("sip:493023125012", Flaw.letters, "without letters"),
        ("++493023125012", Flaw.letters, "without letters"),
        ("+", Flaw.letters, "without letters"),
        ("", Flaw.letters, "without letters"),
        ("4930231250.0", Flaw.figure, "figure of a spreadsheet"),
        ("4930231250,00", Flaw.figure, "figure of a spreadsheet"),
        ("4.93023E+11", Flaw.figure, "figure of a spreadsheet"),
        ("4,9E+12", Flaw.figure, "figure of a spreadsheet"),
        ("+49 30 231250.0", Flaw.figure, "figure of a spreadsheet"),
        ("030-231250.00", Flaw.figure, "figure of a spreadsheet"),
        ("030 231250\u00b9", Flaw.letters, "without letters"),
        ("030 231250/251", Flaw.several, "several numbers"),
        ("030/231250/-251", Flaw.several, "several numbers"),
        ("+41 (0)44 123 45 67 / 68", Flaw.several, "several numbers"),
        ("030 23125001 / 0171 3920012", Flaw.several, "several numbers"),
        ("030 23125001 // 0171 3920012", Flaw.several, "several numbers"),
        ("030 23125001, 0171 3920012", Flaw.several, "several numbers"),
        ("030 23125001 oder 0171 3920012", Flaw.several, "several numbers"),
        ("30 23125001", Flaw.country, "needs its country code"),
        ("1234567", Flaw.country, "needs its country code"),
        ("+999 12345678", Flaw.country, "needs its country code"),
        ("00", Flaw.country, "needs its country code"),
        ("17139200", Flaw.country, "needs its country code"),
        ("15228817386", Flaw.ambiguous, "two countries"),
        ("110", Flaw.emergency, "must not call"),
        ("116117", Flaw.short, "too short"),
        ("+49 30", Flaw.short, "too short"),
        ("030 2312500000000", Flaw.long, "too long"),
        ("1234567890123456", Flaw.long, "too long"),
        ("0152 2881738", Flaw.unassigned, "no number that its country assigns"),
        ("0123456789", Flaw.doubtful, "in no numbering plan"),
        ("+49 110", Flaw.short, "too short"),
        ("0900 1 234567", Flaw.premium, "must not call"),
        ("0180 1 234567", Flaw.shared_cost, "must not call"),
    ],
)
def test_what_cannot_be_dialled_is_refused_with_the_reason_and_without_the_number(
    text: str, flaw: Flaw, why: str
) -> None:
    assert read(text).flaw is flaw
    with pytest.raises(ValueError, match=re.escape(why)) as error:
        stored(text)
    assert len(text) < 3 or text not in str(error.value)


def test_every_flaw_has_its_words() -> None:
    assert set(FLAWS) == set(Flaw)


@given(st.text(alphabet="0123456789+ ()-/.\u00a0\u2011x", max_size=24) | st.text(max_size=24))
def test_what_is_stored_is_e164_and_stays_as_it_is(text: str) -> None:
    try:
        number = stored(text)
    except ValueError:
        return
    assert re.fullmatch(r"[1-9][0-9]{4,14}", number, re.ASCII)
    assert stored(f"+{number}") == stored(f"00{number}") == number
    assert flaw_of(number) in (None, Flaw.ambiguous)


@given(st.from_regex(re.compile(usual_form(), re.ASCII), fullmatch=True), st.sampled_from(["", "+", "00", "0"]))
def test_the_shortcut_for_usual_numbers_says_what_a_closer_look_says(number: str, before: str) -> None:
    text = f"0{number[2:]}" if before == "0" else before + number
    closer = read(f"{text[:4]}.{text[4:]}")  # a point is no sign of the shortcut
    assert read(text).number == closer.number == number
    assert read(text).flaw is closer.flaw is None


@given(
    st.lists(st.text(alphabet="0123456789+ ()-/\nx", max_size=18) | st.sampled_from(["", "030 23125001"]), max_size=9)
)
@example(["030 23125001", "030\n23125002", "+49 (0)30 23125003", "0049 30 23125004\n", "", "040/66969001"])
def test_many_texts_are_looked_at_together_as_each_alone(texts: list[str]) -> None:
    numbers = usual_numbers(texts)
    assert numbers == [number for text in texts for number in usual_numbers([text])]
    for text, number in zip(texts, numbers, strict=True):
        if number:
            assert (read(f"{text[:4]}.{text[4:]}").number, read(f"{text[:4]}.{text[4:]}").flaw) == (number, None)


def test_the_usual_notations_need_no_closer_look() -> None:
    texts = ["030 23125001", "+49 30 23125001", "0049 (30) 23125001", "030/23125001", "493023125001", "0171-3920000"]
    assert usual_numbers(texts) == ["493023125001"] * 5 + ["491713920000"]
    assert (
        usual_numbers(["+49 (0)30 23125001", "030 (0)23125001", "30 23125001", "+43 1 23456", "", "030\n23125001"])
        == [None] * 6
    )


@given(st.from_regex(re.compile(usual_form(), re.ASCII), fullmatch=True))
def test_a_number_of_the_usual_form_has_no_flaw(number: str) -> None:
    assert (flaw_of(number), normal(number)) == (None, number)


@pytest.mark.parametrize(
    ("text", "full", "ending"),
    [
        ("+49 (0)30 / 231 250", {"4930231250"}, ""),
        ("0043 1 23456", {"43123456"}, ""),
        ("0151 230 412", {"49151230412"}, "151230412"),
        ("230412", {"230412", "49230412"}, "230412"),
        ("012345", {"4912345"}, ""),
        ("+49 030 231250", {"4930231250"}, ""),
        ("0049 0151 23041234", {"4915123041234"}, ""),
        ("49030231250", {"4930231250", "49030231250", "4949030231250"}, "49030231250"),
        ("12345", None, ""),
        ("", None, ""),
        ("abc123456", None, ""),
        ("1" * 17, None, ""),
        ("٠١٢٣٤٥٦", {"49123456"}, "123456"),
        ("4930231250.0", {"4930231250", "494930231250"}, "4930231250"),
        ("+39 (0)2 1234 5678", {"390212345678"}, ""),
    ],
)
def test_what_a_number_can_mean(text: str, full: set[str] | None, ending: str):
    query = wanted(text)
    assert query == (None if full is None else (full, ending))


@pytest.mark.parametrize(
    ("stored_as", "number"),
    [
        ("4930231250", "4930231250"),
        ("+49 30 231250", "4930231250"),
        ("49030231250", "4930231250"),
        ("4930231250.0", "4930231250"),
        ("0049 (30) 231250", "4930231250"),
        ("030-231250", "4930231250"),
        ("anonymous", "anonymous"),
        ("", ""),
    ],
)
def test_a_number_that_was_stored_otherwise(stored_as: str, number: str):
    assert normal(stored_as) == number


@pytest.mark.parametrize(
    ("value", "numbers"),
    [
        ("4930231250", {"4930231250"}),
        ("30231250", {"30231250", "4930231250"}),
        ("15228817386", {"15228817386", "4915228817386"}),
        ("+49 30 231250 Zentrale", {"4930231250"}),
        ("030 231250 / 030 231251", {"4930231250", "4930231251"}),
        ("030 231250/251", {"4930231250"}),
        ("030/231250", {"4930231250"}),
        ("anonymous", set[str]()),
    ],
)
def test_what_a_record_holds_may_mean_several_numbers(value: str, numbers: set[str]):
    assert meant(value) == numbers


def test_a_slash_after_an_area_code_stands_between_two_parts_of_one_number():
    assert [stored(text) for text in ("0049 39976/231", "030/2312/5001", "0800/1234567")] == [
        "4939976231",
        "493023125001",
        "498001234567",
    ]
