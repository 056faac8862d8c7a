"""`cs-nlp beliefs`: what each team believes, in its own words."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from cs_nlp.cli.files import DETECT_ROLES, ENCODING, FORMAT, METADATA, REPORT, ROLE_MAP, Intake, read_options
from cs_nlp.cli.screen import json_line, out, percent, print_json, tell
from cs_nlp.cli.signals import MODEL, ORG, PATHS_OR_STORED, REASONS, TEAM, ZONE, reading_of, refuse_choice
from cs_nlp.cli.wish import wish_of
from cs_nlp.errors import InputError, MissingExtraError
from cs_nlp.pipeline import score_transcripts
from cs_nlp.pipeline.beliefs import beliefs_of
from cs_nlp.pipeline.redacting import quote_redaction
from cs_nlp.records import ScoredTranscript
from cs_nlp.records.beliefs import Belief, KnownBelief, TeamBeliefs, Trend
from cs_nlp.scoring import load_classifier
from cs_nlp.settings import read_settings
from cs_nlp.signals import Redact

KEEP = typer.Option("--keep", help="A file of beliefs to go on from: read if it is there, and written anew.", show_default=False)


def beliefs(  # noqa: PLR0913, PLR0917 - each is an option of the command
    paths: Annotated[list[Path] | None, PATHS_OR_STORED] = None,
    format_name: Annotated[str | None, FORMAT] = None,
    role_map: Annotated[str | None, ROLE_MAP] = None,
    metadata: Annotated[Path | None, METADATA] = None,
    encoding: Annotated[str | None, ENCODING] = None,
    report: Annotated[Path | None, REPORT] = None,
    org: Annotated[str | None, ORG] = None,
    team: Annotated[list[str] | None, TEAM] = None,
    keep: Annotated[Path | None, KEEP] = None,
    tz: Annotated[str | None, ZONE] = None,
    model: Annotated[str | None, MODEL] = None,
    *,
    detect_roles: Annotated[bool, DETECT_ROLES] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a team.")] = False,
) -> None:
    """Print what each team believes, in its own words: statements of several people that say the same.

    Of transcripts that are read and scored now, or of those that are stored.
    """
    settings = read_settings()
    options = reading_of(settings, tz=tz)
    known = read_known(keep) if keep is not None else {}
    classifier = load_classifier(model or settings.model, threads=settings.threads)
    intake = None
    if paths:
        refuse_choice(org, team)
        intake = Intake(paths, read_options(settings, format_name, role_map, metadata, encoding, detect_roles))
        scored = list(score_transcripts(intake.transcripts(), classifier))
        found = beliefs_of(scored, classifier, _redaction(scored), options, known)
    else:
        from cs_nlp.cli import store_signals as work  # noqa: PLC0415 - the database is loaded only where it is used

        found = work.read_beliefs(settings, wish_of(org, team, model, tz), classifier, known)
    for one in found:
        if as_json:
            print_json(beliefs_row(one))
        else:
            show_beliefs(one)
    if keep is not None:
        keep.write_text("".join(json_line(row) for row in known_rows(found, known)), encoding="utf-8")
    if intake is not None:
        intake.close(report, brief=True)


def read_known(path: Path) -> dict[str, list[KnownBelief]]:
    """The beliefs that `known_rows` gave, by team; none where there is no such file.

    Raises:
        InputError: it holds something else.
    """
    found: defaultdict[str, list[KnownBelief]] = defaultdict(list)
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines() if path.exists() else (), start=1):
        try:
            row = json.loads(line)
            found[str(row["team"])].append(KnownBelief(str(row["id"]), str(row["name"]), tuple(map(float, row["centroid"]))))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"--keep {path}, line {number}: {error!r}; expected a file that 'cs-nlp beliefs --keep' wrote") from error
    return found


def known_rows(found: Sequence[TeamBeliefs], known: Mapping[str, Sequence[KnownBelief]]) -> list[dict[str, Any]]:
    """All beliefs to go on from: those that were found, and those known before that did not come up this time."""
    teams = {team: {belief.id: belief for belief in own} for team, own in known.items()}
    for each in found:
        teams[each.team] = teams.get(each.team, {}) | {belief.id: belief.known for belief in each.beliefs}
    return [
        {"team": team, "id": belief.id, "name": belief.name, "centroid": [round(value, 5) for value in belief.centroid]}
        for team, own in teams.items()
        for belief in own.values()
    ]


def beliefs_row(found: TeamBeliefs) -> dict[str, Any]:
    """A team's beliefs as one JSON object."""
    return {
        "team": found.team,
        "start": found.start.isoformat() if found.start else None,
        "end": found.end.isoformat() if found.end else None,
        "n_statements": found.n_statements,
        "n_transcripts": found.n_transcripts,
        "n_people": found.n_people,
        "stability": found.stability,
        "reason": found.withheld.value if found.withheld else None,
        "beliefs": [_row(belief) for belief in found.beliefs],
    }


def _row(belief: Belief) -> dict[str, Any]:
    made = asdict(belief)
    interval = made.pop("interval")
    del made["centroid"]
    made["name"] = made["name"] or None
    return made | {"low": interval["low"], "high": interval["high"], "level": interval["level"]}


def show_beliefs(found: TeamBeliefs) -> None:
    """Print a team's list."""
    name = found.team or "(no team)"
    if found.withheld is not None:
        out.print(f"{name}: {REASONS[found.withheld]}", markup=False)
        return
    if not found.beliefs:
        out.print(f"{name}: nothing that enough people say.", markup=False)
        return
    table = Table(title=f"{name}: what several people say, with the share of all that shows a culture", title_justify="left")
    for title, justify in (("in their words", "left"), ("culture", "left"), ("about", "left"), ("people", "right")):
        table.add_column(title, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for title in ("transcripts", "share", "over time"):
        table.add_column(title, justify="left" if title == "over time" else "right")
    for belief in found.beliefs:
        words = [belief.name or "(not quoted)", *(f"  - {example}" for example in belief.examples)]
        table.add_row(
            "\n".join(words).replace("[", r"\["),
            belief.culture,
            belief.target,
            str(belief.n_people),
            str(belief.n_transcripts),
            f"{percent(belief.share)} ({percent(belief.interval.low)} to {percent(belief.interval.high)})",
            _over_time(belief.trend),
            end_section=True,
        )
    out.print(table)
    out.print("95 % intervals in brackets. Of the words of a belief, those of different people are quoted.\n", markup=False)


def _over_time(trend: Trend | None) -> str:
    if trend is None:
        return ""
    if trend.low <= 0 <= trend.high:
        return "no clear change"
    return f"{'more' if trend.change > 0 else 'less'}: {percent(trend.first)} to {percent(trend.last)}"


def _redaction(scored: Sequence[ScoredTranscript]) -> Redact | None:
    try:
        return quote_redaction(one.transcript for one in scored)
    except MissingExtraError as error:
        tell(f"nothing is quoted, so beliefs have no names: {error}")
        return None
