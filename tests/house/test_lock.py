"""The lock files satisfy pyproject.toml, agree with each other and name no server."""

from __future__ import annotations

import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.house.sources import ROOT
from tools.lock import CUDA, LOCKS

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]


def _lines(lock: str) -> list[str]:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf8")
    return [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]


def _pins(lock: str) -> dict[str, Version]:
    pins: dict[str, Version] = {}
    for requirement in map(Requirement, _lines(lock)):
        (exact,) = requirement.specifier
        assert exact.operator == "==", requirement
        pins[canonicalize_name(requirement.name)] = Version(exact.version)
    return pins


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_satisfies_the_ranges_of_the_project(lock: str) -> None:
    _, extras = LOCKS[lock]
    wanted = [*PROJECT["dependencies"], *(line for extra in extras for line in PROJECT["optional-dependencies"][extra])]
    pins = _pins(lock)

    def is_met(requirement: Requirement) -> bool:
        pinned = pins.get(canonicalize_name(requirement.name))
        return pinned is not None and requirement.specifier.contains(pinned)

    wrong = [line for line in wanted if not is_met(Requirement(line))]

    assert wrong == [], f"requirements/{lock} is out of date; run: make lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_pins_each_package_once_and_names_no_server_nor_cuda(lock: str) -> None:
    lines = _lines(lock)

    assert len(_pins(lock)) == len(lines)
    assert [line for line in lines if "://" in line or line.startswith("-") or CUDA.match(line)] == []


def test_what_runs_is_what_was_tested() -> None:
    run, dev = _pins("run.lock"), _pins("dev.lock")

    assert {name: version for name, version in run.items() if dev.get(name) != version} == {}


def test_running_needs_no_torch() -> None:
    assert _pins("run.lock").keys() & {"torch", "transformers", "onnx", "accelerate"} == set()
