"""A statement with what each annotator said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from cs_nlp.records.gold import Annotation
from cs_nlp.records.speech import Channel

GROUP_FIELDS: Final = ("situation", "conversation", "transcript_id")


@dataclass(frozen=True, slots=True)
class AnnotatedStatement:
    """A statement of an annotation file.

    Attributes:
        id: names the statement, the same in every file that it stands in.
        text: the statement.
        context: what was said just before, or None.
        channel: where it was said.
        annotations: one for each annotator who labelled it, all with their names, in the order of the file.
        gold: the agreed label, without annotator; None where there is none yet.
        facts: all other fields of the file, as JSON values: they are kept, whatever they are.
    """

    id: str
    text: str
    context: str | None
    channel: Channel
    annotations: tuple[Annotation, ...] = ()
    gold: Annotation | None = None
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def group(self) -> str:
        """What must not be split between training and evaluation (situation, conversation, transcript); the id where nothing says."""
        return next((str(self.facts[name]) for name in GROUP_FIELDS if self.facts.get(name)), self.id)
