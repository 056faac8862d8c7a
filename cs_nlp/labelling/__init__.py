"""Labelled data: annotation files and what can be said of them, weak rules, what to label next, label tools, gold data sets and splits."""

from __future__ import annotations

from cs_nlp.labelling.adjudication import Adjudicated, adjudicate
from cs_nlp.labelling.agreement import Agreement, Alpha, measure_agreement
from cs_nlp.labelling.annotations import read_annotations, write_annotations
from cs_nlp.labelling.choosing import (
    choose_balanced,
    choose_diverse,
    choose_for_interval,
    choose_mixed,
    choose_uncertain,
    shares_from_sample,
)
from cs_nlp.labelling.datasets import read_dataset, read_unlabelled
from cs_nlp.labelling.splits import split_by_group
from cs_nlp.labelling.suspects import Suspect, find_suspects, out_of_fold
from cs_nlp.labelling.weak import fit_weak, measure_rules, measure_together, weak_labels
from cs_nlp.labelling.weak_rules import SHIPPED, Rule, fire, read_rules

__all__ = [
    "SHIPPED",
    "Adjudicated",
    "Agreement",
    "Alpha",
    "Rule",
    "Suspect",
    "adjudicate",
    "choose_balanced",
    "choose_diverse",
    "choose_for_interval",
    "choose_mixed",
    "choose_uncertain",
    "find_suspects",
    "fire",
    "fit_weak",
    "measure_agreement",
    "measure_rules",
    "measure_together",
    "out_of_fold",
    "read_annotations",
    "read_dataset",
    "read_rules",
    "read_unlabelled",
    "shares_from_sample",
    "split_by_group",
    "weak_labels",
    "write_annotations",
]
