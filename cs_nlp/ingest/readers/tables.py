"""CSV and TSV: one row a turn, or one row a call with the whole transcript in one cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from cs_nlp.errors import IngestError
from cs_nlp.ingest.formats import TextFormat, Verdict
from cs_nlp.ingest.intake import Intake
from cs_nlp.ingest.rows import Columns, Conversations, find_columns, holds_call, missing_text, read_call
from cs_nlp.ingest.source import LINE_LIMIT, Source, read_lines
from cs_nlp.records import Transcript

_HEADER_CHARS, _HEADER_CELLS, _NAME_CHARS = 4000, 3, 40
_DELIMITERS = ",\t;|"


@dataclass(frozen=True, slots=True)
class _Layout:
    delimiter: str
    names: tuple[str, ...]
    columns: Columns
    one_row_a_call: bool


def recognise(head: str, intake: Intake) -> Verdict:  # noqa: ARG001 - one signature for all text formats
    """A header whose names are those of a table of turns or calls."""
    layout = _find_layout(head)
    if layout is None:
        return Verdict()
    if layout.columns.text is None:
        return Verdict(max(1, layout.columns.known), (missing_text(layout.names),))
    if layout.columns.known == 1 and not layout.one_row_a_call:
        return Verdict(found=1) if len(layout.names) > 1 and _even(head, layout) else Verdict()
    return Verdict(found=layout.columns.known)


def _find_layout(head: str) -> _Layout | None:
    """The table that a text begins with, or None where its first line is no header."""
    first = next((line for line in head.split("\n") if line.strip()), "").strip("\r")
    if not first or len(first) > _HEADER_CHARS:
        return None
    delimiter = max(_DELIMITERS, key=first.count)
    names = tuple(_records(head, delimiter, 1)[0]) if delimiter in first else (first.strip('" '),)
    columns = find_columns(names)
    if columns.known == 0 and not _looks_like_header(names):
        return None
    layout = _Layout(delimiter, names, columns, one_row_a_call=False)
    if columns.known == 0 or columns.text is None:
        return layout if len(names) > 1 and _even(head, layout) else None
    return _Layout(delimiter, names, columns, one_row_a_call=_holds_calls(head, layout))


def _looks_like_header(names: tuple[str, ...]) -> bool:
    return len(names) >= _HEADER_CELLS and all(0 < len(name.strip()) <= _NAME_CHARS and name.strip()[0].isalpha() for name in names)


def _records(head: str, delimiter: str, count: int) -> list[list[str]]:
    """The first records of a text, as far as it is CSV; at least one."""
    csv.field_size_limit(LINE_LIMIT)
    found: list[list[str]] = []
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    try:
        for record in reader:
            if record:
                found.append(record)
            if len(found) > count:
                break
    except csv.Error:
        pass
    return found[:count] or [[]]


def _even(head: str, layout: _Layout) -> bool:
    """Whether the first records have as many cells as the header."""
    records = _records(head, layout.delimiter, 6)
    whole = records[1:-1] or records[1:]
    return bool(whole) and all(len(record) == len(layout.names) for record in whole)


def _holds_calls(head: str, layout: _Layout) -> bool:
    """Whether any of the first records holds a whole labelled call."""
    records = _records(head, layout.delimiter, 20)[1:]
    return any(holds_call(dict(zip(layout.names, record, strict=False)), layout.columns) for record in records)


def read(source: Source, intake: Intake) -> Iterator[Transcript]:
    """Read a table; rows that are too short or too long, or have no words, are reported and left out."""
    layout = _find_layout(_head(source))
    if layout is None or layout.columns.text is None:
        raise IngestError(f"the table lacks {missing_text(layout.names if layout else ())}", path=source.name, line=1)
    if layout.one_row_a_call:
        yield from _read_calls(source, layout, intake)
    else:
        rows = ((cells, layout.columns) for _, cells in _all_cells(source, layout, intake))
        yield from Conversations(intake).take_all(rows)


def _read_calls(source: Source, layout: _Layout, intake: Intake) -> Iterator[Transcript]:
    for line, cells in _all_cells(source, layout, intake):
        transcripts = read_call(cells, layout.columns, intake)
        if transcripts is None:
            intake.bad_row(line, "the cell names no speakers; expected lines such as 'Agent: ...' and 'Customer: ...'")
        else:
            yield from transcripts


def _all_cells(source: Source, layout: _Layout, intake: Intake) -> Iterator[tuple[int, dict[str, object]]]:
    for line, record in _all_records(source, layout.delimiter, intake):
        if len(record) == len(layout.names):
            yield line, dict(zip(layout.names, record, strict=True))
        else:
            intake.bad_row(line, f"the row has {len(record)} cells; expected {len(layout.names)} as in the header")


def _head(source: Source) -> str:
    return source.read_head().decode("utf-8", "replace")


def _all_records(source: Source, delimiter: str, intake: Intake) -> Iterator[tuple[int, list[str]]]:
    """The records below the header, each with the line it starts on."""
    csv.field_size_limit(LINE_LIMIT)
    reader = csv.reader(_good_lines(source, intake), delimiter=delimiter)
    start, header_seen = 1, False
    while True:
        try:
            record = next(reader, None)
        except csv.Error as error:
            problem = f"not valid CSV: {str(error).partition(' - ')[0]}; a quote that is not closed swallows the rows after it"
            raise IngestError(problem, path=source.name, line=start) from None
        if record is None:
            return
        if record and header_seen:
            yield start, record
        header_seen = header_seen or bool(record)
        start = reader.line_num + 1


def _good_lines(source: Source, intake: Intake) -> Iterator[str]:
    for number, line in read_lines(source):
        if isinstance(line, IngestError):
            intake.bad_row(number, line.problem)
            yield "\n"
        else:
            yield line


FORMAT = TextFormat(
    name="csv",
    title="CSV and TSV",
    recognised_by="a header with a column such as `text`, `utterance` or `transcript`; commas, tabs, semicolons or bars between cells",
    taken="a row a turn (conversation, speaker, role, words, times, team, queue, channel, agent), or a row a call with labelled lines",
    not_taken="other columns; rows of another length than the header and cells of calls without speakers are reported and left out",
    recognise=recognise,
    read=read,
    generic=True,
)
