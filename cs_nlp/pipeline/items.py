"""Files that come over the network, with what was said about them: read at once, or sealed to be read later."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from cs_nlp.errors import IngestError, MissingExtraError, StoreError
from cs_nlp.ingest import FileReading, FileReport, Metadata, ReadOptions, SideFile, read_bytes
from cs_nlp.records import Channel, Role, Transcript

_NONCE: Final = 12
_HEAD: Final = 4  # bytes that say how long the facts are
NO_NAME: Final = "upload"


@dataclass(frozen=True, slots=True)
class Item:
    """A file.

    Attributes:
        name: its name, for messages and for the ids of transcripts that have none; folders in it are left out.
        data: its bytes.
        id: the platform's id of its transcript, or None for what the file says.
        format: name of its format, or None to recognise it.
        role_map: see `ReadOptions`.
        detect_roles: see `ReadOptions`.
        zone: IANA name of the zone of times that carry none.
        metadata: what goes before what the file says, or None.
    """

    name: str
    data: bytes
    id: str | None = None
    format: str | None = None
    role_map: Mapping[str, Role] = field(default_factory=dict)
    detect_roles: bool = False
    zone: str = "UTC"
    metadata: Metadata | None = None


def readings(item: Item) -> Iterator[FileReading]:
    """The readings of a file, or of the files in it where it is a zip.

    Raises:
        InputError: an unknown format.
    """
    options = ReadOptions(
        format=item.format,
        role_map=item.role_map,
        zone=ZoneInfo(item.zone),
        side_file=None if item.metadata is None else SideFile(everyone=item.metadata),
        detect_roles=item.detect_roles,
    )
    yield from read_bytes(item.data, base_name(item.name), options)


def read_one(item: Item) -> tuple[Transcript, FileReport]:
    """The one transcript of a file.

    Raises:
        IngestError: it can't be read, or holds several transcripts.
        InputError: an unknown format.
    """
    found: list[Transcript] = []
    reports: list[FileReport] = []
    for reading in readings(item):
        for transcript in reading:
            found.append(transcript)
            if len(found) > 1:
                raise IngestError("the file holds more than one transcript; send it to /v1/batches", path=reading.path)
        if reading.error is not None:
            raise reading.error
        reports.append(reading.report)
    return with_id(found[0], item, 1), reports[0]


def with_id(transcript: Transcript, item: Item, n: int) -> Transcript:
    """The transcript with the id that was given for its file, numbered from the second one of a file on."""
    if item.id is None:
        return transcript
    return replace(transcript, id=item.id if n == 1 else f"{item.id}#{n}")


def base_name(name: str) -> str:
    """The last part of a name, whichever way its sender separates folders."""
    return name.replace("\\", "/").rstrip("/").rpartition("/")[2].strip(". ") or NO_NAME


class Seal:
    """Encrypts files that wait (AES-256-GCM), so that no words of a transcript stand in the database as they were said.

    Args:
        secret: from which the key is made.

    Raises:
        MissingExtraError: the package for it is not installed.
    """

    def __init__(self, secret: bytes) -> None:
        try:
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise MissingExtraError("batches", "service") from error
        self._cipher = AESGCM(hmac.digest(secret, b"cs_nlp uploads", hashlib.sha256))

    def close(self, item: Item, organisation: int) -> bytes:
        """The file and its facts, encrypted for an organisation."""
        facts = json.dumps(_facts(item)).encode()
        nonce = secrets.token_bytes(_NONCE)
        text = len(facts).to_bytes(_HEAD, "big") + facts + item.data
        return nonce + self._cipher.encrypt(nonce, text, str(organisation).encode())

    def open(self, sealed: bytes, organisation: int) -> Item:
        """What `close` was given.

        Raises:
            StoreError: it was closed with another secret, for another organisation, or is damaged.
        """
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as above

        try:
            text = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], str(organisation).encode())
        except InvalidTag as error:
            raise StoreError("a file of a batch can't be decrypted; is CS_NLP_SECRET the one that it came in with?") from error
        start = _HEAD + int.from_bytes(text[:_HEAD], "big")
        return _item(json.loads(text[_HEAD:start]), text[start:])


def _facts(item: Item) -> dict[str, Any]:
    known = item.metadata
    return {
        "name": item.name,
        "id": item.id,
        "format": item.format,
        "role_map": {speaker: role.value for speaker, role in item.role_map.items()},
        "detect_roles": item.detect_roles,
        "zone": item.zone,
        "metadata": None
        if known is None
        else [
            known.agent,
            known.team,
            known.queue,
            known.channel and known.channel.value,
            known.started_at and known.started_at.isoformat(),
            known.joined_on and known.joined_on.isoformat(),
        ],
    }


def _item(facts: dict[str, Any], data: bytes) -> Item:
    known, metadata = facts.pop("metadata"), None
    if known is not None:
        agent, team, queue, channel, started_at, joined_on = known
        metadata = Metadata(
            agent,
            team,
            queue,
            channel and Channel(channel),
            started_at and datetime.fromisoformat(started_at),
            joined_on and date.fromisoformat(joined_on),
        )
    roles = {speaker: Role(role) for speaker, role in facts.pop("role_map").items()}
    return Item(**facts, data=data, role_map=roles, metadata=metadata)
