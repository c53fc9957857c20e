"""Every system that we name can install what is locked without a compiler, the server and its extras."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from packaging import tags
from packaging.markers import Marker
from packaging.utils import parse_wheel_filename

ROOT = Path(__file__).parents[2]
PYTHONS = [(3, 11), (3, 12), (3, 13)]
GLIBC = range(17, 40)  # manylinux_2_17 is what Red Hat 7 has, 2.39 what Ubuntu 24.04 has

Package = Mapping[str, Any]

BUILT_BY_THE_USER = {"Mac with Intel": ["cryptography"], "Windows on ARM": ["cryptography"]}
"""What has no wheel there, though the SDK needs it (for signed tokens, which we do not use). docs/hosts.md says what to
do; nothing may join it unseen, and what gets a wheel has to leave."""


def marked(system: str, platform: str, machine: str) -> dict[str, str]:
    """A system, as markers of dependencies name it."""
    os_name = "nt" if platform == "win32" else "posix"
    return {"platform_system": system, "sys_platform": platform, "platform_machine": machine, "os_name": os_name}


SYSTEMS = {
    "Windows x64": (marked("Windows", "win32", "AMD64"), ["win_amd64"]),
    "Mac with Intel": (marked("Darwin", "darwin", "x86_64"), list(tags.mac_platforms((14, 0), "x86_64"))),
    "Mac with Apple's chip": (marked("Darwin", "darwin", "arm64"), list(tags.mac_platforms((14, 0), "arm64"))),
    "Linux on ARM": (marked("Linux", "linux", "aarch64"), [f"manylinux_2_{minor}_aarch64" for minor in GLIBC]),
    "Linux x64": (marked("Linux", "linux", "x86_64"), [f"manylinux_2_{minor}_x86_64" for minor in GLIBC]),
}
WINDOWS_ON_ARM = marked("Windows", "win32", "ARM64"), ["win_arm64"]  # without the extras


@cache
def locked() -> list[Package]:
    return tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]


def needed(packages: Iterable[Package], environment: Mapping[str, str], extras: Iterable[str]) -> Iterator[Package]:
    """What the server needs in an environment, each package once."""
    by_name = {package["name"]: package for package in packages}
    waiting, pairs = [("dialler-mcp", extra) for extra in ("", *extras)], set[tuple[str, str]]()
    names = set[str]()
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in pairs:
            continue
        pairs.add((name, extra))
        package = by_name[name]
        if name not in names:
            names.add(name)
            yield package
        requirements = (
            package.get("optional-dependencies", {}).get(extra, []) if extra else package.get("dependencies", [])
        )
        for one in requirements:
            if "marker" not in one or Marker(one["marker"]).evaluate(dict(environment)):
                waiting += [(one["name"], more) for more in ("", *one.get("extra", ()))]


def without_wheel(system: tuple[dict[str, str], list[str]], python: tuple[int, int], *extras: str) -> list[str]:
    """The packages that this system would have to build."""
    marks, platforms = system
    version = ".".join(map(str, python))
    environment = {**marks, "python_version": version, "python_full_version": f"{version}.1", "extra": ""}
    usable = {*tags.cpython_tags(python, platforms=platforms), *tags.compatible_tags(python, "cp", platforms)}
    return sorted(
        package["name"]
        for package in needed(locked(), environment, extras)
        if package["name"] != "dialler-mcp" and not any(usable & wheel for wheel in wheels(package))
    )


def wheels(package: Package) -> Iterator[frozenset[tags.Tag]]:
    for wheel in package.get("wheels", ()):
        yield parse_wheel_filename(wheel["url"].rpartition("/")[2])[3]


@pytest.mark.parametrize(("system", "python"), list(product(SYSTEMS, PYTHONS)))
def test_there_is_a_wheel_of_everything(system: str, python: tuple[int, int]):
    assert without_wheel(SYSTEMS[system], python, "keychain", "postgres") == BUILT_BY_THE_USER.get(system, [])


def test_windows_on_arm_has_all_but_what_is_named():
    assert without_wheel(WINDOWS_ON_ARM, (3, 13)) == BUILT_BY_THE_USER["Windows on ARM"]


def test_a_system_that_nobody_builds_for_is_noticed():
    assert "duckdb" in without_wheel((marked("Linux", "linux", "riscv64"), ["manylinux_2_39_riscv64"]), (3, 13))
    assert "vl-convert-python" in without_wheel((marked("Windows", "win32", "AMD64"), ["win_arm64"]), (3, 13))
