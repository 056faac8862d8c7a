"""What a teacher answered: its logits for statements, found again by a hash of their words, so that no text need be kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from cs_nlp.errors import RecipeError
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS

Floats = NDArray[np.float32]
_REMEDY: Final = "make them anew with `cs-nlp teach`"
WIDTHS: Final = (len(CULTURES), len(TARGETS), len(SIGNED_DRIVERS))


@dataclass(frozen=True, slots=True)
class Answer:
    """A teacher's probabilities for one statement: cultures sum to 1, targets too, drivers are each by themselves."""

    cultures: Floats
    targets: Floats
    drivers: Floats


@dataclass(frozen=True, slots=True)
class Taught:
    """A teacher's answers.

    Attributes:
        keys: of the statements, sorted, shape `(n,)`; from `key_of`.
        logits: of cultures, targets and drivers side by side, shape `(n, 37)`.
        about: who answered: name of the recipe, SHA-256 of what the teacher learnt from, and its figures.
    """

    keys: NDArray[np.uint64]
    logits: NDArray[np.float16]
    about: dict[str, Any]

    def answer(self, text: str, context: str | None) -> Answer | None:
        """What the teacher answered to a statement, or None where it was not asked."""
        key = key_of(text, context)
        place = int(np.searchsorted(self.keys, np.uint64(key)))
        if place == len(self.keys) or int(self.keys[place]) != key:
            return None
        cultures, targets, drivers = np.split(self.logits[place].astype(np.float32), np.cumsum(WIDTHS)[:-1])
        return Answer(_softmax(cultures), _softmax(targets), 1 / (1 + np.exp(-drivers)))


def key_of(text: str, context: str | None) -> int:
    """A 64-bit number that stands for a statement and what was said before it."""
    return int.from_bytes(hashlib.blake2b(f"{text}\0{context or ''}".encode(), digest_size=8).digest(), "big")


def make_taught(statements: Sequence[tuple[str, str | None]], logits: Sequence[NDArray[np.floating[Any]]], about: dict[str, Any]) -> Taught:
    """Answers from logits of the three heads, each `(n, width)`; a statement that comes twice is kept once."""
    keys, first = np.unique(np.array([key_of(*statement) for statement in statements], dtype=np.uint64), return_index=True)
    return Taught(keys, np.concatenate(logits, axis=1)[first].astype(np.float16), about)


def write_taught(taught: Taught, path: Path) -> None:
    """Write answers as arrays: hashes and logits, no text, no pickle."""
    path.parent.mkdir(parents=True, exist_ok=True)
    about = np.frombuffer(json.dumps(taught.about).encode(), dtype=np.uint8)
    with path.open("wb") as file:
        np.savez_compressed(file, keys=taught.keys, logits=taught.logits, about=about)


def read_taught(path: Path) -> Taught:
    """Read what `write_taught` wrote.

    Raises:
        RecipeError: it is not there, damaged, or made for other labels.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            keys, logits, about = arrays["keys"], arrays["logits"], json.loads(arrays["about"].tobytes())
    except OSError as error:
        raise RecipeError(f"{path}: a teacher's answers can't be read ({error.strerror or error}); {_REMEDY}") from error
    except (ValueError, KeyError, BadZipFile) as error:
        raise RecipeError(f"{path}: holds no teacher's answers ({error}); {_REMEDY}") from error
    if logits.shape != (len(keys), sum(WIDTHS)):
        raise RecipeError(f"{path}: answers of shape {logits.shape}, expected ({len(keys)}, {sum(WIDTHS)}); {_REMEDY}")
    return Taught(keys, logits, about)


def _softmax(logits: Floats) -> Floats:
    shifted = np.exp(logits - logits.max())
    found: Floats = shifted / shifted.sum()
    return found
