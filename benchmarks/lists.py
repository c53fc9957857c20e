"""A large list of people as CSV and as XLSX: seconds and peak memory, beside what the format takes at least.

python benchmarks/lists.py 1000000

Each measurement is a process of its own. `csv` and `expat` are the bare passes: the module alone over the lines, the
parser alone over the unpacked sheet, with handlers that count cells and nothing else.
"""

import argparse
import csv
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any
from xml.parsers import expat

from dialler_mcp.lists.reading.table import read

HEAD = (
    *("Kd-Nr", "Anrede", "Vorname", "Nachname", "Firma", "Straße", "PLZ"),
    *("Ort", "Telefon", "Tel. mobil", "E-Mail", "Betrag", "Geburtsdatum", "Bemerkung"),
)
FIRST = ("Anna", "Jörg", "Zoë", "Günther", "Élodie", "Mia", "Ben", "Käthe", "Łukasz", "Paul")
LAST = ("Müller", "Schröder", "Weiß", "Öztürk", "Yıldız", "Schmidt", "D'Angelo", "von der Heide", "Köhler", "Groß")
NUMBERS = ("030 23125", "069 90009", "040 66969", "0221 4710", "089 99998")
COMMENT = 'ruft gern "später" an;\nbitte abends'
SHEET = "xl/worksheets/sheet1.xml"


def people(rows: int) -> Iterator[tuple[str, ...]]:
    random = Random(7)
    for row in range(rows):
        yield (
            *(f"{row:08d}", "Frau" if row % 2 else "Herr", random.choice(FIRST), random.choice(LAST)),
            *("" if row % 3 else "Muster & Söhne GmbH", f"Beispielweg {row % 200}", f"{1067 + row % 9000:05d}", "Köln"),
            *(f"{random.choice(NUMBERS)}{random.randrange(1000):03d}", "" if row % 5 else "0152 28817386"),
            *(f"p{row}@example.org", f"{random.randrange(100_000) / 100:.2f}".replace(".", ",")),
            *(f"{1 + row % 28:02d}.{1 + row % 12:02d}.{1950 + row % 50}", "" if row % 50 else COMMENT),
        )


def write_csv(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEAD)
        writer.writerows(people(rows))


def write_xlsx(path: Path, rows: int, *, shared: bool) -> None:
    """As other programs write it, its texts in the sheet; or `shared`, as Excel does, each different text once."""
    made: Any = import_module("xlsxwriter").Workbook(path, {"constant_memory": not shared})  # it has no types
    with made as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate([HEAD, *people(rows)] if shared else _with_head(rows)):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)


def _with_head(rows: int) -> Iterator[tuple[str, ...]]:
    yield HEAD
    yield from people(rows)


def ours(path: Path) -> int:
    return sum(1 for row in read(path, name=path.name).rows() if not row.fault)


def bare_csv(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file, delimiter=";")) - 1


def bare_expat(path: Path) -> int:
    cells = 0

    def start(name: str, _: object) -> None:
        nonlocal cells
        cells += name == "c"

    def ignore(*_: object) -> None:
        pass

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, ignore, ignore
    with zipfile.ZipFile(path) as archive, archive.open(SHEET) as file:
        parser.ParseFile(file)
    return cells // len(HEAD)


WAYS: dict[str, Callable[[Path], int]] = {"ours": ours, "csv": bare_csv, "expat": bare_expat}


def measured(way: str, path: Path) -> None:
    """Print what one way takes; the CPU time is that of both processes."""
    began = time.perf_counter()
    rows = WAYS[way](path)
    took = time.perf_counter() - began
    status = Path("/proc/self/status").read_text("ascii")  # Linux only; `ru_maxrss` would count whoever started us
    mine = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = time.process_time() + child.ru_utime + child.ru_stime
    print(
        f"| {path.name} | {way} | {rows:,} | {took:.1f} | {cpu:.1f} | {mine:.0f} | {child.ru_maxrss / 1024:.0f} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--way", choices=WAYS, help="one measurement of one file")
    parser.add_argument("--file", type=Path)
    options = parser.parse_args()
    if options.way:
        return measured(options.way, options.file)
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        files = {"list.csv": ("ours", "csv"), "inline.xlsx": ("ours", "expat"), "shared.xlsx": ("ours", "expat")}
        write_csv(folder / "list.csv", options.rows)
        write_xlsx(folder / "inline.xlsx", options.rows, shared=False)
        write_xlsx(folder / "shared.xlsx", options.rows, shared=True)
        print("| file | way | rows | s | CPU s | peak MB | of the child |\n|---|---|---|---|---|---|---|", flush=True)
        for name, ways in files.items():
            for way in ways:
                subprocess.run([sys.executable, __file__, "--way", way, "--file", str(folder / name)], check=True)
    return None


if __name__ == "__main__":
    main()
