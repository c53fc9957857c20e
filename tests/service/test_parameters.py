from typing import Any

import pytest

from dialler_mcp.domain.fields import MAX_ID
from dialler_mcp.service.parameters import plain_number, printable, printable_lines, searchable, visible
from tests.tools.asking import Make, refused


@pytest.mark.parametrize("value", [0, -1, MAX_ID + 1, 2**70, True, "abc", 1.5, None, [1]])
async def test_an_id_that_is_none_is_refused_before_anything_is_sent(bench: Make, value: Any):
    b = bench()
    text = await refused(b, "get_contact", contact_id=value)
    assert text.startswith("Nothing was sent. Correct the arguments: contact_id:")
    assert b.wire.requests == []


@pytest.mark.parametrize("value", ["", " ", "\t", "a" * 65, "a\u200b", "a\u202eb", "\x00", "\ud800", "\ue000"])
async def test_a_key_that_nobody_types_is_refused_without_repeating_it(bench: Make, value: str):
    b = bench()
    text = await refused(b, "lock_contact_by_user_data", user_data=value)
    assert "user_data: must " in text or "user_data: holds U+" in text
    assert b.wire.requests == []


@pytest.mark.parametrize("value", ["Müller", "Mu\u0308ller", "O’Brien", "a\u00a0b", "👩", None, ""])
def test_what_people_type_is_printable(value: str | None):
    assert printable(value) == value


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("K\u200b10", "U+200B ZERO WIDTH SPACE"),
        ("K\u200d10", "U+200D ZERO WIDTH JOINER"),
        ("K\u202e10", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("K10\u3164", "U+3164 HANGUL FILLER"),
        ("K10\ufe0f", "U+FE0F VARIATION SELECTOR-16"),
        ("M\ufffdller", "U+FFFD REPLACEMENT CHARACTER"),
        ("4711\u200b", "U+200B ZERO WIDTH SPACE"),
        ("K\x0710", "U+0007,"),
    ],
)
async def test_a_key_or_name_with_a_hidden_or_damaged_character_is_refused_with_the_character_named(
    bench: Make, value: str, name: str
):
    b = bench()
    new = {"Name": "Neu", "PhoneNumber1": "+4930231250", "DiallerCampaignsID": 538}
    for tool, arguments in (
        ("import_contact", {**new, "UserData": value}),
        ("import_contact", {**new, "Name": value}),
        ("update_contact", {"contact_id": 215220, "UserData": value}),
        ("clone_campaign", {"source": "Campaign 1000", "destination": value}),
        ("clone_campaign", {"source": "Campaign 1000", "destination": "Neu", "user_data": value}),
    ):
        assert f"holds {name}" in await refused(b, tool, **arguments)
    assert b.wire.changes == []


def test_lines_are_for_long_texts_only():
    assert printable_lines("a\n\tb\r\n") == "a\n\tb\r\n"
    assert printable_lines(None) is None
    assert printable_lines("👩‍💻 ✔️") == "👩‍💻 ✔️"
    with pytest.raises(ValueError, match=r"U\+000A"):
        printable("a\nb")
    with pytest.raises(ValueError, match=r"U\+200B"):
        printable_lines("a\u200b")


def test_a_flag_is_no_number():
    assert plain_number(1) == 1
    with pytest.raises(ValueError, match="whole number"):
        plain_number(False)


@pytest.mark.parametrize(
    ("value", "bare"),
    [
        ("\u202a+49 30 23125001\u202c", "+49 30 23125001"),
        ("\ufeff4711", "4711"),
        ("47\u200d11", "4711"),
        ("(030) 231250\u200b-01", "(030) 231250-01"),
    ],
)
def test_a_number_is_looked_up_without_the_marks_that_nobody_sees(value: str, bare: str):
    assert searchable(value) == bare


def test_a_number_without_marks_is_kept_as_it_is():
    assert searchable(" 4711 ") == " 4711 "


def test_visible_text_is_kept_as_it_is():
    assert visible(" Contact10 ") == " Contact10 "
