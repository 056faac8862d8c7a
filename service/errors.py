"""One shape for every error that leaves the service: application/problem+json (RFC 9457), without words of a transcript."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request

from cs_nlp.errors import BusyError, CsNlpError, IngestError, InputError, MissingExtraError, StoreError, UnknownFormatError

MEDIA_TYPE: Final = "application/problem+json"
_TYPE: Final = "urn:cs-nlp:problem:"
_TITLES: Final = {
    400: ("bad-request", "The request can't be understood"),
    401: ("no-key", "A valid key is needed"),
    403: ("scope", "The key does not allow this"),
    404: ("not-found", "There is nothing here"),
    405: ("method", "This address does not take that method"),
    406: ("not-acceptable", "There is no answer in the wanted format"),
    408: ("too-slow", "The request took too long to arrive"),
    409: ("conflict", "The request does not fit what is there"),
    413: ("too-large", "The request is too large"),
    415: ("media-type", "This content type is not read here"),
    422: ("invalid", "The request is not as described"),
    429: ("too-many", "Too many requests"),
    500: ("internal", "Something went wrong here"),
    501: ("not-installed", "This server lacks what the request needs"),
    503: ("busy", "There is too much to do just now"),
}
_SECTIONS: Final = ("body", "query", "path", "header", "cookie")
RETRY_S: Final = 2
"""Seconds after which to try again where nothing better is known."""


class Problem(HTTPException):
    """An error to be told to the client.

    Args:
        status: of HTTP.
        detail: what failed, what was got, what was expected and what to do; never words of a transcript.
        slug: last part of the problem's type; that of the status by default.
        errors: faults one by one, each with `pointer` and `detail`.
        headers: of the answer.
        facts: further members of the answer, such as limits in numbers.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        slug: str | None = None,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(status, detail, dict(headers or {}))
        self.slug = slug
        self.errors = tuple(errors)
        self.facts = dict(facts or {})


def later(detail: str, seconds: float = RETRY_S, *, status: int = 503, slug: str | None = None, **facts: object) -> Problem:
    """A problem that passes: 503 or 429 with `Retry-After`, in whole seconds, at least 1; `facts` are further members of the answer."""
    wait = max(1, math.ceil(seconds))
    return Problem(status, detail, slug=slug, headers={"Retry-After": str(wait)}, facts={"retry_after_s": wait, **facts})


def problem_response(problem: Problem, instance: str) -> JSONResponse:
    """The answer that tells a problem.

    Args:
        problem: the problem.
        instance: path of the request.
    """
    slug, title = _TITLES.get(problem.status_code, ("http", "The request failed"))
    body: dict[str, Any] = {
        "type": _TYPE + (problem.slug or slug),
        "title": title,
        "status": problem.status_code,
        "detail": problem.detail,
        "instance": instance,
        **problem.facts,
    }
    if problem.errors:
        body["errors"] = [dict(one) for one in problem.errors]
    return JSONResponse(body, problem.status_code, dict(problem.headers or {}), MEDIA_TYPE)


def problem_of(error: Exception) -> Problem:
    """The problem that an error is to a client; 500 without particulars for what was not foreseen."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    if isinstance(error, HTTPException):
        return Problem(error.status_code, _plain(error), headers=error.headers)
    if isinstance(error, CsNlpError):
        return _own(error)
    return Problem(500, "an error that nobody foresaw; its kind is in the log of the server, under the id of this request")


def add_handlers(app: FastAPI) -> None:
    """Have every error of an application told in this shape."""

    async def handle(request: Request, error: Exception) -> JSONResponse:
        return problem_response(problem_of(error), request.url.path)

    for kind in (HTTPException, RequestValidationError, CsNlpError):
        app.add_exception_handler(kind, handle)


def _own(error: CsNlpError) -> Problem:
    makers: tuple[tuple[type[CsNlpError], Callable[[Any], Problem]], ...] = (
        (UnknownFormatError, lambda one: Problem(422, str(one), slug="unknown-format", facts={"candidates": list(one.candidates)})),
        (IngestError, lambda one: Problem(422, str(one), slug="unreadable-transcript", facts={"line": one.line} if one.line else {})),
        (InputError, lambda one: Problem(422, str(one))),
        (BusyError, lambda one: later(str(one), one.retry_after_s)),
        # The message names the database: that is for the log.
        (StoreError, lambda _: later("the database does not answer; nothing of this request was kept", slug="database")),
        (MissingExtraError, lambda one: Problem(501, str(one))),
    )
    for kind, make in makers:
        if isinstance(error, kind):
            return make(error)
    return Problem(500, "the server is set up wrongly; its log says how")


def _invalid(error: RequestValidationError) -> Problem:
    """Faults of a request, each with its place, never with what stood there."""
    faults = [fault for fault in error.errors() if isinstance(fault, Mapping)]
    for fault in faults:
        if fault["type"] == "json_invalid":
            return Problem(400, f"the body is no JSON: {fault.get('ctx', {}).get('error', 'broken')} at character {fault['loc'][-1]}")
    told = [{"pointer": _pointer(fault["loc"]), "detail": str(fault["msg"])} for fault in faults]
    return Problem(422, "; ".join(f"{one['pointer']}: {one['detail']}" for one in told[:5]), errors=told)


def _pointer(place: Sequence[object]) -> str:
    """A JSON pointer into the body, or `query/name` and the like."""
    # A part that begins with ~ names one of several shapes of a body, not a place in it.
    parts = [str(part).replace("~", "~0").replace("/", "~1") for part in place if not str(part).startswith("~")]
    if parts and parts[0] in _SECTIONS:
        return "#/" + "/".join(parts[1:]) if parts[0] == "body" else "/".join(parts)
    return "#/" + "/".join(parts)


def _plain(error: HTTPException) -> str:
    told = {
        404: "no such address; the OpenAPI document at /openapi.json lists what there is",
        405: "the address does not take this method; the Allow header lists those that it takes",
    }
    return told.get(error.status_code, str(error.detail))
