"""Charts, and the HTML report made of them."""

from __future__ import annotations

from cs_nlp.report.html import TeamSection, chart_script, render_report, team_section

__all__ = ["TeamSection", "chart_script", "render_report", "team_section"]
