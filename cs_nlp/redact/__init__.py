"""What identifies a person is taken out before a text is kept; speakers become keyed pseudonyms."""

from __future__ import annotations

from cs_nlp.redact.found import KINDS
from cs_nlp.redact.ledger import Ledger
from cs_nlp.redact.pseudonyms import pseudonym
from cs_nlp.redact.redactor import Redactor
from cs_nlp.redact.texts import RedactedText, Span
from cs_nlp.redact.transcripts import RedactedTranscript, names_of, redact_quotes, redact_statements, redact_transcript, with_pseudonyms

__all__ = [
    "KINDS",
    "Ledger",
    "RedactedText",
    "RedactedTranscript",
    "Redactor",
    "Span",
    "names_of",
    "pseudonym",
    "redact_quotes",
    "redact_statements",
    "redact_transcript",
    "with_pseudonyms",
]
