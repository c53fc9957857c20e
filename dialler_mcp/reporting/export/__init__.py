"""Reports to keep: a page, a workbook, a table of figures. Each is made from the same sections."""

from collections.abc import Callable, Mapping

from dialler_mcp.reporting.export.document import Document
from dialler_mcp.reporting.export.figures_table import csv
from dialler_mcp.reporting.export.page import html
from dialler_mcp.reporting.export.workbook import xlsx

EXPORTS: Mapping[str, Callable[[Document], bytes]] = {
    ".html": lambda document: html(document).encode(),
    ".xlsx": xlsx,
    ".csv": lambda document: csv(document).encode(),
}
"""The functions that write a report to a file, by the ending of its name. They block for a second at most."""

__all__ = ["EXPORTS", "Document", "csv", "html", "xlsx"]
