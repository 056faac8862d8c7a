"""What cs_nlp knows of service culture: the labels, their order, and what each means and asks for.

The labels are constants; the knowledge behind them is read from the TOML files of this folder when `load_taxonomy` is first called.
"""

from __future__ import annotations

from cs_nlp.taxonomy.entries import Culture, Driver, Element, Link, System, Target, Taxonomy
from cs_nlp.taxonomy.labels import CULTURES, DRIVERS, SIGNAL_CULTURES, SIGNED_DRIVERS, TARGETS, TAXONOMY_VERSION
from cs_nlp.taxonomy.loading import load_taxonomy
from cs_nlp.taxonomy.naming import name_cultures

__all__ = [
    "CULTURES",
    "DRIVERS",
    "SIGNAL_CULTURES",
    "SIGNED_DRIVERS",
    "TARGETS",
    "TAXONOMY_VERSION",
    "Culture",
    "Driver",
    "Element",
    "Link",
    "System",
    "Target",
    "Taxonomy",
    "load_taxonomy",
    "name_cultures",
]
