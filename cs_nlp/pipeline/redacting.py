"""What of scored transcripts is shown or written is redacted, and nothing else is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cs_nlp.records import ScoredTranscript, Transcript
from cs_nlp.redact import Ledger, Redactor, names_of, redact_quotes
from cs_nlp.taxonomy import SIGNAL_CULTURES

if TYPE_CHECKING:
    from cs_nlp.signals import Redact

_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


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


def quote_redaction(transcripts: Iterable[Transcript]) -> Redact:
    """What takes names and numbers out of single statements that are quoted, whatever transcript they stand in.

    Args:
        transcripts: whose speakers' names are found wherever they are said, in the words of their colleagues too.

    Returns:
        A function from texts to redacted texts; each is numbered by itself.

    Raises:
        MissingExtraError: redaction is not installed.
    """
    redactor = Redactor()
    names = {word.casefold() for transcript in transcripts for name in names_of(transcript) for word in _WORD.findall(name)}

    def redact(texts: Sequence[str]) -> list[str]:
        return [one for text in texts for one in _redacted(redactor, text, names)]

    return redact


def _redacted(redactor: Redactor, text: str, names: set[str]) -> list[str]:
    ledger = Ledger(word for word in _WORD.findall(text) if word.casefold() in names)
    return [done.text for done in redactor.redact_texts([text], ledger=ledger, before=[None])]
