"""Text without punctuation whose statement boundaries are known: punctuated text, lower-cased, with its marks removed.

The corpus writes one statement a line; a turn is a run of lines by one speaker. A boundary is the end of a line, or a sentence
end within one.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from cs_nlp.segment.boundary_model import normalise
from cs_nlp.segment.sentences import join_fragments, sentence_breaks, tokenize

CORPUS = Path("data/corpus")
_INNER_MARKS = re.compile(r"[—–/…\"“”()\[\]*_:;!?]+|\.\.+")  # noqa: RUF001 - typographic marks are meant
_HELD_OUT_SHARE = 5


@dataclass(frozen=True, slots=True)
class SpokenText:
    """Words as a recogniser writes them, and where statements begin.

    Attributes:
        words: lower case, without marks.
        breaks: indices of the words, other than the first, that begin a statement.
        style: of the document: clean, chat or asr.
    """

    words: tuple[str, ...]
    breaks: frozenset[int]
    style: str = "clean"


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Reads a JSON lines file."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def spoken(text: str, style: str = "clean") -> SpokenText:
    """Removes case and marks from a punctuated text and keeps where its statements begin."""
    spans = tokenize(text)
    tokens = [text[start:end] for start, end in spans]
    bounds = [0, *sentence_breaks(text, spans, tokens), len(tokens)]
    words: list[str] = []
    breaks: list[int] = []
    for first, last in join_fragments(list(pairwise(bounds)), tokens):
        breaks.append(len(words))
        for token in tokens[first:last]:
            words.extend(word for part in _INNER_MARKS.split(token) if (word := normalise(part)))
    return SpokenText(tuple(words), frozenset(breaks) - {0, len(words)}, style)


def turns(document: dict[str, Any]) -> Iterator[str]:
    """The turns of a document: lines of one speaker in a row, a blank line between them."""
    for _, lines in groupby(document["lines"], key=lambda line: (line["speaker"], line.get("name"))):
        yield "\n\n".join(line["text"] for line in lines)


def is_held_out(document: dict[str, Any]) -> bool:
    """Whether a document is kept from training the boundary model: one in five, by a hash of its id."""
    return hashlib.sha256(document["id"].encode()).digest()[0] % _HELD_OUT_SHARE == 0


def document_texts(*, held_out: bool) -> list[SpokenText]:
    """The turns of the documents that are (or are not) held out, without marks."""
    documents = [document for document in read_lines(CORPUS / "documents.jsonl") if is_held_out(document) == held_out]
    return [spoken(turn, document["style"]) for document in documents for turn in turns(document)]


def statement_texts(seed: int) -> list[SpokenText]:
    """The isolated statements of the corpus, those of one situation in random order as one text."""
    situations: dict[str, list[str]] = defaultdict(list)
    for row in read_lines(CORPUS / "statements.jsonl"):
        situations[row["situation"]].append(row["text"])
    shuffle = random.Random(seed).shuffle  # noqa: S311 - not for secrets
    for texts in situations.values():
        shuffle(texts)
    return [spoken("\n\n".join(texts)) for texts in situations.values()]


def pair_texts(paths: Iterable[Path]) -> list[SpokenText]:
    """Rows of `text` with the `context` before it; each distinct text once."""
    seen: set[str] = set()
    found: list[SpokenText] = []
    for path in paths:
        for row in read_lines(path):
            parts = [part for part in (row.get("context"), row["text"]) if part and part not in seen]
            seen.update(parts)
            if parts:
                found.append(spoken("\n\n".join(parts)))
    return found
