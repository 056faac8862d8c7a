"""The one door: recognises what a file is, by its structure and never by its name, and has it read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from cs_nlp.errors import IngestError, UnknownFormatError
from cs_nlp.ingest.formats import Format, JsonFormat, TextFormat, Verdict
from cs_nlp.ingest.intake import Intake
from cs_nlp.ingest.readers import json_lines
from cs_nlp.ingest.registry import JSON_FORMATS, TEXT_FORMATS, format_named
from cs_nlp.ingest.source import (
    HEAD_BYTES,
    Source,
    detect_encoding,
    known_encoding,
    marked_encoding,
    read_lines,
    read_text,
    transcoded,
    with_line_feeds,
)
from cs_nlp.records import Transcript

_EMPTY = "the file is empty; expected a transcript"
ROWS_LOOKED_AT = 20
"""Lines of a JSONL file among which the first good one is sought."""


class _Verdicts:
    """What formats say of one file, each asked once and only when its word counts: most files need no look by the generic ones.

    Args:
        judge: has a format look at the file.
    """

    def __init__(self, judge: Callable[[JsonFormat | TextFormat], Verdict]) -> None:
        self._judge = judge
        self._known: dict[str, Verdict] = {}

    def of(self, item: JsonFormat | TextFormat) -> Verdict:
        """The verdict of a format."""
        if item.name not in self._known:
            self._known[item.name] = self._judge(item)
        return self._known[item.name]


def read_source(source: Source, intake: Intake) -> Iterator[Transcript]:
    """Read a file of any format.

    Args:
        source: the file.
        intake: its desk; `intake.report` and `intake.bad_rows` tell afterwards what was left out.

    Raises:
        IngestError: nothing (more) can be read; transcripts given before stay good.
    """
    head = source.read_head()
    if not head:
        raise IngestError(_EMPTY, path=source.name)
    wanted = intake.options.encoding
    named = marked_encoding(head) or (known_encoding(wanted), 0) if wanted else None
    source = with_line_feeds(transcoded(source, *(named or detect_encoding(head, source.name))))
    text = source.read_head().decode("utf-8", "replace")
    if not text.strip() and source.size <= HEAD_BYTES:
        raise IngestError(_EMPTY, path=source.name)
    if json_lines.is_json(text):
        yield from _read_json(source, intake)
    else:
        verdicts = _Verdicts(lambda item: item.recognise(text, intake) if isinstance(item, TextFormat) else Verdict())
        chosen = _choose(TEXT_FORMATS, verdicts, intake, source)
        intake.report.format = chosen.name
        if isinstance(chosen, TextFormat):
            yield from chosen.read(source, intake)


def _read_json(source: Source, intake: Intake) -> Iterator[Transcript]:
    if not json_lines.is_json_lines(source):
        value = json_lines.parse_json(read_text(source), source.name)
        yield from _read_document(value, source, intake)
        return
    chosen = _choose((json_lines.FORMAT, *JSON_FORMATS), _verdicts_on(_first_good_row(source)), intake, source)
    intake.report.format = chosen.name
    if isinstance(chosen, TextFormat):
        yield from chosen.read(source, intake)
    elif isinstance(chosen, JsonFormat):
        for line, row in json_lines.parsed_lines(source, intake):
            verdict = chosen.recognise(row)
            if verdict.recognised:
                yield from _read_row(chosen, row, line, intake)
            else:
                lacks = " and ".join(verdict.missing) or "what the first line has"
                intake.bad_row(line, f"the line is not {chosen.name}: it lacks {lacks}")


def _read_row(chosen: JsonFormat, row: object, line: int, intake: Intake) -> Iterator[Transcript]:
    try:
        yield from chosen.read(row, intake)
    except IngestError as error:
        intake.bad_row(line, error.problem)


def _read_document(value: object, source: Source, intake: Intake) -> Iterator[Transcript]:
    """Read a parsed document, or each element of an array of documents."""
    documents, verdicts = [value], _verdicts_on(value)
    if isinstance(value, list) and value and not any(verdicts.of(item).recognised for item in JSON_FORMATS):
        documents, verdicts = value, _verdicts_on(value[0])
    chosen = _choose(JSON_FORMATS, verdicts, intake, source)
    intake.report.format = chosen.name
    for place, document in enumerate(documents, start=1):
        if isinstance(chosen, JsonFormat) and (place == 1 or chosen.recognise(document).recognised):
            yield from chosen.read(document, intake)
        else:
            intake.skip("document of another shape")


def _first_good_row(source: Source) -> object:
    for _, line in _first_lines(source):
        try:
            value = json_lines.parse_json(line, source.name)
        except IngestError:
            continue
        if isinstance(value, dict):
            return value
    return None


def _first_lines(source: Source) -> Iterator[tuple[int, str]]:
    for count, (number, line) in enumerate(read_lines(source)):
        if count >= ROWS_LOOKED_AT:
            return
        if isinstance(line, str) and line.strip():
            yield number, line


def _verdicts_on(value: object) -> _Verdicts:
    """Verdicts on a JSON document; among lines, it may also be just a turn."""
    return _Verdicts(lambda item: item.recognise(value) if isinstance(item, JsonFormat) else json_lines.judge_row(value))


def _choose(formats: Sequence[JsonFormat | TextFormat], verdicts: _Verdicts, intake: Intake, source: Source) -> Format:
    """The format that the user named, or the one that recognises the file; a generic one only where no other does."""
    if intake.options.format is not None:
        return _named(intake.options.format, formats, verdicts, source)
    found = [item for item in formats if not item.generic and verdicts.of(item).recognised]
    if not found:
        found = [item for item in formats if item.generic and verdicts.of(item).recognised][:1]
    if len(found) == 1:
        return found[0]
    if found:
        names = [item.name for item in found]
        problem = f"several formats fit: {', '.join(names)}; name the one to read it as"
        raise UnknownFormatError(problem, candidates=names, path=source.name)
    raise _unknown([(verdicts.of(item), item) for item in formats], source)


def _named(name: str, formats: Sequence[JsonFormat | TextFormat], verdicts: _Verdicts, source: Source) -> Format:
    chosen = format_named(name)
    for item in formats:
        if item is chosen:
            verdict = verdicts.of(item)
            if verdict.recognised:
                return chosen
            lacks = verdict.refused or f"it lacks {' and '.join(verdict.missing) or 'the marks of that format'}"
            raise IngestError(f"the file can't be read as {name}: {lacks}", path=source.name)
    kind = "JSON" if isinstance(formats[-1], JsonFormat) else "text"
    raise IngestError(f"the file can't be read as {name}: it is {kind}, that format is not", path=source.name)


def _unknown(judged: Sequence[tuple[Verdict, Format]], source: Source) -> UnknownFormatError:
    near = sorted(
        ((verdict, item) for verdict, item in judged if verdict.found and verdict.missing and not verdict.refused),
        key=lambda pair: (len(pair[0].missing), -pair[0].found),
    )
    candidates = [f"{item.name} (it lacks {' and '.join(verdict.missing)})" for verdict, item in near[:3]]
    refused = sorted(((verdict.found, verdict.refused) for verdict, _ in judged if verdict.refused), reverse=True)
    if refused and (refused[0][0] or not candidates):
        problem = refused[0][1]
    elif candidates:
        problem = f"no format fits; nearest: {'; '.join(candidates)}"
    else:
        problem = "no format fits: none of the marks of any format is there; `cs-nlp formats` lists what is read"
    return UnknownFormatError(problem, candidates=candidates, path=source.name)
