"""What cs_nlp knows of service culture: the labels, their order, and what each means."""

from __future__ import annotations

from cs_nlp.taxonomy.labels import CULTURES, DRIVERS, SIGNAL_CULTURES, SIGNED_DRIVERS, TARGETS

__all__ = ["CULTURES", "DRIVERS", "SIGNAL_CULTURES", "SIGNED_DRIVERS", "TARGETS"]
