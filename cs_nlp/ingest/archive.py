"""Zip archives as folders, read in place: nothing is unpacked to disk, and what would flood the memory is refused."""

from __future__ import annotations

import io
import lzma
import weakref
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from cs_nlp.errors import IngestError
from cs_nlp.ingest.source import DOCUMENT_LIMIT, MEGABYTE, Source, shown

READ_FAULTS = (OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError)
"""What reading a damaged file or zip member may raise."""
MEMBERS_LIMIT = 100_000
TOTAL_LIMIT = 16 * 1024 * MEGABYTE
RATIO_LIMIT = 200
"""A member that grows more than this many times, beyond `RATIO_FREE` bytes, is taken for a zip bomb: transcripts grow 5 to 50 times."""
RATIO_FREE = 16 * MEGABYTE
_ENCRYPTED = 0x1
_OFFICE = "[Content_Types].xml"


def is_zip(head: bytes) -> bool:
    """Whether a file begins as a zip archive does."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def members(source: Source, *, nested: bool = False) -> Iterator[Source | IngestError]:
    """The files in a zip, in sorted order, those of zips inside it too (one level).

    Args:
        source: the archive.
        nested: whether it lies in another one.

    Yields:
        Each file, or why it can't be read.

    Raises:
        IngestError: the archive as a whole can't be read.
    """
    try:
        archive = _open(source)
        infos = sorted((info for info in archive.infolist() if not info.filename.endswith("/")), key=lambda info: info.filename)
    except (*READ_FAULTS, ValueError) as error:
        raise IngestError(f"the zip archive is damaged ({type(error).__name__}); export it again", path=source.name) from None
    if any(info.filename == _OFFICE for info in infos):
        raise IngestError("the file is an Office document; save it as plain text or CSV", path=source.name)
    if len(infos) > MEMBERS_LIMIT or sum(info.file_size for info in infos) > TOTAL_LIMIT:
        problem = f"the zip archive holds more than {MEMBERS_LIMIT:,} files or {TOTAL_LIMIT // MEGABYTE // 1024} GB; split it"
        raise IngestError(problem, path=source.name)
    for info in infos:
        fault = _fault(info)
        name = f"{source.name}!{shown(info.filename)}"
        if fault:
            yield IngestError(fault, path=name)
        elif not _is_hidden(info.filename):
            yield from _member(archive, info, source, nested=nested)


def _open(source: Source) -> zipfile.ZipFile:
    """The archive; its file stays open as long as somebody holds it, or a source of one of its members."""
    stream = source.opener()
    try:
        archive = zipfile.ZipFile(stream)
    except BaseException:
        stream.close()
        raise
    weakref.finalize(archive, stream.close)
    return archive


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, source: Source, *, nested: bool) -> Iterator[Source | IngestError]:
    filename = shown(info.filename)
    inside = f"{source.inside}/{filename}" if nested else filename
    member = Source(
        name=f"{source.name}!{filename}",
        inside=inside,
        size=info.file_size,
        opener=lambda: _open_member(archive, info),
    )
    try:
        inner = is_zip(member.read_head())
        if not inner:
            yield member
            return
        if nested or info.file_size > DOCUMENT_LIMIT:
            yield IngestError(
                "a zip archive in a zip archive in a zip archive, or one above 64 MB in another, is not read; unpack it", path=member.name
            )
            return
        with member.opener() as stream:
            data = stream.read()
        yield from members(Source(member.name, inside, len(data), lambda: io.BytesIO(data)), nested=True)
    except IngestError as error:
        yield error
    except READ_FAULTS as error:
        yield IngestError(f"the file in the zip archive is damaged ({type(error).__name__})", path=member.name)


def _open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BinaryIO:
    """A member's bytes from their start; `zipfile` lets slip through what damaged offsets and headers lead to."""
    try:
        return cast("BinaryIO", archive.open(info))
    except (ValueError, OverflowError, RuntimeError) as error:
        raise zipfile.BadZipFile("damaged") from error


def _is_hidden(filename: str) -> bool:
    parts = PurePosixPath(filename).parts
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)


def _fault(info: zipfile.ZipInfo) -> str:
    """Why a member is not read, or ""."""
    parts = PurePosixPath(info.filename.replace("\\", "/")).parts
    if not "".join(parts).strip():
        return "a file in the zip archive has no name; it is not read"
    if ".." in parts or info.filename.startswith(("/", "\\")) or ":" in (parts[0] if parts else ""):
        return "the name of this file in the zip archive leads out of it; it is not read"
    if info.flag_bits & _ENCRYPTED:
        return "the file in the zip archive is encrypted; unpack it with its password first"
    if info.file_size > RATIO_FREE and info.file_size > RATIO_LIMIT * max(info.compress_size, 1):
        return f"the file in the zip archive grows more than {RATIO_LIMIT} times when unpacked, as zip bombs do; it is not read"
    return ""
