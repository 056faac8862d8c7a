"""The same answer as JSON or as CSV, by what the client accepts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Header
from pydantic import BaseModel
from starlette.responses import Response

from service.errors import Problem

JSON, CSV = "application/json", "text/csv"
M = TypeVar("M", bound=BaseModel)
_KINDS: Final = (JSON, CSV)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class Telling:
    """Tells an answer in one format.

    Args:
        kind: `application/json` or `text/csv`.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __call__(self, whole: M, name: str, row: type[BaseModel], rows: Iterable[BaseModel]) -> M | Response:
        """The answer.

        Args:
            whole: as JSON has it.
            name: of the file, without ending.
            row: kind of the table's rows, of which the columns are made; members that are objects themselves are left out.
            rows: the table.
        """
        if self.kind == JSON:
            return whole
        found = table(row, rows, getattr(whole, "reason", None))
        headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Vary": "Accept"}
        return Response(found, headers=headers, media_type=f"{CSV}; charset=utf-8")


def table(row: type[BaseModel], rows: Iterable[BaseModel], reason: str | None = None) -> str:
    """Rows as CSV (RFC 4180), with names of columns first; what is not there is an empty cell.

    Args:
        row: kind of the rows.
        rows: none is told as one row that holds only the reason.
        reason: why there are none.
    """
    columns = [name for name, field in row.model_fields.items() if name != "reason" and not _holds_models(field.annotation)]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([*columns, "reason"])
    told = [one.model_dump(mode="json") for one in rows] or [{"reason": reason}]
    writer.writerows([_cell(one.get(name)) for name in (*columns, "reason")] for one in told)
    return file.getvalue()


def _holds_models(kind: Any) -> bool:  # noqa: ANN401 - an annotation
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return True
    return any(_holds_models(part) for part in getattr(kind, "__args__", ()))


def _cell(value: Any) -> str:  # noqa: ANN401 - anything that JSON holds
    if value is None:
        return ""
    if isinstance(value, list):
        return _cell(" | ".join(map(str, value)))
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"  # a spreadsheet would take it for a formula
    return str(value).lower() if isinstance(value, bool) else str(value)


def _telling(
    accept: Annotated[str, Header(description="`application/json` (default) or `text/csv`.", include_in_schema=False)] = "*/*",
) -> Telling:
    kind = best_of(accept)
    if kind is None:
        raise Problem(406, f"the client accepts {accept[:100]!r}; there is {' and '.join(_KINDS)}", facts={"available": list(_KINDS)})
    return Telling(kind)


def best_of(accept: str) -> str | None:
    """Which of JSON and CSV an `Accept` header likes best (RFC 9110, 12.5.1); None for neither. JSON where it likes both."""
    liked: dict[str, tuple[int, float]] = {}
    for part in accept.split(","):
        kind, *parameters = (one.strip().lower() for one in part.split(";"))
        for mine in _KINDS:
            precise = _precision(kind, mine)
            if precise > liked.get(mine, (0, 0.0))[0]:
                liked[mine] = (precise, _quality(parameters))
    best = max(_KINDS, key=lambda mine: liked.get(mine, (0, 0.0))[1])
    return best if liked.get(best, (0, 0.0))[1] > 0 else None


def _precision(kind: str, mine: str) -> int:
    return {mine: 3, f"{mine.partition('/')[0]}/*": 2, "*/*": 1}.get(kind, 0)


def _quality(parameters: Sequence[str]) -> float:
    for one in parameters:
        name, _, value = one.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


Tell = Annotated[Telling, Depends(_telling)]


def either() -> dict[int | str, dict[str, Any]]:
    """That the answer is JSON or CSV, for the OpenAPI document."""
    return {200: {"content": {CSV: {"schema": {"type": "string"}}}}}
