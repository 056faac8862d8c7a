"""Time zones as they are given on the command line."""

from __future__ import annotations

from datetime import tzinfo
from zoneinfo import ZoneInfo

from cs_nlp.errors import InputError


def read_zones(text: str) -> dict[str, tzinfo] | tzinfo:
    """One time zone, or one for each team as `team=zone` pairs separated by commas.

    Raises:
        InputError: a zone is unknown.
    """
    if "=" not in text:
        return _zone(text)
    pairs = (pair.rpartition("=") for pair in text.split(","))
    return {team.strip(): _zone(zone.strip()) for team, _, zone in pairs}


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InputError(f"--tz {name}: no such time zone; expected an IANA name such as Europe/Berlin") from error
