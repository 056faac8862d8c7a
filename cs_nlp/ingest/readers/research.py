"""Research data: ABCD (Chen and others, 2021) and Microsoft's Conversation Knowledge Mining sample calls."""

from __future__ import annotations

from collections.abc import Iterator

from cs_nlp.ingest.formats import JsonFormat
from cs_nlp.ingest.intake import Draft, Intake
from cs_nlp.ingest.labels import add_labelled, text_lines
from cs_nlp.ingest.readers.plain_text import WAY_OUT
from cs_nlp.ingest.values import as_list, as_object, as_text, objects
from cs_nlp.records import Role, Transcript

_ROLES = {"agent": Role.AGENT, "customer": Role.CUSTOMER, "action": Role.SYSTEM}
_SPLITS = ("train", "dev", "test")


def read_abcd(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read ABCD dialogues: one, an array of them, or the whole data set with its splits."""
    root = as_object(value)
    if any(split in root for split in _SPLITS):
        for split in _SPLITS:
            for dialogue in objects(root.get(split)):
                yield from read_abcd(dialogue, intake)
        return
    for dialogue in objects(value) if isinstance(value, list) else [root]:
        draft = Draft(id=as_text(dialogue.get("convo_id")))
        for pair in as_list(dialogue.get("original")):
            role, text = (*as_list(pair)[:2], "", "")[:2]
            stated = as_text(role).lower()
            intake.add(draft, intake.voice(stated or None, _ROLES.get(stated, Role.UNKNOWN)), as_text(text))
        yield from intake.finish(draft)


def read_knowledge_mining(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read a call of Microsoft's sample data: a Markdown text with speakers; one without is refused."""
    root = as_object(value)
    draft = Draft(id=as_text(root.get("ConversationId")), started_at=intake.time(root.get("StartTime")))
    lines = text_lines(as_text(root.get("Content")))
    if not add_labelled(lines, draft, intake):
        if not intake.everyone_has_a_role:
            intake.refuse(f"Content names no speakers; {WAY_OUT}")
        intake.add(draft, intake.voice(None), "\n".join(lines))
    yield from intake.finish(draft)


ABCD = JsonFormat(
    name="abcd",
    title="ABCD, Action-Based Conversations Dataset",
    recognised_by="`convo_id` and `original[]` with pairs of role and words; also the whole data set with `train`, `dev`, `test`",
    taken="turns, roles (actions as system), conversation id",
    not_taken="scenarios, delexicalised turns, targets",
    needs=(
        "convo_id|[].convo_id|train[].convo_id|dev[].convo_id|test[].convo_id",
        "original[]|[].original[]|train[].original[]|dev[].original[]|test[].original[]",
    ),
    read=read_abcd,
)
KNOWLEDGE_MINING = JsonFormat(
    name="ms_knowledge_mining",
    title="Microsoft Conversation Knowledge Mining",
    recognised_by="`ConversationId`, `Content` and `StartTime`",
    taken="labelled lines of `Content` (`**Agent:** ...`), conversation id, start (no zone: that of the options)",
    not_taken="a `Content` without speakers is refused",
    needs=("ConversationId", "Content", "StartTime|EndTime"),
    read=read_knowledge_mining,
)
