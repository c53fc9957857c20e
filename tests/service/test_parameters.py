from typing import Any

import pytest

from dialler_mcp.domain.fields import MAX_ID
from dialler_mcp.service.parameters import no_flag, printable, printable_lines, visible
from tests.tools.asking import Make, refused


@pytest.mark.parametrize("value", [0, -1, MAX_ID + 1, 2**70, True, "abc", 1.5, None, [1]])
async def test_an_id_that_is_none_is_refused_before_anything_is_sent(bench: Make, value: Any):
    b = bench()
    said = await refused(b, "get_contact", contact_id=value)
    assert said.startswith("Nothing was sent. Correct the arguments: contact_id:")
    assert b.wire.requests == []


@pytest.mark.parametrize("value", ["", " ", "\t", "a" * 65, "a\u200b", "a\u202eb", "\x00", "\ud800", "\ue000"])
async def test_a_key_that_nobody_types_is_refused_without_repeating_it(bench: Make, value: str):
    b = bench()
    said = await refused(b, "lock_contact_by_user_data", user_data=value)
    assert "user_data: must " in said
    assert b.wire.requests == []


@pytest.mark.parametrize("value", ["a\u200db", "Müller", "👩‍💻", None, ""])
def test_what_people_type_is_printable(value: str | None):
    assert printable(value) == value


def test_lines_are_for_long_texts_only():
    assert printable_lines("a\n\tb\r\n") == "a\n\tb\r\n"
    assert printable_lines(None) is None
    with pytest.raises(ValueError, match="invisible"):
        printable("a\nb")
    with pytest.raises(ValueError, match="invisible"):
        printable_lines("a\u200b")


def test_a_flag_is_no_number():
    assert no_flag(1) == 1
    with pytest.raises(ValueError, match="whole number"):
        no_flag(False)


def test_visible_text_is_kept_as_it_is():
    assert visible(" Contact10 ") == " Contact10 "
