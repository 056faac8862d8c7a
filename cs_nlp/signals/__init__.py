"""Team-level culture signals: pure functions over totals."""

from __future__ import annotations

from cs_nlp.signals.balance import Balance
from cs_nlp.signals.cells import cells_of
from cs_nlp.signals.correction import Correction
from cs_nlp.signals.estimate import Resampling
from cs_nlp.signals.evidence import Quoting, Redact, pick_evidence
from cs_nlp.signals.periods import BUCKETS, By
from cs_nlp.signals.privacy import Group
from cs_nlp.signals.privacy_answers import Answer, Query, answer, same_zone
from cs_nlp.signals.privacy_plan import Atom, Block, ReleasePlan, Rules, atom_of, atoms_of, can_leave, plan_release, plan_slices
from cs_nlp.signals.privacy_tables import is_safe_table
from cs_nlp.signals.series import SMALLEST_GROUP, team_signals

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
    "Query",
    "Quoting",
    "Redact",
    "ReleasePlan",
    "Resampling",
    "Rules",
    "answer",
    "atom_of",
    "atoms_of",
    "can_leave",
    "cells_of",
    "is_safe_table",
    "pick_evidence",
    "plan_release",
    "plan_slices",
    "same_zone",
    "team_signals",
]
