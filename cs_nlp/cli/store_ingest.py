"""What `cs-nlp ingest` does."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import typer

from cs_nlp.cli.files import Intake
from cs_nlp.cli.screen import complain, json_line, out, print_json, progress, tell
from cs_nlp.cli.store_open import Opened, opened
from cs_nlp.errors import InputError, MissingExtraError
from cs_nlp.ingest import ReadOptions
from cs_nlp.pipeline.publishing import DEFAULT_RULES, choose_rules
from cs_nlp.pipeline.scoring import model_of
from cs_nlp.pipeline.stored import other_models
from cs_nlp.pipeline.storing import ingest, score_waiting
from cs_nlp.records import Transcript
from cs_nlp.redact import Redactor
from cs_nlp.scoring import Classifier, load_classifier
from cs_nlp.settings import Settings
from cs_nlp.store import KeepText, Outcome, Receipt, count_states, count_waiting, list_transcripts, next_free, requeue

__all__ = ["Wish", "opened", "run", "run_rescore"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for.

    Attributes:
        paths: what to read.
        options: how to read it.
        report: file for the reports on each file, or None.
        model: the model to score with, or None for that of the settings.
        later: only store.
        as_json: print one JSON object a transcript.
    """

    paths: Sequence[Path]
    options: ReadOptions
    report: Path | None
    model: str | None
    later: bool
    as_json: bool


@dataclass(slots=True)
class _Counts:
    """What became of the transcripts, in all and by file."""

    whole: Counter[Outcome] = field(default_factory=Counter)
    files: defaultdict[str, Counter[Outcome]] = field(default_factory=lambda: defaultdict(Counter))
    redactions: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, source: str, receipt: Receipt) -> None:
        self.whole[receipt.outcome] += 1
        self.files[source][receipt.outcome] += 1
        self.redactions[source].update(receipt.redactions)


def run(settings: Settings, where: Opened, wish: Wish) -> None:
    """Store what is read, score what waits, tell what became of it.

    Raises:
        typer.Exit: a file was bad, or a transcript could not be scored.
        InputError: redaction is not installed, or nothing is to be done.
    """
    at_once = where.keeping.text is KeepText.NONE
    if wish.later and at_once:
        raise InputError("--later: where no text is kept (CS_NLP_KEEP_TEXT=none), transcripts are scored as they come in")
    if wish.later and not wish.paths:
        raise InputError("--later: there is nothing to store; name files, folders or zips")
    redactor = None if at_once or not wish.paths else _redactor()
    classifier = None if wish.later else load_classifier(wish.model or settings.model, threads=settings.threads)
    intake, counts = Intake(wish.paths, wish.options), _Counts()
    sources: list[str] = []

    def watched() -> Iterator[Transcript]:
        for transcript in intake.transcripts():
            sources.append(transcript.source)
            yield transcript

    if wish.paths:
        for n, receipt in enumerate(ingest(where.store, watched(), where.keeping, redactor=redactor, classifier=classifier)):
            counts.add(sources[n], receipt)
            if wish.as_json:
                print_json({"file": sources[n], "transcript": receipt.name, "id": receipt.uid, "outcome": receipt.outcome.value})
        _tell_files(counts, wish)
    failed = classifier is not None and _score(where, classifier, settings.smallest_group)
    if not wish.as_json:
        _show(where, counts, wish)
    intake.close(None, brief=True) if wish.report is None else _write_report(intake, counts, wish.report)
    if failed or intake.failed:
        raise typer.Exit(2)


def run_rescore(settings: Settings, where: Opened, model: str | None) -> None:
    """Score anew what another model scored.

    Raises:
        typer.Exit: a transcript could not be scored.
    """
    classifier = load_classifier(model or settings.model, threads=settings.threads)
    whole, n = 0, 1
    while n:
        with where.store.writing() as db:
            n = requeue(db, where.organisation, model_of(classifier.artefact))
        whole += n
    failed = _score(where, classifier, settings.smallest_group)
    with where.store.reading() as db:
        left = other_models(db, where.organisation, classifier.artefact)
    out.print(f"{whole} transcripts scored anew", markup=False)
    for name, count in left.items():
        out.print(f"{count} stay with {name}: not all of their text was kept", markup=False)
    if failed:
        raise typer.Exit(2)


def _redactor() -> Redactor:
    try:
        return Redactor()
    except MissingExtraError as error:
        raise InputError(f"{error}; or keep no text at all, with CS_NLP_KEEP_TEXT=none") from error


def _tell_files(counts: _Counts, wish: Wish) -> None:
    """Names the files that held what was there before."""
    if wish.report is None:
        for path, own in counts.files.items():
            if own[Outcome.DUPLICATE] or own[Outcome.REPLACED]:
                tell(f"{path}: {_counted(own)}")


def _counted(own: Counter[Outcome]) -> str:
    words = {Outcome.NEW: "new", Outcome.REPLACED: "in place of an older version", Outcome.DUPLICATE: "stored before"}
    return ", ".join(f"{own[outcome]} {word}" for outcome, word in words.items() if own[outcome]) or "none"


def _score(where: Opened, classifier: Classifier, k: int) -> bool:
    """Scores what waits, to be published for groups of `k` or more; whether a transcript failed for good."""
    store, organisation = where.store, where.organisation
    choose_rules(store, organisation, replace(DEFAULT_RULES, k=k))
    with store.reading() as db:
        waiting, failed = count_waiting(db, organisation), count_states(db, organisation)["failed"]
    worker = f"ingest, process {os.getpid()}"
    done = 0
    with progress("scoring transcripts", waiting) as bar:
        for batch in score_waiting(store, organisation, classifier, worker=worker, keep=where.keeping.text):
            done += len(batch)
            bar(done, max(waiting, done))
    with store.reading() as db:
        until = next_free(db, organisation)
        if until is not None:
            left = count_waiting(db, organisation)
            tell(f"{left} transcripts are claimed by another process; should it have died, run 'cs-nlp ingest' after {until:%H:%M:%S} UTC")
        if count_states(db, organisation)["failed"] == failed:
            return False
        for one in list_transcripts(db, organisation, state="failed"):
            complain(f"{one.name}: it could not be scored: {one.error}")
    return True


def _show(where: Opened, counts: _Counts, wish: Wish) -> None:
    with where.store.reading() as db:
        states = count_states(db, where.organisation)
    if wish.paths:
        out.print(f"{counts.whole.total()} transcripts read: {_counted(counts.whole)}", markup=False)
    held = ", ".join(f"{n} {state}" for state, n in states.items() if n) or "nothing"
    out.print(f"{where.store.label}, organisation {where.keeping.organisation}: {held}", markup=False)


def _write_report(intake: Intake, counts: _Counts, path: Path) -> None:
    rows = [
        asdict(item)
        | {"redactions": dict(counts.redactions[item.path])}
        | {"stored": {outcome.value: counts.files[item.path][outcome] for outcome in Outcome}}
        for item in intake.reports
    ]
    path.write_text("".join(map(json_line, rows)), encoding="utf-8")
