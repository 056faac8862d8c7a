"""Teams that believe something, as short to write as a test can read them: the first word of a statement is what it means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import Role, Score, ScoredStatement, ScoredTranscript, Statement, Transcript
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS
from tests.signals.samples import day, totals

MEANINGS = ("deaf", "useless", "mine", "leaders", "lunch", "printer")
Said = tuple[str, str]


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """One axis for each meaning, and a little for how it is said; a text of no meaning lies on its own."""
    found = np.zeros((len(texts), len(MEANINGS) + 16), dtype=np.float32)
    for row, text in enumerate(texts):
        word = text.split()[0].casefold()
        rng = np.random.default_rng(list(text.encode()))
        found[row, len(MEANINGS) :] = rng.normal(scale=0.1 if word in MEANINGS else 1.0, size=16)
        if word in MEANINGS:
            found[row, MEANINGS.index(word)] = 1
    return found


def score(culture: str, sure: float = 0.9, target: str = "customer") -> Score:
    """The classifier is `sure` of a culture, and of a target wholly."""
    probabilities = tuple(sure if name == culture else (1 - sure) / 4 for name in CULTURES)
    targets = tuple(float(name == target) for name in TARGETS)
    return Score(culture, probabilities, target, targets, (), (0.0,) * len(SIGNED_DRIVERS))


def heard(
    name: str, person: str, said: Iterable[Said], at: datetime | None = None, *, team: str = "north", sure: float = 0.9
) -> ScoredTranscript:
    """A transcript of one person: texts with their cultures."""
    own = [(text, score(culture, sure)) for text, culture in said]
    statements = tuple(
        ScoredStatement(Statement(name, turn, 0, len(text), Role.AGENT, text, None, person), one) for turn, (text, one) in enumerate(own)
    )
    counts = tuple(sum(one.culture == culture for _, one in own) for culture in CULTURES)
    row = totals(name, at, team=team, people=person, counts=counts)
    return ScoredTranscript(Transcript(name, (), "test", "test", team=team), statements, row)


def crowd(said: Said, n: int = 6, *, first: int = 0, team: str = "north", people: int = 99) -> list[ScoredTranscript]:
    """`n` transcripts on consecutive days, over and over again, in each of which another of so many people says the same."""
    text, culture = said
    return [
        heard(
            f"{team}-{text.split()[0]}-{place}", f"p{place % people}", [(f"{text} {place}", culture)], day((first + place) % 28), team=team
        )
        for place in range(n)
    ]


def renamed(transcript: ScoredTranscript, model: str) -> ScoredTranscript:
    """The same, scored by another model."""
    return replace(transcript, totals=replace(transcript.totals, model=model))
