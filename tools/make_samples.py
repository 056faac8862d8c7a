"""Makes the sample transcripts and their truth from `data/samples_source/`: `python -m tools.make_samples`.

The same source gives the same bytes. Files in `data/samples/` that it does not make are removed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from tools import sample_formats as formats
from tools.data_card import ROOT, read_rows
from tools.sample_formats import Files, Sample

SOURCE: Final = ROOT / "data" / "samples_source"
SAMPLES: Final = ROOT / "data" / "samples"
TRUTH: Final = SOURCE / "truth.jsonl"

Writer = Callable[[Sequence[Sample]], Files]

TEAM_ZONES: Final = {
    "north-broadband": ZoneInfo("Europe/London"),
    "harbour-bank": ZoneInfo("America/New_York"),
    "sunrise-retail": ZoneInfo("Australia/Melbourne"),
    "alder-health": ZoneInfo("Europe/Dublin"),
}
"""Zone of each team's wall clock. harbour-bank's night shift sits in Manila, sunrise-retail's second desk in Pune and part of
alder-health in Nova Scotia; all of them keep the times of the team's first site."""

PLATFORMS: Final[dict[str, dict[str, Writer]]] = {
    "north-broadband": {
        "call": formats.contact_lens,
        "chat": formats.rows_csv("web-chat.csv"),
        "team_chat": formats.rows_jsonl("team-chat.jsonl"),
    },
    "harbour-bank": {
        "call": formats.teams_vtt,
        "chat": formats.cells_csv("web-chat.csv"),
        "team_chat": formats.rows_csv("team-chat.csv"),
    },
    "sunrise-retail": {
        "call": formats.rows_csv("calls.csv"),
        "chat": formats.plain_text,
        "team_chat": formats.plain_text,
    },
    "alder-health": {
        "call": formats.zoom_vtt,
        "chat": formats.rows_jsonl("web-chat.jsonl"),
        "team_chat": formats.rows_jsonl("team-chat.jsonl"),
    },
}
QUEUES: Final = {"call": "phone", "chat": "web chat", "team_chat": ""}


def read_samples(rows: Sequence[dict[str, Any]]) -> list[Sample]:
    """The transcripts of the source, with times and without labels."""
    return [
        Sample(
            id=row["id"],
            team=row["team"],
            kind=row["kind"],
            started_at=datetime.fromisoformat(row["started_at"]).replace(tzinfo=TEAM_ZONES[row["team"]]),
            people=tuple(row["people"]),
            lines=formats.timed(row["kind"], ((line.get("name"), line["text"]) for line in row["lines"])),
        )
        for row in rows
    ]


def transcript_id(sample: Sample) -> str:
    """The id by which a reader knows a sample: the platform's where it has one of its own."""
    return formats.contact_id(sample) if PLATFORMS[sample.team][sample.kind] is formats.contact_lens else sample.id


def make_files(rows: Sequence[dict[str, Any]], people: dict[str, Any]) -> Files:
    """All sample files, by path below `data/samples/`.

    Args:
        rows: lines of `teams.jsonl`.
        people: by team and name: `role` and `joined_on`.
    """
    samples = read_samples(rows)
    made: Files = {}
    for team, writers in PLATFORMS.items():
        side_rows: list[list[str]] = [["transcript", "file", "agent", "team", "queue", "channel", "started_at", "joined_on"]]
        for kind, write in writers.items():
            chosen = [sample for sample in samples if (sample.team, sample.kind) == (team, kind)]
            files = write(chosen)
            made |= {f"{team}/{name}": text for name, text in files.items()}
            names = list(files) if len(files) == len(chosen) else list(files) * len(chosen)
            side_rows += [_side_row(sample, name, people) for sample, name in zip(chosen, names, strict=True)]
        made[f"{team}/metadata.csv"] = formats.csv_text(side_rows)
    return made


def _side_row(sample: Sample, file: str, people: dict[str, Any]) -> list[str]:
    joined_on = people[sample.team][sample.agent]["joined_on"] if sample.agent else ""
    channel = "team_chat" if sample.kind == "team_chat" else "call"
    return [transcript_id(sample), file, sample.agent, sample.team, QUEUES[sample.kind], channel, sample.started_at.isoformat(), joined_on]


def make_truth(rows: Sequence[dict[str, Any]]) -> str:
    """The labels of every line of staff as JSON lines, without its text: see `data/samples_source/README.md`."""
    lines = []
    for row, sample in zip(rows, read_samples(rows), strict=True):
        for turn, line in enumerate(row["lines"]):
            if line["speaker"] == "staff":
                truth = {
                    "transcript": transcript_id(sample),
                    "turn": turn,
                    "team": sample.team,
                    "started_at": sample.started_at.isoformat(),
                    "kind": sample.kind,
                    "style": row["style"],
                    "speaker": line["name"],
                    **{key: line[key] for key in ("culture", "target", "drivers")},
                }
                lines.append(json.dumps(truth, ensure_ascii=False) + "\n")
    return "".join(lines)


def read_source() -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Transcripts with labels, and people by team and name."""
    people: dict[str, Any] = json.loads((SOURCE / "people.json").read_text(encoding="utf-8"))
    return read_rows(SOURCE / "teams.jsonl"), people


def write_files(files: Files, folder: Path) -> None:
    """Write files into a folder and remove what else lies there."""
    for old in sorted(folder.rglob("*"), reverse=True):
        if old.is_file() and old.relative_to(folder).as_posix() not in files:
            old.unlink()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def main() -> int:
    """Write `data/samples/` and its truth."""
    rows, people = read_source()
    files = make_files(rows, people)
    write_files(files, SAMPLES)
    TRUTH.write_bytes(make_truth(rows).encode())
    print(f"wrote {len(files)} files into {SAMPLES.relative_to(ROOT)} and {TRUTH.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
