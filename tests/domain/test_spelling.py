import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.domain.spelling import loose, one_slip, parts_of, plain, sound, spellings

names = st.text(st.sampled_from("aeioußäöüéłıcdhkmnpqrstxyz -'"), max_size=12)


@pytest.mark.parametrize(
    ("spellings", "same"),
    [
        ("Müller Mueller MÜLLER MULLER Muller mu\u0308ller", "muller"),
        ("Weiß Weiss WEISS", "weiss"),
        ("Jörg Joerg Jorg", "jorg"),
        ("Yılmaz YILMAZ Yilmaz", "yilmaz"),
        ("Łukasz Lukasz", "lukasz"),
        ("Nguyễn Nguyen", "nguyen"),
        ("Sørensen Sörensen Soerensen", "sorensen"),
    ],
)
def test_spellings_of_one_name_have_their_letters_in_common(spellings: str, same: str):
    assert {loose(name) for name in spellings.split()} == {same}


@pytest.mark.parametrize(
    ("names", "digits"),
    [
        ("Meier Maier Mayer Meyer Mayr", "67"),
        ("Schmidt Schmitt Schmid", "862"),
        ("Philipp Filip", "351"),
        ("Stefan Stephan", "8236"),
        ("Christoph Kristof", "47823"),
        ("Schulz Schultz", "858"),
        ("Müller-Lüdenscheidt", "65752682"),
        ("Wikipedia", "3412"),
        ("Breschnew", "17863"),
        ("Max", "648"),
        ("Wachs", "348"),
        ("Axt", "0482"),
        ("Ceylan", "856"),
        ("Boecks", "148"),
        ("Wickxer", "3487"),
        ("Eh", "0"),
        ("4711", ""),
    ],
)
def test_names_that_sound_alike_have_the_same_digits(names: str, digits: str):
    assert {sound(name) for name in names.split()} == {digits}


def test_names_that_sound_otherwise_have_others():
    assert len({sound(name) for name in ("Meier", "Müller", "Schmidt", "Schulz", "Weber", "Becker")}) == 6


def test_a_name_has_parts():
    assert parts_of("Dr. Karl-Heinz O'Brien_2") == ["dr", "karl", "heinz", "o", "brien", "2"]


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("muller", "muller", True),
        ("muller", "mullr", True),
        ("muller", "mulleer", True),
        ("muller", "muler", True),
        ("muller", "mullar", True),
        ("muller", "mulelr", True),
        ("muller", "mlleru", False),
        ("muller", "mlluer", False),
        ("muller", "mull", False),
        ("abcd", "badc", False),
        ("", "", True),
        ("", "a", True),
    ],
)
def test_one_slip_of_the_fingers(one: str, other: str, near: bool):
    assert one_slip(one, other) is one_slip(other, one) is near


@given(name=names, place=st.integers(0, 12), letter=st.sampled_from("xyz"))
def test_any_single_slip_is_one(name: str, place: int, letter: str):
    place = min(place, len(name))
    assert one_slip(name, name[:place] + letter + name[place:])
    assert one_slip(name, name[:place] + letter + name[place + 1 :])
    assert one_slip(name, name[:place] + name[place + 1 :])
    assert one_slip(name, name[:place] + name[place : place + 2][::-1] + name[place + 2 :])


@given(name=names)
def test_spelling_again_changes_nothing(name: str):
    assert loose(name) == loose(name.upper())
    assert set(sound(name)) <= set("012345678")
    assert sound(name)[1:].count("0") == 0


def test_accents_case_and_apostrophes_are_one() -> None:
    variants = ("O\u2019M\u00fcller", "o'mu\u0308ller", "O\u00b4M\u00dcLLER", "O`Mu\u0308LLER", "o\u02bcm\u00fcller")
    assert {plain(one) for one in variants} == {"o'm\u00fcller"}


def test_a_text_is_written_in_as_many_ways_as_read_the_same() -> None:
    assert spellings("Contact10") == ["Contact10"]
    assert spellings("M\u00fcller") == ["M\u00fcller", "Mu\u0308ller"]
    assert set(spellings("o\u2019neil")) == {"o\u2019neil", "o'neil"}
