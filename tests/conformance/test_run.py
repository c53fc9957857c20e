"""How the results of the suites are judged."""

from pathlib import Path

import pytest

from tests.conformance.run import WIRE, Exempt, Verdict, judge, must_be_tried

GOOD = [("works", "SUCCESS"), (WIRE, "SUCCESS"), ("note", "INFO")]
BAD = [("works", "FAILURE"), (WIRE, "SUCCESS")]


def test_what_passes_is_counted_with_its_checks():
    verdict = judge({"tools-list": GOOD}, Exempt())
    assert verdict == Verdict(passed={"tools-list", "tools-list:works", f"tools-list:{WIRE}"})


@pytest.mark.parametrize("status", ["FAILURE", "WARNING"])
def test_what_fails_is_a_problem_unless_it_is_known_to(status: str):
    results = {"tools-list": [("works", "SUCCESS"), ("order", status)]}
    assert judge(results, Exempt()).problems == ["tools-list:order fails"]
    assert judge(results, Exempt(fails={"tools-list:order"})).problems == []
    assert judge(results, Exempt(fails={"tools-list"})).problems == []


def test_an_exemption_that_is_not_needed_any_more_is_a_problem():
    for entry in ("tools-list", "tools-list:works"):
        for exempt in (Exempt(fails={entry}), Exempt(untried={entry})):
            assert f"{entry} is exempt as what fails" in judge({"tools-list": GOOD}, exempt).problems
        vacuous = judge({"tools-list": BAD}, Exempt(vacuous={entry}))
        assert f"{entry} is exempt as what passes" in vacuous.problems
    assert judge({}, Exempt(untried={"gone"})).problems == ["gone is exempt, but does not exist"]


def test_a_scenario_that_proves_nothing_does_not_pass():
    assert judge({"skipped": [(WIRE, "SUCCESS"), ("all", "SKIPPED")]}, Exempt()).problems == ["skipped proves nothing"]


def test_a_vacuous_pass_is_not_counted():
    verdict = judge({"tools-call-error": GOOD}, Exempt(vacuous={"tools-call-error"}))
    assert verdict == Verdict(exempt={"tools-call-error"})
    part = judge({"server-stateless": [("log", "SUCCESS"), *GOOD]}, Exempt(vacuous={"server-stateless:log"}))
    assert part.problems == []
    assert "server-stateless:log" not in part.passed


def test_the_wire_is_never_exempt():
    broken = {"tools-list": [("works", "FAILURE"), (WIRE, "FAILURE")]}
    for exempt in (Exempt(fails={"tools-list"}), Exempt(untried={"tools-list"})):
        assert judge(broken, exempt).problems == [f"tools-list:{WIRE} fails"]


def test_what_is_untried_on_the_real_server_must_pass_on_the_overlay():
    exempt, real = Exempt(untried={"prompts-get-simple"}, vacuous={"tools-call-error"}), Verdict()
    must_be_tried(exempt, real, Verdict(passed={"prompts-get-simple", "tools-call-error"}))
    assert real.problems == []
    must_be_tried(exempt, real, Verdict())
    assert len(real.problems) == 2


def test_an_exemption_needs_its_reason(tmp_path: Path):
    file = tmp_path / "real.yml"
    file.write_text("# which\nfails:\n  - tasks  # not there\nuntried:\n  - fixture  # a tool\n", encoding="utf-8")
    assert Exempt.read(file) == Exempt({"tasks"}, {"fixture"})
    file.write_text("fails:\n  - tasks\n", encoding="utf-8")
    with pytest.raises(ValueError, match="reason"):
        Exempt.read(file)
