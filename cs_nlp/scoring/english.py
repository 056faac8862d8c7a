"""Which words are English: log odds from a word's letters, by a linear model of 0.03 MB. numpy alone.

A word is cut into runs of one to four letters (with its edges), each run has a weight, and the weights are added up. Statements are judged
by the mean over their words, drawn towards 0 where there are few. `tools/train_english.py` makes the weights from words of the corpus and
from words of other languages that spaCy lists.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

LONGEST_RUN: Final = 4
MOST: Final = 4.0
"""No word counts for more than this, either way: a single name makes no statement foreign."""
BELOW_IS_FOREIGN: Final = 0.25
"""Mean log odds below which a statement is not taken for English; how often that errs: `python -m tools.measure_doubt`."""
_LATIN_ENDS: Final = "\u0370"
_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class EnglishModel:
    """The weights.

    Attributes:
        weights: shape `(buckets,)`, by hash of a run of letters.
        bias: log odds of a word of which nothing is known.
    """

    weights: NDArray[np.float32]
    bias: float

    def log_odds(self, word: str) -> float:
        """How much more likely a word is English than of another language, from `-MOST` to `MOST`.

        Args:
            word: in lower case, as `words_of` gives it.
        """
        if max(word) >= _LATIN_ENDS:
            return -MOST if any(letter >= _LATIN_ENDS and letter.isalpha() for letter in word) else 0.0
        runs = buckets(word, len(self.weights))
        return float(np.clip(self.weights[runs].sum() / np.sqrt(len(runs)) + self.bias, -MOST, MOST))


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, without digits and marks; apostrophes inside stay."""
    return _WORD.findall(text.lower())


def is_foreign(log_odds: Sequence[float]) -> bool:
    """Whether a statement is in another language, or mixed with one.

    Args:
        log_odds: of its words.
    """
    return bool(log_odds) and sum(log_odds) / (len(log_odds) + 1) < BELOW_IS_FOREIGN


def buckets(word: str, n: int) -> list[int]:
    """Where the runs of letters of a word stand among `n` weights."""
    return [zlib.crc32(run.encode()) % n for run in _runs(word)]


@cache
def load_english() -> EnglishModel:
    """The weights that come with the package; loaded once."""
    with files("cs_nlp.scoring").joinpath("english.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return EnglishModel(weights=arrays["weights"].astype(np.float32) * arrays["scale"], bias=float(arrays["bias"]))


def _runs(word: str) -> Iterator[str]:
    framed = f"<{word.replace(chr(0x2019), chr(39))}>"
    for length in range(1, LONGEST_RUN + 1):
        for start in range(len(framed) - length + 1):
            yield framed[start : start + length]
    yield f"={word}"
