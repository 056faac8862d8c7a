"""`cs-nlp read`: canonical turns."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cs_nlp.cli.files import DETECT_ROLES, ENCODING, FORMAT, METADATA, PATHS, REDACT, REPORT, ROLE_MAP, Intake, read_options
from cs_nlp.cli.screen import out, print_json
from cs_nlp.records import Transcript, Turn
from cs_nlp.settings import read_settings


def read(  # noqa: PLR0913 - each is an option of the command
    paths: Annotated[list[Path], PATHS],
    format_name: Annotated[str | None, FORMAT] = None,
    role_map: Annotated[str | None, ROLE_MAP] = None,
    metadata: Annotated[Path | None, METADATA] = None,
    encoding: Annotated[str | None, ENCODING] = None,
    report: Annotated[Path | None, REPORT] = None,
    *,
    detect_roles: Annotated[bool, DETECT_ROLES] = False,
    redact: Annotated[bool, REDACT] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a turn.")] = False,
) -> None:
    """Read transcripts in whatever format they are and print their turns."""
    options = read_options(read_settings(), format_name, role_map, metadata, encoding, detect_roles)
    intake = Intake(paths, options, redact=redact)
    for transcript in intake.shown_transcripts():
        if as_json:
            for turn in transcript.turns:
                print_json(turn_row(transcript, turn))
        else:
            _show(transcript)
    intake.close(report, brief=False)


def turn_row(transcript: Transcript, turn: Turn) -> dict[str, Any]:
    """A turn as one JSON object."""
    return {
        "transcript_id": transcript.id,
        "turn": turn.index,
        "role": turn.role.value,
        "speaker": turn.speaker,
        "text": turn.text,
        "start_s": turn.start_s,
        "end_s": turn.end_s,
        "at": turn.at.isoformat() if turn.at else None,
        "source_format": transcript.source_format,
    }


def _show(transcript: Transcript) -> None:
    facts = [
        transcript.source_format,
        transcript.channel.value,
        transcript.team,
        transcript.started_at and transcript.started_at.isoformat(),
    ]
    out.print(f"{transcript.id} ({', '.join(fact for fact in facts if fact)})", style="bold", markup=False)
    for turn in transcript.turns:
        who = turn.role.value if turn.speaker is None else f"{turn.role.value} {turn.speaker}"
        out.print(f"{turn.index:4} {who}: {turn.text}", markup=False)
