"""How transcripts are kept, and by what a transcript is known again: keyed hashes, so that nobody can look for words without the secret."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Final

from cs_nlp.records import Transcript
from cs_nlp.store import Identity, KeepText

_KEY_BYTES: Final = 16
_LONGEST: Final = 200
_NUMBERED: Final = re.compile(r"[#~]\d+$")


@dataclass(frozen=True, slots=True)
class Keeping:
    """How transcripts are kept.

    Attributes:
        organisation: whose they are, by name.
        secret: at least 16 bytes, kept apart from the database; pseudonyms and hashes are made with it.
        text: of which statements the redacted text is kept.
        zone: IANA name of the time zone of new teams, or one for each team (those not named have UTC).
        team: of the transcripts that name none.
    """

    organisation: str
    secret: bytes
    text: KeepText = KeepText.SIGNALS
    zone: Mapping[str, str] | str = "UTC"
    team: str | None = None


def identify(transcript: Transcript, keeping: Keeping) -> Identity:
    """What tells whether a transcript is known.

    An id stands for a transcript together with its start: many lists number their calls from 1 every week. Without a start, an id of the
    platform is enough, and one that is made from the file's name (`recording.vtt`) goes with the words.
    """
    words = [" ".join(unicodedata.normalize("NFKC", turn.text).casefold().split()) for turn in transcript.turns]
    content = keyed_hash(keeping, "content", *words)
    minute = transcript.started_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") if transcript.started_at else ""
    known_by = minute or (content.hex() if _is_from_file_name(transcript) else "")
    source_key = f"{transcript.id}@{known_by}"
    if len(source_key) > _LONGEST:
        source_key = keyed_hash(keeping, "source", source_key).hex()
    facts = [transcript.channel.value, transcript.team, transcript.queue, transcript.agent, str(transcript.joined_on), minute]
    said = [[turn.role.value, turn.speaker, turn.text] for turn in transcript.turns]
    fingerprint = keyed_hash(keeping, "all", json.dumps([facts, said]))
    return Identity(transcript.id, source_key, content, minute, fingerprint)


def _is_from_file_name(transcript: Transcript) -> bool:
    """Whether the id is the path of its file below the folder or zip that the user named, perhaps numbered."""
    path = transcript.source.replace("\\", "/").replace("!", "/")
    folder, slash, name = path.rpartition("/")
    stem = "/" + folder + slash + (name.rpartition(".")[0] or name)
    base = transcript.id
    while (shorter := _NUMBERED.sub("", base)) != base:
        base = shorter
    return stem.endswith("/" + base)


def keyed_hash(keeping: Keeping, purpose: str, *texts: str) -> bytes:
    """A keyed hash: who lacks the secret can't tell from it whether some words were said."""
    made = hmac.new(keeping.secret, digestmod=hashlib.sha256)
    for text in (purpose, keeping.organisation, *texts):
        data = text.encode("utf-8", "surrogatepass")
        made.update(len(data).to_bytes(8, "big") + data)
    return made.digest()[:_KEY_BYTES]
