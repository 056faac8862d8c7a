"""Team-level culture signals: pure functions over totals."""

from __future__ import annotations

from cs_nlp.signals.balance import Balance
from cs_nlp.signals.cells import cells_of
from cs_nlp.signals.correction import Correction
from cs_nlp.signals.estimate import Resampling
from cs_nlp.signals.evidence import Quoting, Redact, pick_evidence
from cs_nlp.signals.methods import Method, Methods
from cs_nlp.signals.periods import BUCKETS, By, Period, local_date
from cs_nlp.signals.privacy import Group
from cs_nlp.signals.privacy_answers import Answer, Query, answer, same_zone
from cs_nlp.signals.privacy_plan import (
    Atom,
    Block,
    ReleasePlan,
    Rules,
    atom_of,
    atoms_of,
    can_leave,
    plan_release,
    plan_slices,
    sheets_of,
    span_of,
)
from cs_nlp.signals.privacy_tables import is_safe_table
from cs_nlp.signals.series import SMALLEST_GROUP, Series, series_signals, team_signals, zone_of

__all__ = [
    "BUCKETS",
    "SMALLEST_GROUP",
    "Answer",
    "Atom",
    "Balance",
    "Block",
    "By",
    "Correction",
    "Group",
    "Method",
    "Methods",
    "Period",
    "Query",
    "Quoting",
    "Redact",
    "ReleasePlan",
    "Resampling",
    "Rules",
    "Series",
    "answer",
    "atom_of",
    "atoms_of",
    "can_leave",
    "cells_of",
    "is_safe_table",
    "local_date",
    "pick_evidence",
    "plan_release",
    "plan_slices",
    "same_zone",
    "series_signals",
    "sheets_of",
    "span_of",
    "team_signals",
    "zone_of",
]
