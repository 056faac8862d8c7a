"""Transcript files in, `records.Transcript` out: formats recognised by structure, faults told file by file, roles never invented."""

from __future__ import annotations

from cs_nlp.ingest.files import FileReading, read_bytes, read_files
from cs_nlp.ingest.formats import Format
from cs_nlp.ingest.options import ReadOptions, parse_role_map
from cs_nlp.ingest.outcome import FileReport
from cs_nlp.ingest.registry import FORMATS
from cs_nlp.ingest.side_file import Metadata, SideFile, channel_of_word, read_side_bytes, read_side_file

__all__ = [
    "FORMATS",
    "FileReading",
    "FileReport",
    "Format",
    "Metadata",
    "ReadOptions",
    "SideFile",
    "channel_of_word",
    "parse_role_map",
    "read_bytes",
    "read_files",
    "read_side_bytes",
    "read_side_file",
]
