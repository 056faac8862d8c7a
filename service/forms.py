"""Bodies that come as JSON or as a form with files."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from cs_nlp.pipeline.items import Item, base_name
from service.errors import Problem
from service.schemas.items import About, ItemIn, item_of, json_item
from service.schemas.stored import BatchIn

JSON: Final = "application/json"
FORM: Final = "multipart/form-data"
MOST_FILES: Final = 1000
_TOO_DEEP: Final = "the body is JSON nested too deeply"
_FIELDS: Final = {"metadata", "format", "role_map", "detect_roles", "time_zone"}
_JSON_FIELDS: Final = {"metadata", "role_map", "detect_roles"}
_SIDE_FILES: Final = ("metadata.csv", "metadata.json")
Model = TypeVar("Model", bound=BaseModel)


async def read_item(request: Request) -> Item:
    """The one transcript of a request.

    Raises:
        Problem: 400 for a broken body, 415 for another content type.
        RequestValidationError: it is not as described.
    """
    if kind_of(request) == JSON:
        return await run_in_threadpool(_json_item, await request.body())
    async with request.form(max_files=2, max_fields=len(_FIELDS) + 1) as form:
        items = await _form_items(form)
    if len(items) != 1:
        raise Problem(422, f"the form holds {len(items)} files; expected one named `file`, several go to /v1/batches")
    return items[0]


def _json_item(body: bytes) -> Item:
    try:
        return json_item(parse(body, ItemIn))
    except RecursionError:
        raise Problem(400, _TOO_DEEP) from None


def _json_items(body: bytes) -> list[Item]:
    try:
        return [json_item(one) for one in parse(body, BatchIn).items]
    except RecursionError:
        raise Problem(400, _TOO_DEEP) from None


async def read_items(request: Request) -> list[Item]:
    """The transcripts of a batch; see `read_item`. Files of a form that has a side file (`metadata.csv`) come as one zip with it."""
    if kind_of(request) == JSON:
        return await run_in_threadpool(_json_items, await request.body())
    async with request.form(max_files=MOST_FILES, max_fields=len(_FIELDS) + 1) as form:
        items = await _form_items(form)
    if not items:
        raise Problem(422, "the form holds no file; expected transcripts or zips of them as `file`")
    if any(base_name(item.name).lower() in _SIDE_FILES for item in items):
        return [await run_in_threadpool(_zipped, items)]
    return items


def kind_of(request: Request) -> str:
    """The content type of a request.

    Raises:
        Problem: 415, it is neither JSON nor a form with files.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == JSON or (kind.startswith("application/") and kind.endswith("+json")):
        return JSON
    if kind == FORM:
        return FORM
    raise Problem(415, f"expected {JSON}, or {FORM} with files as `file`", facts={"accepted": [JSON, FORM]})


def parse(body: bytes, model: type[Model]) -> Model:
    """A JSON body.

    Raises:
        Problem: 400, it is no JSON.
        RequestValidationError: it is not as the model describes.
    """
    try:
        value = json.loads(body)
    except RecursionError:
        raise Problem(400, _TOO_DEEP) from None
    except ValueError as error:
        raise Problem(400, f"the body is no JSON: {getattr(error, 'msg', 'not UTF-8')}") from None
    return _validated(value, model)


def _validated(value: object, model: type[Model]) -> Model:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        faults = [{"type": one["type"], "loc": ("body", *one["loc"]), "msg": one["msg"]} for one in error.errors(include_input=False)]
        raise RequestValidationError(faults) from None


async def _form_items(form: FormData) -> list[Item]:
    fields: dict[str, str] = {}
    files: list[UploadFile] = []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            if name not in {"file", "files"}:
                raise Problem(422, "a file of the form has another name than `file`")
            files.append(value)
        elif name in _FIELDS and name not in fields:
            fields[name] = value
        else:
            known = ", ".join(sorted(_FIELDS))
            raise Problem(422, f"the form holds a field that is unknown or comes twice; expected `file` and, once each, {known}")
    about = _validated(_values(fields), About)
    return [item_of(about, await one.read(), _clean(one.filename)) for one in files]


def _values(fields: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, text in fields.items():
        try:
            found[name] = json.loads(text) if name in _JSON_FIELDS else text
        except (ValueError, RecursionError):
            told = "expected JSON"
            raise Problem(422, f"{name}: {told}", errors=[{"pointer": f"#/{name}", "detail": told}]) from None
    return found


def _clean(filename: str | None) -> str | None:
    return base_name(filename).encode("utf-8", "replace").decode()[-200:] if filename else None


def _zipped(items: list[Item]) -> Item:
    """Files as one zip, so that a side file among them is read with them. Names that come twice are numbered."""
    data, names = io.BytesIO(), set[str]()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_STORED) as archive:
        for n, item in enumerate(items):
            name = base_name(item.name)
            name = f"{n}/{name}" if name in names else name
            names.add(name)
            archive.writestr(name, item.data)
    first = items[0]
    return Item(
        "upload.zip",
        data.getvalue(),
        format=first.format,
        role_map=first.role_map,
        detect_roles=first.detect_roles,
        zone=first.zone,
    )
