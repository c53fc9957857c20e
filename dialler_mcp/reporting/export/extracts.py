"""The formats of an extract."""

from collections.abc import Callable, Mapping
from pathlib import Path

from dialler_mcp.reporting.export.extract import Extract
from dialler_mcp.reporting.export.extract_parquet import write_parquet
from dialler_mcp.reporting.export.extract_text import write_csv, write_jtel
from dialler_mcp.reporting.export.extract_workbook import write_xlsx

WRITERS: Mapping[str, Callable[[Extract, Path], int]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "parquet": write_parquet,
    "jtel": write_jtel,
}
"""The functions that write an extract to a new file and say how many rows it has, by format. They block."""
