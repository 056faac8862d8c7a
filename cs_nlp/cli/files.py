"""Reads the files a command was given, with progress, and tells at the end what became of each."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from zoneinfo import ZoneInfo

import typer

from cs_nlp.cli.screen import complain, json_line, progress, tell
from cs_nlp.ingest import FileReport, ReadOptions, parse_role_map, read_files
from cs_nlp.ingest.detect import LEAST_CONFIDENCE
from cs_nlp.pipeline import redact_scored
from cs_nlp.records import ScoredTranscript, Transcript
from cs_nlp.redact import Redactor, redact_transcript
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
ENCODING = typer.Option(
    "--encoding",
    help="Encoding of the files, such as cp1252; default: UTF-8, or UTF-16 and UTF-32 where the bytes show it.",
    show_default=False,
)
DETECT_ROLES = typer.Option("--detect-roles", help="Guess agent and customer in calls of two speakers whose roles nobody states.")
REDACT = typer.Option(
    "--redact", help="Put placeholders for names, numbers, addresses and links in all text that comes out. Needs the extra 'redact'."
)
REPORT = typer.Option("--report", help="Write the report on each file there, as JSON lines, instead of to stderr.", show_default=False)


class Intake:
    """The transcripts of a call's files; afterwards the reports on them.

    Args:
        paths: what the user named.
        options: how to read.
        redact: whether text that comes out is to be redacted.

    Attributes:
        reports: one a file.
        failed: whether any file was bad.

    Raises:
        MissingExtraError: redaction is asked for and not installed.
    """

    def __init__(self, paths: Sequence[Path], options: ReadOptions, *, redact: bool = False) -> None:
        self._paths = paths
        self._options = options
        self._redactor = Redactor() if redact else None
        self._redactions: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.reports: list[FileReport] = []
        self.failed = False

    def transcripts(self) -> Iterator[Transcript]:
        """All transcripts as they were read, file by file; a bad file is told on stderr, and the next one is read."""
        total, transcripts = _count(self._paths), 0
        with progress("reading files", total) as bar:
            for done, reading in enumerate(read_files(self._paths, self._options), start=1):
                for transcript in reading:
                    transcripts += 1
                    yield transcript
                bar(done, max(total, done), f"{transcripts} transcripts")
                self.reports.append(reading.report)
                if reading.error is not None:
                    self.failed = True
                    complain(str(reading.error))

    def shown_transcripts(self) -> Iterator[Transcript]:
        """All transcripts as they may be shown: redacted, the names of speakers too, where that was asked for."""
        for transcript in self.transcripts():
            if self._redactor is None:
                yield transcript
            else:
                done = redact_transcript(self._redactor, transcript, speakers=True)
                self._redactions[transcript.source].update(span.kind for turn in done.turns for span in turn.spans)
                yield done.transcript

    def shown(self, scored: Iterable[ScoredTranscript], *, everything: bool = False) -> Iterator[ScoredTranscript]:
        """Scored transcripts as they may be shown; see `redact_scored`."""
        for transcript in scored:
            if self._redactor is None:
                yield transcript
            else:
                done, counts = redact_scored(self._redactor, transcript, everything=everything)
                self._redactions[transcript.transcript.source].update(counts)
                yield done

    def close(self, report: Path | None, *, brief: bool) -> None:
        """Tell what became of the files, and end with exit code 2 if any was bad.

        Args:
            report: file for the reports, or None for stderr.
            brief: on stderr, only what the user should look at.

        Raises:
            typer.Exit: a file was bad.
        """
        for item in self.reports:
            item.redactions = dict(sorted(self._redactions.pop(item.path, {}).items()))
        if report is not None:
            report.write_text("".join(json_line(asdict(item)) for item in self.reports), encoding="utf-8", errors="backslashreplace")
        else:
            for item in self.reports:
                _tell(item, brief=brief)
        if self.failed:
            raise typer.Exit(2)


def read_options(
    settings: Settings,
    format_name: str | None,
    role_map: str | None,
    metadata: Path | None,
    encoding: str | None = None,
    detect_roles: bool = False,
) -> ReadOptions:
    """Reading options from what the user said.

    Raises:
        InputError: the role map is malformed.
    """
    return ReadOptions(
        format=format_name,
        role_map=parse_role_map(role_map) if role_map else {},
        zone=ZoneInfo(settings.time_zone),
        encoding=encoding,
        side_file=metadata,
        detect_roles=detect_roles,
    )


def _count(paths: Sequence[Path]) -> int:
    """About how many files there are to read, for the progress bar."""
    return sum(sum(len(names) for _, _, names in os.walk(path)) if path.is_dir() else 1 for path in paths)


def _tell(report: FileReport, *, brief: bool) -> None:
    if not brief:
        tell(f"{report.path}: {report.format or 'not read'}: {', '.join(_facts(report))}")
    elif report.unknown_roles and report.turns and report.unknown_roles == report.turns:
        tell(f"{report.path}: no turn has a known role, so nothing was scored; say who is who with --role-map, or try --detect-roles")
    for warning in report.warnings:
        tell(f"{report.path}: {warning}")


def _facts(report: FileReport) -> list[str]:
    """What became of a file, in words; nothing about what did not happen."""
    sure = sum(confidence >= LEAST_CONFIDENCE for confidence in report.role_confidence.values())
    counted = (
        (report.unknown_roles, "turns of unknown role"),
        (sure, "transcripts with guessed roles"),
        (len(report.role_confidence) - sure, "guesses of roles not sure enough"),
        (report.doubled, "doubled turns left out"),
        (report.pii_marks, "marks of removed personal data"),
    )
    facts = [f"{report.transcripts} transcripts, {report.turns} turns"]
    facts += [f"{reason} left out: {n}" for reason, n in sorted(report.skipped.items())]
    facts += [f"{n} {what}" for n, what in counted if n]
    facts += [f"redacted: {_kinds(report.redactions)}"] if report.redactions else []
    return facts


def _kinds(redactions: Mapping[str, int]) -> str:
    return ", ".join(f"{kind} {n}" for kind, n in redactions.items())
