"""JSON in the plain shape: an array of turns, or calls that each hold an array of turns."""

from __future__ import annotations

from collections.abc import Iterator

from cs_nlp.ingest.formats import JsonFormat, Verdict
from cs_nlp.ingest.intake import Intake
from cs_nlp.ingest.readers.json_lines import judge_row
from cs_nlp.ingest.rows import Columns, Conversations, find_columns, make_draft, read_row
from cs_nlp.ingest.values import Object, as_list, as_object, as_text, objects
from cs_nlp.records import Transcript

_LISTS = ("turns", "messages", "utterances", "transcript", "dialogue", "dialog", "conversation", "lines", "entries", "items", "data")


def _turn_list(call: Object) -> list[object]:
    """The array of turns that an object holds, or an empty one."""
    for key in _LISTS:
        rows = as_list(call.get(key))
        if rows and judge_row(rows[0]).recognised and find_columns(tuple(as_object(rows[0]))).known > 1:
            return rows
    return []


def recognise(value: object) -> Verdict:
    """An array of turns, an object with one, or an array of such objects; also a turn that stands alone."""
    first = as_list(value)[0] if as_list(value) else value
    if _turn_list(as_object(first)):
        return Verdict(found=2)
    columns = find_columns(tuple(as_object(first)))
    if not isinstance(value, list) and columns.speaker is None and columns.role is None:
        return Verdict()
    verdict = judge_row(first)
    return verdict if verdict.found > 1 else Verdict()


def read(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read the turns; objects of an array that are neither turns nor calls are counted as skipped."""
    items = list(objects(value)) if isinstance(value, list) else [as_object(value)]
    for item in items:
        rows = _turn_list(item)
        if rows:
            yield from _read_call(item, rows, intake)
    yield from Conversations(intake).take_all(_loose_rows(items, intake))


def _loose_rows(items: list[Object], intake: Intake) -> Iterator[tuple[Object, Columns]]:
    for item in items:
        columns = find_columns(tuple(item))
        if columns.text is not None and not _turn_list(item):
            yield item, columns
        elif columns.text is None and not _turn_list(item):
            intake.skip("object without words")


def _read_call(call: Object, rows: list[object], intake: Intake) -> Iterator[Transcript]:
    outer = find_columns(tuple(call))
    draft = make_draft(call, outer, intake)
    draft.id = draft.id or as_text(call.get("id"))
    draft.started_at = draft.started_at or intake.time(call.get(outer.at or outer.start or ""))
    for row in objects(rows):
        columns = find_columns(tuple(row))
        if columns.text is None:
            intake.skip("object without words")
            continue
        found = read_row(row, columns, intake)
        draft.agent = draft.agent or (as_text(row.get(columns.agent)) if columns.agent else "") or None
        intake.add(draft, found.voice, found.text, found.span, found.at)
    yield from intake.finish(draft)


class _RowsFormat(JsonFormat):
    """Rows are recognised by the names of their keys, not by fixed paths."""

    __slots__ = ()

    def recognise(self, value: object) -> Verdict:
        """See `recognise`."""
        return recognise(value)


FORMAT = _RowsFormat(
    name="json",
    title="JSON, an array of turns, or calls that hold one",
    recognised_by="an array of objects with keys such as `text` and `speaker`; or objects with such an array in `turns`, `messages` ...",
    taken="the same keys as JSON lines: conversation id, turn number, speaker, role, words, times, team, queue, channel, agent",
    not_taken="other keys",
    needs=(),
    read=read,
    generic=True,
)
