"""Scored transcripts are read as signals of their teams, and shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

from cs_nlp.errors import ArtefactError, InputError, MissingExtraError
from cs_nlp.records import Findings, ScoredTranscript, Signal
from cs_nlp.scoring import Artefact
from cs_nlp.signals import SMALLEST_GROUP, By, Correction, Quoting, Redact, Resampling, pick_evidence, team_signals


@dataclass(frozen=True, slots=True)
class Reading:
    """How scored transcripts are read as signals.

    Attributes:
        by: length of the periods.
        tz: time zone of the periods, or that of each team.
        smallest_group: groups of fewer people or transcripts are withheld.
        seed: of the resampling behind the intervals.
    """

    by: By = "week"
    tz: Mapping[str, tzinfo] | tzinfo = UTC
    smallest_group: int = SMALLEST_GROUP
    seed: int = 0


def correction_of(artefact: Artefact) -> Correction | None:
    """The classifier's errors on the statements held out when it was trained, or None where the artefact has none.

    Raises:
        ArtefactError: the artefact's rows are damaged.
    """
    rows = artefact.evaluation.get("rows")
    if not rows:
        return None
    try:
        return Correction.from_rows(rows["cultures"], rows["probabilities"], [str(group) for group in rows["groups"]])
    except (InputError, KeyError, TypeError, ValueError) as error:
        raise ArtefactError(f"{artefact.path}/evaluation.json: the held-out rows are damaged ({error}); train the model again") from error


def signals_of(scored: Iterable[ScoredTranscript], artefact: Artefact, options: Reading = Reading()) -> list[Signal]:  # frozen
    """The teams' signals, corrected with what the artefact knows of its own errors.

    Args:
        scored: the transcripts.
        artefact: of the classifier that scored them.
        options: periods, zone, smallest group and seed.
    """
    return team_signals(
        [item.totals for item in scored],
        by=options.by,
        tz=options.tz,
        k=options.smallest_group,
        correction=correction_of(artefact),
        resampling=Resampling(seed=options.seed),
    )


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
        redact = redact or _redaction()
    except MissingExtraError as error:
        notes.append(f"Nothing is quoted: {error}.")
    quoting = Quoting(k=options.smallest_group, seed=options.seed)
    quotes = pick_evidence(scored, redact, by=options.by, tz=options.tz, quoting=quoting) if redact else {}
    findings = {team: Findings(team, quotes=tuple(own)) for team, own in quotes.items()}
    return render_report(signals, findings, title="Team culture", model_name=artefact.name, truth=truth, notes=notes)


def _redaction() -> Redact:
    from cs_nlp.redact import Redactor  # noqa: PLC0415 - as above

    redactor = Redactor()
    return lambda texts: [redactor.redact_texts([text], before=[None])[0].text for text in texts]
