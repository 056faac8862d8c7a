"""`cs-nlp signals --html` on what is stored: what is known beside the transcripts stands in it, and words only where they were kept."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from typer.testing import CliRunner

from cs_nlp.cli import app
from cs_nlp.records import Intervention
from cs_nlp.store import add_intervention, find_organisation, open_store

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"


def _env(folder: Path, keep: str) -> dict[str, str]:
    return {"CS_NLP_DATABASE": str(folder / "cs_nlp.db"), "CS_NLP_SECRET": "of enough bytes, and of nobody", "CS_NLP_KEEP_TEXT": keep}


def _run(env: Mapping[str, str], *arguments: object) -> str:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], env=dict(env))
    assert done.exit_code == 0, f"{done.output}\n{done.exception!r}"
    return done.stdout


def _report(env: Mapping[str, str], path: Path, *arguments: str) -> str:
    _run(env, "signals", "--html", path, *arguments)
    bare = re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]+>", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(bare))


def test_joining_days_and_interventions_that_are_stored_stand_in_the_report(tmp_path: Path) -> None:
    env = _env(tmp_path, "none")
    _run(env, "ingest", SAMPLES / "north-broadband", SAMPLES / "alder-health", "--tz", "Europe/London")
    with open_store(env["CS_NLP_DATABASE"]) as store, store.writing() as db:
        done = Intervention("north-broadband", date(2026, 7, 20), "coaching starts")
        add_intervention(db, find_organisation(db, "default"), done)
    text = _report(env, tmp_path / "all.html")
    assert "What came of: coaching starts, 20 July 2026" in text
    assert re.search(r"Assertive, customer-focused: (\d+ points? (up|down)|no change) against the other teams", text)
    assert "to speak of groups and not of persons" in text
    # No words were kept, so nobody is quoted, and nothing is said about what several people say.
    assert "How others say it" not in text
    assert "No sentence comes back" not in text
    assert "In the team's own words" not in text
    # Without the other teams there is nothing to hold the change against.
    assert "What came of: coaching starts" not in _report(env, tmp_path / "one.html", "--team", "north-broadband")


def test_kept_words_are_quoted_as_they_were_redacted_and_no_speaker_is_named(tmp_path: Path) -> None:
    env = _env(tmp_path, "signals")
    _run(env, "ingest", SAMPLES / "harbour-bank", "--tz", "America/New_York")
    text = _report(env, tmp_path / "bank.html")
    assert "What several people say" in text
    assert "How others say it" in text
    assert "In the team's own words" in text
    named = ("Denise", "Marcus", "Tricia", "Liezl", "Jhun")
    assert [name for name in named if re.search(rf"\b{name}\b", text)] == []
