"""doccano: JSON lines of a text-classification project, one file an annotator, in a zip.

Its labels are one list, so cultures stand as they are, targets as `target:customer`, drivers with their sign. The annotator is the file's
name (`ann.jsonl`, percent-encoded where a name holds what a file name can't), as doccano names the files of a project that is not
collaborative. In a collaborative one all labels are in `all.jsonl`, and nobody knows whose they are.
"""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import quote, unquote

from cs_nlp.errors import DatasetError, InputError
from cs_nlp.labelling.fields import parse_object
from cs_nlp.labelling.tools.packing import PACKED, Gathering, Imported, labels_of, pack, read_choices, statement, unpacked
from cs_nlp.records import AnnotatedStatement, Annotation
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS

EVERYBODY: Final = "all"
_TARGET: Final = "target:"
_TOOLS_OWN: Final = frozenset(("label", "Comments"))


def label_names() -> list[dict[str, str]]:
    """The labels of a project, as doccano imports them."""
    return [{"text": name} for name in (*CULTURES, *(f"{_TARGET}{name}" for name in TARGETS), *SIGNED_DRIVERS)]


def to_doccano(statements: Sequence[AnnotatedStatement]) -> dict[str, str]:
    """JSON lines by name of the file: one for each annotator with all statements, `all.jsonl` where there is no label at all."""
    names = dict.fromkeys(label.annotator or "" for one in statements for label in labels_of(one))
    files = {_file_name(name): "".join(_lines(statements, name)) for name in names}
    return files or {f"{EVERYBODY}.jsonl": "".join(_lines(statements, ""))}


def write_doccano(path: Path, files: Mapping[str, str]) -> None:
    """Write the files into a zip.

    Raises:
        InputError: it can't be written.
    """
    try:
        with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files.items():
                archive.writestr(name, text.encode())
    except FileExistsError as error:
        raise InputError(f"{path}: it is there already; name another file, labels are not written over") from error
    except OSError as error:
        raise InputError(f"{path}: can't be written ({error.strerror})") from error


def from_doccano(path: Path, people: Mapping[str, str]) -> Imported:
    """Read an export.

    Args:
        path: a zip of JSON-lines files, or one such file; its name is the annotator's.
        people: names of annotators by the name of the file (without ending).

    Raises:
        DatasetError: it is damaged or holds unknown labels; all faults are listed, each with file and line.
    """
    gathering, notes = Gathering(path), Counter[str]()
    for name, text in _files(path):
        stem = PurePosixPath(name).stem
        who = people.get(stem, people.get(unquote(stem), unquote(stem)))
        is_known = stem != EVERYBODY or stem in people
        for number, line in enumerate(text.split("\n"), start=1):
            if not line.strip():
                continue
            place = f"{name}, line {number}"
            try:
                gathering.add(_read_row(parse_object(line), who, notes, is_known=is_known), place)
            except (ValueError, TypeError, AttributeError) as error:
                gathering.problems.append(f"{place}: {error if isinstance(error, ValueError) else 'not in the shape of an export'}")
    return gathering.done(notes)


def _file_name(annotator: str) -> str:
    quoted = quote(annotator, safe=" ()@")
    return f"{f'%{ord(quoted[0]):02X}{quoted[1:]}' if quoted == EVERYBODY else quoted}.jsonl"


def _lines(statements: Sequence[AnnotatedStatement], annotator: str) -> Iterator[str]:
    for number, one in enumerate(statements, start=1):
        own = next((label for label in labels_of(one) if label.annotator == annotator), None)
        names = [] if own is None else [own.culture, *([f"{_TARGET}{own.target}"] if own.target else []), *own.drivers]
        row = {"id": number, "text": one.text, "label": names, "context": one.context or "", "channel": one.channel.value}
        yield json.dumps({**row, PACKED: pack(one)}) + "\n"


def _files(path: Path) -> list[tuple[str, str]]:
    try:
        if not zipfile.is_zipfile(path):
            return [(path.name, path.read_text(encoding="utf-8"))]
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.endswith((".jsonl", ".json"))]
            return [(name, archive.read(name).decode("utf-8")) for name in names]
    except (OSError, UnicodeDecodeError, zipfile.BadZipFile) as error:
        raise DatasetError(path, [f"not readable as a zip or JSON lines in UTF-8: {error}"]) from error


def _read_row(row: dict[str, Any], who: str, notes: Counter[str], *, is_known: bool) -> AnnotatedStatement:
    notes["comments were left out"] += len(row.get("Comments") or [])
    fields, _ = unpacked({name: value for name, value in row.items() if name not in _TOOLS_OWN and value is not None})
    given = row.get("label") or []
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise ValueError(f"'label' is {given!r}, expected a list of names; take the JSONL of a text classification")
    if given and not is_known:
        raise ValueError("labels of a collaborative project, so nobody knows whose they are; say it with --person all=NAME")
    label = _read_label(given, who)
    return statement(fields, [] if label is None else [label])


def _read_label(names: Sequence[str], who: str) -> Annotation | None:
    cultures = [name for name in names if name in CULTURES]
    targets = [name.removeprefix(_TARGET) for name in names if name.startswith(_TARGET)]
    drivers = [name for name in names if name not in cultures and not name.startswith(_TARGET)]
    for kind, found in (("cultures", cultures), ("targets", targets)):
        if len(found) > 1:
            raise ValueError(f"{who!r} gave {len(found)} {kind} ({', '.join(found)}); expected one")
    culture, target = (found[0] if found else None for found in (cultures, targets))
    return read_choices(culture, target, drivers, who)
