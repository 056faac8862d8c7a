"""The report on real transcripts: what is quoted, what is left out where something is not installed, and what is known beside."""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cs_nlp.errors import InputError
from cs_nlp.ingest import read_files
from cs_nlp.pipeline import Reading, report_page, score_transcripts, signals_of
from cs_nlp.pipeline.effects import effects_of
from cs_nlp.pipeline.findings import Known, findings_of
from cs_nlp.records import Intervention, ScoredTranscript
from cs_nlp.scoring import Classifier, load_classifier

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
TEAMS = ("alder-health", "harbour-bank", "north-broadband")
MONTHS = Reading(by="month")
COACHING = Intervention("north-broadband", date(2026, 7, 13), "coaching starts")


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return load_classifier("culture-en-small")


@pytest.fixture(scope="module")
def scored(classifier: Classifier) -> list[ScoredTranscript]:
    """The transcripts of three sample teams."""
    readings = read_files([SAMPLES / team for team in TEAMS])
    return list(score_transcripts((transcript for reading in readings for transcript in reading), classifier))


def _of(scored: Sequence[ScoredTranscript], team: str) -> list[ScoredTranscript]:
    return [one for one in scored if one.totals.team == team]


def _page(scored: Sequence[ScoredTranscript], classifier: Classifier, known: Known | None = None) -> str:
    signals = signals_of(scored, classifier.artefact, MONTHS)
    return report_page(scored, signals, classifier.artefact, MONTHS, classifier=classifier, known=known or Known())


def _text(page: str) -> str:
    bare = re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(bare))


def test_a_report_tells_what_several_people_say_and_names_none_of_the_staff(scored: list[ScoredTranscript], classifier: Classifier) -> None:
    own = _of(scored, "harbour-bank")
    page = _page(own, classifier)
    text = _text(page)
    assert "What several people say" in text
    assert "How others say it" in text
    names = {name for one in own for name in one.totals.people if not name.endswith(one.totals.transcript_id)}
    assert len(names) >= 10
    assert [name for name in names if re.search(rf"\b{re.escape(name)}\b", page, re.IGNORECASE)] == []


def test_the_names_of_customers_are_redacted_wherever_they_are_said(scored: list[ScoredTranscript], classifier: Classifier) -> None:
    own = []
    for one in _of(scored, "harbour-bank"):
        turns = tuple(replace(turn, speaker="Corentin Vasquelle") if turn.role == "customer" else turn for turn in one.transcript.turns)
        said = tuple(
            replace(each, statement=replace(each.statement, text=f"{each.statement.text} corentin says vasquelle never listens"))
            for each in one.statements
        )
        own.append(replace(one, transcript=replace(one.transcript, turns=turns), statements=said))
    page = _page(own, classifier).casefold()
    assert "[name_1]" in page
    assert "corentin" not in page
    assert "vasquelle" not in page


def test_without_redaction_nothing_is_quoted_and_the_page_says_so(
    scored: list[ScoredTranscript], classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "presidio_analyzer", None)  # as Python finds it where it is not installed
    own = _of(scored, "harbour-bank")
    page = _page(own, classifier)
    text = _text(page)
    assert "Nothing is quoted: redaction needs" in text
    assert "(not quoted)" in text
    assert "In the team's own words" not in text
    said = {one.statement.text for each in own for one in each.statements if len(one.statement.text) > 30}
    assert [words for words in said if words in html.unescape(page)] == []


def test_a_model_without_sentence_vectors_leaves_beliefs_out(scored: list[ScoredTranscript], tiny_baseline: Path) -> None:
    words_only = load_classifier(str(tiny_baseline))
    own = list(score_transcripts((one.transcript for one in _of(scored, "harbour-bank")), words_only))
    text = _text(_page(own, words_only))
    assert "What several people say is left out: " in text
    assert "How others say it" not in text


def test_what_came_of_interventions_is_measured_against_teams_where_nothing_was_done(
    scored: list[ScoredTranscript], classifier: Classifier
) -> None:
    weeks = Reading(by="week")
    both = [COACHING, replace(COACHING, team="harbour-bank", on=date(2026, 7, 20))]
    found = effects_of(scored, classifier.artefact, weeks, both)
    assert found.keys() == {"north-broadband", "harbour-bank"}
    for own in found.values():
        assert [effect.label for effect in own] == ["aggressive", "passive_aggressive", "submissive", "assertive"]
        assert all(effect.others == ("alder-health",) for effect in own)
        assert all(effect.value is not None and effect.detectable is not None and effect.more_periods is None for effect in own)
    assert effects_of(scored, classifier.artefact, Reading(by="day"), both) == {}
    with pytest.raises(InputError, match="no transcripts of the team 'elsewhere'"):
        effects_of(scored, classifier.artefact, weeks, [replace(COACHING, team="elsewhere")])


def test_an_intervention_of_which_nothing_can_be_told_says_what_is_needed(scored: list[ScoredTranscript], classifier: Classifier) -> None:
    text = _text(_page(_of(scored, "north-broadband"), classifier, Known(interventions=[COACHING])))
    assert "What came of: coaching starts, 13 July 2026" in text
    assert "What came of it can't be told." in text


def test_newcomers_stand_where_joining_days_are_known(scored: list[ScoredTranscript], classifier: Classifier) -> None:
    own = _of(scored, "north-broadband")
    signals = signals_of(own, classifier.artefact, MONTHS)
    assert findings_of(own, signals, classifier.artefact, MONTHS)["north-broadband"].newcomers is not None
    unknown = [replace(one, transcript=replace(one.transcript, joined_on=None)) for one in own]
    assert findings_of(unknown, signals, classifier.artefact, MONTHS)["north-broadband"].newcomers is None
    listed = Known(joined={"north-broadband": {"Dean": date(2023, 10, 16)}})
    assert findings_of(unknown, signals, classifier.artefact, MONTHS, listed)["north-broadband"].newcomers is not None
