"""What of scored transcripts is shown or written is redacted, and nothing else is."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from cs_nlp.records import ScoredTranscript
from cs_nlp.redact import Redactor, redact_quotes
from cs_nlp.taxonomy import SIGNAL_CULTURES


def redact_scored(redactor: Redactor, scored: ScoredTranscript, *, everything: bool = False) -> tuple[ScoredTranscript, Counter[str]]:
    """Redact the statements of a scored transcript that will be shown or written.

    Args:
        redactor: made once for a process.
        scored: with the words as they were said.
        everything: whether all statements will be. Otherwise only those that carry a signal will be, and the words of the others are
            dropped, which saves most of the work.

    Returns:
        The transcript without turns, its statements without contexts and with redacted words ("" where they are dropped), and how much was
        replaced, by kind. Offsets still point into the turns as they were read, so that a statement can be found again in the source.
    """
    kept = [item.statement for item in scored.statements if everything or item.score.culture in SIGNAL_CULTURES]
    done = redact_quotes(redactor, scored.transcript, kept)
    words = {id(statement): text.text for statement, text in zip(kept, done, strict=True)}
    statements = tuple(
        replace(item, statement=replace(item.statement, text=words.get(id(item.statement), ""), context=None)) for item in scored.statements
    )
    redacted = replace(scored, transcript=replace(scored.transcript, turns=()), statements=statements)
    return redacted, Counter(span.kind for text in done for span in text.spans)
