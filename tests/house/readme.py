"""Reads the README's code blocks and runs them as a reader would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.house.sources import ROOT

README = ROOT / "README.md"
FENCE = re.compile(
    r"(?:^<!-- not run: (?P<reason>[^>]+) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
NEEDED = ("data", "models", "recipes", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced code block.

    Attributes:
        language: as written after the fence.
        text: what stands between the fences.
        line: 1-based line of the opening fence.
        reason: why it is not run, or None.
    """

    language: str
    text: str
    line: int
    reason: str | None


def read_blocks(path: Path = README) -> list[Block]:
    """Reads all fenced blocks of a Markdown file, in order."""
    text = path.read_text(encoding="utf8")
    return [
        Block(found["language"], found["text"], text.count("\n", 0, found.start("language")) + 1, found["reason"])
        for found in FENCE.finditer(text)
    ]


def lay_out(folder: Path) -> Path:
    """Makes a work folder that looks like the checkout to a reader's commands, without its code."""
    for name in NEEDED:
        if (ROOT / name).exists():
            (folder / name).symlink_to(ROOT / name)
    return folder


def run_block(block: Block, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a bash or python block in a folder, with this environment's commands first on the path."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    commands: dict[str, Sequence[str]] = {
        "bash": ["bash", "-euo", "pipefail", "-c", block.text],
        "python": [sys.executable, "-W", "error", "-c", block.text],
    }
    return subprocess.run(
        commands[block.language],
        cwd=folder,
        env=os.environ | {"PATH": path, "COLUMNS": "140"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
