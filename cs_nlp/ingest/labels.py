"""Speaker labels in running text: `Agent: hello`, `[00:01:02] Ann: hello`, `Ann (00:03)` with the words on the next line, and their kin."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from cs_nlp.ingest.intake import Draft, Intake
from cs_nlp.ingest.roles import is_machine_label, role_of_label
from cs_nlp.ingest.times import clock_seconds
from cs_nlp.ingest.values import split_words
from cs_nlp.records import Role

_TIME = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,6})?"
_LABELLED = re.compile(
    rf"""\s*(?:[-*>•#]+\s+|>{{1,3}}\s*)?
    (?:[\[(]?(?P<before>{_TIME})(?:\s*(?:-{{1,2}}>?|\u2013|to)\s*(?P<until>{_TIME}))?[\])]?\s*[-\u2013|:]?\s*)?
    (?:\*\*|__)?[<\[]?(?P<label>[^\W\d_][^:\uff1a\n\t*<>]{{0,58}}?)[>\]]?(?:\*\*|__)?
    \s*(?:[\[(]\s*(?P<after>{_TIME})\s*[\])])?
    \s*[:\uff1a](?!//)(?:\*\*|__)?(?:\s+|(?=[^\s\d/]))""",
    re.VERBOSE,
)
_LABEL_ALONE = re.compile(r"\s*(?:\*\*|__)?[<\[]?(?P<label>[^\W\d_][^:\uff1a\n\t*<>]{0,58}?)[>\]]?\s*[:\uff1a](?:\*\*|__)?\s*")
_HEADING = re.compile(
    rf"\s*(?:\*\*|__)?(?P<label>[^\W\d_][^:\uff1a\n\t()\[\]*]{{0,58}}?)(?:\*\*|__)?\s*(?:[\[(]\s*(?P<time>{_TIME})\s*[\])]|\s(?P<bare>{_TIME}))\s*:?\s*"
)
_SENTENCE_MARK = re.compile(r'[?!;] |"')
_STAGE = re.compile(r"\s*(?:\[[^\[\]]*\]|\([^()]*\)|[-=_*#~]{3,}.*)\s*")
_NOT_SPEAKERS = frozenset(
    split_words(
        """
        note, notes, re, fw, fwd, ps, p.s, summary, subject, date, time, http, https, example, warning, important, update, edit, tip
        agenda, action items, from, to, cc, bcc, sent, todo, total, price, order number, tracking number, phone, email, e-mail, address
        link, url
        """
    )
)
_NAME_WORDS, _LOWER_CASE_WORDS, _INITIALS_WORDS, _LABEL_WORDS = 3, 3, 4, 6
"""Most words of a name, of a label in lower case, of a label with a full stop inside (`Dr. Ann Lee`), and of any label."""
_BEGIN = 160
"""Characters at the beginning of a line in which a label is sought: patterns on lines of megabytes would never end."""
_SHORT_LINE = 100
"""Characters up to which a line may be a label alone, the words below it."""
_QUOTES = {'"': '"', "“": "”", "«": "»", "'": "'"}


class Labelled(NamedTuple):
    """A line that may begin a turn.

    Attributes:
        label: who speaks, perhaps.
        text: the rest of the line.
        start_s, end_s: seconds, where the line gives them.
    """

    label: str
    text: str
    start_s: float | None = None
    end_s: float | None = None


@dataclass(slots=True)
class Utterance:
    """What one labelled speaker said: the text of its line and of the unlabelled lines after it."""

    label: str
    start_s: float | None
    end_s: float | None
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The words; white space and quotes around them removed."""
        joined = "\n".join(self.lines).strip()
        if len(joined) > 1 and _QUOTES.get(joined[0]) == joined[-1] and joined[0] not in joined[1:-1]:
            joined = joined[1:-1].strip()
        return joined


def match_label(line: str) -> Labelled | None:
    """Read a line as the beginning of a turn, or None where it can't be one."""
    match = _LABELLED.match(line[:_BEGIN])
    if match is None:
        alone = _LABEL_ALONE.fullmatch(line) if len(line) < _SHORT_LINE else None
        if alone is None:
            return _match_heading(line)
        return Labelled(alone["label"].strip(), "") if is_label_like(alone["label"]) else None
    if not is_label_like(match["label"]):
        return None
    time = match["before"] or match["after"]
    start = clock_seconds(time) if time else None
    end = clock_seconds(match["until"]) if match["until"] else None
    return Labelled(match["label"].strip(), line[match.end() :], start, end)


def _match_heading(line: str) -> Labelled | None:
    match = _HEADING.fullmatch(line) if len(line) < _SHORT_LINE else None
    if match is None or not is_label_like(match["label"]):
        return None
    return Labelled(match["label"].strip(" -\u2013|"), "", clock_seconds(match["time"] or match["bare"]))


@lru_cache(maxsize=4096)
def is_label_like(label: str) -> bool:
    """Whether a text before a colon has the shape of a speaker's name, label or role."""
    words = label.split()
    if not words or len(words) > _LABEL_WORDS or label.count("(") != label.count(")"):
        return False
    if label.casefold().strip(" .") in _NOT_SPEAKERS or "://" in label:
        return False
    if _SENTENCE_MARK.search(label[:-1]) or (". " in label and len(words) > _INITIALS_WORDS):
        return False
    return label[0].isupper() or not label[0].islower() or len(words) <= _LOWER_CASE_WORDS


def accepted_labels(candidates: Iterable[Labelled], n_lines: int) -> frozenset[str]:
    """Tell speakers from other words that happen to stand before a colon.

    Args:
        candidates: all lines of a file that may begin a turn.
        n_lines: number of lines with words in it.

    Returns:
        The labels, in lower case, that are speakers: those that state a role, are a machine's, come twice, or carry times; and, where at
        least half of the lines have labels, those that look like names.
    """
    found = list(candidates)
    counts = Counter(candidate.label for candidate in found)
    sure = {candidate.label for candidate in found if candidate.start_s is not None}
    sure.update(label for label in counts if role_of_label(label) is not Role.UNKNOWN or is_machine_label(label))
    if len(found) * 2 >= n_lines:
        sure.update(label for label in counts if _looks_like_name(label))
    by_key = Counter(label.casefold() for label in counts.elements())
    return frozenset(label.casefold() for label in sure) | {key for key, count in by_key.items() if count > 1}


def _looks_like_name(label: str) -> bool:
    words = label.split()
    return len(words) <= _NAME_WORDS and not any(word[0].islower() for word in words)


def split_turns(lines: list[str]) -> tuple[list[Utterance], int]:
    """Cut labelled text into what each speaker said.

    Args:
        lines: the text without its header.

    Returns:
        The utterances, in order (none where no line has a speaker); and the number of lines that belong to nobody: those
        before the first speaker, and stage directions such as `[hold music]` alone on a line.
    """
    candidates = [match_label(line) for line in lines]
    accepted = accepted_labels((found for found in candidates if found), sum(1 for line in lines if line.strip()))
    utterances: list[Utterance] = []
    nobodys = 0
    for line, found in zip(lines, candidates, strict=True):
        if found is not None and found.label.casefold() in accepted:
            utterances.append(Utterance(found.label, found.start_s, found.end_s, [found.text] if found.text else []))
        elif line.strip() and (not utterances or _STAGE.fullmatch(line)):
            nobodys += 1
        elif utterances:
            utterances[-1].lines.append(line.strip())
    return utterances, nobodys


_INLINE = re.compile(r"(?:(?<=\s)|^)(?=((?:[A-Z][\w'-]*[ ]){0,2}[A-Z][\w'-]*):\s)")


def break_inline(text: str) -> list[str]:
    """The lines of a text; a single long line such as `Agent: hello Customer: hi` is broken before each label that states a role."""
    lines = text.split("\n")
    if sum(1 for line in lines if line.strip()) != 1:
        return lines
    found = [match for match in _INLINE.finditer(text) if role_of_label(match[1]) is not Role.UNKNOWN]
    if len(found) == 1 or not found:
        return lines
    bounds = [0, *(match.start() for match in found), len(text)]
    return [text[low:high] for low, high in pairwise(bounds) if text[low:high].strip()]


def add_labelled(lines: list[str], draft: Draft, intake: Intake) -> bool:
    """Add the turns of labelled text to a transcript in the making.

    Args:
        lines: the text.
        draft: gets the turns.
        intake: cleans and counts.

    Returns:
        Whether any line named its speaker.
    """
    utterances, nobodys = split_turns(lines)
    if not utterances:
        return False
    if nobodys:
        intake.skip("line without speaker", nobodys)
    for utterance in utterances:
        intake.add(draft, intake.voice(utterance.label), utterance.text, (utterance.start_s, utterance.end_s))
    return True


def text_lines(text: str) -> list[str]:
    """The lines of a labelled text, whatever their ends; a text all on one line is broken before its labels."""
    return break_inline(text.replace("\r\n", "\n").replace("\r", "\n"))
