"""cs_nlp tells customer-service teams which culture they work in."""

from __future__ import annotations

__all__: list[str] = []
