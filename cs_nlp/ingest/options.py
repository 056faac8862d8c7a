"""What the user says about the files to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from pathlib import Path
from types import MappingProxyType

from cs_nlp.errors import InputError
from cs_nlp.ingest.side_file import SideFile
from cs_nlp.records import Role


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read transcript files.

    Attributes:
        format: name of a format (see `FORMATS`) to read every file as, or None to recognise it by its structure.
        role_map: role by speaker name, id, label or channel as the file gives it (case does not matter); `*` means everyone
            else whose role the file does not say. What it says goes before what the file says.
        zone: time zone of the wall-clock times that carry none.
        encoding: encoding of the files, or None for UTF-8, or UTF-16 and UTF-32 where the bytes show it.
        side_file: metadata for the transcripts (a file, see `read_side_file`, or what was read of one), or None for `metadata.csv` or
            `metadata.json` beside them.
        detect_roles: guess agent and customer in calls of two speakers without roles; see `detect`.
    """

    format: str | None = None
    role_map: Mapping[str, Role] = field(default_factory=lambda: MappingProxyType({}))
    zone: tzinfo = UTC
    encoding: str | None = None
    side_file: Path | SideFile | None = None
    detect_roles: bool = False


def parse_role_map(text: str) -> dict[str, Role]:
    """Read a role map such as `spk_0=agent,spk_1=customer`.

    Args:
        text: pairs of a speaker (name, id, label or channel) and a role, separated by commas; spaces around them do not matter.

    Returns:
        Role by speaker.

    Raises:
        InputError: a pair is not of the form `speaker=role`, or its role is unknown.
    """
    roles: dict[str, Role] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = pair.rpartition("=")
        if not equals or not key.strip():
            raise InputError(f"role map: got {pair!r}; expected speaker=role, for example spk_0=agent")
        try:
            roles[key.strip()] = Role(value.strip().lower())
        except ValueError:
            known = ", ".join(role.value for role in Role)
            raise InputError(f"role map: {value.strip()!r} is not a role; expected one of {known}") from None
    return roles
