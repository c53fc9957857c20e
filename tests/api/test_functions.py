"""The client against the table of documented functions (tests/data/functions.json)."""

import inspect
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qsl

import httpx2
import pytest

from dialler_mcp.api import Dialler
from dialler_mcp.api.acd import AcdFunctions
from dialler_mcp.api.campaigns import CampaignFunctions
from dialler_mcp.api.contacts import ContactFunctions
from dialler_mcp.api.errors import DiallerError
from dialler_mcp.api.requests import Functions
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Contact
from tests.api.wire import Wire, done, records, refusal, sent

FUNCTIONS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "functions.json").read_text(encoding="utf-8")
)
NAMES = [function["name"] for function in FUNCTIONS]
ID = 4711
CONTACT = {"Name": "Mustermann", "DiallerCampaignsID": 538, "PhoneNumber1": "493023125012"}
EVENT = {"AcdEventTypesID": 3, "AcdGroupsID": 7, "Sender": "493023125012", "Subject": "Rückruf"}


class Example(NamedTuple):
    """Arguments of a method, and what they become on the wire beside the path."""

    arguments: dict[str, Any]
    query: dict[str, str] = {}
    body: dict[str, Any] | None = None


BY_KEY = Example({"user_data": "Contact10"}, {"userData": "Contact10"})
BY_NAME = Example({"name": "Winback"}, {"name": "Winback"})
CASES = {
    "list_contacts": Example({"campaign_id": 538}, {"diallerCampaignsID": "538"}),
    "find_contacts_by_user_data": BY_KEY,
    "get_contacts": Example(
        {"contact_ids": [1, 2], "user_data_list": ["A", "B"], "language": Language.de},
        {"languagesID": "2"},
        {"UserDataList": ["A", "B"], "IDList": [1, 2]},
    ),
    "import_contact": Example(
        {"values": CONTACT, "overwrite_duplicates": True}, {"overwriteDuplicates": "true"}, CONTACT
    ),
    "update_contact": Example({"values": {"ID": ID, "City": "Köln"}}, {}, {"ID": ID, "City": "Köln"}),
    "delete_contact_by_user_data": BY_KEY,
    "lock_contact_by_user_data": BY_KEY,
    "unlock_contact_by_user_data": BY_KEY,
    "reset_contact_by_user_data": BY_KEY,
    "get_contact_history_by_user_data": BY_KEY,
    "find_campaigns_by_name": BY_NAME,
    "get_result_codes": Example({"campaign_id": ID, "language": Language.en}, {"languagesID": "1"}),
    "clone_campaign": Example(
        {"source": "Winback", "destination": "Winback Herbst", "user_data": "K-1"},
        {},
        {"source": "Winback", "destination": "Winback Herbst", "userData": "K-1"},
    ),
    "delete_campaign_by_name": BY_NAME,
    "create_acd_event": Example({"values": EVENT}, {}, EVENT),
    "find_acd_groups_by_name": BY_NAME,
}


def asked_of(name: str) -> Example:
    """A function that has no case of its own is asked by an ID, or takes nothing."""
    _, *parameters = inspect.signature(getattr(Dialler, name)).parameters
    return CASES.get(name) or Example(dict.fromkeys(parameters, ID))


async def ask(dialler: Dialler, name: str) -> object:
    answer: Any = getattr(dialler, name)(**asked_of(name).arguments)
    return (
        [record async for record in cast(AsyncIterator[Contact], answer)] if name == "list_contacts" else await answer
    )


def test_the_client_has_the_documented_functions_and_no_others() -> None:
    methods = {
        name
        for group in (ContactFunctions, CampaignFunctions, AcdFunctions)
        for name, _ in inspect.getmembers(group, inspect.isfunction)
        if not name.startswith("_") and not hasattr(Functions, name)
    }
    assert methods == set(NAMES)
    assert set(CASES) <= methods


@pytest.mark.parametrize("function", FUNCTIONS, ids=NAMES)
async def test_a_function_sends_what_is_documented(function: dict[str, Any]) -> None:
    example = asked_of(function["name"])
    answer = (
        done()
        if function["envelope"] == "status"
        else records(
            {"ID": ID, "Name": example.arguments.get("name"), "UserData": example.arguments.get("user_data", "A")}
        )
    )
    wire = Wire(answer)
    async with wire.dialler() as dialler:
        result = await ask(dialler, function["name"])

    request = wire.request
    path, _, query = request.url.raw_path.decode().partition("?")
    assert request.method == function["method"]
    assert path == "/rest/v1.0/1" + re.sub(r"\{\w+\}", str(ID), function["path"])
    assert dict(parse_qsl(query, strict_parsing=bool(query))) == example.query
    assert set(example.query) == set(function.get("query", {}))
    assert sent(request) == example.body
    assert (example.body is not None) == ("body" in function)
    if example.body is not None:
        assert request.headers["content-type"] == "application/json"
    if isinstance(function.get("body"), dict):
        assert set(example.body or {}) <= set(function["body"])
    assert request.headers["authorization"] == "Bearer secret-token"
    assert (result is None) == (function["envelope"] == "status")


@pytest.mark.parametrize("function", FUNCTIONS, ids=NAMES)
async def test_an_error_carries_the_documented_title(function: dict[str, Any]) -> None:
    wire = Wire(refusal(400, "a value is missing"))
    async with wire.dialler() as dialler:
        with pytest.raises(DiallerError) as error:
            await ask(dialler, function["name"])
    assert error.value.function == function["title"]
    assert str(error.value).startswith(f"{function['title']}: ")


@pytest.mark.parametrize("function", FUNCTIONS, ids=NAMES)
def test_a_docstring_names_its_source(function: dict[str, Any]) -> None:
    doc = inspect.getdoc(getattr(Dialler, function["name"])) or ""
    assert f'Source: "{function["title"]}"' in doc


@pytest.mark.parametrize("name", NAMES)
async def test_a_release_without_the_function_says_so(name: str) -> None:
    wire = Wire(httpx2.Response(404))
    async with wire.dialler() as dialler:
        with pytest.raises(DiallerError, match="This release of the dialler does not have this function"):
            await ask(dialler, name)
    assert len(wire.requests) == 1
