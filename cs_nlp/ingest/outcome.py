"""What became of a file: its report, and the counting while it is read."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class FileReport:
    """What was read from one file and what was not.

    Attributes:
        path: the file as the user named it.
        format: name of the format it was read as, or None where none was found.
        transcripts: transcripts read.
        turns: turns read.
        skipped: number of items left out, by reason (`empty`, `event`, `bot`, `bad row` ...).
        unknown_roles: turns whose role neither file nor role map says.
        role_confidence: confidence of the guess who is the agent, by transcript id, where guesses were asked for (`detect_roles`); roles
            stay unknown below `detect.LEAST_CONFIDENCE`.
        doubled: turns left out because the same words stood beside them under another speaker, or twice in the file.
        pii_marks: marks such as `[PII]` that the platform put in place of personal data.
        redactions: how much was replaced by placeholders, by kind, where redaction was asked for; whoever redacts fills it in.
        warnings: sentences for the user, without words of the transcript.
        error: message of the error that ended the reading or that lists the bad rows, or None.
    """

    path: str
    format: str | None = None
    transcripts: int = 0
    turns: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    unknown_roles: int = 0
    role_confidence: dict[str, float] = field(default_factory=dict)
    doubled: int = 0
    pii_marks: int = 0
    redactions: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    error: str | None = None

    def warn(self, sentence: str) -> None:
        """Keep a warning, once, however often it comes."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)
