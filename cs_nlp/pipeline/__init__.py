"""The story: transcripts are cut into statements, scored, and added up to signals. The single place where the stages meet."""

from __future__ import annotations

from cs_nlp.pipeline.page import report_page
from cs_nlp.pipeline.redacting import redact_scored
from cs_nlp.pipeline.scoring import probabilities_of, score_transcripts, staff_statements, totals_of
from cs_nlp.pipeline.signals import Reading, correction_of, signals_of

__all__ = [
    "Reading",
    "correction_of",
    "probabilities_of",
    "redact_scored",
    "report_page",
    "score_transcripts",
    "signals_of",
    "staff_statements",
    "totals_of",
]
