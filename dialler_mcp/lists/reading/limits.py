"""How much of a list is read."""

from dataclasses import dataclass

MEGABYTE = 1 << 20
MAX_PASTED = 200
"""Rows that an invocation may hold; more belong in a file."""


@dataclass(frozen=True)
class Limits:
    """What a list may need. Nobody's list comes near; a file that was made to do harm does."""

    file_bytes: int = 256 * MEGABYTE
    unpacked_bytes: int = 1024 * MEGABYTE  # of all parts of a spreadsheet that are read, and of the rows made of them
    ratio: int = 200  # unpacked to packed, of one part; 3 to 10 in the spreadsheets of people
    columns: int = 16_384  # as many as a sheet of Excel has
    cell: int = 1_000_000  # characters; a cell of Excel has 32,767
    breaks: int = 50  # line breaks in one record of CSV: more, and a quotation mark was not closed
    keys: int = 1_000  # different fields in the records of a JSON file
    seconds: float = 180.0  # for a spreadsheet as a whole
    memory: int = 1024 * MEGABYTE  # addresses of the process that reads a spreadsheet
