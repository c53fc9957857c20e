"""Reports to keep: a page, a workbook, a table of figures. Each is made from the same sections."""

from collections.abc import Callable, Mapping

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.export.figures_table import csv
from dialler_mcp.reporting.export.page import html
from dialler_mcp.reporting.export.workbook import xlsx
from dialler_mcp.reporting.figures.report import Report

EXPORTS: Mapping[str, Callable[[Report, Language], bytes]] = {
    ".html": lambda report, language: html(report, language).encode(),
    ".xlsx": xlsx,
    ".csv": lambda report, language: csv(report, language).encode(),
}
"""The functions that write a report to a file, by the ending of its name. They block for a second at most."""

__all__ = ["EXPORTS", "csv", "html", "xlsx"]
