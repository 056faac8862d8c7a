"""A small convolutional network that says how likely a statement begins between two words; numpy alone, weights in `boundaries.npz`.

Words become vectors (of the word where the vocabulary has it, plus one of its last letters), pass residual convolutions with growing gaps
between the words they see, and each pair of neighbours becomes one number. `tools/train_boundaries.py` makes the weights.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

UNKNOWN: Final = 0  # row of the word vectors for words outside the vocabulary
ENDING_LETTERS: Final = 3
_EDGE: Final = "'’.,-~\"“”‘()[]*_:;!?…—–/"  # noqa: RUF001 - typographic marks are meant
_BLOCK_WORDS: Final = 2_048
_ROWS: Final = 8


@dataclass(frozen=True, slots=True)
class BoundaryModel:
    """The weights, as 32-bit floats; `h` is the width of the hidden layers, `d` that of the vectors.

    Attributes:
        vocabulary: word to row of `words`.
        words: `(len(vocabulary) + 1, d)`; row `UNKNOWN` stands for all other words.
        endings: `(n_buckets, d)`, by hash of a word's last letters.
        entry: `(d, h)` and its bias `(h,)`.
        convolutions: each `(3 * h, h)` (left, middle, right) and its bias `(h,)`; the i-th looks `2 ** i` words to each side.
        pair: `(2 * h, h)` and its bias `(h,)`.
        exit: `(h, 1)` and its bias `(1,)`.
        length_scores: `(max_words,)`: log of how much likelier statements of 1, 2, ... words are than chance cuts would make them.
    """

    vocabulary: Mapping[str, int]
    words: Floats
    endings: Floats
    entry: tuple[Floats, Floats]
    convolutions: tuple[tuple[Floats, Floats], ...]
    pair: tuple[Floats, Floats]
    exit: tuple[Floats, Floats]
    length_scores: Floats

    def log_odds(self, words: Sequence[str]) -> Floats:
        """Log odds that a statement begins, for each gap between neighbouring words.

        Args:
            words: as `normalise` gives them.

        Returns:
            `(len(words) - 1,)`; element i belongs to the gap before word i + 1. Words are read in overlapping blocks, so memory is bounded.
        """
        reach = 2 ** len(self.convolutions)
        parts = [np.empty(0, dtype=np.float32)]
        for start in range(0, len(words) - 1, _BLOCK_WORDS):
            first = max(0, start - reach)
            block = self._block(words[first : start + _BLOCK_WORDS + 1 + reach])
            parts.append(block[start - first : start - first + _BLOCK_WORDS])
        return np.concatenate(parts)

    def _block(self, words: Sequence[str]) -> Floats:
        """`log_odds` of a block read at once."""
        rows = [self.vocabulary.get(word, UNKNOWN) for word in words]
        buckets = [ending_bucket(word, len(self.endings)) for word in words]
        hidden = _affine(self.words[rows] + self.endings[buckets], self.entry)
        for index, layer in enumerate(self.convolutions):
            gap = 2**index
            padded = np.pad(hidden, ((gap, gap), (0, 0)))
            seen = np.concatenate([padded[: -2 * gap], hidden, padded[2 * gap :]], axis=1)
            hidden = hidden + np.maximum(_affine(seen, layer), 0)
        pairs = np.concatenate([hidden[:-1], hidden[1:]], axis=1)
        scores: Floats = _affine(np.maximum(_affine(pairs, self.pair), 0), self.exit)[:, 0]
        return scores


def normalise(token: str) -> str:
    """A token as the model knows words: lower case, marks at its ends removed; empty for a token without letters or digits."""
    word = token.lower().replace("’", "'").strip(_EDGE)  # noqa: RUF001 - the typographic apostrophe is meant
    return word if any(character.isalnum() for character in word) else ""


def ending_bucket(word: str, buckets: int) -> int:
    """Which of the vectors for endings belongs to a word."""
    return zlib.crc32(word[-ENDING_LETTERS:].encode("utf-8", "surrogatepass")) % buckets


@cache
def boundary_model() -> BoundaryModel:
    """The model that comes with the package, read once."""
    with files("cs_nlp.segment").joinpath("boundaries.npz").open("rb") as stream, np.load(stream, allow_pickle=False) as data:
        return from_arrays({name: data[name] for name in data.files})


def from_arrays(arrays: Mapping[str, NDArray[np.generic]]) -> BoundaryModel:
    """Builds the model from the arrays of the file: 8-bit matrices with one scale for each column, biases, vocabulary, lengths."""

    def matrix(name: str) -> Floats:
        return arrays[name].astype(np.float32) * arrays[f"{name}_scale"].astype(np.float32)

    def layer(name: str) -> tuple[Floats, Floats]:
        return matrix(name), arrays[f"{name}_bias"].astype(np.float32)

    names = bytes(arrays["vocabulary"].astype(np.uint8)).decode("utf-8").split("\n")
    depth = sum(name.startswith("convolution") and name.endswith("_bias") for name in arrays)
    return BoundaryModel(
        vocabulary={name: row for row, name in enumerate(names, start=1)},
        words=matrix("words"),
        endings=matrix("endings"),
        entry=layer("entry"),
        convolutions=tuple(layer(f"convolution{index}") for index in range(depth)),
        pair=layer("pair"),
        exit=layer("exit"),
        length_scores=arrays["length_scores"].astype(np.float32),
    )


def _affine(values: Floats, layer: tuple[Floats, Floats]) -> Floats:
    """`values @ weight + bias`, a few rows at a time.

    Products this small stay in one thread of the linear algebra library. Larger ones are shared out among threads that wait for one
    another: on a machine that is busy with other work, as a scoring one is, that took up to 40 times as long.
    """
    weight, bias = layer
    padded = np.pad(values, ((0, -len(values) % _ROWS), (0, 0))).reshape(-1, _ROWS, len(weight))
    product: Floats = (padded @ weight + bias).reshape(-1, len(bias))
    return product[: len(values)]
