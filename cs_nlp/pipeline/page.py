"""The report on scored transcripts, as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cs_nlp.errors import MissingExtraError
from cs_nlp.pipeline.findings import findings_of
from cs_nlp.pipeline.signals import Reading
from cs_nlp.records import ScoredTranscript, Signal
from cs_nlp.scoring import Artefact
from cs_nlp.signals import Quoting, Redact, pick_evidence


def report_page(
    scored: Sequence[ScoredTranscript],
    signals: Sequence[Signal],
    artefact: Artefact,
    options: Reading,
    *,
    truth: Sequence[Signal] = (),
    redact: Redact | None = None,
) -> str:
    """The report on scored transcripts and their signals: a self-contained HTML page.

    Args:
        scored: the transcripts, for the statements that are quoted.
        signals: from `signals_of` with the same options.
        artefact: of the classifier.
        options: as for `signals_of`.
        truth: true values of the same signals, where they are known.
        redact: what takes names and numbers out of what is quoted; None for `cs_nlp.redact`. Where that is not installed, nothing is
            quoted, and the page says so.
    """
    from cs_nlp.report import render_report  # noqa: PLC0415 - charts are heavy, and only wanted here

    notes = []
    try:
        redact = redact or _redaction(scored)
    except MissingExtraError as error:
        notes.append(f"Nothing is quoted: {error}.")
    quoting = Quoting(k=options.smallest_group, seed=options.seed)
    quotes = pick_evidence(scored, redact, by=options.by, tz=options.tz, quoting=quoting) if redact else {}
    gathered = findings_of(scored, signals, artefact, options)
    findings = {team: replace(found, quotes=tuple(quotes.get(team, ()))) for team, found in gathered.items()}
    return render_report(signals, findings, title="Team culture", model_name=artefact.name, truth=truth, notes=notes)


def _redaction(scored: Sequence[ScoredTranscript]) -> Redact:
    from cs_nlp.pipeline.redacting import quote_redaction  # noqa: PLC0415 - not wanted where the texts are redacted already

    return quote_redaction(one.transcript for one in scored)
