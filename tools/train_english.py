"""Train the model that tells English words from others, and write `cs_nlp/scoring/english.npz`.

    python -m tools.train_english

English words are those of the corpus in `data/corpus/`; the others are the stop words and example sentences that spaCy (MIT licence) brings
for languages in Latin script. Other scripts need no learning. A word counts by the logarithm of how often it was met; both sides count
alike.
"""

from __future__ import annotations

import json
import pkgutil
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import numpy as np
import spacy.lang
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from cs_nlp.labelling import read_dataset
from cs_nlp.scoring.english import buckets, words_of

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "cs_nlp" / "scoring" / "english.npz"
BUCKETS = 1 << 15
STRENGTH = 30.0
_STEPS = 127
_LATIN = 0x250
_VIETNAMESE = range(0x1E00, 0x1F00)


def english_words() -> Counter[str]:
    """How often each word stands in the corpus."""
    found: Counter[str] = Counter()
    for path in sorted((ROOT / "data" / "corpus").glob("*.jsonl")):
        for item in read_dataset(path):
            found.update(words_of(item.text))
    return found


def other_words() -> Counter[str]:
    """In how many other languages each word is listed."""
    found: Counter[str] = Counter()
    for module in pkgutil.iter_modules(spacy.lang.__path__):
        if module.ispkg and module.name not in ("en", "xx"):
            listed = {word for text in _listed(module.name) for word in words_of(text)}
            found.update(word for word in listed if all(ord(letter) < _LATIN or ord(letter) in _VIETNAMESE for letter in word))
    return found


def _listed(language: str) -> Iterator[str]:
    for part, name in (("stop_words", "STOP_WORDS"), ("examples", "sentences")):
        try:
            yield from getattr(import_module(f"spacy.lang.{language}.{part}"), name)
        except ImportError:  # not every language has both
            continue


def main() -> int:
    """Train, and write the weights as 8-bit numbers."""
    english, other = english_words(), other_words()
    words = [*english, *other]
    gold = np.array([1] * len(english) + [0] * len(other))
    counts = np.log1p(np.array([*english.values(), *other.values()], dtype=np.float64))
    sides = np.bincount(gold, weights=counts)
    runs = [buckets(word, BUCKETS) for word in words]
    rows = np.repeat(np.arange(len(words)), [len(own) for own in runs])
    values = np.concatenate([np.full(len(own), 1 / np.sqrt(len(own))) for own in runs])
    features = csr_matrix((values, (rows, np.concatenate(runs))), shape=(len(words), BUCKETS))
    model = LogisticRegression(C=STRENGTH, max_iter=500).fit(features, gold, sample_weight=counts / sides[gold] * len(words) / 2)
    scale = float(np.abs(model.coef_).max()) / _STEPS
    np.savez_compressed(
        OUT, weights=np.round(model.coef_[0] / scale).astype(np.int8), scale=np.float32(scale), bias=np.float32(model.intercept_[0])
    )
    print(json.dumps({"english": len(english), "other": len(other), "bytes": OUT.stat().st_size}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
