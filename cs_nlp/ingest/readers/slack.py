"""Slack: messages of a channel, from an export's day files, from slackdump, or from the API."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cs_nlp.ingest.formats import JsonFormat
from cs_nlp.ingest.intake import Draft, Intake, Voice
from cs_nlp.ingest.times import from_epoch
from cs_nlp.ingest.values import Object, as_list, as_object, as_text, number, objects
from cs_nlp.records import Channel, Role, Transcript

_KEPT_SUBTYPES = frozenset(("", "thread_broadcast", "me_message", "file_share", "file_comment", "reply_broadcast"))
_REFERENCE = re.compile(r"<([^<>\n]{1,2000})>")


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a workspace: the name to show, and whether it is a program."""

    name: str
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Roster:
    """Members by id (they may be missing: exports leave some out)."""

    members: Mapping[str, Member] = field(default_factory=dict)


def read_roster(users: object) -> Roster:
    """Read `users.json`: an array of users, each with names in several places, any of them empty."""
    members = {}
    for user in objects(users):
        profile = as_object(user.get("profile"))
        is_bot = user.get("is_bot") is True or profile.get("bot_id") is not None
        members[as_text(user.get("id"))] = Member(_name(profile) or as_text(user.get("real_name")) or as_text(user.get("name")), is_bot)
    return Roster(members)


def _name(profile: Object) -> str:
    return as_text(profile.get("display_name")) or as_text(profile.get("real_name")) or as_text(profile.get("name"))


def read_channel(messages: Iterable[Object], channel: str, roster: Roster, intake: Intake) -> Iterator[Transcript]:
    """Read the messages of one channel, of all its days together.

    Args:
        messages: in any order; one that comes twice is taken once.
        channel: the channel's name.
        roster: who is who.
        intake: cleans, counts and finishes.

    Yields:
        A transcript for each thread, joined across days, and one for the other messages of each day, by their first message.
    """
    by_time = {as_text(message.get("ts")): message for message in messages}
    in_order = sorted(by_time.values(), key=lambda message: number(message.get("ts")) or 0.0)
    threads = {
        as_text(message.get("thread_ts")) for message in in_order if message.get("thread_ts") and message["thread_ts"] != message.get("ts")
    }
    drafts: dict[str, Draft] = {}
    for message in in_order:
        at = from_epoch(message.get("ts"))
        root = as_text(message.get("thread_ts"))
        day = at.astimezone(intake.options.zone).date().isoformat() if at else "undated"
        key = root if root in threads else day
        draft = drafts.setdefault(key, Draft(id=f"{channel}/{key}", channel=Channel.TEAM_CHAT, place=channel, started_at=at))
        reason = _left_out(message, roster)
        if reason:
            intake.skip(reason)
        else:
            intake.add(draft, _voice(message, roster, intake), _text(message, roster), at=at)
    for draft in drafts.values():
        if draft.turns:
            yield from intake.finish(draft)


def _left_out(message: Object, roster: Roster) -> str:
    subtype = as_text(message.get("subtype"))
    user = as_text(message.get("user"))
    if subtype == "bot_message" or message.get("bot_id") or user == "USLACKBOT" or roster.members.get(user, Member("")).is_bot:
        return "bot"
    if subtype == "tombstone" or message.get("hidden") is True:
        return "deleted"
    return "" if subtype in _KEPT_SUBTYPES and message.get("type", "message") == "message" else "event"


def _voice(message: Object, roster: Roster, intake: Intake) -> Voice:
    user = as_text(message.get("user"))
    known = roster.members.get(user)
    name = (known.name if known else "") or _name(as_object(message.get("user_profile"))) or user
    return intake.voice(name or None, Role.UNKNOWN, user)


def _text(message: Object, roster: Roster) -> str:
    text = as_text(message.get("text")) or "\n".join(_block_texts(as_list(message.get("blocks"))))
    return html.unescape(_REFERENCE.sub(lambda match: _resolved(match[1], roster), text))


def _block_texts(blocks: list[object]) -> Iterator[str]:
    """Words of rich-text blocks, for messages whose text is empty; elements lie at most a few levels deep."""
    for block in objects(blocks):
        for section in objects(block.get("elements")):
            parts = [as_text(element.get("text")) for element in objects(section.get("elements"))]
            yield "".join(parts)


def _resolved(inside: str, roster: Roster) -> str:
    """What stands for `<@U1>`, `<#C1|name>`, `<!here>`, `<https://...|label>`."""
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        member = roster.members.get(target[1:])
        return f"@{member.name if member and member.name else label or 'someone'}"
    if target.startswith("#"):
        return f"#{label or 'channel'}"
    if target.startswith("!"):
        return label if label.startswith("@") else f"@{label or target[1:].split('^')[0]}"
    return label or target.removeprefix("mailto:")


def read_file(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read a single file of messages: a day of an export, a dump, or an API answer. Names come from the messages alone."""
    root = as_object(value)
    messages = list(objects(value if isinstance(value, list) else root.get("messages")))
    messages += [reply for message in messages for reply in objects(message.get("slackdump_thread_replies"))]
    channel = as_text(root.get("name")) or as_text(root.get("channel_id")) or intake.stem
    yield from read_channel(messages, channel, Roster(), intake)


MESSAGES = JsonFormat(
    name="slack_messages",
    title="Slack messages in one file (a day of an export, slackdump, API)",
    recognised_by="messages with `ts`, `type` and `user` or `bot_id`, in an array or in `messages`",
    taken="messages as team chat, threads joined, the rest by day; mentions and links cleaned; names only where the messages carry them",
    not_taken="bots, joins and other events, deleted messages, files",
    needs=(
        "[].ts|messages[].ts",
        "[].user|[].bot_id|[].subtype|messages[].user|messages[].bot_id|messages[].subtype",
        "[].type|messages[].type",
    ),
    read=read_file,
)
