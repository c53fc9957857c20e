"""The OpenAPI document: complete, true to the documented functions and to what the sandbox answers."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest
from jsonschema import Draft202012Validator

from dialler_mcp.domain.fields import Record, Write
from dialler_mcp.domain.records import AcdEvent, Contact
from dialler_mcp.sandbox import Options

Connect = Callable[..., httpx2.AsyncClient]

ROOT = Path(__file__).parents[2]
DOCUMENTED: list[dict[str, Any]] = json.loads((ROOT / "tests/data/functions.json").read_text(encoding="utf-8"))
DOCUMENT: dict[str, Any] = json.loads((ROOT / "docs/openapi.json").read_text(encoding="utf-8"))
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
OPERATIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in cast(dict[str, dict[str, Any]], DOCUMENT["paths"]).items()
    for method, operation in methods.items()
}
NAMES = [function["name"] for function in DOCUMENTED]


@pytest.mark.parametrize("release", ["current", "oldest"])
async def test_the_page_in_docs_is_what_the_sandbox_serves_to_everybody(connect: Connect, release: Any) -> None:
    """Make it anew with scripts/reference --write."""
    async with connect(Options(release=release), path="", token="") as client:
        answer = await client.get("/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.content == (ROOT / "docs/openapi.json").read_bytes()


def test_it_has_the_documented_functions_by_their_names_and_no_others() -> None:
    assert sorted(OPERATIONS) == sorted(NAMES)
    for function in DOCUMENTED:
        method, path, operation = OPERATIONS[function["name"]]
        assert (method, path, operation["summary"]) == (function["method"], function["path"], function["title"])
        parameters = [parameter for parameter in operation.get("parameters", []) if parameter["in"] == "query"]
        assert {parameter["name"] for parameter in parameters} == function.get("query", {}).keys()
        assert ("requestBody" in operation) == ("body" in function)
        envelope = operation["responses"]["200"]["content"]["application/json"]["schema"]["properties"]
        assert ("records" in envelope, "orderBy" in envelope) == {
            "list": (True, True),
            "records": (True, False),
            "status": (False, False),
        }[function["envelope"]]


@pytest.mark.parametrize("record", [kind for kind in Record.__subclasses__() if kind.__name__ in SCHEMAS])
def test_every_declared_field_is_there_with_its_meaning_in_both_languages(record: type[Record]) -> None:
    fields = SCHEMAS[record.__name__]["properties"]
    assert fields.keys() == {info.wire for info in record.fields()}
    for info in record.fields():
        assert info.about.en in fields[info.wire]["description"]
        assert info.about.de in fields[info.wire]["description"]


@pytest.mark.parametrize(
    ("body", "record", "write", "beside"),
    [
        ("ContactImport", Contact, Write.IMPORT, {"DiallerCampaignsName"}),
        ("ContactUpdate", Contact, Write.UPDATE, {"ID"}),
        ("AcdEventCreate", AcdEvent, Write.IMPORT, set[str]()),
    ],
)
def test_a_body_has_the_fields_that_may_be_written_with_their_lengths(
    body: str, record: type[Record], write: Write, beside: set[str]
) -> None:
    fields = SCHEMAS[body]["properties"]
    writable = [info for info in record.fields() if write & info.about.write]
    assert fields.keys() == {info.wire for info in writable} | beside
    for info in writable:
        assert fields[info.wire].get("maxLength") == info.about.length


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.thorough
async def test_the_example_of_each_function_is_answered_with_the_fields_of_its_schema(
    connect: Connect, name: str
) -> None:
    method, path, operation = OPERATIONS[name]
    values = {parameter["name"]: parameter.get("example") for parameter in operation.get("parameters", [])}
    query = {name: value for name, value in values.items() if f"{{{name}}}" not in path and value is not None}
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
    async with connect() as client:
        answer = await client.request(method, path.format(**values), params=query, json=body)
    assert answer.status_code == 200, answer.text
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer.json().keys() == schema["properties"].keys()
    validator: Any = Draft202012Validator({**schema, "components": DOCUMENT["components"]})
    validator.validate(answer.json())
    if "records" in schema["properties"]:
        assert answer.json()["records"]
        named = schema["properties"]["records"]["items"]["$ref"].rpartition("/")[2]
        not_columns = {"AcdEvent": {"Result_"}}.get(named, set[str]())
        for row in answer.json()["records"]:
            assert SCHEMAS[named]["properties"].keys() - not_columns <= row.keys()


async def test_what_it_says_about_tokens_is_so(connect: Connect) -> None:
    assert DOCUMENT["security"] == [{"token": []}]
    assert DOCUMENT["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    async with connect(token="another") as client:
        for method, path, operation in OPERATIONS.values():
            answer = await client.request(method, re.sub(r"{\w+}", "1", path))
            assert answer.status_code == 401
            assert "401" in operation["responses"]


def test_the_table_of_functions_leads_to_each_operation_and_tool() -> None:
    page = (ROOT / "docs/functions.md").read_text(encoding="utf-8")
    tools = (ROOT / "docs/tools.md").read_text(encoding="utf-8")
    links = re.findall(
        r"\| `(\w+)` \| .+? \| \[tool\]\(tools\.md#(\w+)\), \[API\]\(openapi\.json#/paths/(\S+)\) \|", page
    )
    assert [name for name, _, _ in links] == NAMES, "docs/functions.md: rows as in tests/data/functions.json, in order"
    for name, tool, pointer in links:
        assert f"### `{tool}`" in tools
        path, _, method = pointer.rpartition("/")
        path = path.replace("%7B", "{").replace("%7D", "}").replace("~1", "/")
        assert DOCUMENT["paths"][path][method]["operationId"] == name
        assert tool == f"dialler_{name}"


async def test_json_knows_no_integers_only_numbers(connect: Connect) -> None:
    async with connect() as client:
        by_id = await client.post("/dialler/contacts", content=b'{"IDList": [215220.0]}')
        answer_of_update = await client.post("/dialler/contacts/update", content=b'{"ID": 215220.0, "City": "Kiel"}')
        refusal = await client.post("/dialler/contacts", content=b'{"IDList": [215220.5]}')
    assert (by_id.json()["count"], answer_of_update.json()["records"][0]["City"]) == (1, "Kiel")
    assert refusal.status_code == 400


async def test_an_id_is_an_integer_and_anything_else_another_path(connect: Connect) -> None:
    async with connect() as client:
        nobody = await client.get("/dialler/contacts/-1")
        elsewhere = await client.get("/dialler/contacts/1.5")
        endless = await client.get("/dialler/contacts/" + "1" * 5000)
        language = await client.get("/dialler/campaigns/campaign/538/resultCodes?languagesID=de")
    assert (nobody.status_code, nobody.json()["error"]) == (404, "Dialler contact not found")
    assert (elsewhere.status_code, elsewhere.content) == (404, b"")
    assert (endless.status_code, endless.content) == (404, b"")
    assert language.status_code == 400
