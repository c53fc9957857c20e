from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.searching import Grade, Match, MatchPart, Search

HANS = Contact(
    id=215220,
    first_name="Hans",
    name="Meier",
    title="Dr.",
    company="Sonnen Bau GmbH",
    city="Köln",
    user_data="Kunde-4711",
    user_data2="X 99",
    reference_number="R012345",
    phone_number1="4930231250",
    phone_number3="49151230412",
)


def found(text: str, contact: Contact = HANS) -> tuple[MatchPart, Grade] | None:
    match = Search(text)(contact)
    return match and (match.where, match.grade)


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("0151 230 412", Grade.exact),
        ("+49 151 230412", Grade.exact),
        ("0049 151/230-412", Grade.exact),
        ("49151230412", Grade.exact),
        ("151 230412", Grade.exact),
        ("+49 (0)30 / 231 250", Grade.exact),
        ("(030) 231250", Grade.exact),
        ("Tel.: 030 231250", Grade.exact),
        ("Handynummer +49 151 230412", Grade.exact),
        ("231250", Grade.normalised),
        ("0231250", Grade.normalised),
        ("31250", None),
        ("+43 30 231250", None),
        ("0151 230 413", None),
    ],
)
def test_a_number_is_found_in_any_notation(text: str, grade: Grade | None):
    assert found(text) == (grade and (MatchPart.number, grade))


@pytest.mark.parametrize("stored_number", ["+4930231250", "0049 30 231250", "030/231250", "+49 (0)30 231250"])
def test_a_number_is_found_however_it_was_stored(stored_number: str):
    assert found("030 231 250", Contact(phone_number6=stored_number)) == (MatchPart.number, Grade.exact)
    match = Search("030 231 250")(Contact(phone_number6=stored_number))
    assert match is not None
    assert match.field == "phone_number6"


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("Meier", Grade.exact),
        ("hans meier", Grade.exact),
        ("Meier, Hans", Grade.exact),
        ("Herr Dr. Hans Meier", Grade.exact),
        ("Kunde Meier aus", None),
        ("Meier Köln", Grade.exact),
        ("Meier Koeln", Grade.normalised),
        ("Hans Mei", Grade.prefix),
        ("H. Meier", Grade.prefix),
        ("H", None),
        ("Maier", Grade.phonetic),
        ("Mayer", Grade.phonetic),
        ("Hans Meyer", Grade.phonetic),
        ("Marie", None),
        ("Meierx", Grade.typo),
        ("Hnas Meier", Grade.typo),
        ("Hnas Meker", None),
        ("Müller", None),
        ("Hans Müller", None),
        ("Köln", None),
    ],
)
def test_a_name_is_found_in_any_spelling(text: str, grade: Grade | None):
    assert found(text) == (grade and (MatchPart.person, grade))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Mueller", "Müller"),
        ("MULLER", "Müller"),
        ("Weiss", "Weiß"),
        ("Karlheinz", "Karl-Heinz"),
        ("Karl-Heinz", "Karlheinz"),
        ("Obrien", "O’Brien"),
        ("Rene", "René"),
    ],
)
def test_letters_and_hyphens_do_not_matter(text: str, name: str):
    match = Search(text)(Contact(name=name))
    assert match is not None
    assert match.grade <= Grade.normalised


@pytest.mark.parametrize(
    ("text", "name"), [("Schmidt", "Schmitt"), ("Philipp", "Filip"), ("Meier", "Mayr"), ("Karl-Hainz", "Karl-Heinz")]
)
def test_names_that_sound_alike_are_found(text: str, name: str):
    assert found(text, Contact(name=name)) == (MatchPart.person, Grade.phonetic)


def test_a_contact_without_first_name_or_with_an_initial_is_found():
    assert found("Hans Meier", Contact(first_name="H.", name="Meier")) == (MatchPart.person, Grade.prefix)
    assert found("Frau", Contact(name="Frau")) == (MatchPart.person, Grade.exact)
    assert found("Frau Hans", Contact(name="Frau")) is None


def test_a_company_comes_after_a_person_of_the_name():
    assert found("Sonnen Bau") == (MatchPart.company, Grade.exact)
    person, company = Contact(name="Sonnen"), Contact(company="Sonnen AG")
    of_person, of_company = Search("Sonnen")(person), Search("Sonnen")(company)
    assert of_person is not None
    assert of_company is not None
    assert of_person < of_company


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kunde-4711", (MatchPart.user_data, Grade.exact)),
        (" KUNDE-4711 ", (MatchPart.user_data, Grade.exact)),
        ("kunde4711", (MatchPart.user_data, Grade.normalised)),
        ("Kunde 4711", (MatchPart.user_data, Grade.normalised)),
        ("Kundennummer 4711", (MatchPart.user_data, Grade.prefix)),
        ("4711", (MatchPart.user_data, Grade.prefix)),
        ("kunde-47", (MatchPart.user_data, Grade.prefix)),
        ("711", None),
        ("kunde", None),
        ("x99", (MatchPart.user_data, Grade.normalised)),
        ("r 012345", (MatchPart.reference, Grade.normalised)),
        ("R012345", (MatchPart.reference, Grade.exact)),
        ("012345", (MatchPart.reference, Grade.prefix)),
        ("215220", (MatchPart.id, Grade.exact)),
        ("ID 215220", (MatchPart.id, Grade.exact)),
        ("ID: 215221", None),
    ],
)
def test_a_key_a_reference_or_an_id_is_found(text: str, expected: Any):
    assert found(text) == expected


def test_what_fits_best_is_said():
    contact = Contact(id=7, user_data="230412", phone_number1="49151230412")
    assert found("230412", contact) == (MatchPart.user_data, Grade.exact)
    assert found("230412", Contact(id=230412, phone_number1="49151230412")) == (MatchPart.id, Grade.exact)


@pytest.mark.parametrize(
    ("text", "number", "key", "empty"),
    [
        ("0151 230412", True, False, False),
        ("4711", True, False, False),
        ("Contact10", False, True, False),
        ("Meier", False, False, False),
        ("§ +", False, False, True),
    ],
)
def test_what_kind_of_thing_is_sought(text: str, number: bool, key: bool, empty: bool):
    search = Search(text)
    assert (search.is_number, search.is_key, search.is_empty) == (number, key, empty)


def test_the_id_that_it_can_be():
    assert [Search(text).id for text in ("215220", "ID 7", "0", "99999999999", "3000000000", "x7")] == [
        *(215220, 7, None, None, None, None)
    ]


@pytest.mark.parametrize(
    ("match", "en", "de"),
    [
        (Match(Grade.exact, 0, MatchPart.number), "number", "Rufnummer"),
        (Match(Grade.normalised, 0, MatchPart.number), "number ends like this", "Rufnummer endet so"),
        (Match(Grade.phonetic, 0, MatchPart.person), "name sounds alike", "Name klingt gleich"),
        (Match(Grade.typo, 0, MatchPart.company), "company, one letter differs", "Firma, ein Buchstabe anders"),
        (Match(Grade.prefix, 0, MatchPart.user_data), "part of UserData", "Teil: UserData"),
    ],
)
def test_why_it_fits_is_said(match: Match, en: str, de: str):
    assert (match.why(Language.en), match.why(Language.de)) == (en, de)


anything = st.text(max_size=20)


@given(text=anything, name=anything, key=anything, number=anything)
def test_any_search_gets_on_with_any_contact(text: str, name: str, key: str, number: str):
    Search(text)(Contact(name=name, first_name=key, company=number, user_data=key, phone_number1=number))


@given(name=st.text(st.characters(categories=("Lu", "Ll")), min_size=2, max_size=12))
def test_a_name_is_found_by_itself(name: str):
    match = Search(name)(Contact(name=name))
    assert match is not None
    assert match.grade <= Grade.normalised


@given(digits=st.from_regex(r"[1-9][0-9]{8,10}", fullmatch=True), gaps=st.lists(st.sampled_from([" ", "-", "/", ""])))
def test_a_national_number_is_found_with_any_gaps(digits: str, gaps: list[str]):
    number_with_gaps = "".join(gap + digit for gap, digit in zip([*gaps, *[""] * 11], digits, strict=False))
    assert found(f"0{number_with_gaps}", Contact(phone_number2=f"49{digits}")) == (MatchPart.number, Grade.exact)
