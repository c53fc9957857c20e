"""The same question asked everywhere: what each tool, prompt, page and file answers, as numbers."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mcp import Client
from mcp_types import TextContent
from python_calamine import CalamineWorkbook

from dialler_mcp.domain.fields import Language
from dialler_mcp.protocol.pages import VIEW_META
from dialler_mcp.reporting.export import EXPORTS, Document
from dialler_mcp.reporting.figures.measure import Unit
from dialler_mcp.reporting.figures.measures import MEASURES
from dialler_mcp.reporting.figures.scope import Scope
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.reports import made
from dialler_mcp.tools.report_view import REPORT_TOOL, VIEW_TOOL
from tests.conftest import Bench, structure_of, text_of
from tests.protocol.test_pages import with_pages

N = r"([\d,]+)"
"""A number, as the places of `elsewhere` write it."""


class Question(NamedTuple):
    """A question and who answers it: whoever shows `measure`, a question in `sql`, and the texts of other places by
    patterns, whose numbers are added up.
    """

    asks: str
    measure: str | None
    sql: str | None
    elsewhere: Mapping[str, str]


Answers = dict[str, int]
"""The answers to one question by the place that gave it."""


async def everywhere(b: Bench, campaign_id: int, questions: Sequence[Question], texts: Iterable[str]) -> list[Answers]:
    """What every place says to each question about a campaign; `texts` are the places to ask beside the report's."""
    report = await _report_everywhere(b, campaign_id)
    async with b.connect() as client:
        values = {place: await _said(client, place, campaign_id) for place in texts}
        counts = await _counted(client, campaign_id, [one.sql for one in questions if one.sql])
    values |= {place: text for place, text in report.items() if isinstance(text, str)}
    answers = list[Answers]()
    for one in questions:
        collection = Answers()
        for place, figure in report.items():
            if one.measure and (n := figure_in(figure, one.measure)) is not None:
                collection[place] = n
        if one.sql:
            collection["query"] = counts[one.sql]
        for place, pattern in one.elsewhere.items():
            if place in values:
                collection[place] = sum(map(_number, re.findall(pattern, values[place], re.MULTILINE)))
        answers.append(collection)
    return answers


FigurePlace = str | Mapping[str, int]
"""A text with figures in words, or the figures by the names of the measures or by what they are called."""


async def _report_everywhere(b: Bench, campaign_id: int) -> dict[str, FigurePlace]:
    """The report on all calls wherever it is shown."""
    values: dict[str, FigurePlace] = {}
    async with with_pages(b, "auto") as client:
        result = await client.call_tool(REPORT_TOOL, {"campaign_ids": [campaign_id]})
        values["report"] = text_of(result)
        view = (result.meta or {})[VIEW_META]
        again = await client.call_tool(VIEW_TOOL, view["request"])
        values["report prompt"] = await _prompt(client, "campaign_report", campaign_id)
    values["live view"] = {one["name"]: one["n"] for one in view["figures"] if one["of"]}
    figures = (again.meta or {})[VIEW_META]["figures"]
    values["report view"] = {one["name"]: one["n"] for one in figures if one["of"]}
    if "Not shown" not in view["charts"].get("days", {"title": ""})["title"]:  # else it says what it leaves out
        values["charts"] = _charts(view["charts"])
    report = made(Invocation(b.profile), [campaign_id], Scope())
    for ending in EXPORTS:
        values[ending] = read_file(ending, EXPORTS[ending](Document(report, Language.en, "a dialler")))
    return values


def _charts(charts: Mapping[str, Any]) -> str:
    """The data of the charts as lines: `won by our calls: 99`. Those of the days are added up."""
    some = [charts[name]["spec"] for name in ("funnel", "left", "days") if name in charts]
    data = [row for spec in some for row in spec["data"]["values"]]
    return "\n".join(f"{row.get('step') or row.get('reason') or row.get('what')}: {row['n']}" for row in data)


def read_file(ending: str, content: bytes | str) -> dict[str, int]:
    """The figures in a file by what they are called there."""
    text = content.decode("utf-8-sig") if isinstance(content, bytes) and ending != ".xlsx" else content
    if isinstance(text, bytes):
        book = CalamineWorkbook.from_filelike(io.BytesIO(text))
        rows = [row for sheet in book.sheet_names for row in book.get_sheet_by_name(sheet).to_python()]
        return {str(row[0]): int(row[2]) for row in rows if len(row) == 5 and isinstance(row[2], float) and row[3]}
    if ending == ".csv":
        rows = [row for row in csv.reader(io.StringIO(text)) if len(row) == 8 and not row[1]]
        return {row[2]: int(row[4]) for row in rows if row[5] not in ("", "0")}
    row = r"<tr><td>([^<]+?)\s*(?:<small[^>]*>[^<]*</small>)?</td><td>[^<]*</td><td class=\"faint\">([\d,]+) / ([\d,]+)"
    cells = re.findall(row, text)
    return {name: _number(n) for name, n, of in cells if of != "0"}


def figure_in(text_or_figures: FigurePlace, name: str) -> int | None:
    """The n of a measure, where it is shown."""
    measure = MEASURES[name]
    if not isinstance(text_or_figures, str):
        return text_or_figures.get(name, text_or_figures.get(measure.words.en))
    words, value = re.escape(measure.words.en), r" [\d.,]+% \(" if measure.unit is Unit.share else " "
    named = re.search(rf"(?:^|[;:,] ){words}{value}{N}", text_or_figures, re.MULTILINE)
    match = named or re.search(
        rf"(?:\(|of ){N} {words}", text_or_figures
    )  # `347 connects`, as the n or the N of another
    return _number(match[1]) if match else None


def _number(text: str) -> int:
    return int(text.replace(",", ""))


async def _said(client: Client, place: str, campaign_id: int) -> str:
    """What a tool says that has the campaign as its argument, or a prompt."""
    if not place.startswith("dialler_"):
        return await _prompt(client, place, campaign_id)
    many = place == "dialler_check_data"
    argument = {"campaign_ids": [campaign_id]} if many else {"campaign_id": campaign_id}
    result = await client.call_tool(place, argument)
    text, answer = text_of(result), structure_of(result)
    if many:  # its rows are lines here, whatever they have in common: `marked_invalid: 8/300`
        rows = [dict(zip(answer["columns"], row, strict=True)) | answer.get("same", {}) for row in answer["rows"]]
        text = "\n".join([text, *(f"{row['check']}: {row['contacts']}" for row in rows)])
    return text


async def _prompt(client: Client, name: str, campaign_id: int) -> str:
    (message,) = (await client.get_prompt(name, {"campaign": str(campaign_id)})).messages
    assert isinstance(message.content, TextContent)
    return message.content.text


async def _counted(client: Client, campaign_id: int, questions: Sequence[str]) -> dict[str, int]:
    """The answers to questions in SQL that count something."""
    columns = ", ".join(f"({sql}) AS c{place}" for place, sql in enumerate(questions))
    result = await client.call_tool("dialler_query", {"sql": f"SELECT {columns}", "campaign_ids": [campaign_id]})
    assert result.structured_content is not None, text_of(result)
    assert not result.is_error, text_of(result)
    (row,) = result.structured_content["rows"]
    return dict(zip(questions, row, strict=True))


def printed(questions: Sequence[Question], answers: Sequence[Answers]) -> str:
    """The questions with their answers, a line each: `7 agreed callbacks … 18: report, list_callbacks, …`."""
    lines = list[str]()
    for number, (question, figures) in enumerate(zip(questions, answers, strict=True), 1):
        by_value = dict[int, list[str]]()
        for place, value in figures.items():
            by_value.setdefault(value, []).append(place.removeprefix("dialler_"))
        text = "; ".join(f"{value}: {', '.join(places)}" for value, places in by_value.items())
        lines.append(f"{number}. {question.asks} {text}")
    return "\n".join(lines)
