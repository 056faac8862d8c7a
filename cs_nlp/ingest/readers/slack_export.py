"""A whole Slack export, as folder or zip: users resolved, threads joined across days."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cs_nlp.errors import IngestError
from cs_nlp.ingest.formats import Format
from cs_nlp.ingest.intake import Intake
from cs_nlp.ingest.readers.json_lines import parse_json
from cs_nlp.ingest.readers.slack import Roster, read_channel, read_roster
from cs_nlp.ingest.source import Source, detect_encoding, read_text, transcoded
from cs_nlp.ingest.values import Object, objects
from cs_nlp.records import Transcript

_DAY = re.compile(r"(?P<root>(?:[^/]+/)*)(?P<channel>[^/]+)/\d{4}-\d{2}-\d{2}\.json")
_ROSTERS = frozenset(("users.json", "channels.json", "groups.json", "dms.json", "mpims.json"))

FORMAT = Format(
    name="slack_export",
    title="Slack export (zip or folder)",
    recognised_by="`users.json` or `channels.json` beside folders of day files `2026-06-01.json`",
    taken="as for Slack messages, with names from `users.json`; threads joined across days; each channel by itself",
    not_taken="bots, joins and other events, deleted messages, files; members that the export leaves out keep their id as name",
)


@dataclass(slots=True)
class Export:
    """The files of one export.

    Attributes:
        root: its folder within what the user named, ending in a slash, or "".
        days: day files by channel.
        rosters: files beside the channels, by name.
    """

    root: str
    days: dict[str, list[Source]] = field(default_factory=dict)
    rosters: dict[str, Source] = field(default_factory=dict)


def find_exports(sources: Sequence[Source]) -> tuple[list[Export], list[Source]]:
    """Tell the exports among the files of a folder or zip.

    Args:
        sources: the files, in order.

    Returns:
        The exports, and the files that belong to none.
    """
    rosters: dict[str, dict[str, Source]] = {}
    for source in sources:
        folder, slash, name = source.inside.rpartition("/")
        if name in _ROSTERS:
            rosters.setdefault(folder + slash, {})[name] = source
    exports: dict[str, Export] = {}
    for source in sources:
        match = _DAY.fullmatch(source.inside)
        if match is not None and match["root"] in rosters:
            export = exports.setdefault(match["root"], Export(match["root"], rosters=rosters[match["root"]]))
            export.days.setdefault(match["channel"], []).append(source)
    rest = [source for source in sources if not any(_belongs(source, export) for export in exports.values())]
    return list(exports.values()), rest


def _belongs(source: Source, export: Export) -> bool:
    """Day files, and the JSON files beside the channels (lists of users, logs, canvases), are the export's own."""
    if not source.inside.startswith(export.root) or not source.inside.endswith(".json"):
        return False
    inside = source.inside[len(export.root) :]
    return "/" not in inside or inside.split("/")[0] in export.days


def read_export(export: Export, intake: Intake) -> Iterator[Transcript]:
    """Read an export, channel by channel; a day file that can't be read is reported and left out."""
    intake.report.format = FORMAT.name
    users = export.rosters.get("users.json")
    if users is None:
        intake.report.warn("the export has no users.json: names come from the messages where they carry them, else ids stand for names")
    roster = read_roster(_parsed(users, intake)) if users is not None else Roster()
    for channel, days in export.days.items():
        messages: list[Object] = []
        for day in days:
            messages.extend(objects(_parsed(day, intake)))
        yield from read_channel(messages, channel, roster, intake)


def _parsed(source: Source, intake: Intake) -> object:
    try:
        whole = transcoded(source, *detect_encoding(source.read_head(), source.name))
        return parse_json(read_text(whole), source.name)
    except IngestError as error:
        intake.bad_file(error)
        return None
