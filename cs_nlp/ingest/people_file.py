"""A list of people: who joined which team, and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from cs_nlp.errors import IngestError
from cs_nlp.ingest.side_file import read_rows
from cs_nlp.ingest.source import Source
from cs_nlp.ingest.times import parse_date
from cs_nlp.ingest.values import as_text, clean_name

PERSON_COLUMNS: Final = ("person", "agent", "name")
SHOWN: Final = 10


def read_people_file(path: Path) -> Mapping[str, Mapping[str, date]]:
    """Read when each person joined.

    Args:
        path: a CSV file with a header, or a JSON array of objects. Columns: `person` (or `agent`, or `name`), `joined_on`, and, where the
            file is of several teams, `team`. Rows without a day are left out; other columns are not read, so a side file will do.

    Returns:
        The day on which each person joined, by team and person; under "" for rows without a team.

    Raises:
        IngestError: the file can't be read, lacks a column, or has days that are no dates; all bad rows are named together.
    """
    try:
        rows = read_rows(Source.of_path(path))
    except OSError as error:
        raise IngestError(f"the list of people can't be read: {error.strerror}", path=path) from None
    columns = {key for row in rows for key in row}
    who = next((name for name in PERSON_COLUMNS if name in columns), None)
    if who is None or "joined_on" not in columns:
        there = ", ".join(name for name in (*PERSON_COLUMNS, "team", "joined_on") if name in columns) or "neither"
        problem = f"the list of people has {there} in its header; expected person and joined_on"
        raise IngestError(problem, path=path, line=1)
    found: defaultdict[str, dict[str, date]] = defaultdict(dict)
    faults = []
    for place, row in enumerate(rows, start=2):
        person, team, text = (clean_name(as_text(row.get(key))) for key in (who, "team", "joined_on"))
        joined = parse_date(text)
        if text and joined is None:
            faults.append(f"row {place}")
        elif person and joined is not None:
            found[team][person] = joined
    if faults:
        more = f" and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
        raise IngestError(f"joined_on is no date in {', '.join(faults[:SHOWN])}{more}; expected dates such as 2026-06-01", path=path)
    return found
