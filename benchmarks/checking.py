"""The whole check of a list: seconds, CPU and peak memory, beside a bare pass of `csv` over the same file.

python benchmarks/checking.py --rows 1000000 --existing 0 [--xlsx]

Each way runs in a process of its own. Numbers, keys and names differ in nearly every row, so that nothing is saved by
looking a text up that was seen before.
"""

import argparse
import csv
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from dialler_mcp.domain.contact_state import State
from dialler_mcp.lists.checking.check import check
from dialler_mcp.lists.checking.options import Options
from dialler_mcp.lists.checking.people import Record, existing_of
from dialler_mcp.lists.columns.mapping import map_of, proposed
from dialler_mcp.lists.reading.table import read

COLUMNS = (
    *("Kd-Nr", "Anrede", "Vorname", "Nachname", "Straße", "PLZ", "Ort", "Telefon", "Mobil", "E-Mail", "Betrag"),
    *("Vertragsende", "Bemerkung", "Referenz"),
)
FIRST_ID = 1_000_000
# The ranges of numbers for films, with further digits: no range is large enough.
FORMS = ("030 23125{}", "+49 69 90009{}", "040/66969{}", "0049 89 99998{}", "0221/4710{}")
PHONES, MOBILES = 80_000, 20_000
"""Numbers of each form. There are no more, so from 400,000 rows on people share them: of a million rows, two or three
each.
"""


def people(count: int) -> Iterator[Sequence[str]]:
    """A list of so many people: one in five with a second number, one in a hundred with a wrong one."""
    chance = random.Random(1)
    yield COLUMNS
    for number in range(count):
        phone = FORMS[number % 5].format(f"{number // 5 % PHONES:05}") if number % 100 else "unbekannt"
        mobile = FORMS[number // 5 % 5].format(PHONES + number // 25 % MOBILES) if number % 5 == 0 else ""
        name = f"{chance.choice('ABDFGHK')}{chance.choice(['erg', 'öhler', 'usch'])}{number % 50_000}"
        yield (
            *(f"K{number}", "Frau", f"Vor{number % 900}", name, f"Weg {number % 200}", f"{number % 90_000:05}"),
            *("Köln", phone, mobile, f"k{number}@example.org", "1.234,50", "31.12.2026", "", f"R-{number}"),
        )


def made(path: Path, count: int, *, shared_texts: bool) -> None:
    """The list as a file, whose name says in which format."""
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows(people(count))
        return
    # With constant memory it writes each text into its cell; else, as Excel does, into a table of shared texts.
    workbook: Any = import_module("xlsxwriter").Workbook(path, {"constant_memory": not shared_texts})  # it has no types
    with workbook:
        sheet = workbook.add_worksheet()
        for line, row in enumerate(people(count)):
            for column, cell in enumerate(row):
                sheet.write_string(line, column, cell)


def records(count: int) -> Iterator[Record]:
    for number in range(count):
        numbers = [f"4930231{number:07}"]
        yield Record(FIRST_ID + number, 8, f"B{number}", f"Name{number}", None, numbers, State.open)


def measured(way: str, path: Path, existing: int) -> str:
    """Run one way and say what it took."""
    start = time.perf_counter()
    if way == "csv":
        with path.open(encoding="utf-8", newline="") as file:
            said = f"{sum(1 for _ in csv.reader(file, delimiter=';')) - 1:,} rows"
    else:
        contacts = existing_of(records(existing))
        built = time.perf_counter() - start
        start = time.perf_counter()
        table = read(path, name=path.name)
        checked = check(table, map_of(proposed(table)), contacts, Options(campaign_id=7))
        said = f"{checked.rows:,} rows, {dict(checked.kinds)}; index of {existing:,} built in {built:.1f} s"
    seconds = time.perf_counter() - start
    used = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    own, child = (resource.getrusage(who).ru_maxrss >> 10 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return f"{way}: {seconds:.1f} s, CPU in all {used:.1f} s, {own} MB, {child} MB in the child that reads; {said}"


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--existing", type=int, default=0)
    parser.add_argument("--xlsx", action="store_true")
    parser.add_argument("--shared-texts", action="store_true", help="of an XLSX: as Excel writes it")
    parser.add_argument("--way", choices=("csv", "check"))
    parser.add_argument("--file", type=Path)
    chosen = parser.parse_args(arguments)
    if chosen.way:
        print(measured(chosen.way, chosen.file, chosen.existing))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("list.xlsx" if chosen.xlsx else "list.csv")
        made(path, chosen.rows, shared_texts=chosen.shared_texts)
        usual = [sys.executable, __file__, "--file", str(path), "--existing", str(chosen.existing)]
        for way in ("check",) if chosen.xlsx else ("csv", "check"):
            subprocess.run([*usual, "--way", way], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
