"""Labelled data: annotation files, gold data sets and splits."""

from __future__ import annotations

from cs_nlp.labelling.datasets import read_dataset
from cs_nlp.labelling.splits import split_by_group

__all__ = ["read_dataset", "split_by_group"]
