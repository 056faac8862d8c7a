"""`cs-nlp score`: statements with their culture."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from cs_nlp.cli.files import DETECT_ROLES, ENCODING, FORMAT, METADATA, PATHS, REDACT, REPORT, ROLE_MAP, Intake, read_options
from cs_nlp.cli.screen import listed, out, percent, print_json, shortened, tell
from cs_nlp.cli.signals import reading_of
from cs_nlp.cli.writers import TABULAR, Writer, check_output, open_writer
from cs_nlp.pipeline import probabilities_of, report_page, score_transcripts, signals_of
from cs_nlp.records import ScoredStatement, ScoredTranscript
from cs_nlp.scoring import load_classifier
from cs_nlp.settings import read_settings
from cs_nlp.signals import Group
from cs_nlp.taxonomy import CULTURES, SIGNAL_CULTURES

MODEL = typer.Option("--model", help="A model folder, or the name of one that comes with cs_nlp.", show_default=False)
_SHOWN = 40
_WIDTH = 100


def score(  # noqa: PLR0913, PLR0917 - each is an option of the command
    paths: Annotated[list[Path], PATHS],
    format_name: Annotated[str | None, FORMAT] = None,
    role_map: Annotated[str | None, ROLE_MAP] = None,
    metadata: Annotated[Path | None, METADATA] = None,
    encoding: Annotated[str | None, ENCODING] = None,
    report: Annotated[Path | None, REPORT] = None,
    to: Annotated[
        Path | None, typer.Option("--out", help="Write all statements to a .jsonl, .csv or .parquet file.", show_default=False)
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write a report with charts that opens offline.", show_default=False)] = None,
    model: Annotated[str | None, MODEL] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="How many statements to show, the surest first; 0 for all.")] = _SHOWN,
    *,
    detect_roles: Annotated[bool, DETECT_ROLES] = False,
    redact: Annotated[bool, REDACT] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print all statements, one JSON object each.")] = False,
) -> None:
    """Score what agents and colleagues said; customers are never scored."""
    check_output(to, ".jsonl", *TABULAR)
    check_output(html, ".html", ".htm")
    settings = read_settings()
    intake = Intake(paths, read_options(settings, format_name, role_map, metadata, encoding, detect_roles), redact=redact)
    classifier = load_classifier(model or settings.model, threads=settings.threads)
    kept = _Kept(everything=html is not None)
    with ExitStack() as stack:
        writers: list[Writer] = [print_json] if as_json else []
        if to is not None:
            writers.append(stack.enter_context(open_writer(to)))
        for transcript in intake.shown(score_transcripts(intake.transcripts(), classifier), everything=bool(writers)):
            kept.add(transcript)
            for row in _rows(transcript) if writers else ():
                for write in writers:
                    write(row)
    if not as_json:
        _show(kept, limit, settings.smallest_group)
    if html is not None:
        options = reading_of(settings)
        found = signals_of(kept.transcripts, classifier.artefact, options)
        page = report_page(kept.transcripts, found, classifier.artefact, options, classifier=classifier)
        html.write_text(page, encoding="utf-8", errors="backslashreplace")
        tell(f"report: {html}")
    intake.close(report, brief=True)


def statement_row(transcript: ScoredTranscript, item: ScoredStatement) -> dict[str, Any]:
    """A scored statement as one JSON object."""
    statement, given = item.statement, item.score
    return {
        "transcript_id": statement.transcript_id,
        "team": transcript.transcript.team,
        "turn": statement.turn,
        "start_char": statement.start_char,
        "end_char": statement.end_char,
        "role": statement.role.value,
        "text": statement.text,
        "culture": given.culture,
        "probabilities": {name: round(value, 6) for name, value in probabilities_of(given).items()},
        "target": given.target,
        "drivers": list(given.drivers),
        "windows": given.windows,
        "unsure": given.unsure,
    }


class _Kept:
    """What is shown at the end: the statements with a signal, and the totals; all transcripts only where a report needs them."""

    def __init__(self, *, everything: bool) -> None:
        self._everything = everything
        self.transcripts: list[ScoredTranscript] = []
        self.signals: list[tuple[str, ScoredStatement]] = []
        self.counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.n_transcripts: Counter[str] = Counter()
        self.unsure: Counter[str] = Counter()
        self._n_scored: Counter[str] = Counter()
        self._parts: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))

    def add(self, transcript: ScoredTranscript) -> None:
        """Take note of a transcript."""
        team = transcript.totals.team
        self.n_transcripts[team] += 1
        sure = [item for item in transcript.statements if item.score.unsure is None]
        self.counts[team].update(item.score.culture for item in sure)
        self.unsure[team] += len(transcript.statements) - len(sure)
        if transcript.totals.n > 0:
            self._n_scored[team] += 1
            for person, part in Group.of([transcript.totals]).parts.items():
                self._parts[team][person] += part
        self.signals += [(team, item) for item in sure if item.score.culture in SIGNAL_CULTURES]
        if self._everything:
            self.transcripts.append(transcript)

    def group(self, team: str) -> Group:
        """Who stands behind a team's totals."""
        return Group(self._n_scored[team], self._parts[team])


def _rows(transcript: ScoredTranscript) -> Iterator[dict[str, Any]]:
    return (statement_row(transcript, item) for item in transcript.statements)


def _show(kept: _Kept, limit: int, k: int) -> None:
    surest = sorted(kept.signals, key=lambda pair: -max(pair[1].score.probabilities))[: limit or None]
    if surest:
        out.print(_statements(surest))
    if len(surest) < len(kept.signals):
        out.print(
            f"{len(kept.signals) - len(surest)} more statements carry a signal; --limit 0 shows them all, --out writes them to a file.\n"
        )
    table = Table(title="Totals (labels as counted; 'cs-nlp signals' corrects for the classifier's errors)", title_justify="left")
    for name in ("team", "transcripts", "statements", *CULTURES, "unsure"):
        table.add_column(name, justify="left" if name == "team" else "right")
    few = [team for team in kept.counts if kept.group(team).is_small(k)]
    for team, counts in sorted(kept.counts.items()):
        n = counts.total() + kept.unsure[team]
        shown = ["-"] * (len(CULTURES) + 1) if team in few else [*(str(counts[culture]) for culture in CULTURES), str(kept.unsure[team])]
        table.add_row(team or "(no team)", str(kept.n_transcripts[team]), str(n), *shown)
    out.print(table)
    if few:
        out.print("- stands where too few people or transcripts would be added up, or mostly one person's words.")


def _statements(shown: Iterable[tuple[str, ScoredStatement]]) -> Table:
    table = Table(title="Statements that carry a signal", title_justify="left")
    for name, justify in (
        ("transcript", "left"),
        ("turn", "right"),
        ("statement", "left"),
        ("culture", "left"),
        ("", "right"),
        ("about", "left"),
        ("drivers", "left"),
    ):
        table.add_column(name, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for _, item in shown:
        statement, given = item.statement, item.score
        note = f" [{given.windows} windows]" if given.windows > 1 else ""
        table.add_row(
            statement.transcript_id,
            str(statement.turn),
            _plain(shortened(statement.text, _WIDTH) + note),
            given.culture,
            percent(max(given.probabilities)),
            given.target,
            listed(given.drivers),
        )
    return table


def _plain(text: str) -> str:
    """Text in which rich finds no markup."""
    return text.replace("[", r"\[")
