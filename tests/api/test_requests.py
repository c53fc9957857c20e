"""What goes over the wire, and what a refusal becomes."""

import logging
from typing import Any
from urllib.parse import parse_qsl, unquote

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.api.errors import (
    BadRequest,
    Conflict,
    DiallerError,
    Forbidden,
    FunctionMissing,
    NoRecords,
    NotDialler,
    NotFound,
    NotJson,
    OutcomeUnknown,
    ServerFault,
    Unauthorized,
)
from dialler_mcp.api.requests import Request
from tests.api.wire import MISSING, Wire, html, records, refusal, sent

KEYS = [
    "Winback Herbst/2020",
    "50% & Co.",
    "a+b=c?d#e",
    "Käthe Müßig",
    "🦊 Fuchs",
    "/../",
    "..",
    "%2F%25",
    '"quoted"\\',
    "line\nbreak\ttab",
    "x;y&name=z",
    " padded ",
    "",
]
WRITE = Request("Update a Dialler Contact", "POST", "/dialler/contacts/update", values={"ID": 1})
READ = Request("Retrieve a specific Dialler Contact by ID", "GET", "/dialler/contacts/1")


def query_of(request: httpx2.Request) -> dict[str, str]:
    raw = request.url.raw_path.decode("ascii").partition("?")[2]
    return dict(parse_qsl(raw, keep_blank_values=True, strict_parsing=True))


@pytest.mark.parametrize("key", KEYS)
async def test_a_value_reaches_the_dialler_as_it_was_given(key: str) -> None:
    wire = Wire(records(), records(), records({"ID": 1}))
    async with wire.dialler() as dialler:
        await dialler.find_contacts_by_user_data(key)
        await dialler.find_campaigns_by_name(key)
        await dialler.update_contact({"UserData": key})
    by_key, by_name, update = wire.requests
    assert query_of(by_key) == {"userData": key}
    assert query_of(by_name) == {"name": key}
    assert by_key.url.raw_path.startswith(b"/rest/v1.0/1/dialler/contacts/contact?")
    assert sent(update) == {"UserData": key}


async def test_what_means_something_in_a_url_is_encoded() -> None:
    wire = Wire(records())
    async with wire.dialler() as dialler:
        await dialler.find_campaigns_by_name("Winback Herbst/2020 + 50% & Ü")
    assert wire.request.url.query == b"name=Winback%20Herbst%2F2020%20%2B%2050%25%20%26%20%C3%9C"


@given(st.text(), st.text())
def test_any_text_survives_percent_encoding(first: str, second: str) -> None:
    target = Request("F", "GET", "/p", {"first": first, "second": second}).target().decode("ascii")
    path, _, query = target.partition("?")
    assert path == "/p"
    assert parse_qsl(query, keep_blank_values=True, strict_parsing=True) == [("first", first), ("second", second)]
    assert [unquote(pair.partition("=")[2], errors="strict") for pair in query.split("&")] == [first, second]


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (False, "false"), (7, "7"), (-1, "-1")])
def test_flags_and_numbers_are_written_as_the_dialler_reads_them(value: bool | int, text: str) -> None:
    assert Request("F", "GET", "/p", {"x": value}).target() == f"/p?x={text}".encode()


@pytest.mark.parametrize("path", ["", "/", "/base%2Fpath/1"])
async def test_the_path_of_the_base_url_is_kept(path: str) -> None:
    wire = Wire(records())
    async with wire.dialler(f"https://dialler.example{path.rstrip('/')}/1/") as dialler:
        await dialler.list_campaigns()
    assert wire.request.url.raw_path.decode() == f"{path.rstrip('/')}/1/dialler/campaigns"


async def test_a_text_that_is_no_unicode_is_refused_before_anything_is_sent() -> None:
    wire = Wire()
    async with wire.dialler() as dialler:
        for use in (dialler.find_contacts_by_user_data("\ud800"), dialler.update_contact({"ID": 1, "City": "\ud800"})):
            with pytest.raises(BadRequest, match="not valid Unicode") as error:
                await use
            assert "Nothing was changed" in str(error.value)
    assert wire.requests == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal(400, "Name missing"), BadRequest),
        (refusal(401, "unknown token"), Unauthorized),
        (httpx2.Response(401), Unauthorized),
        (html(401), Unauthorized),
        (refusal(404, "Dialler contact not found"), NotFound),
        (httpx2.Response(404, json={}), NotDialler),
        (httpx2.Response(404), FunctionMissing),
        (httpx2.Response(404, content=b" \r\n"), FunctionMissing),
        (httpx2.Response(405), FunctionMissing),
        (httpx2.Response(501), FunctionMissing),
        (html(404), NotJson),
        (refusal(409, "exists"), Conflict),
        (refusal(500, "internal"), ServerFault),
        (httpx2.Response(500), ServerFault),
        (html(500), NotJson),
        (html(403), Forbidden),
        (refusal(403, "no"), Forbidden),
        (httpx2.Response(200, content=b""), NotJson),
        (httpx2.Response(200, content=b'{"records":['), NotJson),
        (httpx2.Response(200, content=b'\xff{"records":[]}'), NotJson),
        (html(200), NotJson),
        (httpx2.Response(200, json=[]), NoRecords),
        (httpx2.Response(200, json={"records": None}), NoRecords),
        (httpx2.Response(200, json={"records": {"ID": 1}}), NoRecords),
        (httpx2.Response(200, json={"records": [1]}), NoRecords),
        (httpx2.Response(200, json={"status": 200}), NoRecords),
    ],
)
async def test_a_read_has_a_clear_error_for_every_odd_answer(answer: httpx2.Response, kind: type[DiallerError]) -> None:
    async with Wire(answer).dialler() as dialler:
        with pytest.raises(DiallerError) as error:
            await dialler.get_contact(1)
    assert type(error.value) is kind
    assert error.value.status == answer.status_code


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal(400, "Name missing"), BadRequest),
        (refusal(409, "exists"), Conflict),
        (html(413), NotJson),
        (refusal(500, "internal"), ServerFault),
        (httpx2.Response(500), OutcomeUnknown),
        (html(500), OutcomeUnknown),
        (html(200), OutcomeUnknown),
        (httpx2.Response(200, content=b""), OutcomeUnknown),
        (httpx2.Response(200, content=b'{"records":['), OutcomeUnknown),
        (httpx2.Response(200, json={"status": 200}), OutcomeUnknown),
        (httpx2.Response(200, json={"records": [None]}), OutcomeUnknown),
        (records(), OutcomeUnknown),
    ],
)
async def test_a_write_that_may_have_worked_is_unknown_and_never_called_a_failure(
    answer: httpx2.Response, kind: type[DiallerError]
) -> None:
    async with Wire(answer).dialler() as dialler:
        with pytest.raises(DiallerError) as failure:
            await dialler.import_contact({"Name": "Muster"}, overwrite_duplicates=False)
    error = failure.value
    assert type(error) is kind
    if kind is ServerFault:
        assert "read the record before you repeat it" in error.hint.en
    if kind is OutcomeUnknown:
        assert "Read the record first" in error.hint.en


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"<!doctype html>", "an HTML page"), (b"", "is empty"), (b"  <h1>", "an HTML page"), (b"oops", "damaged JSON")],
)
async def test_what_is_unreadable_is_named(content: bytes, words: str) -> None:
    async with Wire(httpx2.Response(200, content=content)).dialler() as dialler:
        with pytest.raises(NotJson, match=words):
            await dialler.get_contact(1)


@pytest.mark.parametrize("answer", [refusal(404, "Dialler contact not found"), records()])
async def test_no_match_is_none_whether_404_or_empty(answer: httpx2.Response) -> None:
    body = answer.content
    wire = Wire(*[httpx2.Response(answer.status_code, content=body) for _ in range(4)])
    async with wire.dialler() as dialler:
        assert await dialler.find_contacts_by_user_data("none") == []
        assert await dialler.get_contact_history(1) == []
        assert [contact async for contact in dialler.list_contacts(999)] == []
        with pytest.raises(NotFound) as error:
            await dialler.get_contact(1)
    assert error.value.status == 404


SENT: dict[str, Any] = {
    "Name": "Mustermann-Schulze",
    "UserData": "Winback Herbst/2020",
    "PhoneNumber1": "493023125012",
    "Amount": 1234.5,
    "Title": "Dr",
    "Comment": "",
}


@pytest.mark.parametrize("value", [str(value) for value in SENT.values() if value])
async def test_a_value_that_was_sent_is_cut_out_of_the_reason(value: str) -> None:
    reason = f"field is wrong: '{value}', {value.upper()}"
    async with Wire(refusal(400, reason)).dialler() as dialler:
        with pytest.raises(BadRequest) as error:
            await dialler.import_contact(SENT, overwrite_duplicates=True)
    assert error.value.reason == "field is wrong: '…', …"


async def test_values_in_path_query_and_lists_are_cut_out_too() -> None:
    wire = Wire(
        refusal(400, "no contact 215220 (2152201)"),
        refusal(400, "no Winback%20Herbst%2F2020 at ?userData=Winback%20Herbst%2F2020"),
        refusal(400, "unknown: Contact10, 4711, Li; Linz and 17 remain"),
    )
    async with wire.dialler() as dialler:
        with pytest.raises(BadRequest) as by_id:
            await dialler.get_contact(215220)
        with pytest.raises(BadRequest) as by_key:
            await dialler.find_contacts_by_user_data("Winback Herbst/2020")
        with pytest.raises(BadRequest) as batch:
            await dialler.get_contacts([4711], ["Contact10", "Li"])
    assert by_id.value.reason == "no contact … (…1)"
    assert by_key.value.reason == "no … at ?userData=…"
    assert batch.value.reason == "unknown: …, …, …; Linz and 17 remain"


async def test_a_reason_is_one_short_clean_line() -> None:
    async with Wire(refusal(400, "first\u202e\x07 line\nsecond " + "x" * 900)).dialler() as dialler:
        with pytest.raises(BadRequest) as error:
            await dialler.list_campaigns()
    assert error.value.reason.startswith("first line second xxx")
    assert len(error.value.reason) == 200


@pytest.mark.parametrize("answer", [{"status": 400}, {"error": None}, {"error": {"text": "x"}}, {"error": ""}])
async def test_a_refusal_without_a_reason_has_none(answer: dict[str, object]) -> None:
    async with Wire(httpx2.Response(400, json=answer)).dialler() as dialler:
        with pytest.raises(BadRequest) as error:
            await dialler.list_campaigns()
    assert error.value.reason == ""
    assert "The dialler says" not in str(error.value)


@pytest.mark.parametrize(
    "failure",
    [
        httpx2.ConnectError("refused"),
        httpx2.ReadError("cut"),
        httpx2.ReadTimeout("slow"),
        httpx2.Response(404, json=MISSING),
        httpx2.Response(302, headers={"location": "https://elsewhere.example/?userData=Geheimnis"}),
        httpx2.Response(200, content=b'{"records": Geheimnis'),
        httpx2.Response(400, json={"error": "Geheimnis"}),
    ],
)
async def test_no_value_and_no_token_is_in_an_error_or_in_our_log(
    failure: httpx2.Response | Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wire = Wire(*[failure] * 3)
    async with wire.dialler() as dialler:
        with pytest.raises(DiallerError) as error:
            await dialler.delete_contact_by_user_data("Geheimnis")
    for text in (str(error.value), repr(error.value), error.value.reason, *error.value.hint, *error.value.summary):
        assert "Geheimnis" not in text
        assert "secret-token" not in text
    ours = [record for record in caplog.records if record.name.startswith("dialler_mcp")]
    assert not any("Geheimnis" in record.getMessage() for record in ours)


def test_only_what_changes_something_counts_as_a_write() -> None:
    assert WRITE.writes
    assert not READ.writes
    assert not Request("Retrieve Dialler Contacts (Batch)", "POST", "/dialler/contacts", reads=True).writes
    assert READ.content is None
    assert READ.headers() == {}
