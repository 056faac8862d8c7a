"""cs_nlp tells customer-service teams which culture they work in.

This is the public door: what is named here is kept stable. Names are loaded when they are first used.
"""

from __future__ import annotations

import typing as _typing
from importlib import import_module as _import_module

if _typing.TYPE_CHECKING:
    from cs_nlp.errors import CsNlpError, InputError
    from cs_nlp.ingest import ReadOptions, read_files
    from cs_nlp.pipeline import Reading, report_page, score_transcripts, signals_of
    from cs_nlp.pipeline.beliefs import beliefs_of
    from cs_nlp.pipeline.changes import changes_of, drivers_of
    from cs_nlp.pipeline.frames import score_frame, signals_frame, statements_frame
    from cs_nlp.records import (
        Channel,
        Explanation,
        Interval,
        Role,
        Score,
        ScoredStatement,
        ScoredTranscript,
        Signal,
        Statement,
        Totals,
        Transcript,
        Turn,
    )
    from cs_nlp.scoring import Classifier, Scores, load_classifier
    from cs_nlp.scoring.explain import explain
    from cs_nlp.signals import Correction, team_signals
    from cs_nlp.taxonomy import load_taxonomy

__all__ = [
    "Channel",
    "Classifier",
    "Correction",
    "CsNlpError",
    "Explanation",
    "InputError",
    "Interval",
    "ReadOptions",
    "Reading",
    "Role",
    "Score",
    "ScoredStatement",
    "ScoredTranscript",
    "Scores",
    "Signal",
    "Statement",
    "Totals",
    "Transcript",
    "Turn",
    "beliefs_of",
    "changes_of",
    "drivers_of",
    "explain",
    "load_classifier",
    "load_taxonomy",
    "read_files",
    "report_page",
    "score_frame",
    "score_transcripts",
    "signals_frame",
    "signals_of",
    "statements_frame",
    "team_signals",
]

_HOMES = {
    "cs_nlp.errors": (
        "CsNlpError",
        "InputError",
    ),
    "cs_nlp.ingest": (
        "ReadOptions",
        "read_files",
    ),
    "cs_nlp.pipeline": (
        "Reading",
        "report_page",
        "score_transcripts",
        "signals_of",
    ),
    "cs_nlp.pipeline.beliefs": ("beliefs_of",),
    "cs_nlp.pipeline.changes": (
        "changes_of",
        "drivers_of",
    ),
    "cs_nlp.pipeline.frames": (
        "score_frame",
        "signals_frame",
        "statements_frame",
    ),
    "cs_nlp.records": (
        "Channel",
        "Explanation",
        "Interval",
        "Role",
        "Score",
        "ScoredStatement",
        "ScoredTranscript",
        "Signal",
        "Statement",
        "Totals",
        "Transcript",
        "Turn",
    ),
    "cs_nlp.scoring": (
        "Classifier",
        "Scores",
        "load_classifier",
    ),
    "cs_nlp.scoring.explain": ("explain",),
    "cs_nlp.signals": (
        "Correction",
        "team_signals",
    ),
    "cs_nlp.taxonomy": ("load_taxonomy",),
}


def __getattr__(name: str) -> _typing.Any:  # noqa: ANN401 - whatever the name stands for
    for home, names in _HOMES.items():
        if name in names:
            globals()[name] = found = getattr(_import_module(home), name)
            return found
    raise AttributeError(f"module 'cs_nlp' has no attribute {name!r}")
