"""What `make run` does after the report: the sample teams are served, a link signs in once, Ctrl-C ends it in good order."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

RUN = """
import sys
from pathlib import Path
from rich.console import Console
from cs_nlp.scoring import load_classifier
from cs_nlp.settings import Settings
from tools.serve_samples import serve_samples
settings = Settings(port=0, threads=1)
serve_samples(Path(sys.argv[1]), Path(sys.argv[2]), settings, load_classifier(settings.model, threads=1), (), Console(width=200))
"""
LINK = re.compile(r"http://127\.0\.0\.1:\d+/open/\S+")


@pytest.mark.slow
def test_the_sample_teams_are_served_until_ctrl_c(tmp_path: Path, repo_root: Path) -> None:
    samples = tmp_path / "samples"
    samples.mkdir()
    for name in ("metadata.csv", "ah-01.vtt"):
        shutil.copy(repo_root / "data" / "samples" / "alder-health" / name, samples)
    (tmp_path / "samples.db").write_text("what an earlier run left", encoding="utf-8")
    said = tmp_path / "said.txt"
    with said.open("wb") as out:
        command = [sys.executable, "-c", RUN, str(samples), str(tmp_path / "samples.db")]
        process = subprocess.Popen(command, cwd=repo_root, stdout=out, stderr=subprocess.STDOUT)
    try:
        link = _wait_for_link(said, process)
        first, again = httpx2.get(link), httpx2.get(link)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()

    assert (first.status_code, again.status_code) == (200, 401)
    assert said.read_text(encoding="utf-8").rstrip().endswith("Stopped.")


def _wait_for_link(said: Path, process: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        text = said.read_text(encoding="utf-8")
        if "Ctrl-C stops" in text:
            found = LINK.search(text)
            assert found
            return found[0]
        time.sleep(0.2)
    raise AssertionError(said.read_text(encoding="utf-8"))
