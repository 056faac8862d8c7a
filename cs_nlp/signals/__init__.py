"""Team-level culture signals: pure functions over totals."""

from __future__ import annotations

from cs_nlp.signals.correction import Correction
from cs_nlp.signals.estimate import Resampling
from cs_nlp.signals.evidence import pick_evidence
from cs_nlp.signals.periods import BUCKETS, By
from cs_nlp.signals.series import SMALLEST_GROUP, team_signals

__all__ = ["BUCKETS", "SMALLEST_GROUP", "By", "Correction", "Resampling", "pick_evidence", "team_signals"]
