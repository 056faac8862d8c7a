"""A transcript that comes in: any format of the ingest table, with what its sender knows about it."""

from __future__ import annotations

import json
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from cs_nlp.ingest import FORMATS, Metadata
from cs_nlp.pipeline.items import NO_NAME, Item
from cs_nlp.records import Channel, Role
from service.schemas.base import Day, Incoming, Moment, Name, Text

ZONE_NAME = 64


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("is no time zone; expected an IANA name such as Europe/Berlin") from error
    return name


def _known_format(name: str) -> str:
    if name not in {one.name for one in FORMATS}:
        raise ValueError("is no format that is read; `cs-nlp formats` lists them")
    return name


Zone = Annotated[str, Field(min_length=1, max_length=ZONE_NAME, pattern=r"^[A-Za-z0-9_+/-]+$"), AfterValidator(_known_zone)]
FormatName = Annotated[str, Field(max_length=64, json_schema_extra={"enum": [one.name for one in FORMATS]}), AfterValidator(_known_format)]
RoleName = Annotated[Role, Field(strict=False)]
ChannelName = Annotated[Channel, Field(strict=False)]


class MetadataIn(Incoming):
    """What goes before what the file says. Names of agents become pseudonyms before anything is stored."""

    id: Annotated[Name | None, Field(description="The platform's id of the conversation.")] = None
    agent: Name | None = None
    team: Name | None = None
    queue: Name | None = None
    channel: Annotated[ChannelName | None, Field(description="Said to customers, or among staff.")] = None
    started_at: Moment | None = None
    joined_on: Annotated[Day | None, Field(description="The day on which the agent joined the team.")] = None


class About(Incoming):
    """How a file is to be read."""

    name: Annotated[Name, Field(description="The file's name; ids of transcripts without one are made from it.")] = NO_NAME
    format: Annotated[FormatName | None, Field(description="Null: it is recognised by its structure.")] = None
    role_map: Annotated[
        dict[str, RoleName], Field(max_length=100, description="Role by speaker as the file names them; `*` for all others.")
    ] = Field(default_factory=dict)
    detect_roles: Annotated[bool, Field(description="Guess who is the agent in calls of two speakers without roles.")] = False
    time_zone: Annotated[Zone, Field(description="Of times that carry none.")] = "UTC"
    metadata: MetadataIn = MetadataIn()


class ItemIn(About):
    """A transcript in any format that is read."""

    transcript: Annotated[
        Text | dict[str, Any] | list[Any],
        Field(description="A text as it stands in its file (captions, CSV, plain text), or a JSON document as it is."),
    ]


def item_of(about: About, data: bytes, name: str | None = None) -> Item:
    """What is read.

    Args:
        about: how.
        data: the file.
        name: of the file, where the request has one beside.
    """
    known = about.metadata
    facts = Metadata(known.agent, known.team, known.queue, known.channel, known.started_at, known.joined_on)
    return Item(
        name=name or about.name,
        data=data,
        id=known.id,
        format=about.format,
        role_map=about.role_map,
        detect_roles=about.detect_roles,
        zone=about.time_zone,
        metadata=None if facts == Metadata() else facts,
    )


def json_item(given: ItemIn) -> Item:
    """What is read, where the transcript stands in the request."""
    document = given.transcript
    text = document if isinstance(document, str) else json.dumps(document)
    return item_of(given, text.encode())
