"""The check of a list, row by row: seconds, CPU and peak memory, beside a bare pass of `csv` over the same file.

python benchmarks/checking.py --rows 1000000 --existing 0

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
from pathlib import Path

from dialler_mcp.domain.contact_state import State
from dialler_mcp.lists.checking.check import check
from dialler_mcp.lists.checking.options import Options
from dialler_mcp.lists.checking.people import Record, existing_of
from dialler_mcp.lists.columns.mapping import map_of, proposed
from dialler_mcp.lists.reading.table import Row

COLUMNS = (
    *("Kd-Nr", "Anrede", "Vorname", "Nachname", "Straße", "PLZ", "Ort", "Telefon", "Mobil", "E-Mail", "Betrag"),
    *("Vertragsende", "Bemerkung", "Referenz"),
)
FIRST_ID = 1_000_000
# The ranges of numbers for films, with further digits: no range is large enough.
FORMS = ("030 23125{}", "+49 69 90009{}", "040/66969{}", "0049 89 99998{}")
MOST = 50_000  # numbers of each form; from 200,000 rows on, two people share one


class Delimited:
    """A file of delimited text, read as it is asked for."""

    columns = COLUMNS

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self) -> Iterator[Row]:
        with self._path.open(encoding="utf-8", newline="") as file:
            lines = csv.reader(file, delimiter=";")
            next(lines)
            for line, cells in enumerate(lines, 2):
                yield Row(line, cells, None)


def made(path: Path, count: int) -> None:
    """A list of so many people: one in five with a second number, one in a hundred with a wrong one."""
    chance = random.Random(1)
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, delimiter=";")
        lines.writerow(COLUMNS)
        for number in range(count):
            phone = FORMS[number % 4].format(f"{number // 4 % MOST:05}") if number % 100 else "unbekannt"
            mobile = FORMS[number // 5 % 4].format(MOST + number // 20 % MOST) if number % 5 == 0 else ""
            name = f"{chance.choice('ABDFGHK')}{chance.choice(['erg', 'öhler', 'usch'])}{number % 50_000}"
            lines.writerow(
                (
                    *(f"K{number}", "Frau", f"Vor{number % 900}", name, f"Weg {number % 200}", f"{number % 90_000:05}"),
                    *("Köln", phone, mobile, f"k{number}@example.org", "1.234,50", "31.12.2026", "", f"R-{number}"),
                )
            )


def records(count: int) -> Iterator[Record]:
    for number in range(count):
        numbers = [f"4930231{number:07}"]
        yield Record(FIRST_ID + number, 8, f"B{number}", f"Name{number}", None, numbers, State.open)


def measured(way: str, path: Path, existing: int, processes: int) -> str:
    """Run one way and say what it took."""
    start = time.perf_counter()
    table = Delimited(path)
    if way == "csv":
        said = f"{sum(1 for _ in table.rows()):,} rows"
    else:
        people = existing_of(records(existing))
        built = time.perf_counter() - start
        start = time.perf_counter()
        checked = check(table, map_of(proposed(table)), people, Options(campaign_id=7, processes=processes))
        said = f"{checked.rows:,} rows, {dict(checked.kinds)}; index of {existing:,} built in {built:.1f} s"
    seconds = time.perf_counter() - start
    used = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    own, children = (
        resource.getrusage(who).ru_maxrss >> 10 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return f"{way}: {seconds:.1f} s, CPU in all {used:.1f} s, {own} MB + {children} MB in the largest child; {said}"


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--existing", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--way", choices=("csv", "check"))
    parser.add_argument("--file", type=Path)
    chosen = parser.parse_args(arguments)
    if chosen.way:
        print(measured(chosen.way, chosen.file, chosen.existing, chosen.processes))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        made(path, chosen.rows)
        usual = [sys.executable, __file__, "--file", str(path), "--existing", str(chosen.existing)]
        for way, processes in (("csv", 1), ("check", 1), ("check", chosen.processes)):
            subprocess.run([*usual, "--way", way, "--processes", str(processes)], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
