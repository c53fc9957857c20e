"""The data of a chart, for tests."""

from typing import Any

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.charts.charts import chart
from dialler_mcp.reporting.figures.report import Report

Spec = dict[str, Any]


def data(name: str, report: Report, language: Language = Language.en) -> list[Spec]:
    return chart(name, report, language)["data"]["values"]
