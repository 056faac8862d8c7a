"""What all schemas share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

Item = TypeVar("Item")
NAME = 200
"""Most characters of a name."""


class Incoming(BaseModel):
    """A body that comes in: types as they are, no unknown members."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Outgoing(BaseModel):
    """A body that goes out."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Page(Outgoing, Generic[Item]):
    """A page of a list."""

    items: list[Item]
    next_cursor: Annotated[str | None, Field(description="Where the next page begins; null on the last one.")]
    has_more: bool


class Fault(BaseModel):
    """One fault of a request."""

    pointer: Annotated[str, Field(description="JSON pointer into the body, or `query/name` and the like.")]
    detail: str


class ProblemOut(BaseModel):
    """An error, as application/problem+json (RFC 9457). Further members hold limits in numbers."""

    model_config = ConfigDict(extra="allow")

    type: Annotated[str, Field(description="The kind of problem.", examples=["urn:cs-nlp:problem:too-large"])]
    title: str
    status: int
    detail: Annotated[str, Field(description="What failed, what was expected and what to do.")]
    instance: Annotated[str, Field(description="Path of the request.")]
    errors: list[Fault] = []
    retry_after_s: int | None = None


def _storable(text: str) -> str:
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("holds a null character or half a surrogate pair, which no text has")
    return text


def _written(value: object) -> object:
    if not isinstance(value, (str, date)):
        raise ValueError("expected a text in ISO 8601")  # noqa: TRY004 - pydantic wants this one
    return value


Text = Annotated[str, AfterValidator(_storable)]
"""Any text that can be kept."""
Name = Annotated[str, Field(min_length=1, max_length=NAME), AfterValidator(_storable)]
Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_written, json_schema_input_type=datetime)]
"""A time with its zone, in ISO 8601."""
Day = Annotated[date, Field(strict=False), BeforeValidator(_written, json_schema_input_type=date)]

_TOLD = {
    400: "The body is no JSON, or a header or cursor is damaged.",
    401: "No key, or one that is wrong, revoked or over.",
    403: "The key lacks the scope.",
    404: "Nothing of that id.",
    406: "There is no answer in the format that `Accept` names.",
    409: "It does not fit what is there, or the first request with this Idempotency-Key still runs.",
    413: "The body is too large; `limit_bytes` says how much is taken.",
    415: "The content type is not read here.",
    422: "The request is not as described; `errors` lists the faults.",
    429: "Too many requests; `Retry-After` says when to come again, `limit` how many a second are taken.",
    503: "Too much to do; `Retry-After` says when to come again.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of a route for the OpenAPI document: those named, and those that every route with a key has."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
    every = sorted({400, 401, 403, 422, 429, 503, *statuses})
    return {status: {"description": _TOLD[status], "content": content} for status in every}
