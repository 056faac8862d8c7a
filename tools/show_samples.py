"""The main job on the sample transcripts: score them, show each team's culture over twelve weeks beside the truth, write the report.

    python -m tools.show_samples [--html out/report.html] [--once]

Then it serves the same teams until Ctrl-C, with a link that signs in; `--once` ends after the report.

The samples' labels are the truth here and never train or tune anything.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from cs_nlp.cli.screen import progress
from cs_nlp.errors import CsNlpError
from cs_nlp.ingest import read_files
from cs_nlp.pipeline import Reading, report_page, score_transcripts, signals_of
from cs_nlp.pipeline.findings import Known
from cs_nlp.records import Intervention, ScoredTranscript, Signal, Transcript
from cs_nlp.scoring import Classifier, load_classifier
from cs_nlp.settings import read_settings
from cs_nlp.taxonomy import SIGNAL_CULTURES
from tools.data_card import read_rows
from tools.make_samples import TEAM_ZONES, TRUTH
from tools.sample_truth import TrueWeek, weekly_truth

SAMPLES = Path("data/samples")
# What data/samples_source/README.md says of the teams.
INTERVENTIONS = (
    Intervention("north-broadband", date(2026, 7, 13), "A coaching programme starts"),
    Intervention("sunrise-retail", date(2026, 7, 20), "Agents may refund by themselves"),
)
_WIDTH = 140
Key = tuple[str, str, str, str]


def true_signals(weeks: Iterable[TrueWeek], signals: Sequence[Signal]) -> list[Signal]:
    """The true values, from the labels, of those of `signals` that have one: culture mix and signal rate, by week and over all weeks."""
    by_week = {(week.team, week.start): week for week in weeks}
    found = []
    for signal in signals:
        if signal.measure == "prevalence" or signal.start is None or signal.end is None:
            continue
        days = [signal.start + timedelta(days=7 * number) for number in range((signal.end - signal.start).days // 7)]
        counts = [by_week[signal.team, day].counts for day in days if (signal.team, day) in by_week]
        if counts:
            whole = TrueWeek(signal.team, signal.start, 0, tuple(map(sum, zip(*counts, strict=True))))
            mix = dict(zip(SIGNAL_CULTURES, whole.mix or (), strict=False))
            value = whole.signal_rate if signal.measure == "signal_rate" else mix.get(signal.label)
            found.append(
                Signal(
                    signal.team,
                    signal.start,
                    signal.end,
                    signal.measure,
                    signal.label,
                    value,
                    None,
                    None,
                    "truth",
                    None,
                    None,
                    None,
                    by=signal.by,
                )
            )
    return found


def main() -> int:
    """Run the job."""
    parser = argparse.ArgumentParser(description="Score the sample transcripts and show each team's culture beside the truth.")
    parser.add_argument("--html", type=Path, default=Path("out/report.html"), help="where the report goes (default: %(default)s)")
    parser.add_argument("--samples", type=Path, default=SAMPLES, help="the sample transcripts (default: %(default)s)")
    parser.add_argument("--database", type=Path, default=Path("out/samples.db"), help="made anew for the service (default: %(default)s)")
    parser.add_argument("--once", action="store_true", help="end after the report, without the service")
    chosen = parser.parse_args()
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH)
    started = time.monotonic()
    settings = read_settings()
    classifier = load_classifier(settings.model, threads=settings.threads)
    scored = _score(chosen.samples, classifier)
    options = Reading(tz=TEAM_ZONES, smallest_group=settings.smallest_group, seed=settings.seed)
    signals = signals_of(scored, classifier.artefact, options)
    truth = true_signals(weekly_truth(read_rows(TRUTH)), signals)
    _show(console, signals, truth)
    chosen.html.parent.mkdir(parents=True, exist_ok=True)
    # Nobody in the samples is real, so what is quoted need not be redacted, and set-up stays small.
    known = Known(interventions=INTERVENTIONS)
    page = report_page(scored, signals, classifier.artefact, options, truth=truth, redact=list, classifier=classifier, known=known)
    chosen.html.write_text(page, encoding="utf-8")
    n = sum(item.totals.n for item in scored)
    console.print(
        f"\n{len(scored)} transcripts, {n} statements, in {time.monotonic() - started:.1f} s. Report: {chosen.html.resolve()}",
        soft_wrap=True,
    )
    if not chosen.once:
        from tools.serve_samples import serve_samples  # noqa: PLC0415 - the report needs no web

        chosen.database.parent.mkdir(parents=True, exist_ok=True)
        serve_samples(chosen.samples, chosen.database, settings, classifier, INTERVENTIONS, console)
    return 0


def _score(samples: Path, classifier: Classifier) -> list[ScoredTranscript]:
    readings = list(read_files([samples]))
    transcripts: list[Transcript] = [transcript for reading in readings for transcript in reading]
    for reading in readings:
        if reading.error is not None:
            raise reading.error
    found: list[ScoredTranscript] = []
    with progress("scoring transcripts", len(transcripts)) as bar:
        for item in score_transcripts(transcripts, classifier):
            found.append(item)
            bar(len(found), len(transcripts))
    return found


def _show(console: Console, signals: Sequence[Signal], truth: Sequence[Signal]) -> None:
    true = {_key(signal): signal.value for signal in truth}
    teams: defaultdict[str, defaultdict[str, dict[tuple[str, str], Signal]]] = defaultdict(lambda: defaultdict(dict))
    held = total = 0
    for signal in signals:
        if signal.measure != "prevalence":
            teams[signal.team]["12 weeks" if signal.by == "all" else f"{signal.start}"][signal.measure, signal.label] = signal
        value = true.get(_key(signal))
        if signal.by != "all" and signal.interval is not None and value is not None:
            total += 1
            held += signal.interval.low <= value <= signal.interval.high
    for team, periods in teams.items():
        table = Table(
            title=f"{team}: share of each culture among the statements that carry one, in percent (95 % interval) | true share",
            title_justify="left",
        )
        for name in ("week of", "n", "carry one", *SIGNAL_CULTURES):
            table.add_column(name, justify="left" if name == "week of" else "right")
        for period, row in periods.items():
            cells = [_cell(row["signal_rate", ""], true), *(_cell(row["mix", culture], true) for culture in SIGNAL_CULTURES)]
            table.add_row(period, str(row["signal_rate", ""].n_statements or ""), *cells, end_section=period == "12 weeks")
        console.print(table)
    console.print(f"The intervals hold the true weekly share in {held} of {total} cases ({held / max(total, 1):.0%}).")


def _cell(signal: Signal, true: dict[Key, float | None]) -> str:
    value = _percent(true.get(_key(signal)))
    if signal.value is None or signal.interval is None:
        return f"{signal.withheld.value if signal.withheld else '-'} | {value}"
    return f"{_percent(signal.value)} ({_percent(signal.interval.low)} to {_percent(signal.interval.high)}) | {value}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f}"


def _key(signal: Signal) -> Key:
    return signal.team, f"{signal.by} {signal.start}", signal.measure, signal.label


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CsNlpError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
