"""Plain text with speaker labels, in the shapes that people and tools write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cs_nlp.errors import IngestError
from cs_nlp.ingest.formats import TextFormat, Verdict
from cs_nlp.ingest.intake import Draft, Intake
from cs_nlp.ingest.labels import add_labelled, match_label, split_turns, text_lines
from cs_nlp.ingest.side_file import channel_of_word
from cs_nlp.ingest.source import Source, read_text
from cs_nlp.ingest.values import split_words
from cs_nlp.records import Channel, Transcript

_HEADER_KEYS = {
    **dict.fromkeys(("call id", "callid", "conversation id", "contact id", "transcript id", "interaction id", "call", "id"), "id"),
    **dict.fromkeys(
        ("date", "time", "started", "started at", "start time", "call date", "start", "recorded", "date and time"), "started_at"
    ),
    **dict.fromkeys(("team", "team name"), "team"),
    **dict.fromkeys(("queue", "skill", "queue name"), "queue"),
    **dict.fromkeys(("agent name", "agent id", "advisor name", "representative name"), "agent"),
    **dict.fromkeys(("channel",), "channel"),
    **dict.fromkeys(
        split_words(
            """
            duration, length, participants, attendees, present, subject, topic, title, location, transcript, language, case, case id
            meeting, ticket, ticket id
            customer name, customer id, phone, phone number, recording, file, category, status, reason, end time, ended
            end, scenario, account, transcribed by, speakers
            """
        ),
        "other",
    ),
}
_FACT_WORDS, _HEADER_PARAGRAPHS, _HEADER_LINES = 4, 4, 60
_SEPARATOR = re.compile(r"\s*(?:[-=_*#~]{3,})?\s*")
WAY_OUT = (
    "expected lines that begin with their speaker, such as 'Agent: ...' and 'Customer: ...'; export the transcript with speakers, "
    "or, if one person says it all, read it with the role map *=agent"
)


@dataclass(frozen=True, slots=True)
class _Header:
    facts: dict[str, str] = field(default_factory=dict)
    lines: int = 0


def recognise(head: str, intake: Intake) -> Verdict:
    """Text is labelled when at least one line begins with a speaker, or when the role map says who speaks all of it."""
    lines = _prepare(head)
    utterances, _ = split_turns(lines[_read_header(lines).lines :])
    if utterances or intake.everyone_has_a_role:
        return Verdict(found=1 + len(utterances))
    return Verdict(refused=f"no line names its speaker; {WAY_OUT}")


def read(source: Source, intake: Intake) -> Iterator[Transcript]:
    """Read a text file as one transcript."""
    lines = _prepare(read_text(source))
    header = _read_header(lines)
    draft = Draft(
        id=header.facts.get("id", ""), team=header.facts.get("team"), queue=header.facts.get("queue"), agent=header.facts.get("agent")
    )
    draft.started_at = intake.time(header.facts.get("started_at"))
    draft.channel = channel_of_word(header.facts.get("channel", "")) or Channel.CALL
    if header.lines:
        intake.skip("header line", header.lines)
    body = lines[header.lines :]
    if not add_labelled(body, draft, intake):
        if not intake.everyone_has_a_role:
            raise IngestError(f"no line names its speaker; {WAY_OUT}", path=source.name)
        intake.add(draft, intake.voice(None), "\n".join(line.strip() for line in body))
    yield from intake.finish(draft)


def _prepare(text: str) -> list[str]:
    stripped = text.strip()
    for quote in ('"""', "'''", "```"):
        if stripped.startswith(quote):
            stripped = stripped[len(quote) :].removesuffix(quote)
    return text_lines(stripped)


def _read_header(lines: list[str]) -> _Header:
    """Facts such as `Date: 2026-06-01` above the first turn, and the number of lines that they take."""
    facts: dict[str, str] = {}
    taken = 0
    for start, end in _paragraphs(lines[:_HEADER_LINES]):
        found = [match_or_fact(line) for line in lines[start:end]]
        if not any(key for key, _ in found):
            continue
        whole = end < len(lines) and _all_facts(found)
        run = len(found) if whole else next((place for place, (key, _) in enumerate(found) if key not in _HEADER_KEYS), len(found))
        for key, value in found[:run]:
            facts.setdefault(_HEADER_KEYS.get(key, "agent" if key in {"agent", "advisor"} else "other"), value)
        taken = start + run if run else taken
        if run < len(found):
            break
    return _Header(facts, taken)


def _all_facts(found: list[tuple[str, str]]) -> bool:
    """Whether a paragraph is a header to its end, `Agent: Maria` included: short values, no key twice, a known key among them."""
    keys = [key for key, _ in found if key]
    short = all(
        len(value.split()) <= _FACT_WORDS and not value.endswith((".", "!", "?")) for key, value in found if key not in _HEADER_KEYS
    )
    return short and len(keys) == len(set(keys)) and all(key for key, _ in found[1:]) and any(key in _HEADER_KEYS for key in keys)


def match_or_fact(line: str) -> tuple[str, str]:
    """Key (in lower case) and value of a line such as `Call ID: 4711`, or two empty strings."""
    key, colon, value = line.strip(" *#-").partition(":")
    plain = key.strip(" *").casefold()
    if colon and (plain in _HEADER_KEYS or match_label(line) is not None):
        return plain, value.strip(" *")
    return "", ""


def _paragraphs(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Bounds of the first paragraphs, so many as header may have."""
    start, count = 0, 0
    for place in range(len(lines) + 1):
        if place == len(lines) or _SEPARATOR.fullmatch(lines[place]):
            if place > start:
                yield start, place
                count += 1
            start = place + 1
            if count == _HEADER_PARAGRAPHS:
                return


FORMAT = TextFormat(
    name="plain_text",
    title="Plain text with speaker labels",
    recognised_by="lines that begin with a speaker: `Agent: ...`, `[00:01] Ann: ...`, `**Agent:** ...`, or `Ann (00:01)` above the words",
    taken="speakers, words, times where lines give them; team, queue, agent, date, channel and id from a header of `Key: value` lines",
    not_taken="stage directions alone on a line, lines before the first speaker; text without any speaker is refused",
    recognise=recognise,
    read=read,
    generic=True,
)
