"""From paths to transcripts: files and folders, one reading a file, so that a bad one never stops the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from cs_nlp.errors import IngestError
from cs_nlp.ingest.door import read_source
from cs_nlp.ingest.intake import Intake
from cs_nlp.ingest.options import ReadOptions
from cs_nlp.ingest.outcome import FileReport
from cs_nlp.ingest.registry import format_named
from cs_nlp.ingest.side_file import NO_SIDE_FILE, SIDE_FILES, SideFile, read_side_file
from cs_nlp.ingest.source import Source
from cs_nlp.records import Transcript


class FileReading:
    """One file being read: iterate it, once, for its transcripts; then look at `report` and `error`.

    Attributes:
        path: the file as the user named it.
        report: what was read and what was not; complete when the iteration has ended.
        error: why reading ended early, why nothing could be read, or which rows were bad; None where all went well.
    """

    def __init__(self, path: str, intake: Intake | None, error: IngestError | None = None) -> None:
        self.path = path
        self.report = FileReport(path) if intake is None else intake.report
        self.error: IngestError | None = None
        self.finished = intake is None
        self._intake = intake
        if error is not None:
            self._fail(error)

    def __iter__(self) -> Iterator[Transcript]:
        """The file's transcripts, as they are read; those given before a fault are good."""
        intake, self._intake = self._intake, None
        if intake is None:
            return
        try:
            yield from read_source(intake.source, intake)
        except IngestError as error:
            self._fail(error)
        except OSError as error:
            self._fail(IngestError(f"the file can't be read: {error.strerror or type(error).__name__}", path=self.path))
        self.finished = True
        if self.error is None:
            self._look_back(intake)

    def _look_back(self, intake: Intake) -> None:
        if intake.bad_rows:
            first, count = intake.bad_rows[0], self.report.skipped["bad row"]
            problem = first.problem if count == 1 else f"{count} bad rows, the first: {first.problem}"
            self._fail(IngestError(problem, path=self.path, line=first.line))
        elif not self.report.transcripts:
            left_out = ", ".join(f"{reason} {count}" for reason, count in sorted(self.report.skipped.items()))
            problem = f"the file was read as {self.report.format} but holds no turns"
            self._fail(IngestError(problem + (f" (left out: {left_out})" if left_out else ""), path=self.path))

    def _fail(self, error: IngestError) -> None:
        self.error = error
        self.report.error = str(error)


def read_files(paths: Iterable[Path | str], options: ReadOptions | None = None) -> Iterator[FileReading]:
    """Read transcript files and folders of them, lazily, one after the other.

    Args:
        paths: files, and folders whose files are read in sorted order, hidden ones and side files left out.
        options: how to read; by default every file is recognised by its structure.

    Yields:
        One reading a file, in the order of `paths`. A path that can't be read gives a reading whose `error` says why.

    Raises:
        InputError: the options name an unknown format, or their side file can't be read.
    """
    options = options or ReadOptions()
    if options.format is not None:
        format_named(options.format)
    given = read_side_file(options.side_file, options.zone) if options.side_file is not None else None
    seen: set[int] = set()
    for path in map(Path, paths):
        if path.is_dir():
            yield from _read_folder(path, options, given, seen)
        elif path.exists():
            side_file, error = (given, None) if given is not None else _side_file_in(path.parent, options)
            if error is not None:
                yield error
            yield _reading(path, None, options, side_file, seen)
        else:
            yield FileReading(str(path), None, IngestError("there is no such file or folder", path=path))


def _reading(path: Path, root: Path | None, options: ReadOptions, side_file: SideFile, seen: set[int]) -> FileReading:
    try:
        source = Source.of_path(path, root)
    except OSError as error:
        return FileReading(str(path), None, IngestError(f"the file can't be read: {error.strerror}", path=path))
    return FileReading(str(path), Intake(source, options, side_file, seen))


def _read_folder(folder: Path, options: ReadOptions, given: SideFile | None, seen: set[int]) -> Iterator[FileReading]:
    files = sorted(path for path in folder.rglob("*") if _is_candidate(path, folder))
    side_files: dict[Path, SideFile] = {}
    readings: list[FileReading] = []
    found = 0
    for path in files:
        if given is None and path.parent not in side_files:
            side_file, error = _side_file_in(path.parent, options, above=folder)
            side_files[path.parent] = side_file
            if error is not None:
                yield error
        reading = _reading(path, folder, options, given or side_files[path.parent], seen)
        yield reading
        readings.append(reading)
        found += reading.report.transcripts
        if len(readings) > 1:
            readings = [item for item in readings if not item.finished]
    if not files or (not found and not readings):
        problem = "the folder holds no transcript" + ("" if files else ": it has no files but hidden ones and side files")
        yield FileReading(str(folder), None, IngestError(f"{problem}; name a folder with transcript files", path=folder))


def _is_candidate(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return not hidden and path.name not in SIDE_FILES and path.is_file()


def _side_file_in(folder: Path, options: ReadOptions, above: Path | None = None) -> tuple[SideFile, FileReading | None]:
    """The side file of a folder, or of the nearest one above it, up to the one that the user named; and a reading that tells its fault."""
    for place in (folder, *folder.parents):
        for name in SIDE_FILES:
            path = place / name
            if path.is_file():
                try:
                    return read_side_file(path, options.zone), None
                except IngestError as error:
                    return NO_SIDE_FILE, FileReading(str(path), None, error)
        if above is None or place == above:
            break
    return NO_SIDE_FILE, None
