"""The records of an answer in a form of the caller's: at once, or row by row where a value in it is odd."""

import json
from typing import Any

import httpx2
import pytest

from dialler_mcp.api.contacts import batch_request
from dialler_mcp.api.decoding import Form, read_record
from dialler_mcp.api.errors import DiallerError, FunctionMissing, NoRecords, NotJson
from dialler_mcp.domain.records import Contact
from tests.api.wire import MISSING, Wire, html, records


class BatchClient:
    """One batch, and how many of its rows were read one by one."""

    def __init__(self, answer: httpx2.Response) -> None:
        self.wire, self.singly = Wire(answer), 0

    def _read(self, row: object, function: str) -> Contact:
        self.singly += 1
        return read_record(row, Contact, function)

    async def rows(self) -> list[Contact]:
        async with self.wire.dialler() as dialler:
            return await dialler.rows(batch_request([1, 2]), Form(Contact, self._read))


async def test_rows_are_decoded_at_once() -> None:
    client = BatchClient(records({"ID": 1, "New": {"a": 1}}, {"ID": "2", "Name": None}))
    assert [contact.id for contact in await client.rows()] == [1, 2]
    assert client.singly == 0
    assert json.loads(client.wire.request.content) == {"IDList": [1, 2]}


@pytest.mark.parametrize("odd", [{"ID": 2, "Amount": "viel"}, {"ID": 2, "Name": "a\ud83d"}])
async def test_an_odd_value_makes_them_be_read_one_by_one(odd: dict[str, Any]) -> None:
    content = json.dumps({"records": [{"ID": 1}, odd]}).encode()
    client = BatchClient(httpx2.Response(200, content=content))
    assert [contact.id for contact in await client.rows()] == [1, 2]
    assert client.singly == 2


@pytest.mark.parametrize("answer", [records(), httpx2.Response(404, json=MISSING)])
async def test_no_rows_are_no_error(answer: httpx2.Response) -> None:
    assert await BatchClient(answer).rows() == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx2.Response(404), FunctionMissing),
        (html(200), NotJson),
        (httpx2.Response(200, content=b'{"records":[{"ID":1}'), NotJson),
        (httpx2.Response(200, json={"status": 200}), NoRecords),
        (records(1), NoRecords),
    ],
)
async def test_what_is_no_list_of_records_is_an_error(answer: httpx2.Response, kind: type[DiallerError]) -> None:
    with pytest.raises(DiallerError) as error:
        await BatchClient(answer).rows()
    assert type(error.value) is kind
