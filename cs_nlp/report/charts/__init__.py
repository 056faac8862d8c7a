"""Altair charts: the same functions serve the report, notebooks and pages."""

from __future__ import annotations

from cs_nlp.report.charts.beliefs import belief_shares
from cs_nlp.report.charts.drivers import driver_bars
from cs_nlp.report.charts.effects import effect_range
from cs_nlp.report.charts.mix import mix_over_time, mix_panel, profile
from cs_nlp.report.charts.newcomers import newcomer_distance
from cs_nlp.report.charts.style import PALETTE

__all__ = ["PALETTE", "belief_shares", "driver_bars", "effect_range", "mix_over_time", "mix_panel", "newcomer_distance", "profile"]
