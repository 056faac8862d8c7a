"""The OpenAPI document tells of every route, by a name of its own; what it says of links, examples and methods is so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from fastapi import FastAPI

from cs_nlp.settings import Settings
from service.app import create_app
from service.schemas.operations import LINKS, OPERATIONS
from tests.service.reading.conftest import World


@pytest.fixture(scope="module")
def app() -> FastAPI:
    """The application, not opened."""
    return create_app(Settings())


def operations(app: FastAPI) -> Iterator[tuple[str, dict[str, Any]]]:
    """All operations by name."""
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_every_operation_is_named_and_described(app: FastAPI) -> None:
    found = dict(operations(app))

    assert found.keys() == OPERATIONS.keys()
    assert len({one["operationId"] for one in found.values()}) == len(found)
    assert all(one["summary"] and one["description"] and one["tags"] for one in found.values())
    assert all(parameter["description"] for one in found.values() for parameter in one.get("parameters", ()))


def test_links_lead_from_answers_that_there_are_to_operations_that_there_are(app: FastAPI) -> None:
    found = dict(operations(app))
    ids = {one["operationId"]: one for one in found.values()}

    for name, answers in LINKS.items():
        for links in answers.values():
            for link in links:
                taken = {parameter["name"] for parameter in ids[link["operationId"]].get("parameters", ())}
                assert set(link.get("parameters", ())) <= taken, name


def test_examples_are_as_the_schemas_say(app: FastAPI) -> None:
    document = app.openapi()
    checked = 0

    for name, operation in operations(app):
        bodies = [*operation["responses"].values(), *([operation["requestBody"]] if "requestBody" in operation else [])]
        for content in (one.get("content", {}).get("application/json", {}) for one in bodies):
            examples = [content["example"]] if "example" in content else [one["value"] for one in content.get("examples", {}).values()]
            for example in examples:
                whole = {"$ref": "#/x", "x": content["schema"], "components": document["components"]}
                faults = [error.message for error in jsonschema_rs.validator_for(whole).iter_errors(example)]
                assert not faults, (name, faults[:3])
                checked += 1

    assert checked >= 20


def test_a_405_lists_all_methods_of_the_address(world: World) -> None:
    for path, methods in (
        ("/v1/interventions", "GET, POST"),
        ("/v1/interventions/iv_x", "DELETE, GET"),
        ("/v1/teams/a/b/culture", "GET"),
        ("/healthz", "GET"),
    ):
        answer = world.client.request("OPTIONS", path, headers=world.keys())

        assert (answer.status_code, answer.headers["allow"]) == (405, methods)
        assert answer.json()["type"] == "urn:cs-nlp:problem:method"
