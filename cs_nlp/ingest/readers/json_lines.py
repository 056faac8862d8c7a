"""JSON: parsed within limits, one document a file or one a line; and the plain shape of one turn a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from pydantic_core import from_json

from cs_nlp.errors import IngestError
from cs_nlp.ingest.formats import TextFormat, Verdict
from cs_nlp.ingest.intake import Intake
from cs_nlp.ingest.rows import Columns, Conversations, find_columns, missing_text
from cs_nlp.ingest.source import Source, read_lines
from cs_nlp.ingest.values import Object
from cs_nlp.records import Transcript

_JSON_START = re.compile(r"\s*(?:\{\s*[\"}]|\{\s*$|\[\s*[\[{\"\]]|\[\s*$)")
CONTAINERS_LIMIT = 3_000_000
VALUES_LIMIT = 12_000_000
"""Objects, arrays and values of one document: more of them than any transcript has would only fill the memory."""


def is_json(head: str) -> bool:
    """Whether a text begins as JSON does; `[00:01] Agent: hello` does not."""
    return _JSON_START.match(head) is not None


def is_json_lines(source: Source) -> bool:
    """Whether a file that begins as JSON has one document a line.

    Raises:
        IngestError: the first line is longer than lines may be and so is the file.
    """
    starts: list[str] = []
    for _, line in read_lines(source):
        if isinstance(line, IngestError):
            return bool(starts) and starts[0] == "{"
        if line.strip():
            starts.append(line.strip()[0])
            if starts[1:]:
                break
    return starts == ["{", "{"]


def parse_json(text: str, name: str, line: int | None = None) -> object:
    """Parse one JSON document.

    Args:
        text: the document.
        name: the file, for messages.
        line: 1-based line on which the document stands, or None where it is the whole file.

    Raises:
        IngestError: the text is not JSON, too deeply nested, or of too many parts.
    """
    if text.count("{") + text.count("[") > CONTAINERS_LIMIT or text.count(",") > VALUES_LIMIT:
        problem = (
            f"the JSON document has more than {CONTAINERS_LIMIT:,} objects or {VALUES_LIMIT:,} values; write one call a file or a line"
        )
        raise IngestError(problem, path=name, line=line)
    try:
        return from_json(text, cache_strings="keys")
    except ValueError:
        return _parse_json(text, name, line)


def _parse_json(text: str, name: str, line: int | None) -> object:
    """Parse what pydantic's parser, which is twice as fast, refuses: some of it is JSON (lone surrogates), the rest gets its message."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise IngestError(_json_problem(error, text), path=name, line=line or error.lineno) from None
    except RecursionError:
        raise IngestError("the JSON is nested too deeply to be a transcript", path=name, line=line) from None
    except ValueError:  # an integer of thousands of digits
        raise IngestError("the JSON holds a number that is too long to be one", path=name, line=line) from None


def _json_problem(error: json.JSONDecodeError, text: str) -> str:
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        return f"the JSON ends in the middle (column {error.colno}); the file seems cut off: export it again"
    if error.msg == "Extra data":
        return f"there is something after the end of the JSON document (column {error.colno}); expected one document a file, or one a line"
    return f"not valid JSON: {error.msg.lower()} at column {error.colno}; correct or export it again"


def parsed_lines(source: Source, intake: Intake) -> Iterator[tuple[int, Object]]:
    """The JSON objects of a file with one a line; lines that are none are reported as bad rows.

    Yields:
        1-based line, and the object.
    """
    for number, line in read_lines(source):
        if isinstance(line, IngestError):
            intake.bad_row(number, line.problem)
            continue
        if not line.strip():
            continue
        try:
            value = parse_json(line, source.name, number)
        except IngestError as error:
            intake.bad_row(number, error.problem)
            continue
        if isinstance(value, dict):
            yield number, value
        else:
            intake.bad_row(number, 'the line is JSON but no object; expected an object such as {"text": ...}')


def judge_row(value: object) -> Verdict:
    """Whether an object is a turn: it has a key for its words and one more that tables of turns have."""
    if not isinstance(value, dict):
        return Verdict()
    columns = find_columns(tuple(value))
    if columns.text is not None and isinstance(value[columns.text], str):
        return Verdict(found=columns.known)
    if columns.known > 1:
        return Verdict(columns.known, ("a key for the words: text, utterance, message or content",))
    return Verdict()


def recognise(head: str, intake: Intake) -> Verdict:  # noqa: ARG001 - one signature for all text formats
    """JSON objects one a line, each a turn."""
    if not is_json(head):
        return Verdict()
    try:
        return judge_row(json.loads(head.lstrip().split("\n", 1)[0]))
    except (ValueError, RecursionError):
        return Verdict()


def read(source: Source, intake: Intake) -> Iterator[Transcript]:
    """Read one turn a line; lines of one conversation id make a transcript, or the whole file where there is none."""
    yield from Conversations(intake).take_all(_rows(source, intake))


def _rows(source: Source, intake: Intake) -> Iterator[tuple[Object, Columns]]:
    for line, value in parsed_lines(source, intake):
        columns = find_columns(tuple(value))
        if columns.text is None or not isinstance(value[columns.text], str | None):
            intake.bad_row(line, f"the line lacks {missing_text(value)}")
        else:
            yield value, columns


FORMAT = TextFormat(
    name="jsonl",
    title="JSON lines, one turn a line",
    recognised_by="a JSON object on each line, with a key such as `text`, `utterance` or `message`",
    taken="conversation id, turn number, speaker, role, words, times, team, queue, channel, agent, by the usual names of their keys",
    not_taken="other keys; lines that are no JSON are reported and left out. Documents of every JSON format are read one a line too",
    recognise=recognise,
    read=read,
    generic=True,
)
