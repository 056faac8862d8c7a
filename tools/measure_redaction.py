"""Precision and recall of redaction on hand-labelled items: `python -m tools.measure_redaction`.

An item of `tests/redact/items.jsonl` marks what must go: `my name is {NAME:Ada Byron}`. `before` is what was said just before it.

The items of the `development` part were used to improve the finders; those of the `test` part were only ever counted. Both were written
first, put into strata by style and first kind, ordered by the SHA-256 of their text, and dealt to the parts in turn. The `later` part
was written when the finders were done. At its first count precision was 0.964 and recall 0.931 (spans of any kind); rarer first names were
then added to the list, without a look at its errors.

A labelled span counts as found when a replaced stretch of the same kind overlaps it; a replaced stretch is right when it overlaps
a labelled span of its kind. Words are counted as well: of the words that must go, how many went (`any` asks for no kind: what
leaks); of the words that went, how many should have.

With `--speed` it measures instead how fast the sample teams' transcripts are redacted, beside how fast they are scored.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from cs_nlp.ingest import read_files
from cs_nlp.pipeline import redact_scored, score_transcripts, staff_statements
from cs_nlp.redact import KINDS, RedactedText, Redactor, Span, redact_statements, redact_transcript
from cs_nlp.scoring import load_classifier
from cs_nlp.taxonomy import SIGNAL_CULTURES

ROOT = Path(__file__).resolve().parents[1]
ITEMS = ROOT / "tests" / "redact" / "items.jsonl"
SAMPLES = ROOT / "data" / "samples"
MARKED = re.compile(r"\{([A-Z]+):([^{}]+)\}")
PARTS = ("development", "test", "later")
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Item:
    """A labelled text.

    Attributes:
        text: without marks.
        before: what was said just before, or None.
        spans: what must go; their placeholders are empty.
        part: `development`, `test` or `later`.
        style: `clean`, `chat` or `asr`.
        country: ISO 3166 code of the country whose usage it shows.
    """

    text: str
    before: str | None
    spans: tuple[Span, ...]
    part: str
    style: str
    country: str


@dataclass(frozen=True, slots=True)
class Count:
    """Spans and words, right and wrong."""

    wanted: int = 0
    caught: int = 0
    replaced: int = 0
    right: int = 0

    def plus(self, other: Count) -> Count:
        """Both counts together."""
        return Count(self.wanted + other.wanted, self.caught + other.caught, self.replaced + other.replaced, self.right + other.right)

    @property
    def row(self) -> tuple[str, str, str]:
        """Number wanted, precision, recall."""
        precision = f"{self.right / self.replaced:.3f}" if self.replaced else "-"
        recall = f"{self.caught / self.wanted:.3f}" if self.wanted else "-"
        return str(self.wanted), precision, recall


def parse(marked: str) -> tuple[str, tuple[Span, ...]]:
    """Takes the marks out of a text.

    Args:
        marked: text with marks as `{NAME:Ada}`.

    Returns:
        The bare text, and the marked stretches in it.
    """
    bare, spans, position = "", [], 0
    for match in MARKED.finditer(marked):
        bare += marked[position : match.start()]
        spans.append(Span(len(bare), len(bare) + len(match[2]), match[1], ""))
        bare += match[2]
        position = match.end()
    return bare + marked[position:], tuple(spans)


def read_items(path: Path = ITEMS) -> list[Item]:
    """Reads the labelled items."""
    items = []
    for line in path.read_text(encoding="utf8").splitlines():
        row = json.loads(line)
        text, spans = parse(row["text"])
        items.append(Item(text, row.get("before"), spans, row["part"], row["style"], row["country"]))
    return items


def overlaps(left: Span, right: Span) -> bool:
    """Whether two stretches share a character."""
    return left.start < right.end and right.start < left.end


def count_spans(item: Item, replaced: Sequence[Span], kind: str | None) -> Count:
    """Counts spans of one kind, or of any kind where `kind` is None."""
    wanted = [span for span in item.spans if kind in {None, span.kind}]
    got = [span for span in replaced if kind in {None, span.kind}]
    caught = sum(any(overlaps(span, other) for other in got) for span in wanted)
    right = sum(any(overlaps(span, other) for other in wanted) for span in got)
    return Count(len(wanted), caught, len(got), right)


def count_words(item: Item, replaced: Sequence[Span], kind: str | None) -> Count:
    """Counts words of one kind, or of any kind where `kind` is None."""
    words = [Span(*match.span(), "", "") for match in WORD.finditer(item.text)]

    def inside(spans: Iterable[Span]) -> set[int]:
        return {n for n, word in enumerate(words) if any(overlaps(word, span) for span in spans if kind in {None, span.kind})}

    wanted, got = inside(item.spans), inside(replaced)
    both = len(wanted & got)
    return Count(len(wanted), both, len(got), both)


def redact_items(redactor: Redactor, items: Sequence[Item]) -> list[RedactedText]:
    """Redacts each item by itself."""
    return [redactor.redact_texts([item.text], before=[item.before])[0] for item in items]


def rows(items: Sequence[Item], redacted: Sequence[RedactedText]) -> Iterator[list[str]]:
    """The rows of the table: kind, then spans and words with number, precision and recall."""
    pairs = list(zip(items, redacted, strict=True))
    counters: tuple[Callable[[Item, Sequence[Span], str | None], Count], ...] = (count_spans, count_words)
    for kind in (*KINDS, None):
        totals = [reduce(Count.plus, (count(item, done.spans, kind) for item, done in pairs), Count()) for count in counters]
        yield [kind or "any", *totals[0].row, *totals[1].row]


def print_table(title: str, items: Sequence[Item], redacted: Sequence[RedactedText]) -> None:
    """Prints one table in Markdown."""
    print(f"\n{title} ({len(items)} items, {sum(not item.spans for item in items)} with nothing to find)\n")
    print("| kind | spans | precision | recall | words | precision | recall |\n|---|---:|---:|---:|---:|---:|---:|")
    for row in rows(items, redacted):
        print("| " + " | ".join(row) + " |")


def print_errors(items: Sequence[Item], redacted: Sequence[RedactedText]) -> None:
    """Prints what was missed and what went without need, for the development part."""
    for item, done in zip(items, redacted, strict=True):
        missed = [
            f"{s.kind}:{item.text[s.start : s.end]}" for s in item.spans if not any(overlaps(s, d) and s.kind == d.kind for d in done.spans)
        ]
        needless = [
            f"{d.kind}:{item.text[d.start : d.end]}" for d in done.spans if not any(overlaps(s, d) and s.kind == d.kind for s in item.spans)
        ]
        partly = count_words(item, done.spans, None)
        if missed or needless or partly.caught < partly.wanted or partly.right < partly.replaced:
            print(f"{item.style} {done.text!r}\n    missed {missed} needless {needless}")


def print_speed(redactor: Redactor, rounds: int = 3) -> None:
    """Prints how much of the sample teams' transcripts is scored and redacted in a second of processor time, in the fastest round."""
    classifier = load_classifier("culture-en-small", threads=1)
    transcripts = [transcript for reading in read_files([SAMPLES]) for transcript in reading]
    staff = {transcript.id: staff_statements(transcript) for transcript in transcripts}
    scored = list(score_transcripts(transcripts, classifier))
    n = sum(len(item.statements) for item in scored)
    kept = sum(item.score.culture in SIGNAL_CULTURES for transcript in scored for item in transcript.statements)
    jobs: dict[str, tuple[Callable[[], object], int]] = {
        "scoring, statements": (lambda: list(score_transcripts(transcripts, classifier)), n),
        "redacting statements that carry a signal": (lambda: [redact_scored(redactor, item) for item in scored], kept),
        "redacting all statements": (lambda: [redact_scored(redactor, item, everything=True) for item in scored], n),
        "redacting all statements and contexts": (lambda: [redact_statements(redactor, item, staff[item.id]) for item in transcripts], n),
        "redacting whole transcripts, turns": (
            lambda: [redact_transcript(redactor, item) for item in transcripts],
            sum(len(item.turns) for item in transcripts),
        ),
    }
    print(f"{len(transcripts)} transcripts, {n} scored statements, {kept} of which carry a signal\n")
    print("| what | number | seconds | a second |\n|---|---:|---:|---:|")
    for name, (job, count) in jobs.items():
        seconds = min(_took(job) for _ in range(rounds))
        print(f"| {name} | {count} | {seconds:.1f} | {count / seconds:.0f} |")


def _took(job: Callable[[], object]) -> float:
    started = time.process_time()
    job()
    return time.process_time() - started


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--errors", action="store_true", help="also print the errors in the development part")
    parser.add_argument("--development", action="store_true", help="leave the other parts alone")
    parser.add_argument("--speed", action="store_true", help="measure speed instead of quality")
    arguments = parser.parse_args()
    redactor = Redactor()
    redactor.redact_texts(["warm up, Ida"])
    if arguments.speed:
        print_speed(redactor)
        return
    items = read_items()
    for part in PARTS[:1] if arguments.development else PARTS:
        chosen = [item for item in items if item.part == part]
        started = time.perf_counter()
        redacted = redact_items(redactor, chosen)
        seconds = time.perf_counter() - started
        print_table(f"{part}, all", chosen, redacted)
        for style in sorted({item.style for item in chosen}):
            some = [n for n, item in enumerate(chosen) if item.style == style]
            print_table(f"{part}, {style}", [chosen[n] for n in some], [redacted[n] for n in some])
        print(f"\n{len(chosen) / seconds:.0f} items a second, one at a time")
        if arguments.errors and part == "development":
            print_errors(chosen, redacted)


if __name__ == "__main__":
    main()
