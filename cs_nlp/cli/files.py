"""Reads the files a command was given, with progress, and tells at the end what became of each."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from zoneinfo import ZoneInfo

import typer

from cs_nlp.cli.screen import Bar, complain, json_line, progress, tell
from cs_nlp.ingest import FileReport, ReadOptions, parse_role_map, read_files
from cs_nlp.records import Transcript
from cs_nlp.settings import Settings

PATHS = typer.Argument(help="Files, folders or zips.", show_default=False)
FORMAT = typer.Option(
    "--format", help="Read all files as this format (see 'cs-nlp formats') instead of recognising it.", show_default=False
)
ROLE_MAP = typer.Option(
    "--role-map",
    help="Who is who: speaker=role, comma-separated, such as spk_0=agent,spk_1=customer; * is everyone else.",
    show_default=False,
)
METADATA = typer.Option(
    "--metadata", help="A side file with agent, team, times; default: metadata.csv or .json beside the files.", show_default=False
)
REPORT = typer.Option("--report", help="Write the report on each file there, as JSON lines, instead of to stderr.", show_default=False)


class Intake:
    """The transcripts of a call's files; afterwards the reports on them.

    Args:
        paths: what the user named.
        options: how to read.

    Attributes:
        reports: one a file.
        failed: whether any file was bad.
    """

    def __init__(self, paths: Sequence[Path], options: ReadOptions) -> None:
        self._paths = paths
        self._options = options
        self.reports: list[FileReport] = []
        self.failed = False

    def transcripts(self) -> Iterator[Transcript]:
        """All transcripts, file by file; a bad file is told on stderr, and the next one is read."""
        with progress("reading files", _count(self._paths)) as bar:
            yield from self._read(bar)

    def _read(self, bar: Bar) -> Iterator[Transcript]:
        total = _count(self._paths)
        transcripts = 0
        for done, reading in enumerate(read_files(self._paths, self._options), start=1):
            for transcript in reading:
                transcripts += 1
                yield transcript
            bar(done, max(total, done), f"{transcripts} transcripts")
            self.reports.append(reading.report)
            if reading.error is not None:
                self.failed = True
                complain(str(reading.error))

    def close(self, report: Path | None, *, brief: bool) -> None:
        """Tell what became of the files, and end with exit code 2 if any was bad.

        Args:
            report: file for the reports, or None for stderr.
            brief: on stderr, only what the user should look at.

        Raises:
            typer.Exit: a file was bad.
        """
        if report is not None:
            report.write_text("".join(json_line(asdict(item)) for item in self.reports), encoding="utf-8")
        else:
            for item in self.reports:
                _tell(item, brief=brief)
        if self.failed:
            raise typer.Exit(2)


def read_options(settings: Settings, format_name: str | None, role_map: str | None, metadata: Path | None) -> ReadOptions:
    """Reading options from what the user said.

    Raises:
        InputError: the role map is malformed.
    """
    return ReadOptions(
        format=format_name,
        role_map=parse_role_map(role_map) if role_map else {},
        zone=ZoneInfo(settings.time_zone),
        side_file=metadata,
    )


def _count(paths: Sequence[Path]) -> int:
    """About how many files there are to read, for the progress bar."""
    return sum(sum(len(names) for _, _, names in os.walk(path)) if path.is_dir() else 1 for path in paths)


def _tell(report: FileReport, *, brief: bool) -> None:
    facts = [f"{report.transcripts} transcripts, {report.turns} turns"]
    facts += [f"{reason} left out: {n}" for reason, n in sorted(report.skipped.items())]
    facts += [
        f"{n} {what}" for n, what in ((report.unknown_roles, "turns of unknown role"), (report.doubled, "doubled turns left out")) if n
    ]
    facts += [f"{report.pii_marks} marks of removed personal data"] if report.pii_marks else []
    if not brief:
        tell(f"{report.path}: {report.format or 'not read'}: {', '.join(facts)}")
    elif report.unknown_roles and report.turns and report.unknown_roles == report.turns:
        tell(f"{report.path}: no turn has a known role, so nothing was scored; say who is who with --role-map")
    for warning in report.warnings:
        tell(f"{report.path}: {warning}")
