"""From the labels of several annotators to one: the majority, ties named, and a way to settle them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from cs_nlp.errors import InputError
from cs_nlp.records import AnnotatedStatement, Annotation
from cs_nlp.taxonomy import SIGNED_DRIVERS


@dataclass(frozen=True, slots=True)
class Adjudicated:
    """What became of the statements of a file; each stands in exactly one of the lists.

    Attributes:
        gold: with a gold label, in order: by majority, settled by somebody, or agreed before.
        ties: without one, since no culture has more annotators behind it than every other.
        single: without one, since fewer annotators than asked for labelled them.
        settled: how many of `gold` somebody settled.
        kept: how many of `gold` had their label before.
    """

    gold: tuple[AnnotatedStatement, ...]
    ties: tuple[AnnotatedStatement, ...]
    single: tuple[AnnotatedStatement, ...]
    settled: int
    kept: int


def adjudicate(
    statements: Iterable[AnnotatedStatement],
    *,
    settled: Iterable[AnnotatedStatement] = (),
    senior: Sequence[str] = (),
    least: int = 2,
) -> Adjudicated:
    """Agree on labels.

    The culture is the one that most annotators gave. Its target is the one that most of those gave who gave the culture, None where that is
    a tie; drivers are those that more than half of them gave. A tie of cultures is settled by a gold label in `settled`, else by the first
    of `senior` who labelled the statement, else it stays one. A gold label in `settled` also overrules a majority.

    Args:
        statements: with annotators' labels; a gold label that is there already is kept.
        settled: statements with the gold labels that somebody decided on; known by their ids.
        senior: names of annotators whose label decides a tie, the first first.
        least: how many annotators a statement needs, at least 1.

    Raises:
        InputError: something was settled that is not among the statements, or `senior` names nobody.
    """
    everything = list(statements)
    decided = {one.id: one.gold for one in settled if one.gold is not None}
    _check(everything, decided, senior)
    gold: list[AnnotatedStatement] = []
    ties: list[AnnotatedStatement] = []
    single: list[AnnotatedStatement] = []
    by_hand = kept = 0
    for one in everything:
        if (word := decided.get(one.id)) is not None:
            gold.append(replace(one, gold=word))
            by_hand += 1
        elif one.gold is not None:
            gold.append(one)
            kept += 1
        elif len(one.annotations) < least:
            single.append(one)
        elif (culture := _majority([label.culture for label in one.annotations])) is not None:
            gold.append(replace(one, gold=_label(culture, one.annotations)))
        elif (first := _senior(one, senior)) is not None:
            gold.append(replace(one, gold=replace(first, annotator=None)))
            by_hand += 1
        else:
            ties.append(one)
    return Adjudicated(tuple(gold), tuple(ties), tuple(single), by_hand, kept)


def _check(statements: Sequence[AnnotatedStatement], decided: Mapping[str, Annotation], senior: Sequence[str]) -> None:
    if strange := sorted(decided.keys() - {one.id for one in statements}):
        raise InputError(f"settled: {len(strange)} statements are not in the files, the first is id {strange[0]!r}; leave 'id' as it was")
    known = {label.annotator for one in statements for label in one.annotations}
    if unknown := [name for name in senior if name not in known]:
        raise InputError(f"annotator {unknown[0]!r} labelled nothing here; these did: {', '.join(sorted(filter(None, known)))}")


def _majority(values: Iterable[str]) -> str | None:
    """The most frequent value; None where there is none or several are."""
    top = Counter(values).most_common(2)
    is_tie = len(top) > 1 and top[0][1] == top[1][1]
    return top[0][0] if top and not is_tie else None


def _label(culture: str, labels: Sequence[Annotation]) -> Annotation:
    own = [label for label in labels if label.culture == culture]
    drivers = Counter(driver for label in own for driver in label.drivers)
    target = _majority(label.target for label in own if label.target is not None)
    return Annotation(culture, target, tuple(one for one in SIGNED_DRIVERS if drivers[one] > len(own) / 2))


def _senior(one: AnnotatedStatement, senior: Sequence[str]) -> Annotation | None:
    said = {label.annotator: label for label in one.annotations}
    return next((said[name] for name in senior if name in said), None)
