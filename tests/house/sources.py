"""Where the house checks look: the repository's tracked files."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def tracked_files(*patterns: str) -> list[Path]:
    """Lists tracked files that exist in the work tree.

    Args:
        patterns: git path patterns; all files without any.

    Returns:
        Absolute paths, sorted.
    """
    listed = subprocess.run(["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return sorted(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())
