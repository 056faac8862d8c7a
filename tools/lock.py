"""Writes the lock files: one exact version of every package that `make run` and `make test` install, for all platforms.

Torch is pinned, but the CUDA libraries that its default Linux build asks for are left out: with the default build pip
takes the ones that torch names, and a plain CPU build of the same version needs none of them.

Run it as `make lock`; it needs `uv` (a resolver) on the path or in the environment.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
OLDEST_PYTHON = "3.11"
TORCH = "torch==2.13.0"
CUDA = re.compile(r"(nvidia|cuda)-|triton==")
LOCKS = {
    "run.lock": ("what `make run` installs: the package's own dependencies, redaction and the service, no torch", ("redact", "service")),
    "dev.lock": (
        "what `make test` and `make check` install: the above, training, labelling, redaction, service, PostgreSQL and the checks",
        ("train", "label", "redact", "service", "postgres", "dev"),
    ),
}


def resolve(extras: tuple[str, ...], constraints: str) -> str:
    """Resolves the project's dependencies for every platform and Python from 3.11 on.

    Args:
        extras: extras of the project to include.
        constraints: further requirements, one a line, that hold where they apply.

    Returns:
        A requirements file with one `name==version` for each package and the packages that need it as comments.

    Raises:
        subprocess.CalledProcessError: there is no solution; uv has said why on stderr.
    """
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--fork-strategy", "fewest", "--upgrade"]
    command += ["--python-version", OLDEST_PYTHON, "--no-header", "--no-config", "--constraint", "-", "pyproject.toml"]
    command += [part for extra in extras for part in ("--extra", extra)]
    return subprocess.run(command, cwd=ROOT, input=constraints, check=True, stdout=subprocess.PIPE, text=True).stdout


def drop_cuda(lock: str) -> str:
    """Removes the CUDA packages, each with its comments, from a requirements file."""
    blocks = re.split(r"^(?=\S)", lock, flags=re.MULTILINE)
    return "".join(block for block in blocks if not CUDA.match(block))


def main() -> None:
    """Writes both files; the larger one keeps the versions of the smaller."""
    FOLDER.mkdir(exist_ok=True)
    constraints = TORCH
    for name, (purpose, extras) in LOCKS.items():
        lock = drop_cuda(resolve(extras, constraints))
        constraints = f"{TORCH}\n{lock}"
        (FOLDER / name).write_text(f"# {purpose}.\n# Written by `make lock`; do not edit.\n{lock}", encoding="utf8")
        print(f"requirements/{name}: {len(re.findall('^[^# ]', lock, re.MULTILINE))} packages")


if __name__ == "__main__":
    main()
