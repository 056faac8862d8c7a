"""The nouns that stages hand to one another: frozen records, no behaviour beyond what they derive from themselves.

Times: `datetime` fields are aware unless said otherwise; offsets in seconds end in `_s`; shares are floats from 0 to 1.
Character offsets are half-open (`text[start_char:end_char]`) and count Unicode code points.
"""

from __future__ import annotations

from cs_nlp.records.annotated import GROUP_FIELDS, AnnotatedStatement
from cs_nlp.records.changes import Against, Cause, ChangePoint, Changes, Decomposition, Difference, DriverEvidence, Part, Pooled
from cs_nlp.records.coaching import About, Advice, Coaching, Evidence
from cs_nlp.records.explanations import Explanation, WordWeight
from cs_nlp.records.figures import Interval, Signal, Withheld
from cs_nlp.records.findings import Findings
from cs_nlp.records.gold import Annotation, LabelledStatement
from cs_nlp.records.interventions import Effect, Intervention, NoEffect, Placebo
from cs_nlp.records.newcomers import Newcomers, NewcomerWeek, NoSpeed
from cs_nlp.records.scores import Cell, Score, ScoredStatement, ScoredTranscript, Totals, Unsure
from cs_nlp.records.speech import Channel, Role, Statement, Transcript, Turn

__all__ = [
    "GROUP_FIELDS",
    "About",
    "Advice",
    "Against",
    "AnnotatedStatement",
    "Annotation",
    "Cause",
    "Cell",
    "ChangePoint",
    "Changes",
    "Channel",
    "Coaching",
    "Decomposition",
    "Difference",
    "DriverEvidence",
    "Effect",
    "Evidence",
    "Explanation",
    "Findings",
    "Interval",
    "Intervention",
    "LabelledStatement",
    "NewcomerWeek",
    "Newcomers",
    "NoEffect",
    "NoSpeed",
    "Part",
    "Placebo",
    "Pooled",
    "Role",
    "Score",
    "ScoredStatement",
    "ScoredTranscript",
    "Signal",
    "Statement",
    "Totals",
    "Transcript",
    "Turn",
    "Unsure",
    "Withheld",
    "WordWeight",
]
