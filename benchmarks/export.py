"""An export of a long campaign to a file: seconds, CPU and peak memory, beside a plain script that does the same.

python benchmarks/export.py --contacts 1000000

The dialler is `backend.py`, at 0 ms. Each way runs in a process of its own, from its start to its end, and reads the
list anew. The script reads it with httpx2 and writes it with `csv`: every field as it is, nothing masked or checked.
"""

import argparse
import asyncio
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx2
from backend import BASE, CAMPAIGN, TOKEN
from servers import backend
from tables import show

SCRIPT = "plain script, csv"
WAYS = (SCRIPT, "csv", "parquet", "xlsx")


def script(url: str, to: Path) -> None:
    """The list of a campaign as CSV, as one writes it in five minutes."""
    query, key = {"diallerCampaignsID": CAMPAIGN}, {"Authorization": f"Bearer {TOKEN}"}
    answer = httpx2.get(f"{url}/dialler/contacts", params=query, headers=key, timeout=600)
    records = json.loads(answer.raise_for_status().content)["records"]
    with to.open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, list(records[0]), extrasaction="ignore")
        lines.writeheader()
        lines.writerows(records)


def measured(command: Sequence[str], environment: Mapping[str, str], to: Path) -> list[str]:
    """Run one way in a process; seconds, CPU seconds, MB at its peak, MB of the file."""
    began = time.perf_counter()
    with subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, process.returncode
    seconds, used = time.perf_counter() - began, usage.ru_utime + usage.ru_stime
    return [f"{seconds:.1f}", f"{used:.1f}", f"{usage.ru_maxrss >> 10}", f"{to.stat().st_size >> 20}"]


async def compare(contacts: int) -> None:
    rows = list[list[str]]()
    async with backend(contacts) as port:
        url = f"http://127.0.0.1:{port}{BASE}"
        with tempfile.TemporaryDirectory() as folder:
            own = {"DIALLER_BASE_URL": url, "DIALLER_TOKEN": TOKEN, "DIALLER_DATA_DIR": f"{folder}/data"}
            for way in WAYS:
                to = Path(folder, "script.csv" if way == SCRIPT else f"export.{way}")
                exporting = ["-m", "dialler_mcp", "export", str(CAMPAIGN), "--to", str(to)]
                arguments = [__file__, "--script", url, "--to", str(to)] if way == SCRIPT else exporting
                command = [sys.executable, *arguments]
                rows.append([way, *await asyncio.to_thread(measured, command, own, to)])
    show(f"{contacts:,} contacts", ["", "s", "CPU s", "peak MB", "file MB"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description="An export beside a plain script.")
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--script", help="the URL of the dialler that the script reads")
    parser.add_argument("--to", type=Path)
    options = parser.parse_args()
    if options.script:
        script(options.script, options.to)
    else:
        asyncio.run(compare(options.contacts))


if __name__ == "__main__":
    main()
