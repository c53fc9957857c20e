"""Questions over a real snapshot, in a process of their own; and what tries to break out or to go on for ever."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.reporting.errors import NoSnapshot
from dialler_mcp.reporting.questions import asking as questions
from dialler_mcp.reporting.questions.asking import Rows, WrongQuestion, ask
from dialler_mcp.reporting.snapshot.snapshots import MAX_QUESTIONS
from tests.reporting.house import CAMPAIGN, OTHER, House


@pytest.fixture
def house(read_house: House) -> House:
    return read_house


async def told(house: House, sql: str, seconds: float = 10, grace: float = 5) -> Rows:
    return await ask(house.snapshots, [CAMPAIGN], sql, seconds=seconds, grace=grace)


@pytest.mark.thorough
async def test_a_question_is_answered_from_the_views_of_several_campaigns(house: House):
    sql = "SELECT campaign_id, count(*) AS n FROM contacts GROUP BY ALL ORDER BY ALL"
    answer = await ask(house.snapshots, [CAMPAIGN, OTHER], sql)
    rows = ((CAMPAIGN, 420), (OTHER, 300))
    assert answer == Rows(("campaign_id", "n"), ("BIGINT", "BIGINT"), (False, False), rows, more=False)
    house.asked()
    assert len((await ask(house.snapshots, [OTHER], "FROM contacts", limit=500)).rows) == 200
    assert house.asked() == []


@pytest.mark.thorough
async def test_the_answer_is_that_of_the_snapshot_itself(house: House):
    sql = "SELECT outcome, count(*), avg(talk_seconds) FROM calls WHERE attempt GROUP BY ALL ORDER BY ALL"
    assert [list(row) for row in (await told(house, sql)).rows] == [list(row) for row in house.figures(sql)]


class Slow:
    """Answers no question before it is told to, and counts how many are under way."""

    def __init__(self) -> None:
        self.now = self.most = self.answered = 0
        self.go, self.busy = asyncio.Event(), asyncio.Event()

    async def outcome(self, *_: object) -> questions.Outcome:
        self.now += 1
        self.most = max(self.most, self.now)
        if self.now == MAX_QUESTIONS:
            self.busy.set()
        await self.go.wait()
        self.now -= 1
        self.answered += 1
        return {"found": {"columns": ["x"], "types": ["INTEGER"], "foreign": [False], "rows": [[1]], "more": False}}


@pytest.mark.thorough
async def test_two_questions_are_answered_at_a_time_and_the_others_wait(house: House, monkeypatch: pytest.MonkeyPatch):
    slow = Slow()
    monkeypatch.setattr(questions, "_outcome", slow.outcome)
    async with asyncio.TaskGroup() as group:
        for _ in range(12):
            group.create_task(told(house, "SELECT 1"))
        await slow.busy.wait()
        slow.go.set()
    assert (slow.most, slow.answered) == (2, 12)


async def test_a_question_that_waits_too_long_for_others_is_told_so(house: House, monkeypatch: pytest.MonkeyPatch):
    slow = Slow()
    monkeypatch.setattr(questions, "_outcome", slow.outcome)
    others = [asyncio.create_task(told(house, "SELECT 1")) for _ in range(2)]
    await slow.busy.wait()
    monkeypatch.setattr(questions, "WAITING", 0.0)
    with pytest.raises(WrongQuestion, match="Other questions are being answered"):
        await told(house, "SELECT 1")
    slow.go.set()
    await asyncio.gather(*others)
    assert (await told(house, "SELECT 1")).rows == ((1,),)


@pytest.mark.usefixtures("quick_questions")
async def test_bank_columns_are_not_there_and_numbers_are_masked_by_the_privacy_level(build: Callable[..., House]):
    house = build(privacy=Privacy.masked)
    await house.snapshots.refresh([CAMPAIGN], budget_seconds=100)
    answer = await told(house, "SELECT phone_number1 FROM contacts WHERE phone_number1 > '' LIMIT 9")
    assert all("…" in number for (number,) in answer.rows)
    with pytest.raises(WrongQuestion, match="hidden at the privacy level"):
        await told(house, "SELECT account_iban FROM contacts")


async def test_a_campaign_that_was_not_read_is_told(build: Callable[..., House]):
    with pytest.raises(NoSnapshot):
        await told(build(), "SELECT 1")


@pytest.mark.usefixtures("quick_questions")
async def test_a_file_that_is_replaced_meanwhile_is_looked_for_again(house: House, monkeypatch: pytest.MonkeyPatch):
    paths = list[Path]()
    making = questions.making_of

    def replaced(*arguments: Any) -> tuple[list[str], str]:
        statements, zone = making(*arguments)
        paths.append(Path())
        return ([s.replace(".duckdb'", ".gone'") for s in statements] if len(paths) < 2 else statements), zone

    monkeypatch.setattr(questions, "making_of", replaced)
    assert (await told(house, "SELECT 1")).rows == ((1,),)
    assert len(paths) == 2

    def gone(*_: object) -> tuple[list[str], str]:
        return ["ATTACH 'gone' AS c1 (READ_ONLY)"], "UTC"

    monkeypatch.setattr(questions, "making_of", gone)
    with pytest.raises(NoSnapshot):
        await told(house, "SELECT 1")


@pytest.mark.parametrize(
    ("sql", "words"), [("SELECT '" + "x" * 10_000 + "'", "at most 10,000 characters"), ("SELECT '\0'", "a character")]
)
async def test_a_text_that_is_no_question_is_refused_at_once(house: House, sql: str, words: str):
    with pytest.raises(WrongQuestion, match=words):
        await told(house, sql)


ENDLESS = {
    "recursion": "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
    "doubling": "WITH RECURSIVE r AS (SELECT 'x' AS a UNION ALL SELECT a || a FROM r) SELECT max(length(a)) FROM r",
    "doubled lists": "WITH RECURSIVE r AS (SELECT [1] AS a UNION ALL SELECT list_concat(a, a) FROM r) FROM r",
    "growing texts": "SELECT length(replace(a, 'a', a)) FROM (SELECT string_agg('a', '') AS a FROM range(300000))",
    "one endless value": "SELECT levenshtein(a, a || 'b') FROM (SELECT string_agg('a', '') AS a FROM range(300000))",
    "cross join": "SELECT count(*) FROM range(100000000) a, range(100000000) b",
    "join of all": "SELECT count(*) FROM calls a, calls b, calls c WHERE hash(a.call_id + b.call_id + c.call_id) = 0",
    "long range": "SELECT sum(range) FROM range(1000000000000)",
    "quantile": "SELECT approx_quantile(hash(range), 0.5) FROM range(100000000000)",
    "distinct": "SELECT count(DISTINCT hash(range)) FROM range(1000000000)",
    "large list": "SELECT length(list(range)) FROM range(1000000000)",
    "large text": "SELECT length(string_agg(range::VARCHAR, ',')) FROM range(1000000000)",
    "large groups": "SELECT max(n) FROM (SELECT hash(range) h, count(*) n FROM range(1000000000) GROUP BY h)",
    "large sort": "SELECT sum(s) FROM (SELECT row_number() OVER (ORDER BY hash(range)) s FROM range(100000000))",
    "large window": "SELECT median(range) OVER (ORDER BY range ROWS 1000000 PRECEDING) FROM range(100000000)",
    "planned for ever": "WITH t0 AS (SELECT 1 AS x), "
    + ", ".join(f"t{n} AS NOT MATERIALIZED (FROM t{n - 1} UNION ALL FROM t{n - 1})" for n in range(1, 30))
    + " SELECT count(*) FROM t29",
    "brackets": "SELECT " + "(" * 4_900 + "1" + ")" * 4_900,
    "lists in lists": "SELECT " + "[" * 4_900 + "1" + "]" * 4_900,
    "minus": "SELECT " + "- " * 4_900 + "1",
    "not": "SELECT " + "NOT " * 2_400 + "true",
    "sum": "SELECT " + "1+" * 4_900 + "1",
    "selects": "SELECT * FROM " + "(SELECT * FROM " * 600 + "contacts" + ")" * 600,
    "subqueries": "SELECT " + "(SELECT " * 1_000 + "1" + ")" * 1_000,
    "cases": "SELECT " + "CASE WHEN true THEN " * 390 + "1" + " END" * 390,
    "grouping sets": "SELECT count(*) FROM contacts GROUP BY CUBE ("
    + ", ".join(f"contact_id % {n + 2}" for n in range(25))
    + ")",
    "joined with itself": "SELECT count(*) FROM " + ", ".join(f"calls c{n}" for n in range(200)),
}

# The others are also ended in time in the process itself (test_process.py); this one has to be ended from outside.
OF_EACH_KIND = ("growing texts",)


@pytest.mark.parametrize(
    "name", [name if name in OF_EACH_KIND else pytest.param(name, marks=pytest.mark.thorough) for name in ENDLESS]
)
async def test_what_does_not_end_is_ended_and_leaves_no_process(
    house: House, name: str, monkeypatch: pytest.MonkeyPatch
):
    processes = list[asyncio.subprocess.Process]()
    start = asyncio.create_subprocess_exec

    async def counted(*arguments: Any, **more: Any) -> asyncio.subprocess.Process:
        processes.append(await start(*arguments, **more))
        return processes[-1]

    monkeypatch.setattr(questions.asyncio, "create_subprocess_exec", counted)
    with pytest.raises(WrongQuestion, match=r"took too long|too much memory|nested too deeply|valid SQL"):
        await told(house, ENDLESS[name], seconds=0.5, grace=2)
    (process,) = processes
    assert process.returncode is not None


HARMLESS = {
    "pattern": "SELECT count(*) FROM contacts WHERE regexp_matches(coalesce(comment, '') || '"
    + "a" * 5_000
    + "', '(a+)+(a|aa)+$b')",
    "filter": "SELECT count(*) FROM range(100000) t(x) WHERE hash(x) % 2 = 0",
    "sort": "SELECT range FROM range(10000000) ORDER BY hash(range)",
    "long range": "SELECT range FROM range(100000000000)",
    "join of all": "SELECT a.call_id FROM calls a, calls b, calls c",
    "unions": "SELECT " + " UNION ALL SELECT ".join("1" for _ in range(400)),
}


@pytest.mark.parametrize(
    "name", [name if name == "sort" else pytest.param(name, marks=pytest.mark.thorough) for name in HARMLESS]
)
async def test_what_only_looks_dangerous_is_answered(house: House, name: str):
    assert (await told(house, HARMLESS[name])).rows


@pytest.mark.usefixtures("quick_questions")
@pytest.mark.thorough
async def test_what_only_looks_dangerous_is_answered_also_without_a_process(house: House):
    for name, sql in HARMLESS.items():
        assert name == "sort" or (await told(house, sql)).rows, name


async def test_a_process_that_breaks_down_is_told_and_the_next_question_is_answered(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patch:
        patch.setattr(questions, "PROCESS", "dialler_mcp.no_such_module")
        with pytest.raises(WrongQuestion):
            await told(house, "SELECT 1")
    assert (await told(house, "SELECT 1")).rows == ((1,),)


async def test_nobody_waits_and_the_process_is_gone(house: House, monkeypatch: pytest.MonkeyPatch):
    beginning = asyncio.Event()
    processes = list[asyncio.subprocess.Process]()
    start = asyncio.create_subprocess_exec

    async def seen(*arguments: Any, **more: Any) -> asyncio.subprocess.Process:
        processes.append(await start(*arguments, **more))
        beginning.set()
        return processes[0]

    monkeypatch.setattr(questions.asyncio, "create_subprocess_exec", seen)
    asking = asyncio.ensure_future(told(house, ENDLESS["recursion"]))
    await beginning.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert processes[0].returncode is not None


@pytest.mark.usefixtures("quick_questions")
@pytest.mark.thorough
async def test_no_error_shows_where_the_files_lie(house: House):
    for sql in (
        "FROM duckdb_databases()",
        "FROM c538.about",
        "COPY contacts TO 'x.csv'",
        "SELECT getenv('HOME')",
        "SELECT x FROM",
    ):
        with pytest.raises(WrongQuestion) as error:
            await told(house, sql)
        assert str(house.directory) not in str(error.value), sql
        assert ".duckdb" not in str(error.value), sql
