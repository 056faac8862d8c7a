"""Where readers hand over what they find: turns become transcripts, cleaned, counted, with roles and metadata, for all formats alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, NoReturn, TypeAlias

from cs_nlp.errors import IngestError
from cs_nlp.ingest.detect import with_detected_roles
from cs_nlp.ingest.doubled import drop_doubled
from cs_nlp.ingest.options import ReadOptions
from cs_nlp.ingest.outcome import FileReport
from cs_nlp.ingest.roles import role_of_label, with_staff_roles
from cs_nlp.ingest.side_file import NO_SIDE_FILE, SideFile
from cs_nlp.ingest.source import stem_of
from cs_nlp.ingest.times import parse_time
from cs_nlp.ingest.values import clean, clean_name
from cs_nlp.records import Channel, Role, Transcript, Turn

_PII_MARK = re.compile(
    r"\[(?:PII|REDACTED|[A-Z]*NAME|ADDRESS|EMAIL|PHONE|SSN|PIN|URL|AGE|DATE(?:_TIME)?|USERNAME|PASSWORD|[A-Z]+_(?:NUMBER|ROUTING|CVV|EXPIRY|ID))\]"
    r"|<(?:NAME|PERSON|PHONE|EMAIL|ADDRESS|REDACTED)[ _]?\d*>"
    r"|\{\{(?:PII|NAME|REDACTED)\}\}"
)
FAULTS_KEPT = 100
VOICES_KEPT = 10_000
MONO_TURNS = 3
"""Contradicted turns from which a whole recording is suspected to be mono on two channels."""
IDS_WATCHED = 1_000_000
"""Transcript ids that are remembered to tell doubles apart; beyond that many in one run, ids are taken as they come."""

Span: TypeAlias = tuple[float | None, float | None]
"""Start and end in seconds from the start of the recording, each or None."""
NO_SPAN: Final[Span] = (None, None)


@dataclass(frozen=True, slots=True)
class Voice:
    """A speaker of a transcript.

    Attributes:
        speaker: name or id as the file gives it, or None.
        role: what file or role map say, else unknown.
    """

    speaker: str | None
    role: Role


@dataclass(slots=True)
class Draft:
    """A transcript in the making.

    Attributes:
        id: the platform's id, or "" where the file has none.
        started_at: aware, or None.
        channel: said to customers, or among staff.
        team, queue, agent: as the file says, or None.
        place: name by which a side file may know it besides its id and its file (a chat channel's name), or "".
        turns: as added so far.
    """

    id: str = ""
    started_at: datetime | None = None
    channel: Channel = Channel.CALL
    team: str | None = None
    queue: str | None = None
    agent: str | None = None
    place: str = ""
    turns: list[Turn] = field(default_factory=list)


class Intake:
    """The desk of one file.

    Args:
        name: the file, as the user named it.
        inside: its path in the folder or zip that the user named; without suffix, the id of transcripts that have none.
        options: what the user said.
        side_file: metadata beside it.
        seen: hashes of the ids given out in this run; shared by all files of the run.
    """

    def __init__(
        self, name: str, inside: str, options: ReadOptions, side_file: SideFile = NO_SIDE_FILE, seen: set[int] | None = None
    ) -> None:
        self.name = name
        self.inside = inside
        self.stem = stem_of(inside)
        self.options = options
        self.side_file = side_file
        self.report = FileReport(name)
        self.faults: list[IngestError] = []
        self._seen = set() if seen is None else seen
        self._role_map = {clean_name(key).casefold(): role for key, role in options.role_map.items()}
        self._voices: dict[tuple[str | None, Role, tuple[str, ...]], Voice] = {}
        self._unnamed = 0

    def skip(self, reason: str, count: int = 1) -> None:
        """Count items that are left out."""
        self.report.skipped[reason] = self.report.skipped.get(reason, 0) + count

    def bad_row(self, line: int, problem: str) -> None:
        """Keep the fault of a row and go on. The first `FAULTS_KEPT` faults are kept, the others counted.

        Args:
            line: 1-based line in the file.
            problem: what is wrong, without words of the transcript.
        """
        self._keep("bad row", IngestError(problem, path=self.name, line=line))

    def bad_file(self, error: IngestError) -> None:
        """Keep the fault of one of several files that are read together, and go on."""
        self._keep("bad file", error)

    def _keep(self, reason: str, error: IngestError) -> None:
        self.skip(reason)
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(error)

    def refuse(self, problem: str) -> NoReturn:
        """Raise the error of a document that is of its format but can't be read.

        Raises:
            IngestError: always.
        """
        raise IngestError(problem, path=self.name)

    def time(self, value: object) -> datetime | None:
        """An aware time, or None; times without a zone are read in the zone of the options."""
        return parse_time(value, self.options.zone)

    def voice(self, speaker: str | None, role: Role = Role.UNKNOWN, *keys: str) -> Voice:
        """The speaker of a turn.

        Args:
            speaker: name, id or label as the file gives it, or None.
            role: what the file says beside the label; unknown if nothing.
            keys: further names by which a role map may know the speaker (a channel, an id).
        """
        asked = (speaker, role, keys)
        found = self._voices.get(asked)
        if found is None:
            if len(self._voices) > VOICES_KEPT:
                self._voices.clear()
            found = self._voices[asked] = self._make_voice(speaker, role, keys)
        return found

    def _make_voice(self, speaker: str | None, role: Role, keys: tuple[str, ...]) -> Voice:
        label = clean_name(speaker) if speaker else None
        stated = role if role is not Role.UNKNOWN else role_of_label(label)
        for key in (label, *keys):
            mapped = self._role_map.get(clean_name(key).casefold()) if key else None
            if mapped is not None:
                return Voice(label, mapped)
        if stated is Role.UNKNOWN:
            stated = self._role_map.get("*", Role.UNKNOWN)
        return Voice(label, stated)

    @property
    def everyone_has_a_role(self) -> bool:
        """Whether the role map says a role for everyone (`*`)."""
        return "*" in self._role_map

    def add(self, draft: Draft, voice: Voice, text: str, span: Span = NO_SPAN, at: datetime | None = None) -> None:
        """Add a turn to a transcript in the making; a turn without words is counted as skipped.

        Args:
            draft: the transcript.
            voice: who speaks.
            text: the words, as the file gives them.
            span: start and end in seconds from the start of the recording, each or None.
            at: wall-clock time, aware, or None.
        """
        words = clean(text)
        if not words:
            self.skip("empty")
            return
        draft.turns.append(Turn(len(draft.turns), voice.role, words, voice.speaker, span[0], span[1], at))

    def finish(self, draft: Draft) -> Iterator[Transcript]:
        """Give the transcript, or nothing (counted as skipped) where it has no turns."""
        turns, doubled, contradicted = drop_doubled(draft.turns)
        self.report.doubled += doubled
        if contradicted >= MONO_TURNS and contradicted * 2 > len(turns):
            self.report.warn(
                "most words stand under both speakers: the recording seems to be mono on two channels; "
                "they are counted once, as said by an unknown role"
            )
        if not turns:
            self.skip("transcript without turns")
            return
        transcript = Transcript(
            id=draft.id,
            turns=tuple(turns),
            source_format=self.report.format or "",
            source=self.name,
            channel=draft.channel,
            team=clean_name(draft.team or "") or None,
            queue=clean_name(draft.queue or "") or None,
            agent=clean_name(draft.agent or "") or None,
            started_at=draft.started_at,
        )
        transcript = self._with_id(transcript)
        names = (draft.id, transcript.id, self.name, self.inside, draft.place)
        transcript = with_staff_roles(self.side_file.applied(transcript, names, self.report))
        if self.options.detect_roles:
            transcript, guess = with_detected_roles(transcript)
            if guess is not None:
                self.report.role_confidence[transcript.id] = round(guess.confidence, 3)
        self._count(transcript.turns)
        yield transcript

    def _count(self, turns: Sequence[Turn]) -> None:
        report = self.report
        report.transcripts += 1
        report.turns += len(turns)
        for turn in turns:
            if turn.role is Role.UNKNOWN:
                report.unknown_roles += 1
            if "[" in turn.text or "<" in turn.text or "{{" in turn.text:
                report.pii_marks += sum(1 for _ in _PII_MARK.finditer(turn.text))

    def _with_id(self, transcript: Transcript) -> Transcript:
        name = clean_name(transcript.id)
        if not name:
            self._unnamed += 1
            name = self.stem if self._unnamed == 1 else f"{self.stem}#{self._unnamed}"
        unique, count = name, 1
        while hash(unique) in self._seen:
            count += 1
            unique = f"{name}~{count}"
        if count > 1:
            self.report.warn("an id comes twice in this run; the later transcripts got ids ending in ~2, ~3 ...")
        if len(self._seen) < IDS_WATCHED:
            self._seen.add(hash(unique))
        return replace(transcript, id=unique)
