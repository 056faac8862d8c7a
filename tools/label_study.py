"""Measures what the tools for labelling are worth: rules, suspected label errors, and samples chosen for an interval.

`python -m tools.label_study` takes the corpus; `--also FILE` judges the rules on a further data set as well. Figures in README.md are
from it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from cs_nlp.labelling.annotations import read_annotations
from cs_nlp.labelling.choosing import choose_for_interval, shares_from_sample
from cs_nlp.labelling.suspects import find_suspects, out_of_fold
from cs_nlp.labelling.weak import fit_weak, measure_together
from cs_nlp.labelling.weak_rules import SHIPPED, fire, read_rules
from cs_nlp.pipeline.labelling import vectors_for
from cs_nlp.records import AnnotatedStatement
from cs_nlp.scoring import find_artefact, load_classifier
from cs_nlp.scoring.artefact import Artefact
from cs_nlp.taxonomy import CULTURES

CORPUS = Path(__file__).resolve().parent.parent / "data" / "corpus"
READ = CORPUS / "documents.jsonl"
UNREAD = CORPUS / "documents_2.jsonl"
MODEL = "culture-en-small"
LINES, WRONG, SEED = 4000, 0.05, 0
LABELS, SAMPLES = 150, 400


def study_rules(paths: list[Path]) -> None:
    """How often the weighed vote is right, learnt from the documents that the rules were written from."""
    rules, learnt = read_rules(SHIPPED), read_annotations([READ])
    models = fit_weak(rules, fire(rules, learnt), [one.gold for one in learnt])
    for path in (READ, *paths):
        statements = read_annotations([path])
        found = measure_together(rules, fire(rules, statements), models, [one.gold for one in statements])
        print(f"rules on {path.name}: {found}")


def study_suspects(statements: list[AnnotatedStatement]) -> None:
    """How many labels that were made wrong on purpose are found."""
    rng = np.random.default_rng(SEED)
    right = [one.gold.culture for one in statements if one.gold is not None]
    is_wrong = rng.random(len(right)) < WRONG
    moved = [CULTURES[(CULTURES.index(label) + 1 + int(rng.integers(len(CULTURES) - 1))) % len(CULTURES)] for label in right]
    labels = [other if wrong else label for label, other, wrong in zip(right, moved, is_wrong, strict=True)]
    vectors = vectors_for(statements, load_classifier(MODEL))
    for name, given in (("words", None), ("vectors and words", vectors)):
        hits = [bool(is_wrong[one.row]) for one in find_suspects(labels, out_of_fold(statements, labels, given))]
        first = int(is_wrong.sum())
        print(f"suspects by {name}: {len(hits)}, {sum(hits)} of {first} planted among them, {sum(hits[:first])} among the first {first}")


def study_samples() -> None:
    """The error of shares from samples drawn for one culture, for all, and at random, on the model's held-out statements."""
    rows = Artefact.open(find_artefact(MODEL)).evaluation["rows"]
    said, truth = np.array(rows["probabilities"]), np.array([CULTURES.index(name) for name in rows["cultures"]])
    shares = np.bincount(truth, minlength=len(CULTURES)) / len(truth)
    for place, name in [*enumerate(CULTURES), (None, "all")]:
        own = [place] if place is not None else list(range(len(CULTURES)))
        errors = {}
        for way, probabilities in (("chosen", said), ("at random", np.full_like(said, 1 / len(CULTURES)))):
            misses = []
            for seed in range(SAMPLES):
                drawn, _ = choose_for_interval(probabilities, LABELS, classes=own if place is not None else (), seed=seed)
                at = [one.row for one in drawn]
                weights = [one.weight or 0.0 for one in drawn]
                found = shares_from_sample(said.mean(axis=0), len(said), said[at], [CULTURES[truth[row]] for row in at], weights)
                misses.append([found[k][0] - shares[k] for k in own])
            errors[way] = float(np.sqrt(np.square(misses).sum(axis=1).mean()))
        less = 1 - errors["chosen"] / errors["at random"]
        print(f"share of {name}: error {errors['chosen']:.4f} chosen, {errors['at random']:.4f} at random: {less:.0%} less")


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--also", type=Path, nargs="*", default=[], help="further data sets to judge the rules on")
    study_rules([UNREAD, *parser.parse_args().also])
    study_samples()
    study_suspects(read_annotations([UNREAD])[:LINES])


if __name__ == "__main__":
    main()
