"""Where a classifier should not be believed: text that is not English, or unlike anything it learnt from.

Language is judged word by word (`scoring.english`). What a text is like is judged by its words as well: how rare they were in the learning
data (the mean over the rarer half of a statement's words), and what share of its characters are not letters. About 1 % and 0.3 % of the
held-out statements lie beyond the limits. Sentence vectors and the energy of the logits were tried and find less (DECISIONS, "Doubt is read
from the words").
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from cs_nlp.errors import ArtefactError
from cs_nlp.records import Unsure
from cs_nlp.scoring.artefact import SEEN, Artefact
from cs_nlp.scoring.english import is_foreign, load_english, words_of

BEYOND: Final = (0.01, 0.003)
"""Share of the held-out statements beyond the limit of rarity, and beyond that of signs, which code leaves far behind."""
_STEP: Final = 0.05  # rarity is kept in bytes
_USUAL: Final = (2.0, 4.0)  # how much, and how rare, the words are that every statement is taken to have beside its own
_USUAL_LENGTH: Final = 5  # characters in words that every statement is taken to have beside its own
_ONE: Final = re.compile(r"\d(?:[\d.,:/]*\d)?|([^\w\s])\1+")
_KEPT: Final = 100_000  # words whose figures are remembered


@dataclass(frozen=True, slots=True)
class Seen:
    """What the learning data was like.

    Attributes:
        words: hashes of its words, sorted, shape `(n_words,)`.
        rarity: of each, log of statements over statements that hold it, shape `(n_words,)`.
        rarest: rarity of a word that was never met.
        most_rare: limit of `rarity_of`; most_signs: limit of `signs_of`.
    """

    words: NDArray[np.uint32]
    rarity: NDArray[np.float32]
    rarest: float
    most_rare: float = np.inf
    most_signs: float = np.inf

    def known(self) -> dict[int, float]:
        """Rarity by the hash of a word."""
        return dict(zip(self.words.tolist(), self.rarity.tolist(), strict=True))


def fit_seen(learnt: Sequence[str], held_out: Sequence[str]) -> Seen:
    """What a model has seen, and from where on text is unlike it.

    Args:
        learnt: the statements that were learnt from.
        held_out: others that are like what users have.
    """
    counts = Counter(_hashed(word) for text in learnt for word in set(words_of(text)))
    words = np.array(sorted(counts), dtype=np.uint32)
    met = np.array([counts[word] for word in words.tolist()], dtype=np.float64)
    rarity = (np.round(np.log(len(learnt) / (met + 0.5)).clip(0) / _STEP) * _STEP).astype(np.float32)
    seen = Seen(words, rarity, float(np.log(len(learnt) / 0.5)))
    rare = [rarity_of(values) for values in _rarities(seen, held_out)]
    signs = [signs_of(text) for text in held_out]
    return Seen(words, rarity, seen.rarest, float(np.quantile(rare, 1 - BEYOND[0])), float(np.quantile(signs, 1 - BEYOND[1])))


def write_seen(seen: Seen, path: Path) -> None:
    """Write `seen.npz`: arrays, no pickle, no words."""
    limits = np.array([seen.rarest, seen.most_rare, seen.most_signs])
    np.savez_compressed(path, words=seen.words, rarity=np.round(seen.rarity / _STEP).astype(np.uint8), limits=limits)


def read_seen(path: Path) -> Seen:
    """Read `seen.npz`.

    Raises:
        ArtefactError: it is damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            words, rarity, (rarest, rare, signs) = arrays["words"], arrays["rarity"], arrays["limits"].tolist()
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise ArtefactError(f"{path}: not readable as arrays ({error}); get the model anew or train again") from error
    if words.shape != rarity.shape:
        raise ArtefactError(f"{path}: {words.shape} words and {rarity.shape} rarities, expected as many; train the model again")
    return Seen(words.astype(np.uint32), (rarity * _STEP).astype(np.float32), rarest, rare, signs)


def rarity_of(rarities: Sequence[float]) -> float:
    """How rare the rarer half of a statement's words is, drawn towards the usual where there are few words."""
    rarer = sorted(rarities, reverse=True)[: max(1, len(rarities) // 2)]
    weight, usual = _USUAL
    return (sum(rarer) + weight * usual) / (len(rarer) + weight)


def signs_of(text: str) -> float:
    """Share of a text's characters that are numbers, marks or signs, 0 to 1, drawn towards 0 where there are few characters.

    A number is one character, however long, and so is a mark that is repeated: amounts, dates and dots are what service talk is full of.
    """
    solid = "".join(_ONE.sub("0", text).split())
    letters = sum(map(str.isalpha, solid))
    return (len(solid) - letters) / (len(solid) + _USUAL_LENGTH)


def _may_exceed(most_signs: float, text: str, words: Sequence[str]) -> bool:
    """Whether `signs_of` can be above a limit: a bound from the words, which are known already, at a third of the cost."""
    if not text.isascii():
        return True
    letters = sum(map(len, words)) - text.count("'")
    solid = len(text) - text.count(" ")
    return (solid - letters) / (solid + _USUAL_LENGTH) > most_signs


def doubt_of(artefact: Artefact) -> Doubt:
    """The doubt that goes with a model folder.

    Raises:
        ArtefactError: its `seen.npz` is damaged.
    """
    return Doubt(read_seen(artefact.path / SEEN) if artefact.has_seen else None)


class Doubt:
    """Says of statements why their scores should not be believed.

    Args:
        seen: what the model learnt from; None where it does not say, then only the language is judged.
    """

    def __init__(self, seen: Seen | None) -> None:
        self._seen = seen
        self._rarity = seen.known() if seen is not None else {}
        self._rarest = seen.rarest if seen is not None else 0.0
        self._english = load_english()
        self._words: dict[str, tuple[float, float]] = {}

    def __call__(self, texts: Iterable[str]) -> tuple[Unsure | None, ...]:
        """Why each statement is in doubt, or None."""
        return tuple(map(self._why, texts))

    def _why(self, text: str) -> Unsure | None:
        known = self._words
        words = words_of(text)
        figures = [known.get(word) or self._look_up(word) for word in words]
        if is_foreign([english for english, _ in figures]):
            return "language"
        if self._seen is None:
            return None
        if rarity_of([rarity for _, rarity in figures]) > self._seen.most_rare:
            return "unlike"
        most = self._seen.most_signs
        return "unlike" if _may_exceed(most, text, words) and signs_of(text) > most else None

    def _look_up(self, word: str) -> tuple[float, float]:
        found = self._english.log_odds(word), self._rarity.get(_hashed(word), self._rarest)
        if len(self._words) >= _KEPT:
            self._words.clear()
        self._words[word] = found
        return found


def _hashed(word: str) -> int:
    return zlib.crc32(word.encode())


def _rarities(seen: Seen, texts: Iterable[str]) -> Iterable[list[float]]:
    known = seen.known()
    return ([known.get(_hashed(word), seen.rarest) for word in words_of(text)] for text in texts)
