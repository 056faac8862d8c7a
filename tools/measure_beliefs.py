"""How well wordings of one belief are found to be one, and how well beliefs come back when transcripts are left out.

`python -m tools.measure_beliefs` prints the tables in docs/beliefs.md. The wordings are `tests/signals/belief_wordings.jsonl`: weights and
thresholds were chosen by those of part `choose`. *Plain* wordings say the belief; *oblique* ones only let it be felt. Each is said by a
person of its own, among staff lines of the corpus that are grouped with them and not counted; figures are means over three draws of these.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import HDBSCAN

from cs_nlp.ingest import ReadOptions, read_files
from cs_nlp.pipeline import score_transcripts
from cs_nlp.pipeline.beliefs import beliefs_of
from cs_nlp.records import Score
from cs_nlp.scoring import Classifier, load_classifier
from cs_nlp.signals import beliefs_groups as groups
from cs_nlp.signals.beliefs import SURELY_NONE
from cs_nlp.signals.beliefs_rules import carries_culture, holds_together
from cs_nlp.signals.beliefs_stability import rand_index, stability_of
from cs_nlp.signals.beliefs_words import same_words
from tools.data_card import CORPUS, read_rows, staff_lines

Labels = NDArray[np.int64]
Vectors = NDArray[np.float32]
Grouping = Callable[["Pool"], Labels]
Pools = Mapping[tuple[str, tuple[str, ...]], Sequence["Pool"]]

ROOT: Final = Path(__file__).parents[1]
WORDINGS: Final = ROOT / "tests/signals/belief_wordings.jsonl"
SAMPLES: Final = ROOT / "data/samples"
SMALLEST: Final = 5
BACKGROUND: Final = 800
BACKGROUNDS: Final = 3
PARTS: Final = ("choose", "measure")
KINDS: Final = (("plain",), ("plain", "oblique"))


@dataclass(frozen=True)
class Pool:
    """Statements that are grouped together: those that may carry a culture.

    Attributes:
        truth: `(n,)`, number of the belief of each; a number of its own for a statement like no other, -1 for one that is not counted.
        scores: of each.
        meanings: sentence vectors after `same_words`; raw: without it.
        missed: beliefs of the statements that surely carry no culture and so are in no group.
    """

    truth: Labels
    scores: Sequence[Score]
    meanings: Vectors
    raw: Vectors
    missed: Labels

    @property
    def vectors(self) -> Vectors:
        """As the product makes them."""
        return groups.belief_vectors(self.meanings, self.scores)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="How well wordings of one belief are found to be one.")
    parser.add_argument("--model", default="culture-en-small")
    parser.add_argument("--draws", type=int, default=20, help="parts of the data to group again")
    options = parser.parse_args(arguments)
    classifier = load_classifier(options.model)
    pools: Pools = {
        (part, kinds): [_pool(classifier, part, kinds, seed) for seed in range(BACKGROUNDS)] for part in PARTS for kinds in KINDS
    }
    _print_methods(pools)
    _print_stability(classifier, pools, options.draws)
    _print_time()


def _pool(classifier: Classifier, part: str, kinds: Sequence[str], seed: int) -> Pool:
    rows = [row for row in read_wordings() if row["part"] == part and (row["wording"] in kinds or row["belief"] is None)]
    lines = [line["text"] for line in staff_lines(read_rows(CORPUS / "documents.jsonl"))]
    texts = [row["text"] for row in rows] + [lines[place] for place in np.random.default_rng(seed).permutation(len(lines))[:BACKGROUND]]
    names = {name: number for number, name in enumerate(sorted({row["belief"] for row in rows if row["belief"]}))}
    truth = np.array([names.get(row["belief"], len(names) + place) for place, row in enumerate(rows)] + [-1] * BACKGROUND)
    scores = classifier.score(texts).to_records()
    heard = np.array([score.probabilities[4] < SURELY_NONE for score in scores])
    return Pool(
        truth=truth[heard],
        scores=[score for score, kept in zip(scores, heard, strict=True) if kept],
        meanings=classifier.embed([same_words(text) for text, kept in zip(texts, heard, strict=True) if kept]),
        raw=classifier.embed([text for text, kept in zip(texts, heard, strict=True) if kept]),
        missed=truth[~heard & (truth >= 0)],
    )


def read_wordings() -> list[dict[str, Any]]:
    """The rows of the set."""
    return [json.loads(line) for line in WORDINGS.read_text(encoding="utf-8").splitlines()]


def grouped(vectors: Vectors) -> Labels:
    """As the product groups, each statement being another person's."""
    own = [str(row) for row in range(len(vectors))]
    return groups.group_statements(vectors, own, own, SMALLEST)


def _linkage(vectors: Vectors, height: float) -> Labels:
    """Average linkage, cut at one height."""
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415 - half a second to load

    found: Labels = fcluster(linkage(vectors, "average", "cosine"), height, "distance").astype(np.int64)
    return found


def _density(vectors: Vectors, method: str) -> Labels:
    found: Labels = (
        HDBSCAN(min_cluster_size=SMALLEST, min_samples=1, cluster_selection_method=method, copy=True).fit_predict(vectors).astype(np.int64)
    )
    return found


def _by_culture(pool: Pool) -> Labels:
    """Each statement only with those of the culture that it most probably carries."""
    labels = np.full(len(pool.truth), -1, dtype=np.int64)
    top = np.array([score.culture for score in pool.scores])
    for number, culture in enumerate(sorted(set(top) - {"none"})):
        rows = np.flatnonzero(top == culture)
        labels[rows] = grouped(pool.vectors[rows]) + number * len(top)
    return labels


METHODS: Final[Mapping[str, Grouping]] = {
    "as in the product": lambda pool: grouped(pool.vectors),
    "each culture by itself": _by_culture,
    "without `same_words`": lambda pool: grouped(groups.belief_vectors(pool.raw, pool.scores)),
    "sentence vectors alone": lambda pool: grouped(pool.meanings),
    "sentence vectors alone, linkage cut at 0.65": lambda pool: _linkage(pool.meanings, 0.65),
    "linkage cut at 0.45": lambda pool: _linkage(pool.vectors, groups.NEAR),
    "linkage cut at 0.5": lambda pool: _linkage(pool.vectors, (groups.NEAR + groups.FAR) / 2),
    "linkage cut at 0.55": lambda pool: _linkage(pool.vectors, groups.FAR),
    "HDBSCAN, excess of mass": lambda pool: _density(pool.vectors, "eom"),
    "HDBSCAN, leaves": lambda pool: _density(pool.vectors, "leaf"),
}


def shown(pool: Pool, labels: Labels) -> Labels:
    """The groups that would be shown; -1 for what is in none."""
    probabilities = np.array([score.probabilities for score in pool.scores])
    found = np.full(len(labels), -1, dtype=np.int64)
    for label in np.unique(labels[labels >= 0]):
        rows = labels == label
        own = probabilities[rows]
        if rows.sum() >= SMALLEST and carries_culture(own) and holds_together(pool.vectors[rows], own):
            found[rows] = label
    return found


def agreement(pool: Pool, labels: Labels) -> tuple[float, float, float]:
    """Adjusted Rand index against the truth, and precision and recall of pairs of one belief; only what is counted."""
    counted = pool.truth >= 0
    truth = np.concatenate([pool.truth[counted], pool.missed])
    found = np.concatenate([labels[counted], np.full(len(pool.missed), -1, dtype=np.int64)])
    same = truth[:, None] == truth[None, :]
    together = (found[:, None] == found[None, :]) & (found[:, None] >= 0)
    np.fill_diagonal(same, val=False)
    np.fill_diagonal(together, val=False)
    both = float((same & together).sum())
    return rand_index(truth, found), both / max(1.0, float(together.sum())), both / float(same.sum())


def _print_methods(pools: Pools) -> None:
    heads = [f"{' and '.join(kinds)}, `{part}`" for part, kinds in pools]
    sys.stdout.write(f"| method | {' | '.join(heads)} |\n| --- {'| ---: ' * len(heads)}|\n")
    for name, method in METHODS.items():
        found = [np.mean([agreement(pool, shown(pool, method(pool))) for pool in own], axis=0) for own in pools.values()]
        cells = [f"{rand:.2f} ({precision:.2f}, {recall:.2f})" for rand, precision, recall in found]
        sys.stdout.write(f"| {name} | {' | '.join(cells)} |\n")
    sys.stdout.write("\n")


def _print_stability(classifier: Classifier, pools: Pools, draws: int) -> None:
    sys.stdout.write(
        "| data | statements | groups shown | adjusted Rand index | Jaccard of the beliefs shown |\n| --- | ---: | ---: | ---: | ---: |\n"
    )
    for (part, kinds), (pool, *_) in pools.items():
        vectors, labels = pool.vectors, grouped(pool.vectors)
        places = [str(row) for row in range(len(labels))]

        def regroup(rows: NDArray[np.int64], vectors: Vectors = vectors) -> Labels:
            return grouped(vectors[rows])

        found = stability_of(labels, places, regroup, draws=draws)
        numbers = [int(label) for label in np.unique(shown(pool, labels)) if label >= 0]
        if found is not None:
            _print_row(f"wordings, {' and '.join(kinds)}, `{part}`", len(labels), found.rand, [found.jaccard[label] for label in numbers])
    transcripts = [transcript for reading in read_files([SAMPLES], ReadOptions()) for transcript in reading]
    for team in beliefs_of(list(score_transcripts(transcripts, classifier)), classifier, None):
        stable = [belief.stability for belief in team.beliefs if belief.stability is not None]
        _print_row(f"`{team.team}`", team.n_statements or 0, team.stability or 0.0, stable)
    sys.stdout.write("\n")


def _print_row(name: str, n: int, rand: float, jaccards: Sequence[float]) -> None:
    spread = f"{np.mean(jaccards):.2f} ({min(jaccards):.2f} to {max(jaccards):.2f})" if jaccards else "-"
    sys.stdout.write(f"| {name} | {n} | {len(jaccards)} | {rand:.2f} | {spread} |\n")


def _print_time() -> None:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(300, 164))
    vectors = (centres[rng.integers(0, 300, 20_000)] + rng.normal(size=(20_000, 164))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    own = [str(row % 60) for row in range(len(vectors))]
    start = time.process_time()
    groups.group_statements(vectors, own, [str(row % 2000) for row in range(len(vectors))], SMALLEST)
    sys.stdout.write(f"20,000 statements are grouped in {time.process_time() - start:.1f} s of processor time\n")


if __name__ == "__main__":
    main()
