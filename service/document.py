"""The OpenAPI document: names of operations, what leads from one to the next, real examples; and the methods that each address takes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from service.errors import MEDIA_TYPE, problem_of, problem_response
from service.schemas.base import ProblemOut, problems
from service.schemas.operations import LINKS, OPERATIONS, PARAMETERS, TAGS

JSON: Final = "application/json"


def document_of(app: FastAPI, also: Iterable[type[BaseModel]] = ()) -> dict[str, Any]:
    """The document of an application, made once.

    Args:
        app: with all its routes.
        also: models of bodies that FastAPI does not see.
    """
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes, tags=[*TAGS])
        _put_models(made.setdefault("components", {}).setdefault("schemas", {}), [ProblemOut, *also])
        for path, methods in made["paths"].items():
            for method, operation in methods.items():
                _complete(operation, f"{method.upper()} {path}")
        app.openapi_schema = made
    return app.openapi_schema


def tell_methods(app: FastAPI) -> None:
    """Have every 405 list all methods of the address, not only those of the first route that has it."""

    async def handle(request: Request, error: Exception) -> JSONResponse:
        problem = problem_of(error)
        found = _methods_of(app, request.url.path)
        if found and isinstance(error, HTTPException):
            problem.headers = {**(problem.headers or {}), "Allow": ", ".join(found)}
        return problem_response(problem, request.url.path)

    app.add_exception_handler(405, handle)


def _methods_of(app: FastAPI, path: str) -> list[str]:
    paths = app.openapi()["paths"]
    known = [path] if path in paths else [one for one in paths if _pattern(one).fullmatch(path)]
    return sorted({method.upper() for one in known for method in paths[one]})


@cache
def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\})", path)
    return re.compile("".join({"{team}": ".+"}.get(part, "[^/]+") if part.startswith("{") else re.escape(part) for part in parts))


def _put_models(schemas: dict[str, Any], models: Iterable[type[BaseModel]]) -> None:
    """FastAPI's own shape of a validation error, which is never sent, gives way to problems."""
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for model in models:
        whole = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(whole.pop("$defs", {}))
        schemas[model.__name__] = whole


def _complete(operation: dict[str, Any], name: str) -> None:
    known = OPERATIONS.get(name)
    if known is not None:
        operation["operationId"], operation["summary"] = known
    answers = operation["responses"]
    if "422" in answers:
        answers["422"]["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
    for parameter in operation.get("parameters", ()):
        parameter.setdefault("description", PARAMETERS.get(parameter["name"], ""))
    if name.startswith("POST /v1/"):
        # An Idempotency-Key is told of for the service as a whole: generated clients would send the same one for different requests.
        answers.setdefault("409", problems(409)[409])
    for status, links in LINKS.get(name, {}).items():
        if status in answers:
            answers[status]["links"] = {link["operationId"]: dict(link) for link in links}
    _give_examples(operation, _examples().get(name, {}))


def _give_examples(operation: dict[str, Any], example: Mapping[str, Any]) -> None:
    if "request" in example:
        operation["requestBody"]["content"][JSON]["examples"] = {"usual": {"value": example["request"]}}
    for status, body in example.get("responses", {}).items():
        for kind in operation["responses"].get(status, {}).get("content", {}):
            if kind in body:
                operation["responses"][status]["content"][kind]["example"] = body[kind]


@cache
def _examples() -> Mapping[str, Any]:
    """What `python -m tools.make_examples` wrote down of real answers."""
    found: Mapping[str, Any] = json.loads((files("service") / "examples.json").read_text(encoding="utf-8"))
    return found
