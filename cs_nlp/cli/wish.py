"""What the user wants of what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for.

    Attributes:
        org: whose transcripts, or None for the organisation of the settings.
        teams: only these; () for all.
        model: only what this model scored; None for that of the settings.
        has_zone: the user named the zone of the periods; else each team has its own.
        html: whether the report is wanted.
    """

    org: str | None
    teams: tuple[str, ...]
    model: str | None
    has_zone: bool
    html: bool = False


def wish_of(org: str | None, team: Sequence[str] | None, model: str | None, tz: str | None) -> Wish:
    """What the options `--org`, `--team`, `--model` and `--tz` ask for."""
    return Wish(org, tuple(team or ()), model, has_zone=tz is not None)
