"""A file to read, wherever it lies, and its lines: limits and encodings are looked after here, once for all readers."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn

from cs_nlp.errors import IngestError, InputError

MEGABYTE = 1 << 20
HEAD_BYTES = 64 * 1024
LINE_LIMIT = 16 * MEGABYTE
"""Longest line that is read, in bytes."""
DOCUMENT_LIMIT = 64 * MEGABYTE
"""Largest file, in bytes, of a format that must be read as a whole (JSON documents, captions, plain text)."""

_NOT_SHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_KNOWN_BINARIES = (
    (b"PK\x03\x04", "a zip archive or an Office document; save the document as plain text, or unpack it"),
    (b"%PDF", "a PDF; save it as plain text"),
    (b"\x1f\x8b", "gzip-compressed; unpack it first"),
    (b"{\\rtf", "an RTF document; save it as plain text"),
    (b"\xd0\xcf\x11\xe0", "an old Office document; save it as plain text or CSV"),
    (b"RIFF", "a sound file; transcribe it first"),
    (b"ID3", "a sound file; transcribe it first"),
    (b"OggS", "a sound file; transcribe it first"),
    (b"SQLite format 3", "an SQLite database; export its transcripts as CSV or JSONL"),
    (b"PAR1", "a Parquet file; export it as CSV or JSONL"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A file as bytes.

    Attributes:
        name: the file as the user named it (a member of a zip as `archive.zip!member`).
        inside: its path in the folder or zip that the user named, or its bare name, with `/` between parts.
        size: bytes.
        opener: opens the bytes from their start; raises OSError where that fails.
    """

    name: str
    inside: str
    size: int
    opener: Callable[[], BinaryIO]

    @classmethod
    def of_path(cls, path: Path, root: Path | None = None) -> Source:
        """A file on disk.

        Args:
            path: the file.
            root: the folder that the user named, if the file was found in one.
        """
        inside = path.relative_to(root) if root is not None else Path(path.name)
        return cls(shown(str(path)), shown(inside.as_posix()), path.stat().st_size, lambda: path.open("rb"))

    @property
    def stem(self) -> str:
        """`inside` without suffix, from which the ids of transcripts without id are made."""
        return stem_of(self.inside)

    def read_head(self) -> bytes:
        """The first bytes, at most `HEAD_BYTES`."""
        with self.opener() as stream:
            return stream.read(HEAD_BYTES)


def shown(name: str) -> str:
    """The name of a file as it can be written anywhere: what is no character in it, or would break a line, stands escaped."""
    return _NOT_SHOWN.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), name)


def stem_of(inside: str) -> str:
    """A path without the suffix of its last part."""
    folder, slash, name = inside.rpartition("/")
    return folder + slash + (name.rpartition(".")[0] or name)


_TEXT_BYTES = bytes([*b"\t\n\v\f\r\x1b", *range(0x20, 0x7F), *range(0x80, 0x100)])
_CONTROLS = 20  # a text holds fewer control characters than one in so many bytes


def marked_encoding(head: bytes) -> tuple[str, int] | None:
    """The encoding that a mark (BOM) at the start of a file states, and the number of its bytes."""
    return next(((encoding, len(mark)) for mark, encoding in _BOMS if head.startswith(mark)), None)


def detect_encoding(head: bytes, name: str) -> tuple[str, int]:
    """Tell the encoding of a file from its first bytes.

    Args:
        head: the first bytes of the file.
        name: the file, for messages.

    Returns:
        Name of the encoding, and the number of bytes of its mark (BOM).

    Raises:
        IngestError: the file is binary.
    """
    marked = marked_encoding(head)
    if marked is not None:
        return marked
    for mark, what in _KNOWN_BINARIES:
        if head.startswith(mark):
            raise IngestError(f"the file is {what}", path=name)
    zeros = head.count(0)
    if len(head.translate(None, _TEXT_BYTES)) - zeros > len(head) // _CONTROLS:
        raise IngestError("the file is binary (it is full of control characters); expected a transcript as text or JSON", path=name)
    if not zeros:
        return "utf-8", 0
    sample = head[: len(head) // 2 * 2][:4096]
    zeros_even, zeros_odd = sample[::2].count(0), sample[1::2].count(0)
    if zeros_odd > len(sample) * 0.2 and zeros_even * 10 < zeros_odd:
        return "utf-16-le", 0
    if zeros_even > len(sample) * 0.2 and zeros_odd * 10 < zeros_even:
        return "utf-16-be", 0
    if zeros > max(8, len(head) // 200) or b"\0\0\0" in head:
        raise IngestError("the file is binary (it holds NUL bytes); expected a transcript as text or JSON", path=name)
    return "utf-8", 0


def known_encoding(name: str) -> str:
    """The name under which Python knows an encoding, such as `utf-8` for `UTF8`.

    Raises:
        InputError: there is no such encoding of text.
    """
    try:
        "".encode(name)  # some codecs are not of text
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        raise InputError(f"unknown encoding {name[:40]!r}; expected a name such as utf-8, utf-16 or cp1252") from None


def transcoded(source: Source, encoding: str, mark: int) -> Source:
    """The same file in UTF-8, without a mark.

    Args:
        source: the file.
        encoding: its encoding.
        mark: bytes at its start to leave out.

    Raises:
        IngestError: the bytes are not of that encoding, or the file is too large to convert in memory.
    """
    if encoding == "utf-8":
        return source if not mark else Source(source.name, source.inside, source.size - mark, lambda: _after(source, mark))
    if source.size > DOCUMENT_LIMIT:
        problem = f"{encoding} files are read up to {DOCUMENT_LIMIT // MEGABYTE} MB; convert this one to UTF-8"
        raise IngestError(problem, path=source.name)
    with source.opener() as stream:
        data = stream.read(DOCUMENT_LIMIT + 1)
    try:
        text = data[mark:].decode(encoding)
    except UnicodeError as error:
        place = f"at offset {error.start + mark} " if isinstance(error, UnicodeDecodeError) else ""
        raise IngestError(f"the bytes {place}are not {encoding}; export the file as UTF-8", path=source.name) from None
    converted = text.removeprefix("\ufeff").encode("utf-8", "replace")
    return Source(source.name, source.inside, len(converted), lambda: io.BytesIO(converted))


def with_line_feeds(source: Source) -> Source:
    """The same UTF-8 file; where its lines end in a carriage return alone, as old spreadsheets write them, in line feeds.

    Raises:
        IngestError: its lines end so, and it is too large to convert in memory.
    """
    head = source.read_head()
    if b"\r" not in head or b"\n" in head:
        return source
    if source.size > DOCUMENT_LIMIT:
        problem = f"the lines end in carriage returns alone; such files are read up to {DOCUMENT_LIMIT // MEGABYTE} MB; write line feeds"
        raise IngestError(problem, path=source.name)
    with source.opener() as stream:
        data = stream.read(DOCUMENT_LIMIT + 1).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return Source(source.name, source.inside, len(data), lambda: io.BytesIO(data))


def _after(source: Source, mark: int) -> BinaryIO:
    stream = source.opener()
    stream.read(mark)
    return stream


def broken_utf8(source: Source, error: UnicodeDecodeError, line: int, start: int) -> IngestError:
    """The error for bytes that are not UTF-8.

    Args:
        source: the file.
        error: what the decoder said.
        line: 1-based number of the line.
        start: offset in the file of the bytes that were decoded.
    """
    byte = error.object[error.start]
    problem = (
        f"byte 0x{byte:02x} at offset {start + error.start} is not UTF-8; "
        "expected UTF-8, or UTF-16 with its mark (BOM); export the file as UTF-8 or name its encoding"
    )
    return IngestError(problem, path=source.name, line=line)


def read_lines(source: Source) -> Iterator[tuple[int, str | IngestError]]:
    """The lines of a UTF-8 file, one at a time, in bounded memory.

    Args:
        source: the file.

    Yields:
        1-based number, and the line with its end, or the error where it is too long or not UTF-8. Reading goes on after an error.
    """
    with source.opener() as stream:
        line, start = 0, 0
        while data := stream.readline(LINE_LIMIT + 1):
            line += 1
            length = len(data)
            if length > LINE_LIMIT:
                length += _skip_line(stream, data)
                yield line, IngestError(_too_long(length), path=source.name, line=line)
            else:
                try:
                    yield line, data.decode()
                except UnicodeDecodeError as error:
                    yield line, broken_utf8(source, error, line, start)
            start += length


def _skip_line(stream: BinaryIO, begun: bytes) -> int:
    skipped = 0
    data = begun
    while data and not data.endswith(b"\n"):
        data = stream.readline(MEGABYTE)
        skipped += len(data)
    return skipped


def _too_long(length: int) -> str:
    return (
        f"the line is {length / MEGABYTE:.0f} MB long; lines are read up to {LINE_LIMIT // MEGABYTE} MB; write one turn or one call a line"
    )


def read_text(source: Source) -> str:
    """The whole text of a UTF-8 file, with line ends as they are.

    Raises:
        IngestError: the file is larger than `DOCUMENT_LIMIT`, has a line above `LINE_LIMIT`, or is not UTF-8.
    """
    if source.size > DOCUMENT_LIMIT:
        _refuse_large(source)
    with source.opener() as stream:
        data = stream.read(DOCUMENT_LIMIT + 1)
    if len(data) > DOCUMENT_LIMIT:
        _refuse_large(source)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise broken_utf8(source, error, data.count(b"\n", 0, error.start) + 1, 0) from None


def _refuse_large(source: Source) -> NoReturn:
    for line, text in read_lines(source):
        if isinstance(text, IngestError) and "long" in text.problem:
            raise IngestError(text.problem, path=source.name, line=line)
    problem = (
        f"the file has {source.size / MEGABYTE:.0f} MB; a single document is read up to {DOCUMENT_LIMIT // MEGABYTE} MB; "
        "write large collections as JSONL or CSV, or one file a call"
    )
    raise IngestError(problem, path=source.name)
