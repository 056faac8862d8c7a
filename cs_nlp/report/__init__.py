"""Charts, and the HTML report made of them."""

from __future__ import annotations

from cs_nlp.report.html import render_report

__all__ = ["render_report"]
