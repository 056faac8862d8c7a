"""The Makefile explains itself and fails in words."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.house.sources import ROOT
from tools.lock import drop_cuda

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf8")


def _make(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", "--no-print-directory", *arguments], cwd=ROOT, check=False, capture_output=True, text=True)


def test_make_alone_lists_every_target() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)

    listed = re.findall(r"^  make ([a-z-]+) +\S", _make().stdout, re.MULTILINE)

    assert sorted(listed) == sorted(set(phony.split()) - {"help"})


def test_old_python_is_refused_in_words(tmp_path: Path) -> None:
    done = _make("PYTHON=false", f"VENV={tmp_path / 'env'}", "run")

    assert done.returncode != 0
    assert "cs_nlp needs Python 3.11 or newer" in done.stderr
    assert not (tmp_path / "env").exists()


def test_clean_leaves_a_folder_that_is_no_environment(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine", encoding="utf8")

    printed = _make("--dry-run", "clean", f"VENV={tmp_path}").stdout
    subprocess.run(["bash", "-euc", printed.splitlines()[0]], cwd=tmp_path, check=True)

    assert (tmp_path / "letters.txt").exists()


def test_lock_drops_cuda_packages_with_their_comments_and_nothing_else() -> None:
    kept = "numpy==2.4.6\n    # via\n    #   triton\n"
    lock = f"cuda-bindings==13.5.0\n    # via torch\n{kept}nvidia-nccl-cu13==2.29 ; x == 'y'\n    # via torch\ntriton==3.7\n"

    assert drop_cuda(lock) == kept
