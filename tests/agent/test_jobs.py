"""Jobs as an agent does them, call by call, on the sandbox: what they change, when, and what reading them costs.

`jobs.toml` holds them. An argument such as `$0.rows.0.0` is what answer 0 says at `rows.0.0`. Only a call marked with
`changes` may change anything on the dialler: a preview, a question and a refusal must leave it as it was.
"""

import json
import tomllib
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp_types import CallToolResult

from dialler_mcp.sandbox import Store
from tests.conftest import Bench, text_of
from tests.examples import rest_thorough
from tests.shared_snapshots import report_on_what_is_there
from tests.tokens import tokens
from tests.tools.asking import WINBACK

JOBS: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("jobs.toml").read_text(encoding="utf-8"))["job"]


def looked_up(value: object, answers: list[CallToolResult]) -> object:
    """The value, or what an earlier answer says if it points there."""
    if not isinstance(value, str) or not value.startswith("$"):
        return value
    number, *path = value[1:].split(".")
    return reduce(step_into, path, answers[int(number)].structured_content)


def step_into(holder: Any, key: str) -> Any:
    return holder[key] if key in holder else holder[int(key)]


def cost(answer: CallToolResult) -> int:
    """Tokens of the dearer form: some hosts show the text, some the structure."""
    structure = json.dumps(answer.structured_content, ensure_ascii=False, separators=(",", ":"))
    return max(tokens(text_of(answer)), tokens(structure) if answer.structured_content else 0)


async def made(client: Client, call: dict[str, Any], answers: list[CallToolResult]) -> CallToolResult:
    """One recorded call; what it must say is in the text that the model reads."""
    arguments = {name: looked_up(value, answers) for name, value in call.get("with", {}).items()}
    answer = await client.call_tool(f"dialler_{call['tool']}", arguments)
    text = text_of(answer)
    assert bool(answer.is_error) is call.get("fails", False), text
    for words in call.get("says", ()):
        assert words in text, text
    return answer


def check_end(store: Store, end: dict[str, Any]) -> None:
    """The state of the dialler after the job: contacts by ID and field, and which contacts and campaigns there are."""
    for key, values in end.get("contacts", {}).items():
        contact = store.contact(int(key))
        assert contact is not None
        assert {name: getattr(contact, name) for name in values} == values
    assert [key for key in end.get("gone", ()) if store.contact(key)] == []
    for name, contacts in end.get("campaigns", {}).items():
        campaign = store.campaign_named(name)
        assert campaign is not None, name
        assert len(store.contacts(campaign.id)) == contacts
    assert [name for name in end.get("gone_campaigns", ()) if store.campaign_named(name)] == []
    for key, count in end.get("with_key", {}).items():
        assert len(store.contacts_by_user_data([key])) == count


ON_COPIES = {"campaign_report", "query"}  # all of Winback


@pytest.mark.usefixtures("quick_questions")
@pytest.mark.parametrize("job", rest_thorough(JOBS, quick=8), ids=[job["asked"] for job in JOBS])
@pytest.mark.everyone
async def test_a_job(bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch, era: str, job: dict[str, Any]):
    report_on_what_is_there(monkeypatch)
    b = bench(read=[WINBACK] if ON_COPIES & {call["tool"] for call in job["calls"]} else ())
    answers: list[CallToolResult] = []
    writes = b.store.writes
    async with b.connect(era) as client:
        for call in job["calls"]:
            answers.append(await made(client, call, answers))
            before, writes = writes, b.store.writes
            assert (writes != before) is call.get("changes", False), text_of(answers[-1])
    check_end(b.store, job.get("end", {}))
    cost_of_all = sum(map(cost, answers))
    assert cost_of_all <= job["tokens"], f"{cost_of_all} tokens"


def test_there_are_jobs_of_every_kind():
    calls = [call for job in JOBS for call in job["calls"]]
    assert len(JOBS) >= 12
    assert {"confirm" in call.get("with", {}) for call in calls if call.get("changes")} == {True, False}
    assert any(call.get("fails") for call in calls)
    assert all(len(job["calls"]) <= 5 for job in JOBS)
