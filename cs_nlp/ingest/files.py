"""From paths to transcripts: files, folders and zips, one reading a file, so that a bad one never stops the others."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from cs_nlp.errors import IngestError
from cs_nlp.ingest.archive import READ_FAULTS, is_zip, members
from cs_nlp.ingest.door import read_source
from cs_nlp.ingest.intake import Intake
from cs_nlp.ingest.options import ReadOptions
from cs_nlp.ingest.outcome import FileReport
from cs_nlp.ingest.readers.slack_export import Export, find_exports, read_export
from cs_nlp.ingest.registry import format_named
from cs_nlp.ingest.side_file import NO_SIDE_FILE, SIDE_FILES, SideFile, read_side_file, read_side_source
from cs_nlp.ingest.source import Source, known_encoding, shown
from cs_nlp.records import Transcript


class FileReading:
    """One file being read: iterate it, once, for its transcripts; then look at `report` and `error`.

    Args:
        path: the file as the user named it.
        read: gives the transcripts, or None where nothing can be read.
        intake: the file's desk.
        error: why nothing can be read.

    Attributes:
        path: the file as the user named it (a member of a zip as `archive.zip!member`).
        report: what was read and what was not; complete when the iteration has ended.
        error: why reading ended early, why nothing could be read, or which rows were bad; None where all went well.
        finished: whether the iteration has ended.
    """

    def __init__(
        self, path: str, read: Callable[[], Iterator[Transcript]] | None, intake: Intake | None, error: IngestError | None = None
    ) -> None:
        self.path = path
        self.report = FileReport(path) if intake is None else intake.report
        self.error: IngestError | None = None
        self.finished = read is None
        self._read = read
        self._intake = intake
        if error is not None:
            self._fail(error)

    @classmethod
    def failed(cls, error: IngestError) -> FileReading:
        """A reading of nothing, with the reason."""
        return cls(str(error.path), None, None, error)

    def __iter__(self) -> Iterator[Transcript]:
        """The file's transcripts, as they are read; those given before a fault are good."""
        read, self._read = self._read, None
        if read is None or self._intake is None:
            return
        try:
            yield from read()
        except IngestError as error:
            self._fail(error)
        except READ_FAULTS as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
            self._fail(IngestError(f"the file can't be read: {reason}", path=self.path))
        self.finished = True
        if self.error is None:
            self._look_back(self._intake)

    def _look_back(self, intake: Intake) -> None:
        if intake.faults:
            first, count = intake.faults[0], sum(self.report.skipped.get(reason, 0) for reason in ("bad row", "bad file"))
            problem = first.problem if count == 1 else f"{count} faults, the first: {first.problem}"
            self._fail(IngestError(problem, path=first.path, line=first.line))
        elif not self.report.transcripts:
            left_out = ", ".join(f"{reason} {count}" for reason, count in sorted(self.report.skipped.items()))
            problem = f"the file was read as {self.report.format} but holds no turns"
            self._fail(IngestError(problem + (f" (left out: {left_out})" if left_out else ""), path=self.path))

    def _fail(self, error: IngestError) -> None:
        self.error = error
        self.report.error = str(error)


@dataclass(slots=True)
class _Run:
    """What all files of a run share: options, the side file that the user named, and the ids given out."""

    options: ReadOptions
    given: SideFile | None
    seen: set[int]

    def reading(self, source: Source, side_file: SideFile) -> FileReading:
        """The reading of one file."""
        intake = Intake(source.name, source.inside, self.options, self.given or side_file, self.seen)
        return FileReading(source.name, lambda: read_source(source, intake), intake)

    def export_reading(self, export: Export, place: str, side_file: SideFile) -> FileReading:
        """The reading of a Slack export as a whole."""
        name = place + export.root.rstrip("/")
        intake = Intake(name, Path(name).name, self.options, self.given or side_file, self.seen)
        return FileReading(name, lambda: read_export(export, intake), intake)


def read_files(paths: Iterable[Path | str], options: ReadOptions | None = None) -> Iterator[FileReading]:
    """Read transcript files, folders and zips of them, lazily, one after the other.

    Args:
        paths: files, zips, and folders; files in folders and zips are read in sorted order, hidden ones and side files left out.
        options: how to read; by default every file is recognised by its structure.

    Yields:
        One reading a file (a Slack export is one), in the order of `paths`. A path that can't be read gives a reading whose `error`
        says why; so does a folder or zip in which no file holds a transcript.

    Raises:
        InputError: the options name an unknown format or encoding, or their side file can't be read.
    """
    run = _start(options)
    for path in map(Path, paths):
        if path.is_dir():
            yield from _watched(path, "folder", _read_listing(f"{path}/", _files_in(path), run, NO_SIDE_FILE))
        elif path.is_file():
            yield from _read_path(path, run)
        else:
            problem = "it is neither a file nor a folder" if path.exists() else "there is no such file or folder"
            yield FileReading.failed(IngestError(problem, path=path))


def read_bytes(data: bytes, name: str, options: ReadOptions | None = None) -> Iterator[FileReading]:
    """Read a transcript file, or a zip of them, that is in memory (an upload).

    Args:
        data: the file.
        name: its name, for messages and for the ids of transcripts that have none.
        options: as for `read_files`.

    Yields:
        As `read_files`.

    Raises:
        InputError: as `read_files`.
    """
    inside = shown(PurePath(name).name)
    source = Source(shown(name), inside if inside.strip() else "upload", len(data), lambda: io.BytesIO(data))
    run = _start(options)
    yield from _read_one(source, run, run.given or NO_SIDE_FILE)


def _start(options: ReadOptions | None) -> _Run:
    options = options or ReadOptions()
    if options.format is not None:
        format_named(options.format)
    if options.encoding is not None:
        known_encoding(options.encoding)
    given = options.side_file
    return _Run(options, read_side_file(given, options.zone, options.encoding) if isinstance(given, Path) else given, set())


def _files_in(folder: Path) -> Iterator[Source | IngestError]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.is_file():
            yield _source_of(path, folder)


def _source_of(path: Path, root: Path | None = None) -> Source | IngestError:
    try:
        return Source.of_path(path, root)
    except OSError as error:
        return IngestError(f"the file can't be read: {error.strerror}", path=path)


def _read_path(path: Path, run: _Run) -> Iterator[FileReading]:
    """Read a file that the user named, with the side file beside it."""
    side_file = NO_SIDE_FILE
    side = next((_source_of(path.parent / name) for name in SIDE_FILES if (path.parent / name).is_file()), None)
    if isinstance(side, Source) and run.given is None:
        side_file, fault = _side_file(side, run)
        if fault is not None:
            yield fault
    source = _source_of(path)
    if isinstance(source, IngestError):
        yield FileReading.failed(source)
    else:
        yield from _read_one(source, run, side_file)


def _read_one(source: Source, run: _Run, side_file: SideFile) -> Iterator[FileReading]:
    """Read a file, or the files in it where it is a zip."""
    try:
        zipped = is_zip(source.read_head())
    except READ_FAULTS:
        zipped = False  # reading it says what is wrong
    if zipped:
        yield from _watched(source.name, "zip archive", _read_zip(source, run, side_file))
    else:
        yield run.reading(source, side_file)


def _read_zip(source: Source, run: _Run, side_file: SideFile) -> Iterator[FileReading]:
    try:
        found = list(members(source))
    except IngestError as error:
        yield FileReading.failed(error)
        return
    yield from _read_listing(f"{source.name}!", found, run, side_file)


def _read_listing(place: str, found: Iterable[Source | IngestError], run: _Run, side_file: SideFile) -> Iterator[FileReading]:
    """Read the files of a folder or zip, each with the nearest side file beside or above it.

    Args:
        place: the folder or zip, for messages.
        found: its files, in order.
        run: what all files share.
        side_file: for those that have none of their own.
    """
    sources: list[Source] = []
    for item in found:
        if isinstance(item, IngestError):
            yield FileReading.failed(item)
        else:
            sources.append(item)
    sides = {"": side_file}
    for side in [source for source in sources if _name(source) in SIDE_FILES]:
        sources.remove(side)
        if run.given is None:
            sides[_folder(side.inside)], fault = _side_file(side, run)
            if fault is not None:
                yield fault
    exports, rest = find_exports(sources)
    for export in exports:
        yield run.export_reading(export, place, _nearest(export.root, sides))
    for source in rest:
        yield from _read_one(source, run, _nearest(_folder(source.inside), sides))


def _name(source: Source) -> str:
    return source.inside.rpartition("/")[2]


def _folder(inside: str) -> str:
    return inside.rpartition("/")[0]


def _nearest(folder: str, sides: dict[str, SideFile]) -> SideFile:
    while folder and folder not in sides:
        folder = _folder(folder)
    return sides.get(folder, sides[""])


def _side_file(source: Source, run: _Run) -> tuple[SideFile, FileReading | None]:
    """A side file, and the reading that tells its fault, if it has one."""
    try:
        return read_side_source(source, run.options.zone, run.options.encoding), None
    except IngestError as error:
        return NO_SIDE_FILE, FileReading.failed(error)
    except READ_FAULTS as error:
        return NO_SIDE_FILE, FileReading.failed(IngestError(f"the side file can't be read: {type(error).__name__}", path=source.name))


def _watched(path: Path | str, kind: str, readings: Iterator[FileReading]) -> Iterator[FileReading]:
    """The readings of a folder or zip, and one more that says so where no file in it holds a transcript."""
    count, transcripts = 0, 0
    waiting: list[FileReading] = []
    for reading in readings:
        yield reading
        count += 1
        waiting = [item for item in (*waiting, reading) if not item.finished]
        transcripts += reading.report.transcripts
    if not count:
        yield FileReading.failed(
            IngestError(f"the {kind} is empty but for hidden files and side files; expected transcripts in it", path=path)
        )
    elif not transcripts and not waiting:
        yield FileReading.failed(IngestError(f"the {kind} holds no transcript; each of its files has its own message", path=path))
