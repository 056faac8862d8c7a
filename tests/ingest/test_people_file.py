from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cs_nlp.errors import IngestError
from cs_nlp.ingest.people_file import read_people_file


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_days_come_by_team_and_person_and_rows_without_a_day_are_left_out(tmp_path: Path) -> None:
    path = _file(tmp_path, "Person;Team;Joined on\nIda Berg;North;2025-02-03\nIda Berg;South;2026-01-05\nPer;North;\n;North;2026-01-05\n")
    assert read_people_file(path) == {"North": {"Ida Berg": date(2025, 2, 3)}, "South": {"Ida Berg": date(2026, 1, 5)}}


def test_a_list_without_teams_and_a_side_file_will_do(tmp_path: Path) -> None:
    assert read_people_file(_file(tmp_path, "name,joined_on\nPer,2026-01-05\n")) == {"": {"Per": date(2026, 1, 5)}}
    side = "transcript,agent,team,joined_on\na,Per,North,2026-01-05\nb,Per,North,2026-01-05\n"
    assert read_people_file(_file(tmp_path, side)) == {"North": {"Per": date(2026, 1, 5)}}


def test_json_is_read_too(tmp_path: Path) -> None:
    assert read_people_file(_file(tmp_path, '[{"agent": "Per", "joined_on": "2026-01-05"}]')) == {"": {"Per": date(2026, 1, 5)}}


def test_all_days_that_are_none_are_named_together(tmp_path: Path) -> None:
    path = _file(tmp_path, "person,joined_on\nPer,soon\nIda,2026-01-05\nAnn,05/01/2026\n")
    with pytest.raises(IngestError, match=r"joined_on is no date in row 2, row 4; expected dates such as"):
        read_people_file(path)


@pytest.mark.parametrize("text", ["person,team\nPer,North\n", "joined_on\n2026-01-05\n", ""])
def test_a_list_without_people_or_days_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(IngestError, match="expected person and joined_on"):
        read_people_file(_file(tmp_path, text))


def test_people_in_a_list_without_a_header_stand_in_no_message(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="has neither in its header") as caught:
        read_people_file(_file(tmp_path, "Zbyszko Brzoza,2026-01-05\nIda Berg,2026-01-05\n"))
    assert "brzoza" not in str(caught.value).casefold()


def test_a_list_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="the list of people can't be read"):
        read_people_file(tmp_path / "nobody.csv")
