"""What routes on teams are asked: the team in the path, days, and how the answer is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Path
from pydantic import BeforeValidator, WithJsonSchema
from sqlalchemy import Connection
from starlette.requests import Request

from cs_nlp.pipeline.scoring import model_of
from cs_nlp.scoring import Artefact
from cs_nlp.store import Team, list_teams, published_mark
from cs_nlp.taxonomy import load_taxonomy
from service.auth import Caller
from service.deps import TheService
from service.errors import Problem
from service.remembered import Remembered
from service.state import Service

T = TypeVar("T")
NAMELESS: Final = "-"
"""In a path: the transcripts that name no team, unless a team is called so."""
DAY: Final = r"^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$"


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not re.fullmatch(DAY, value):
        raise ValueError("expected a day from 1900 to 2099 such as 2026-07-13")
    return date.fromisoformat(value)


QueryDay = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date", "pattern": DAY})]
TeamPath = Annotated[
    str,
    Path(
        min_length=1,
        max_length=200,
        description="Name of the team, percent-encoded; `-` for the transcripts that name none.",
        examples=["north-broadband"],
    ),
]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked what with.

    Attributes:
        service: what is open.
        remembered: answers that are quickly made again.
        kept: answers made of words: made again before other sums are published, they might tell of who was erased.
    """

    service: Service
    remembered: Remembered
    kept: Remembered

    @property
    def artefact(self) -> Artefact:
        """Of the model whose scores are told."""
        return self.service.classifier.artefact

    @property
    def facts(self) -> dict[str, Any]:
        """What every answer says of where it comes from."""
        return {"model": model_of(self.artefact), "taxonomy": load_taxonomy().version}

    @property
    def seed(self) -> int:
        """Of all resampling."""
        return self.service.settings.seed

    def read(
        self, caller: Caller, what: tuple[Hashable, ...], make: Callable[[Connection, T | None], T], *, also: str = "", words: bool = False
    ) -> T:
        """An answer made of published transcripts, which is kept until other ones are published.

        Args:
            caller: who asks.
            what: is asked.
            make: makes the answer, from the one before if there was one.
            also: what else the answer changes with.
            words: whether it is made of what was said, and not of published sums alone.
        """
        with self.service.store.reading() as db:
            mark = f"{model_of(self.artefact)} {published_mark(db, caller.organisation)} {also}"

        def anew(before: T | None) -> T:
            with self.service.store.reading() as db:
                return make(db, before)

        return (self.kept if words else self.remembered).get((caller.organisation, *what), mark, anew)

    def now(self, make: Callable[[Connection, None], T]) -> T:
        """An answer that is made anew each time."""
        with self.service.store.reading() as db:
            return make(db, None)

    def team(self, db: Connection, caller: Caller, path: str) -> Team:
        """The team that a path names.

        Raises:
            Problem: 404, there is none.
        """
        teams = {team.name: team for team in list_teams(db, caller.organisation)}
        found = teams.get(path) or (teams.get("") if path == NAMELESS else None)
        if found is None:
            raise Problem(404, "there is no team of that name; GET /v1/teams lists those that there are")
        return found

    def named(self, caller: Caller, path: str) -> str:
        """The same team's name."""
        with self.service.store.reading() as db:
            return self.team(db, caller, path).name


def _asked(service: TheService, request: Request) -> Asked:
    return Asked(service, request.app.state.remembered, request.app.state.kept)


TheAsked = Annotated[Asked, Depends(_asked)]
