"""The application: every documented function by its name, the switches, and how it refuses."""

import json
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast
from urllib.parse import urlencode

import pytest
from starlette.routing import Mount, Route

from dialler_mcp.sandbox import Options, Store, build_app
from dialler_mcp.sandbox.app import MISSING
from dialler_mcp.sandbox.functions import EXAMPLES
from tests.sandbox.conftest import PERSON, Anew, Connect, records

CONTACT = "/dialler/contacts/contact"
CAMPAIGN = "/dialler/campaigns/campaign"
DOCUMENTED = Path(__file__).parents[1] / "data" / "functions.json"
EVENT = {"AcdEventTypesID": 3, "Sender": "493023125001", "Subject": "Rückruf", "AcdGroupsID": 201}

BODIES: dict[str, dict[str, Any]] = {
    "get_contacts": {"IDList": [215220]},
    "import_contact": PERSON,
    "update_contact": {"ID": 215220, "City": "Kiel"},
    "clone_campaign": {"source": "Campaign 1000", "destination": "N"},
    "create_acd_event": EVENT,
}
OTHERS = {"delete_campaign_by_name": {"name": "Campaign 1000"}, "find_acd_groups_by_name": {"name": "outbound"}}
FUNCTIONS: list[dict[str, Any]] = json.loads(DOCUMENTED.read_text("utf-8"))


class Example(NamedTuple):
    """A request that a documented function answers, and the kind of its answer."""

    name: str
    method: str
    path: str
    body: dict[str, Any] | None
    envelope: Literal["list", "records", "status"]

    @classmethod
    def of(cls, function: dict[str, Any]) -> "Example":
        """With values that exist in the sandbox."""
        name = function["name"]
        values = EXAMPLES | OTHERS.get(name, {})
        query = urlencode({parameter: values.get(parameter, "false") for parameter in function.get("query", {})})
        path = function["path"].format(**values)
        return cls(name, function["method"], f"{path}?{query}", BODIES.get(name), function["envelope"])


ASKED = [Example.of(function) for function in FUNCTIONS]
ENVELOPES = {
    "list": {"filter", "limitStart", "limitPageSize", "records", "count", "orderBy", "ascending", "status"},
    "records": {"records", "count", "status"},
    "status": {"status"},
}


async def test_every_documented_function_answers_in_its_envelope(anew: Anew, subtests: pytest.Subtests) -> None:
    for example in ASKED:
        with subtests.test(example.name):
            async with anew() as client:
                answer = await client.request(example.method, example.path, json=example.body)
            assert answer.status_code == 200, answer.text
            assert answer.headers["content-type"] == "application/json"
            assert answer.json().keys() == ENVELOPES[example.envelope]
            if example.envelope == "list":
                fixed = {"filter": "", "limitStart": 0, "limitPageSize": -1, "ascending": True, "status": 200}
                assert fixed.items() <= answer.json().items()


def test_every_documented_function_is_found_in_the_route_tables_by_its_name(store: Store) -> None:
    mount = cast(Mount, build_app(store).routes[0])
    assert {cast(Route, route).name for route in mount.routes} == {function["name"] for function in FUNCTIONS}


@pytest.mark.parametrize(
    ("token", "path"),
    [("other", "/rest/v1.0/1"), ("sandbox-token", "/rest/v1.0/2"), ("", "/rest/v1.0/1"), ("x", "/rest/v1.0/none")],
)
async def test_a_wrong_token_or_client_is_the_same_401(connect: Connect, token: str, path: str) -> None:
    async with connect(token=token, path=path) as client:
        answer = await client.get("/dialler/campaigns")
    assert (answer.status_code, answer.json()) == (401, {"status": 401, "error": "Unauthorized"})


async def test_the_body_of_a_401_is_a_switch(connect: Connect) -> None:
    async with connect(Options(error_body="empty"), token="x") as client:
        assert (await client.get("/dialler/campaigns")).content == b""
    async with connect(Options(error_body="html"), token="x") as client:
        assert (await client.get("/dialler/campaigns")).headers["content-type"].startswith("text/html")


async def test_another_token_and_client_can_be_set(connect: Connect) -> None:
    async with connect(Options(clients_id=7, token="key"), token="key", path="/rest/v1.0/7") as client:
        assert (await client.get("/dialler/campaigns")).status_code == 200


@pytest.mark.parametrize("path", ["/nothing", "/dialler/contacts/", "/dialler/contacts/abc", "/users", "/dialler"])
async def test_an_unknown_path_is_a_404_without_a_body(connect: Connect, path: str) -> None:
    async with connect() as client:
        answer = await client.get(path)
    assert (answer.status_code, answer.content) == (404, b"")


async def test_a_path_outside_the_api_is_a_404_and_a_wrong_method_a_405_both_empty(connect: Connect) -> None:
    async with connect(path="", token="") as client:
        answer = await client.get("/elsewhere")
        assert (answer.status_code, answer.content) == (404, b"")
    async with connect() as client:
        answer = await client.put("/dialler/contacts/import")
        assert (answer.status_code, answer.content) == (405, b"")


UNKNOWN = [
    ("GET", "/dialler/contacts/1", "Dialler contact not found"),
    ("GET", "/dialler/contacts/" + "9" * 30, "Dialler contact not found"),
    ("GET", f"{CONTACT}?userData=nobody", "Dialler contact not found"),
    ("GET", f"{CONTACT}/1/history", "Dialler contact not found"),
    ("GET", f"{CONTACT}/history?userData=nobody", "Dialler contact not found"),
    ("DELETE", f"{CONTACT}/1", "Dialler contact not found"),
    ("PATCH", f"{CONTACT}/reset?userData=nobody", "Dialler contact not found"),
    ("GET", "/dialler/campaigns/1", "Dialler campaign not found"),
    ("GET", f"{CAMPAIGN}?name=nothing", "Dialler campaign not found"),
    ("GET", f"{CAMPAIGN}/1/resultCodes", "Dialler campaign not found"),
    ("DELETE", f"{CAMPAIGN}/1", "Dialler campaign not found"),
    ("DELETE", f"{CAMPAIGN}?name=Campaign", "Dialler campaign not found"),
    ("GET", "/acd/events/event/1", "AcdEvent not found"),
    ("GET", "/acd/groups/group/1", "AcdGroup not found"),
    ("GET", "/acd/groups/group?name=nothing", "AcdGroup not found"),
]


async def test_an_unknown_object_is_a_404_with_a_reason_or_empty_when_read(
    connect: Connect, subtests: pytest.Subtests
) -> None:
    async with connect() as usual, connect(Options(no_match="empty")) as empty:
        for method, path, reason in UNKNOWN:
            with subtests.test(f"{method} {path}"):
                answer = await usual.request(method, path)
                assert (answer.status_code, answer.json()) == (404, {"status": 404, "error": reason})
                answer = await empty.request(method, path)
                if method == "GET":
                    assert answer.json() == {"records": [], "count": 0, "status": 200}
                else:
                    assert answer.json() == {"status": 404, "error": reason}


BAD = [
    ("POST", "/dialler/contacts/import", b"{SECRET"),
    ("POST", "/dialler/contacts/import", b"\xff"),
    ("POST", "/dialler/contacts/update", b'["SECRET"]'),
    ("POST", "/dialler/contacts/update", b'{"Name": "SECRET"}'),
    ("POST", "/dialler/contacts/update", b'{"ID": "SECRET"}'),
    ("POST", "/dialler/contacts/update", b'{"ID": true}'),
    ("POST", "/dialler/contacts/update", b'{"UserData": 12}'),
    ("POST", "/dialler/contacts", b"{}"),
    ("POST", "/dialler/contacts", b'{"IDList": ["SECRET"]}'),
    ("POST", "/dialler/contacts", b'{"IDList": [true]}'),
    ("POST", "/dialler/contacts", b'{"UserDataList": "SECRET"}'),
    ("POST", "/dialler/contacts", b'{"UserDataList": [1], "IDList": null}'),
    ("POST", "/dialler/campaigns/clone", b'{"source": "SECRET"}'),
    ("POST", "/dialler/campaigns/clone", b'{"source": "Campaign 1000", "destination": "SECRET%s"}' % (b"x" * 64)),
    ("POST", "/dialler/campaigns/clone", b'{"source": "Campaign 1000", "destination": "D", "dtTo": "SECRET"}'),
    ("GET", "/dialler/contacts?diallerCampaignsID=SECRET", b""),
    ("POST", "/dialler/contacts/import?overwriteDuplicates=SECRET", b"{}"),
    ("GET", "/dialler/contacts/contact", b""),
    ("GET", "/dialler/campaigns/campaign?name=", b""),
]


async def test_a_bad_request_says_why_and_repeats_nothing(connect: Connect, subtests: pytest.Subtests) -> None:
    async with connect() as client:
        for method, path, content in BAD:
            with subtests.test(f"{method} {path} {content}"):
                answer = await client.request(method, path, content=content)
                assert answer.status_code == 400
                assert answer.json()["error"]
                assert "SECRET" not in answer.text


async def test_a_failing_database_is_a_500_whose_body_is_a_switch(connect: Connect, store: Store) -> None:
    store.close()
    for options, content_type in (
        (Options(), "application/json"),
        (Options(error_body="html"), "text/html; charset=utf-8"),
    ):
        async with connect(options) as client:
            answer = await client.get("/dialler/campaigns")
        assert (answer.status_code, answer.headers["content-type"]) == (500, content_type)


async def test_an_unexpected_failure_is_a_500_too(
    connect: Connect, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise KeyError("unexpected")

    monkeypatch.setattr(store, "campaigns", fail)
    async with connect(raises=False) as client:
        answer = await client.get("/dialler/campaigns")
    assert (answer.status_code, answer.json()["status"]) == (500, 500)


@pytest.mark.parametrize("release", ["no-batch", "no-update-reset", "oldest"])
@pytest.mark.thorough
async def test_a_release_lacks_its_functions_and_answers_empty_404s(
    anew: Anew, subtests: pytest.Subtests, release: Any
) -> None:
    for example in ASKED:
        with subtests.test(example.name):
            async with anew(Options(release=release)) as client:
                answer = await client.request(example.method, example.path, json=example.body)
            expected = (404, b"") if example.name in MISSING[release] else (200, answer.content)
            assert (answer.status_code, answer.content) == expected


async def test_without_a_campaign_all_contacts_are_listed(connect: Connect, store: Store) -> None:
    async with connect() as client:
        everybody = await records(await client.get("/dialler/contacts"))
    assert [row["ID"] for row in everybody] == [contact.id for contact in store.contacts()]


async def test_the_oldest_release_ignores_the_campaign_filter(connect: Connect, store: Store) -> None:
    async with connect(Options(release="oldest")) as client:
        assert len(await records(await client.get("/dialler/contacts?diallerCampaignsID=539"))) == len(store.contacts())
    async with connect() as client:
        assert len(await records(await client.get("/dialler/contacts?diallerCampaignsID=539"))) == 12
        assert await records(await client.get("/dialler/contacts?diallerCampaignsID=1")) == []
