"""Genesys Cloud, Twilio, and IBM Watson: phrases, sentences and results of telephony platforms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cs_nlp.ingest.formats import JsonFormat
from cs_nlp.ingest.intake import NO_SPAN, Draft, Intake, Span, Voice
from cs_nlp.ingest.times import from_epoch
from cs_nlp.ingest.values import Object, as_object, as_text, number, objects
from cs_nlp.records import Role, Transcript

_STAFF = frozenset(("agent", "user"))
_THREE_YEARS_MS = 1e11
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
    draft = Draft(id=as_text(root.get("conversationId")))
    for person in objects(root.get("participants")):
        draft.team = draft.team or as_text(person.get("teamId")) or None
        draft.queue = draft.queue or as_text(person.get("queueId")) or None
    draft.agent = next((person.user for person in people if person.purpose in {*_STAFF, "internal"} and person.user), None)
    draft.started_at = next(
        (from_epoch(root[key], 0.001) for key in ("conversationStartTime", "startTime") if _is_epoch(number(root.get(key)))), None
    )
    legs = list(objects(root.get("transcripts")))
    begin = number(root.get("startTime")) or next((number(leg.get("startTime")) for leg in legs), None)
    phrases = [phrase for leg in legs for phrase in objects(leg.get("phrases"))]
    for phrase in sorted(phrases, key=lambda item: number(item.get("startTimeMs")) or 0.0):
        text = as_text(phrase.get("decoratedText")) or as_text(phrase.get("text"))
        at_ms = number(phrase.get("startTimeMs"))
        span = _span(at_ms, number(as_object(phrase.get("duration")).get("milliseconds")), begin)
        at = from_epoch(at_ms, 0.001) if _is_epoch(at_ms) else None
        intake.add(draft, _voice(phrase, at_ms, people, intake), text, span, at)
    yield from intake.finish(draft)


def _is_epoch(milliseconds: float | None) -> bool:
    """Whether a time counts from 1970, and not from the start of the call: no call lasts three years."""
    return milliseconds is not None and milliseconds > _THREE_YEARS_MS


def _span(at: float | None, lasts: float | None, begin: float | None) -> Span:
    offset = at if not _is_epoch(at) else None if at is None or begin is None else at - begin
    if offset is None:
        return NO_SPAN
    return round(offset / 1000, 3), None if lasts is None else round((offset + lasts) / 1000, 3)


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
    inside = [person for person in people if person.purpose in _STAFF | _MACHINES or (person.purpose == "internal" and person.user)]
    there = [person for person in inside if at is None or person.start_ms <= at < person.end_ms]
    staff = [person for person in there or inside if person.purpose not in _MACHINES]
    machines = [person for person in there or inside if person.purpose in _MACHINES]
    if staff and (there or not machines):
        return intake.voice(staff[0].user or purpose or None, Role.AGENT, purpose)
    if machines and not staff:
        return intake.voice(machines[0].purpose, Role.BOT, purpose)
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
