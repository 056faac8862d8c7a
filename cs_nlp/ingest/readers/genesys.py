"""Genesys Cloud, Twilio, and IBM Watson: phrases, sentences and results of telephony platforms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cs_nlp.ingest.formats import JsonFormat
from cs_nlp.ingest.intake import Draft, Intake, Voice
from cs_nlp.ingest.times import from_epoch
from cs_nlp.ingest.values import Object, as_object, as_text, number, objects
from cs_nlp.records import Channel, Role, Transcript

_STAFF = frozenset(("agent", "user"))
_MACHINES = frozenset(("ivr", "acd", "bot", "botflow", "workflow", "voicemail"))


@dataclass(frozen=True, slots=True)
class _Person:
    purpose: str
    user: str
    start_ms: float
    end_ms: float


def read(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read a conversation; `internal` phrases are the agent's or the machine's, by who was on the line then."""
    root = as_object(value)
    people = [_person(person) for person in objects(root.get("participants"))]
    draft = Draft(id=as_text(root.get("conversationId")), channel=Channel.CALL)
    for person in objects(root.get("participants")):
        draft.team = draft.team or as_text(person.get("teamId")) or None
        draft.queue = draft.queue or as_text(person.get("queueId")) or None
    draft.agent = next((person.user for person in people if person.purpose in _STAFF and person.user), None)
    draft.started_at = from_epoch(root.get("conversationStartTime"), 0.001) or from_epoch(root.get("startTime"), 0.001)
    legs = list(objects(root.get("transcripts")))
    phrases = [phrase for leg in legs for phrase in objects(leg.get("phrases"))]
    starts = [number(leg.get("startTime")) for leg in legs] or [None]
    begin = number(root.get("startTime")) or starts[0]
    for phrase in sorted(phrases, key=lambda item: number(item.get("startTimeMs")) or 0.0):
        text = as_text(phrase.get("decoratedText")) or as_text(phrase.get("text"))
        at = number(phrase.get("startTimeMs"))
        start = None if at is None or begin is None else round((at - begin) / 1000, 3)
        lasts = number(as_object(phrase.get("duration")).get("milliseconds"))
        end = None if start is None or lasts is None else round(start + lasts / 1000, 3)
        intake.add(draft, _voice(phrase, at, people, intake), text, (start, end), from_epoch(at, 0.001))
    yield from intake.finish(draft)


def _person(person: Object) -> _Person:
    start, end = number(person.get("startTimeMs")), number(person.get("endTimeMs"))
    purpose = as_text(person.get("participantPurpose")) or as_text(person.get("purpose"))
    return _Person(purpose.lower(), as_text(person.get("userId")), start or 0.0, float("inf") if end is None else end)


def _voice(phrase: Object, at: float | None, people: list[_Person], intake: Intake) -> Voice:
    purpose = as_text(phrase.get("participantPurpose")).lower()
    if purpose in {"external", "customer"}:
        return intake.voice(purpose, Role.CUSTOMER)
    if purpose in _STAFF | _MACHINES:
        return intake.voice(purpose, Role.AGENT if purpose in _STAFF else Role.BOT)
    inside = [person for person in people if person.purpose in _STAFF | _MACHINES]
    there = [person for person in inside if at is None or person.start_ms <= at < person.end_ms] or (inside if len(inside) == 1 else [])
    staff = [person for person in there if person.purpose in _STAFF]
    if staff:
        return intake.voice(staff[0].user or purpose or None, Role.AGENT, purpose)
    if there:
        return intake.voice(there[0].purpose, Role.BOT, purpose)
    return intake.voice(purpose or None, Role.UNKNOWN)


def read_twilio(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read a page of sentences; roles are on the transcript resource (`channel.participants`), where it is in the same file."""
    root = as_object(value)
    sid = re.search(r"/Transcripts/(\w{2,64})", as_text(as_object(root.get("meta")).get("url")))
    draft = Draft(id=as_text(root.get("sid")) or (sid[1] if sid else ""), started_at=intake.time(root.get("media_start_time")))
    roles = {
        as_text(person.get("channel_participant")): as_text(person.get("role"))
        for person in objects(as_object(root.get("channel")).get("participants"))
    }
    for sentence in sorted(objects(root.get("sentences")), key=lambda item: number(item.get("sentence_index")) or 0.0):
        channel = as_text(sentence.get("media_channel"))
        stated = roles.get(channel, "").lower()
        role = Role.AGENT if stated == "agent" else Role.CUSTOMER if stated == "customer" else Role.UNKNOWN
        span = (number(sentence.get("start_time")), number(sentence.get("end_time")))
        intake.add(draft, intake.voice(f"channel {channel}" if channel else None, role, channel), as_text(sentence.get("transcript")), span)
    if as_object(root.get("meta")).get("next_page_url"):
        intake.report.warn("the file is one page of several (meta.next_page_url): sentences after it are missing")
    yield from intake.finish(draft)


FORMAT = JsonFormat(
    name="genesys_cloud",
    title="Genesys Cloud",
    recognised_by="`transcripts[].phrases[]` with `participantPurpose`",
    taken="phrases (with punctuation where there is `decoratedText`), roles by purpose and time window, user, team and queue ids, times",
    not_taken="words, alternatives, analytics",
    needs=("transcripts[].phrases[].text", "transcripts[].phrases[].participantPurpose|participants[].participantPurpose"),
    read=read,
)
TWILIO = JsonFormat(
    name="twilio",
    title="Twilio Voice and Conversational Intelligence",
    recognised_by="`sentences[]` with `media_channel` and `transcript`",
    taken="sentences by channel, times, transcript id; roles where `channel.participants` is in the file",
    not_taken="words, further pages; without participants the roles are unknown: use a role map such as 1=agent,2=customer",
    needs=("sentences[].transcript", "sentences[].media_channel"),
    read=read_twilio,
)
