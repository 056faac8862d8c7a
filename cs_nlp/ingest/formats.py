"""What a format is: how it is recognised, what is taken from it, and who reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cs_nlp.ingest.intake import Intake
from cs_nlp.ingest.source import Source
from cs_nlp.ingest.values import first_keys, has
from cs_nlp.records import Transcript


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something is of a format.

    Attributes:
        found: how many of the format's marks are there.
        missing: the marks that are not, in words for the user.
        refused: why it can't be read although it is of the format's family, or "".
    """

    found: int = 0
    missing: tuple[str, ...] = ()
    refused: str = ""

    @property
    def recognised(self) -> bool:
        """Whether everything that the format needs is there."""
        return self.found > 0 and not self.missing and not self.refused


@dataclass(frozen=True, slots=True)
class Format:
    """A transcript format, as `cs-nlp formats` lists it.

    Attributes:
        name: the word for `--format` and `Transcript.source_format`.
        title: which system writes it.
        recognised_by: what in the file gives it away.
        taken: what is read.
        not_taken: what is left.
    """

    name: str
    title: str
    recognised_by: str
    taken: str
    not_taken: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonFormat(Format):
    """A format of JSON documents: one a file, one a line, or an array of them.

    Attributes:
        needs: paths (see `values.has`) that a document must hold.
        lacks: paths that it must not hold, since they mark another format.
        refuses: paths that mark a document of the same family without a transcript in it, each with what to tell the user.
        read: turns a parsed document into transcripts.
        generic: whether it is tried only when no other format recognises a document.
    """

    needs: tuple[str, ...]
    lacks: tuple[str, ...] = ()
    refuses: tuple[tuple[str, str], ...] = ()
    read: Callable[[object, Intake], Iterator[Transcript]]
    generic: bool = False

    def recognise(self, value: object) -> Verdict:
        """Look for the format's marks in a parsed document."""
        none_there = isinstance(value, dict) and first_keys(self.needs).isdisjoint(value)
        there = [] if none_there else [path for path in self.needs if has(value, path)]
        missing = tuple(path for path in self.needs if path not in there)
        if not missing and any(has(value, path) for path in self.lacks):
            return Verdict()
        refused = next((why for path, why in self.refuses if missing and has(value, path)), "")
        return Verdict(len(there), missing, refused)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFormat(Format):
    """A format of text files.

    Attributes:
        recognise: judges the first 64 KB of the text.
        read: turns the file (in UTF-8) into transcripts.
        generic: whether it is tried only when no other format recognises a file.
    """

    recognise: Callable[[str, Intake], Verdict]
    read: Callable[[Source, Intake], Iterator[Transcript]]
    generic: bool = False
