"""Measures how often the detector of roles is right: `python -m tools.measure_roles`.

Calls and chats whose roles are known are stripped of them and guessed again. The corpus is what the detector's cues and their scale
were chosen on; the sample teams and, where it is there, the shared reference data were never looked at for that. A guess is sure from
`LEAST_CONFIDENCE` on; below it the roles stay unknown. Intervals are Wilson's (1927), 95 %.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cs_nlp.ingest import read_files
from cs_nlp.ingest.detect import LEAST_CONFIDENCE, Guess, guess_roles
from cs_nlp.records import Channel, Role, Turn

ROOT: Final = Path(__file__).resolve().parents[1]
SHARED: Final = ROOT.parent / "shared" / "formats"
_AGENT, _OTHER = "a", "c"
_Z: Final = 1.959964

Call = list[tuple[bool, str]]
"""What was said in order, each with whether the agent said it; both sides say something."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How guesses went.

    Attributes:
        calls: calls that were guessed about.
        sure: those with a sure guess.
        right: sure guesses that are right.
        right_of_all: guesses that are right, sure or not.
        confidence: mean confidence of all guesses, 0.5 to 1.
    """

    calls: int
    sure: int
    right: int
    right_of_all: int
    confidence: float

    @property
    def interval(self) -> tuple[float, float]:
        """Of the share of sure guesses that are right."""
        share, n = self.right / self.sure, self.sure
        middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z / (1 + _Z**2 / n) * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n * n))
        return middle - half, middle + half


def corpus_calls(path: Path = ROOT / "data" / "corpus" / "documents.jsonl") -> list[Call]:
    """Calls and chats of the corpus."""
    documents = (json.loads(line) for line in path.read_text(encoding="utf8").splitlines())
    return _two_sided(
        [(line["speaker"] == "staff", line["text"]) for line in document["lines"]]
        for document in documents
        if document["kind"] in {"call", "chat"}
    )


def file_calls(folder: Path) -> list[Call]:
    """Transcripts with customers in a folder whose files, or side files, say who the agent is."""
    return _two_sided(_sides(folder))


def _sides(folder: Path) -> Iterator[Call]:
    for reading in read_files([folder]):
        for transcript in reading:
            turns = [turn for turn in transcript.turns if turn.role not in {Role.BOT, Role.SYSTEM}]
            if transcript.channel is Channel.CALL and len({turn.speaker for turn in turns}) == 2:  # noqa: PLR2004 - the two sides
                yield [(turn.role is Role.AGENT, turn.text) for turn in turns]


def _two_sided(calls: Iterable[Call]) -> list[Call]:
    return [call for call in calls if len({is_agent for is_agent, _ in call}) > 1]


def guess(call: Call) -> Guess:
    """What the detector says of a call without roles."""
    turns = [Turn(place, Role.UNKNOWN, text, _AGENT if is_agent else _OTHER) for place, (is_agent, text) in enumerate(call)]
    found = guess_roles(turns)
    if found is None:
        raise ValueError("the call has only one side")
    return found


def measure(calls: Sequence[Call]) -> Outcome:
    """Guess about all calls."""
    guesses = [guess(call) for call in calls]
    sure = [one for one in guesses if one.confidence >= LEAST_CONFIDENCE]
    right = [sum(one.agent == _AGENT for one in some) for some in (sure, guesses)]
    return Outcome(len(calls), len(sure), right[0], right[1], sum(one.confidence for one in guesses) / len(guesses))


def main() -> None:
    """Print a table."""
    sets = {"corpus": corpus_calls(), "sample teams": file_calls(ROOT / "data" / "samples")}
    if SHARED.is_dir():
        sets["shared reference data"] = file_calls(SHARED)
    print("| calls of | n | sure | right of the sure | right of all | mean confidence |\n|---|---:|---:|---:|---:|---:|")
    for name, calls in sets.items():
        found = measure(calls)
        low, high = found.interval
        print(
            f"| {name} | {found.calls} | {found.sure / found.calls:.0%} | {found.right / found.sure:.1%} ({low:.1%} to {high:.1%}) "
            f"| {found.right_of_all / found.calls:.1%} | {found.confidence:.3f} |"
        )


if __name__ == "__main__":
    main()
