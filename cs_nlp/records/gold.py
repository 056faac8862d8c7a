"""Labels that people gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from cs_nlp.records.speech import Channel


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotator's label of a statement.

    Attributes:
        culture: one of `taxonomy.CULTURES`.
        target: one of `taxonomy.TARGETS`, or None where annotators disagreed.
        drivers: signed drivers.
        annotator: who labelled, or None.
    """

    culture: str
    target: str | None
    drivers: tuple[str, ...] = ()
    annotator: str | None = None


@dataclass(frozen=True, slots=True)
class LabelledStatement:
    """A statement of a data set with its gold label.

    Attributes:
        text: the statement.
        context: what was said just before, or None.
        channel: where it was said.
        gold: the agreed label.
        group: what must not be split between training and evaluation (situation, document, conversation).
        slices: further columns to report by (`style`, `kind`, `stratum`, ...).
    """

    text: str
    context: str | None
    channel: Channel
    gold: Annotation
    group: str
    slices: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
