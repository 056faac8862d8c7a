"""Microsoft Teams chat and channel messages, as Graph gives them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cs_nlp.ingest.formats import JsonFormat
from cs_nlp.ingest.html_text import html_to_text
from cs_nlp.ingest.intake import Draft, Intake
from cs_nlp.ingest.values import Object, as_object, as_text, objects
from cs_nlp.records import Channel, Role, Transcript


def read(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read messages: a thread (a message with its replies) makes a transcript, as do the others of one chat or channel and day."""
    found = [_with_time(message, intake) for message in objects(value if isinstance(value, list) else as_object(value).get("value"))]
    found.sort(key=lambda pair: pair[0].timestamp() if pair[0] else 0.0)
    threads = {(_place(message), as_text(message.get("replyToId"))) for _, message in found if message.get("replyToId")}
    drafts: dict[tuple[str, str], Draft] = {}
    for at, message in found:
        place = _place(message)
        root = (place, as_text(message.get("replyToId")) or as_text(message.get("id")))
        key = root if root in threads else (place, at.astimezone(intake.options.zone).date().isoformat() if at else "")
        draft = drafts.setdefault(key, Draft(id="/".join(filter(None, key)), channel=Channel.TEAM_CHAT, started_at=at, place=place))
        draft.team = draft.team or as_text(as_object(message.get("channelIdentity")).get("teamId")) or None
        _add(message, at, draft, intake)
    for draft in drafts.values():
        if draft.turns:
            yield from intake.finish(draft)
    if as_object(value).get("@odata.nextLink"):
        intake.report.warn("the file is one page of several (@odata.nextLink): later messages are missing")


def _with_time(message: Object, intake: Intake) -> tuple[datetime | None, Object]:
    return intake.time(message.get("createdDateTime")), message


def _place(message: Object) -> str:
    return as_text(as_object(message.get("channelIdentity")).get("channelId")) or as_text(message.get("chatId"))


def _add(message: Object, at: datetime | None, draft: Draft, intake: Intake) -> None:
    person = as_object(as_object(message.get("from")).get("user"))
    body = as_object(message.get("body"))
    if message.get("messageType", "message") != "message":
        intake.skip("event")
    elif message.get("deletedDateTime") is not None:
        intake.skip("deleted")
    elif not person:
        intake.skip("bot")
    else:
        content = as_text(body.get("content"))
        text = html_to_text(content) if body.get("contentType") == "html" else content
        name, identity = as_text(person.get("displayName")), as_text(person.get("id"))
        intake.add(draft, intake.voice(name or identity or None, Role.UNKNOWN, identity), text, at=at)


FORMAT = JsonFormat(
    name="teams_chat",
    title="Microsoft Teams chat (Graph)",
    recognised_by="`value[]` of messages with `messageType` and `body`",
    taken="messages as team chat, threads joined, the rest by chat or channel and day; names, times, team id",
    not_taken="events, deleted messages, applications, quoted messages, attachments",
    needs=("value[].messageType|[].messageType", "value[].body|[].body"),
    read=read,
)
