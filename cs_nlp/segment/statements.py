"""The stage itself: every turn of a transcript, cut into statements with offsets and context."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from cs_nlp.records import Statement, Transcript
from cs_nlp.segment.sentences import join_fragments, sentence_breaks, tokenize
from cs_nlp.segment.speech import MAX_WORDS, is_unpunctuated, speech_breaks

CONTEXT_WORDS: Final = 60


def segment(transcript: Transcript) -> tuple[Statement, ...]:
    """Cuts all turns of a transcript into statements, whoever speaks.

    Args:
        transcript: the turns.

    Returns:
        The statements in order of speech. Those of one turn, with the white space between them, make up the turn. `context` is the
        statement before in the same turn, else the last words (at most `CONTEXT_WORDS`) of the turn before, else None.
    """
    statements: list[Statement] = []
    before: str | None = None
    for turn in transcript.turns:
        for start, end in split_turn(turn.text):
            text = turn.text[start:end]
            statements.append(
                Statement(
                    transcript_id=transcript.id,
                    turn=turn.index,
                    start_char=start,
                    end_char=end,
                    role=turn.role,
                    text=text,
                    context=before,
                    speaker=turn.speaker,
                    channel=transcript.channel,
                )
            )
            before = text
        before = _last_words(turn.text)
    return tuple(statements)


def split_turn(text: str) -> list[tuple[int, int]]:
    """Cuts one turn into statements.

    Sentence marks and line breaks decide where there are any. Where there are few for the number of words, as in the output of a
    speech recogniser, a learnt model of boundaries between words decides; it also cuts sentences of more than `MAX_WORDS` words.
    One or two words ("Yes.", "Right.") join the statement that follows, or the one before at the end of the turn.

    Args:
        text: any string.

    Returns:
        Half-open stretches `(start, end)` in code points, in order, not overlapping, none empty, without white space at their ends.
        What lies between them is white space. Empty for a text of white space only. Takes time linear in the length of the text.
    """
    tokens = tokenize(text)
    if not tokens:
        return []
    words = [text[start:end] for start, end in tokens]
    marked = sentence_breaks(text, tokens, words)
    unpunctuated = is_unpunctuated(words, len(marked))
    pieces: list[tuple[int, int]] = []
    first = 0
    for last in [*marked, len(tokens)]:
        if unpunctuated or last - first > MAX_WORDS:
            cuts = [first + cut for cut in speech_breaks(words[first:last])]
            bounds = [first, *cuts, last]
            pieces.extend(pairwise(bounds))
        else:
            pieces.append((first, last))
        first = last
    return [(tokens[a][0], tokens[b - 1][1]) for a, b in join_fragments(pieces, words)]


def _last_words(text: str) -> str | None:
    """The last words of a turn, as context for the next one; None for white space only."""
    body = text.strip()
    parts = body.rsplit(None, CONTEXT_WORDS)
    if len(parts) <= CONTEXT_WORDS:
        return body or None
    return body[len(parts[0]) :].lstrip()
