"""The wheel is all that a user needs: in an empty environment, away from the checkout, it scores a file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from hatch_build import INSIDE, NEEDED
from tests.house.sources import ROOT

pytestmark = pytest.mark.slow
PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet")
MAX_WHEEL_MB = 35
CALL = """\
Agent: Good morning, you are through to Rosa, how can I help?
Customer: My router has been dead since Friday.
Agent: She is right, we did not call her back on Friday, so I rang the engineer myself.
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout with the build tools that are installed."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, *PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)], check=True, cwd=folder
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a new environment that holds the wheel and what it depends on, no extras."""
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder, with_pip=True)
    lock = ROOT / "requirements" / "run.lock"
    subprocess.run([folder / "bin" / "python", *PIP, "install", "-c", str(lock), str(wheel)], check=True, cwd=folder)
    return folder / "bin"


def test_wheel_carries_the_artefact_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert {f"{INSIDE}/{name}" for name in NEEDED} <= set(names)
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"cs_nlp", "service"}
    assert wheel.stat().st_size < MAX_WHEEL_MB * 1e6


def test_installed_wheel_scores_a_file(installed: Path, tmp_path: Path) -> None:
    call = tmp_path / "call.txt"
    call.write_text(CALL, encoding="utf8")

    done = subprocess.run([installed / "cs-nlp", "score", call, "--json"], check=True, cwd=tmp_path, capture_output=True, text=True)

    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["culture"] for row in rows] != []
    assert all(row["text"] in CALL for row in rows)
    assert all(sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-3) for row in rows)


def test_installed_wheel_makes_a_database_and_says_what_redaction_needs(installed: Path, tmp_path: Path) -> None:
    call = tmp_path / "call.txt"
    call.write_text(CALL, encoding="utf8")

    def run(*arguments: str | Path, keep: str) -> subprocess.CompletedProcess[str]:
        env = os.environ | {"CS_NLP_KEEP_TEXT": keep}
        return subprocess.run([installed / "cs-nlp", *arguments], check=False, cwd=tmp_path, env=env, capture_output=True, text=True)

    refused = run("ingest", call, keep="signals")
    stored = run("ingest", call, keep="none")
    checked = run("db", "check", keep="none")

    assert refused.returncode == 2
    assert "pip install 'cs-nlp[redact]'; or keep no text at all, with CS_NLP_KEEP_TEXT=none" in refused.stderr
    assert "1 scored" in stored.stdout
    assert "cs_nlp.db: whole" in checked.stdout


def test_installed_wheel_comes_without_torch_and_tests(installed: Path, tmp_path: Path) -> None:
    code = "import importlib.util as u; print(*(n for n in ('torch', 'transformers', 'tests', 'tools') if u.find_spec(n)))"

    found = subprocess.run([installed / "python", "-c", code], check=True, cwd=tmp_path, capture_output=True, text=True).stdout.split()

    assert found == []
