"""The labels and their order. Every array of scores in cs_nlp is in this order; it is defined here and nowhere else."""

from __future__ import annotations

from typing import Final

TAXONOMY_VERSION: Final = "1.0.0"
"""Version of the labels and of what they mean: a label added, removed or redefined raises the first number, better words the last."""

CULTURES: Final = ("aggressive", "passive_aggressive", "submissive", "assertive", "none")
SIGNAL_CULTURES: Final = CULTURES[:4]
TARGETS: Final = ("customer", "product", "company", "team", "self", "other")
DRIVERS: Final = (
    "purpose",
    "product_pride",
    "learning_from_mistakes",
    "collaboration",
    "leadership",
    "customer_commitment",
    "clear_expectations",
    "training",
    "keeping_promises",
    "voice",
    "empowerment",
    "recognition",
    "evaluation",
)
SIGNED_DRIVERS: Final = tuple(f"{driver}{sign}" for driver in DRIVERS for sign in "+-")
