import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.audit.pseudonyms import Pseudonyms, new_key
from dialler_mcp.server import all_tools

MARK = "Mustermann-4711"
people = Pseudonyms(b"k" * 32)
SCHEMAS: dict[str, dict[str, Any]] = {tool.name: tool.parameters for tool in all_tools()}


def test_a_person_is_one_pseudonym_however_it_is_spelled():
    assert people.of("Müller") == people.of(" müller ") == people.of("MÜLLER")
    assert people.of("Müller") != people.of("Muller")
    assert people.of("Müller") != Pseudonyms(new_key()).of("Müller")
    assert len(people.of("\ud83d")) == 10


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("dialler_get_contact", {"contact_id": 12345, "language": "de", "fields": ["PhoneNumber1", "name"]}),
        ("dialler_get_contact", {"contact_id": "12345"}),
        ("dialler_get_contacts", {"contact_ids": [1, 2, 3]}),
        ("dialler_list_contacts", {"campaign_id": 7, "since": "2026-11-01", "limit": 20, "min_attempts": None}),
        ("dialler_list_contacts", None),
    ],
)
def test_ids_numbers_words_of_ours_and_times_stay(tool: str, arguments: Any):
    assert people.arguments(arguments, SCHEMAS[tool]) == arguments


@pytest.mark.parametrize(
    ("tool", "name", "value"),
    [
        ("dialler_get_contact", "contact_id", MARK),
        ("dialler_get_contact", "contact_id", 491711234567),
        ("dialler_get_contact", "contact_id", "491711234567"),
        ("dialler_get_contact", "contact_id", float("nan")),
        ("dialler_get_contact", "language", MARK),
        ("dialler_import_contact", "Name", MARK),
        ("dialler_import_contact", "PhoneNumber1", 30123456),
        ("dialler_import_contact", "PhoneNumber1", "30123456"),
        ("dialler_find_contacts_by_user_data", "user_data", "4711"),
        ("dialler_list_contacts", "since", MARK),
    ],
)
def test_what_may_be_a_person_is_a_pseudonym(tool: str, name: str, value: object):
    assert people.arguments({name: value}, SCHEMAS[tool]) == {name: people.of(value)}


def test_of_a_phrase_only_that_there_was_one():
    schema = SCHEMAS["dialler_delete_contact"]
    assert people.arguments({"contact_id": 1, "confirm": MARK}, schema) == {"contact_id": 1, "confirm": True}
    assert people.arguments({"confirm": None}, schema) == {"confirm": False}


def test_what_no_tool_has_is_a_pseudonym_with_its_name():
    assert people.arguments({MARK: {"deep": MARK}}, {}) == {people.of(MARK): people.of({"deep": MARK})}
    assert people.arguments(MARK, {}) == people.of(MARK)


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        *(10**400, -(10**400), 10**5000, float("nan"), float("inf"), "9" * 9999),
        *(nested(900), nested(100_000), {"a": nested(900)}),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("name", ["contact_id", "contact_ids", "min_attempts", "since", "fields", "unknown"])
def test_whatever_an_argument_is_there_is_a_line(name: str, value: Any):
    schemas = [SCHEMAS["dialler_get_contacts"], SCHEMAS["dialler_list_contacts"], SCHEMAS["dialler_get_contact"], {}]
    for schema in schemas:
        for argument in (value, [value], [[value]]):
            line = people.arguments({name: argument}, schema)
            assert len(json.dumps(line)) < 200
            assert "p:" in str(line)


@pytest.mark.parametrize("uri", ["dialler://campaigns/17/result-codes", "dialler://reference/cause-codes"])
def test_an_address_of_our_words_and_ids_stays(uri: str):
    assert people.address(uri) == uri


@pytest.mark.parametrize("uri", [f"dialler://contacts/{MARK}", f"https://{MARK}", "dialler://contacts/491711234567", 7])
def test_any_other_address_is_a_pseudonym(uri: object):
    assert people.address(uri) == people.of(uri)


def test_lists_of_records_are_gone_through():
    schema = {
        "properties": {
            "rows": {
                "anyOf": [{"type": "array", "items": {"properties": {"ID": {"type": "integer"}, "Name": {}}}}],
            }
        }
    }
    assert people.arguments({"rows": [{"ID": 1, "Name": MARK}]}, schema) == {
        "rows": [{"ID": 1, "Name": people.of(MARK)}]
    }


def test_a_line_stays_short():
    line = people.arguments({"contact_ids": list(range(1000))}, SCHEMAS["dialler_get_contacts"])
    assert isinstance(line, dict)
    assert line["contact_ids"][98:] == [98, 99, "+900"]
    many = people.arguments({str(number): number for number in range(103)}, {})
    assert isinstance(many, dict)
    assert many["more"] == 3


anything = st.recursive(
    st.just(MARK) | st.just(f"x {MARK}") | st.integers() | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([MARK, "Name"]), inner, max_size=2),
    max_leaves=6,
)


@given(st.sampled_from(sorted(SCHEMAS)), st.data())
def test_no_marked_value_stays_whatever_a_call_holds(tool: str, data: st.DataObject):
    names = st.sampled_from([*SCHEMAS[tool]["properties"], MARK])
    arguments = data.draw(st.dictionaries(names, anything, max_size=4))
    assert MARK not in repr(people.arguments(arguments, SCHEMAS[tool]))
