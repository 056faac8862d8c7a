"""Chats with customers: Intercom, LivePerson, Zendesk Chat."""

from __future__ import annotations

from collections.abc import Iterator

from cs_nlp.ingest.formats import JsonFormat
from cs_nlp.ingest.html_text import html_to_text
from cs_nlp.ingest.intake import Draft, Intake, Voice
from cs_nlp.ingest.times import from_epoch
from cs_nlp.ingest.values import Object, as_list, as_object, as_text, number, objects
from cs_nlp.records import Role, Transcript

_INTERCOM_ROLES = {
    "admin": Role.AGENT,
    "team": Role.AGENT,
    "teammate": Role.AGENT,
    "user": Role.CUSTOMER,
    "lead": Role.CUSTOMER,
    "contact": Role.CUSTOMER,
    "bot": Role.BOT,
}
_LIVEPERSON_ROLES = {"agent": Role.AGENT, "consumer": Role.CUSTOMER, "controller": Role.SYSTEM, "bot": Role.BOT}
_ZENDESK_ROLES = {"agent": Role.AGENT, "visitor": Role.CUSTOMER, "trigger": Role.BOT, "system": Role.SYSTEM}


def read_intercom(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read Intercom conversations: the first message stands in `source`, the others are parts."""
    root = as_object(value)
    for conversation in list(objects(root.get("conversations"))) or [root]:
        yield from _intercom_conversation(conversation, intake)


def _intercom_conversation(root: Object, intake: Intake) -> Iterator[Transcript]:
    draft = Draft(id=as_text(root.get("id")), team=as_text(root.get("team_assignee_id")) or None)
    draft.agent = as_text(root.get("admin_assignee_id")) or None
    draft.started_at = from_epoch(root.get("created_at"))
    source = as_object(root.get("source"))
    intake.add(draft, _intercom_voice(source, intake), html_to_text(as_text(source.get("body"))), at=draft.started_at)
    container = as_object(root.get("conversation_parts"))
    parts = list(objects(container.get("conversation_parts")))
    for part in parts:
        body = html_to_text(as_text(part.get("body")))
        if part.get("part_type") == "note":
            intake.skip("internal note")
        elif body:
            intake.add(draft, _intercom_voice(part, intake), body, at=from_epoch(part.get("created_at")))
        else:
            intake.skip("event")
    if (number(container.get("total_count")) or 0) > len(parts):
        intake.report.warn("some conversations have more parts than the file holds (Intercom gives at most 500)")
    yield from intake.finish(draft)


def _intercom_voice(message: Object, intake: Intake) -> Voice:
    author = as_object(message.get("author"))
    kind = as_text(author.get("type"))
    role = _INTERCOM_ROLES.get(kind, Role.UNKNOWN)
    if author.get("from_ai_agent") is True:
        role = Role.BOT
    return intake.voice(as_text(author.get("name")) or as_text(author.get("id")) or kind or None, role, as_text(author.get("id")), kind)


def read_liveperson(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read LivePerson messaging records."""
    root = as_object(value)
    for record in list(objects(root.get("conversationHistoryRecords"))) or [root]:
        yield from _liveperson_conversation(record, intake)


def _known(value: object) -> str:
    """A text; LivePerson writes `undefined` or `Unassigned` for what it does not know."""
    text = as_text(value)
    return "" if text in {"undefined", "null", "Unassigned"} else text


def _liveperson_conversation(record: Object, intake: Intake) -> Iterator[Transcript]:
    info = as_object(record.get("info"))
    draft = Draft(id=_known(info.get("conversationId")), team=_known(info.get("latestAgentGroupName")) or None)
    draft.queue = _known(info.get("latestSkillName")) or None
    draft.agent = (
        _known(info.get("latestAgentFullName")) or _known(info.get("latestAgentNickname")) or _known(info.get("latestAgentId")) or None
    )
    draft.started_at = from_epoch(info.get("startTimeL"), 0.001) or intake.time(info.get("startTime"))
    people = {_known(person.get("agentId")): person for person in objects(record.get("agentParticipants"))}
    messages = sorted(objects(record.get("messageRecords")), key=lambda item: number(item.get("timeL")) or 0.0)
    for message in messages:
        text = as_text(as_object(as_object(message.get("messageData")).get("msg")).get("text"))
        if not text:
            intake.skip("attachment")
            continue
        identity = _known(message.get("participantId"))
        person = people.get(identity, {})
        role = _LIVEPERSON_ROLES.get(as_text(message.get("sentBy")).lower(), Role.UNKNOWN)
        if _known(person.get("userTypeName")).lower() == "bot":
            role = Role.BOT
        name = _known(person.get("agentNickname")) or _known(person.get("agentFullName")) or identity or _known(message.get("sentBy"))
        at = from_epoch(message.get("timeL"), 0.001) or intake.time(message.get("time"))
        intake.add(draft, intake.voice(name or None, role, identity), html_to_text(text), at=at)
    yield from intake.finish(draft)


def read_zendesk(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read Zendesk chats."""
    root = as_object(value)
    for chat in list(objects(root.get("chats"))) or [root]:
        yield from _zendesk_chat(chat, intake)


def _zendesk_chat(chat: Object, intake: Intake) -> Iterator[Transcript]:
    draft = Draft(id=as_text(chat.get("id")), queue=as_text(chat.get("department_name")) or None)
    agents = [as_text(name) for name in as_list(chat.get("agent_names"))]
    draft.agent = agents[0] if agents and agents[0] else None
    draft.started_at = intake.time(chat.get("timestamp"))
    visitor = as_text(as_object(chat.get("visitor")).get("name"))
    for event in objects(chat.get("history")):
        if event.get("type", "chat.msg") != "chat.msg":
            intake.skip("event")
            continue
        name = as_text(event.get("name"))
        role = _ZENDESK_ROLES.get(as_text(event.get("sender_type")).lower(), Role.UNKNOWN)
        if role is Role.UNKNOWN and name:
            role = Role.AGENT if name in agents else Role.CUSTOMER if name == visitor else Role.UNKNOWN
        intake.add(
            draft,
            intake.voice(name or None, role, as_text(event.get("sender_id"))),
            as_text(event.get("msg")),
            at=intake.time(event.get("timestamp")),
        )
    yield from intake.finish(draft)


INTERCOM = JsonFormat(
    name="intercom",
    title="Intercom conversations",
    recognised_by="`source.body` and `conversation_parts`",
    taken="the first message and all parts with words, roles by author type, times, assigned team and admin",
    not_taken="internal notes, parts without words, attachments, quoted mail",
    needs=("source|conversations[].source", "conversation_parts|conversations[].conversation_parts|conversations[].source.body"),
    read=read_intercom,
)
LIVEPERSON = JsonFormat(
    name="liveperson",
    title="LivePerson messaging history",
    recognised_by="`messageRecords[]` with `messageData` and `sentBy`",
    taken="messages, roles by sender (bots told apart), times, agent group as team, skill as queue",
    not_taken="files, structured content, events",
    needs=(
        "conversationHistoryRecords[].messageRecords[].messageData|messageRecords[].messageData",
        "conversationHistoryRecords[].messageRecords[].sentBy|messageRecords[].sentBy",
    ),
    read=read_liveperson,
)
ZENDESK = JsonFormat(
    name="zendesk_chat",
    title="Zendesk Chat",
    recognised_by="`history[]` with `msg` and `type` or `sender_type`",
    taken="messages, roles by sender type or by the chat's agent names, times, department as queue",
    not_taken="joins, files, ratings and other events",
    needs=(
        "history[].msg|chats[].history[].msg",
        "history[].type|history[].sender_type|chats[].history[].type|chats[].history[].sender_type",
    ),
    read=read_zendesk,
)
