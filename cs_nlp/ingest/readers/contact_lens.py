"""Amazon: Contact Lens voice and chat, and Transcribe Call Analytics, which share the shape of their turns."""

from __future__ import annotations

from collections.abc import Iterator

from cs_nlp.ingest.formats import JsonFormat
from cs_nlp.ingest.intake import Draft, Intake, Voice
from cs_nlp.ingest.values import Object, as_list, as_object, as_text, from_milliseconds, objects
from cs_nlp.records import Role, Transcript

_ROLES = {
    "AGENT": Role.AGENT,
    "SUPERVISOR": Role.AGENT,
    "CUSTOMER": Role.CUSTOMER,
    "SYSTEM": Role.SYSTEM,
    "CUSTOM_BOT": Role.BOT,
}


def read(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read one analysis file: turns joined to their participants' roles."""
    root = as_object(value)
    metadata = as_object(root.get("CustomerMetadata"))
    draft = Draft(id=as_text(metadata.get("ContactId")) or as_text(root.get("ContactId")))
    draft.started_at = intake.time(root.get("InitiationTimestamp"))
    voices = {as_text(person.get("ParticipantId")): _voice(person, intake) for person in objects(root.get("Participants"))}
    for item in as_list(root.get("Transcript")):
        turn = as_object(item)
        if turn.get("Type", "MESSAGE") != "MESSAGE":
            intake.skip("event")
            continue
        span = (from_milliseconds(turn.get("BeginOffsetMillis")), from_milliseconds(turn.get("EndOffsetMillis")))
        at = intake.time(turn["AbsoluteTime"]) if "AbsoluteTime" in turn else None
        intake.add(draft, _voice_of_turn(turn, voices, intake), as_text(turn.get("Content")), span, at)
    draft.started_at = draft.started_at or (draft.turns[0].at if draft.turns else None)
    yield from intake.finish(draft)


def _voice(person: Object, intake: Intake) -> Voice:
    role = _ROLES.get(as_text(person.get("ParticipantRole")).upper(), Role.UNKNOWN)
    identity = as_text(person.get("ParticipantId"))
    name = as_text(person.get("DisplayName"))
    return intake.voice(name or identity or as_text(person.get("ParticipantRole")) or None, role, identity)


def _voice_of_turn(turn: Object, voices: dict[str, Voice], intake: Intake) -> Voice:
    known = voices.get(as_text(turn.get("ParticipantId")))
    if known is not None and "ParticipantId" in turn and (known.role is not Role.UNKNOWN or "ParticipantRole" not in turn):
        return known
    return _voice(turn, intake)


VOICE = JsonFormat(
    name="contact_lens",
    title="Amazon Connect Contact Lens, voice and chat",
    recognised_by="`Transcript[]` with `ParticipantId` and `Content`",
    taken="turns, roles from `Participants[]`, offsets or times, contact id",
    not_taken="events, attachments, sentiment, categories; the file has no agent, queue or team: use a side file",
    needs=("Transcript[].Content", "Transcript[].ParticipantId", "Participants[].ParticipantRole|Transcript[].ParticipantRole"),
    read=read,
)
CALL_ANALYTICS = JsonFormat(
    name="transcribe_call_analytics",
    title="Amazon Transcribe Call Analytics",
    recognised_by="`Transcript[]` with `ParticipantRole` and no `ParticipantId`",
    taken="turns, roles, offsets",
    not_taken="words, sentiment, categories; the file has no agent, queue or team: use a side file",
    needs=("Transcript[].Content", "Transcript[].ParticipantRole"),
    lacks=("Transcript[].ParticipantId",),
    read=read,
)
