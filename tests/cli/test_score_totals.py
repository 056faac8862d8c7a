"""`cs-nlp score` adds up what teams said, and never what one person said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_read import run


@pytest.mark.parametrize(("agents", "is_told"), [(1, False), (4, False), (5, True)])
def test_totals_are_told_of_no_small_group(tmp_path: Path, agents: int, is_told: bool) -> None:
    lines = ["conversation_id,role,speaker,text"]
    lines += [f'c{n},agent,Agent Name{n % agents},"Customers never listen, all of them are stupid."' for n in range(10)]
    (tmp_path / "calls.csv").write_text("\n".join(lines) + "\n")
    printed, _, _ = run("score", tmp_path / "calls.csv")
    row = next(line for line in printed.splitlines() if "(no team)" in line)
    assert [cell.strip() for cell in row.strip("│").split("│")][1:3] == ["10", "10"]
    assert ("-" in [cell.strip() for cell in row.split("│")]) is not is_told
    assert ("too few people or transcripts" in printed) is not is_told
