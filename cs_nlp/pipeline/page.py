"""The report on scored transcripts, as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cs_nlp.errors import ArtefactError, MissingExtraError
from cs_nlp.pipeline.beliefs import beliefs_of
from cs_nlp.pipeline.findings import Known, findings_of
from cs_nlp.pipeline.signals import Reading
from cs_nlp.records import ScoredTranscript, Signal
from cs_nlp.records.beliefs import TeamBeliefs
from cs_nlp.scoring import Artefact, Classifier
from cs_nlp.signals import Quoting, Redact, pick_evidence


def report_page(  # noqa: PLR0913 - half of them can be left out
    scored: Sequence[ScoredTranscript],
    signals: Sequence[Signal],
    artefact: Artefact,
    options: Reading,
    *,
    truth: Sequence[Signal] = (),
    redact: Redact | None = None,
    classifier: Classifier | None = None,
    known: Known = Known(),  # noqa: B008 - frozen
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
        classifier: gives the sentence vectors by which statements become beliefs; None to leave beliefs out.
        known: joining days, and interventions whose effects are shown; its beliefs go before those that `classifier` would give.
    """
    from cs_nlp.report import render_report  # noqa: PLC0415 - charts are heavy, and only wanted here

    notes = []
    try:
        redact = redact or _redaction(scored)
    except MissingExtraError as error:
        notes.append(f"Nothing is quoted: {error}.")
    quoting = Quoting(k=options.smallest_group, seed=options.seed)
    quotes = pick_evidence(scored, redact, by=options.by, tz=options.tz, quoting=quoting) if redact else {}
    if classifier is not None and not known.beliefs:
        known = replace(known, beliefs=_beliefs(scored, classifier, redact, options, notes))
    gathered = findings_of(scored, signals, artefact, options, known)
    findings = {team: replace(found, quotes=tuple(quotes.get(team, ()))) for team, found in gathered.items()}
    return render_report(signals, findings, title="Team culture", model_name=artefact.name, truth=truth, notes=notes)


def _beliefs(
    scored: Sequence[ScoredTranscript], classifier: Classifier, redact: Redact | None, options: Reading, notes: list[str]
) -> list[TeamBeliefs]:
    try:
        return beliefs_of(scored, classifier, redact, options)
    except ArtefactError as error:
        notes.append(f"What several people say is left out: {error}.")
        return []


def _redaction(scored: Sequence[ScoredTranscript]) -> Redact:
    from cs_nlp.pipeline.redacting import quote_redaction  # noqa: PLC0415 - not wanted where the texts are redacted already

    return quote_redaction(one.transcript for one in scored)
