"""What becomes of files that are dropped on the page: read, redacted, stored to be scored, and told in plain words, file by file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from zoneinfo import ZoneInfo

from cs_nlp.errors import CsNlpError, IngestError, UnknownFormatError
from cs_nlp.ingest import FileReading, ReadOptions, SideFile, read_bytes, read_side_bytes
from cs_nlp.pipeline.storing import WayIn
from cs_nlp.store import Outcome, Receipt, count_errors, count_item, count_waiting
from service.dashboard.page import Visit

SIDE_FILES: Final = ("metadata.csv", "metadata.json")
_NOBODY: Final = (
    "Nobody in it is marked as staff, so nothing can be scored. Tick 'Work out who the agent is' and add the file again, or have the roles "
    "exported with it."
)
_UNKNOWN: Final = "This is no transcript that can be read here. Export it from your platform as text, CSV, JSON or subtitles (VTT)"


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file as it came.

    Attributes:
        name: with its folders, as the browser gives it.
        data: its bytes.
    """

    name: str
    data: bytes

    @property
    def folder(self) -> str:
        """Where it lay."""
        return str(PurePosixPath(self.name.replace("\\", "/")).parent)

    @property
    def is_side_file(self) -> bool:
        """Whether it says who spoke in the transcripts beside it, and when."""
        return PurePosixPath(self.name.replace("\\", "/")).name.lower() in SIDE_FILES


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a file.

    Attributes:
        file: its name; of a file in a zip, both.
        state: `good`, `same` (all of it was here before), `partly` (some of it can't be used) or `bad`.
        said: what became of it; todo: what to do, or "".
    """

    file: str
    state: str
    said: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What was chosen beside the files.

    Attributes:
        team: of transcripts that name none, or "".
        detect: guess who is the agent where a file does not say.
        job: id of the batch.
    """

    team: str
    detect: bool
    job: int


def take(visit: Visit, dropped: Sequence[Dropped], wish: Wish) -> Iterator[Told]:
    """Store what can be read of some files, and tell what became of each as soon as it is known.

    What was told as stored is stored, whatever happens after.
    """
    service = visit.service
    keeping = service.keeping(visit.caller.name, wish.team or None)
    way_in = WayIn(service.store, visit.organisation, keeping, service.redactor, service.classifier)
    zone = ZoneInfo(service.settings.time_zone)
    sides: dict[str, SideFile] = {}
    for file in (file for file in dropped if file.is_side_file):
        try:
            sides[file.folder] = read_side_bytes(file.data, file.name, zone)
        except IngestError as error:
            yield Told(file.name, "bad", f"{_plain(error)}.", "Correct it and add it again, together with the transcripts beside it.")
    for file in (file for file in dropped if not file.is_side_file):
        side = sides.get(file.folder)
        options = ReadOptions(zone=zone, side_file=side, detect_roles=wish.detect)
        for reading in read_bytes(file.data, file.name, options):
            with service.store.reading() as db:
                waiting = count_waiting(db, visit.organisation)
            if waiting >= service.settings.queue:
                yield Told(reading.path, "bad", "There is too much to do just now.", "Add it again in some minutes.")
                continue
            yield _store(reading, way_in, wish)
            service.wake.set()


def _store(reading: FileReading, way_in: WayIn, wish: Wish) -> Told:
    """Store the transcripts of one file, each in a transaction of its own."""
    counts: Counter[Outcome] = Counter()

    def count(db: object, receipt: Receipt) -> None:
        count_item(db, way_in.organisation, wish.job, receipt.outcome)  # type: ignore[arg-type]  # a Connection

    failed = ""
    try:
        for transcript in reading:
            counts[way_in.take(transcript, wish.job, count).outcome] += 1
    except CsNlpError as error:
        failed = str(error)
    if reading.error is not None or failed:
        fault = {"file": reading.path[:300], "detail": failed or str(reading.error)}
        with way_in.store.writing() as db:
            count_errors(db, way_in.organisation, wish.job, [fault])
    return tell(reading, counts, failed)


def tell(reading: FileReading, counts: Counter[Outcome], failed: str = "") -> Told:
    """What became of a file, in plain words.

    Args:
        reading: at its end.
        counts: its transcripts by what became of each.
        failed: why storing ended early, or "".
    """
    said = _counted(counts)
    if failed:
        return Told(reading.path, "bad", f"{said}{failed}.", "Add it again; what is stored already is not stored twice.")
    if reading.error is not None and not counts:
        return _unreadable(reading.path, reading.error)
    report = reading.report
    if report.turns and report.unknown_roles == report.turns:
        return Told(reading.path, "bad", said, _NOBODY)
    if reading.error is not None:
        return Told(reading.path, "partly", f"{said}{_plain(reading.error)}.", "Correct these rows and add the file again.")
    if not counts[Outcome.NEW] and not counts[Outcome.REPLACED]:
        return Told(reading.path, "same", said, "")
    return Told(reading.path, "good", said, " ".join(f"{warning[:1].upper()}{warning[1:]}." for warning in report.warnings[:2]))


def _counted(counts: Counter[Outcome]) -> str:
    words = {Outcome.NEW: "stored", Outcome.REPLACED: "stored in place of an older version", Outcome.DUPLICATE: "here before"}
    parts = [f"{counts[one]} {'transcript' if counts[one] == 1 else 'transcripts'} {word}" for one, word in words.items() if counts[one]]
    return f"{', '.join(parts)}. " if parts else ""


def _unreadable(path: str, error: IngestError) -> Told:
    if isinstance(error, UnknownFormatError):
        near = f" It comes nearest to {error.candidates[0]}." if error.candidates else ""
        return Told(path, "bad", f"{_UNKNOWN}.{near}", "The formats that are read are listed at the end of this page.")
    return Told(path, "bad", f"{_plain(error)}.", "Correct it, or export it again, and add it once more.")


def _plain(error: IngestError) -> str:
    place = f"line {error.line}: " if error.line is not None else ""
    told = place + error.problem.rstrip(".")
    return told[:1].upper() + told[1:]
