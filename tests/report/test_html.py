from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from cs_nlp.records import About, Advice, Coaching, Evidence, Findings, Interval, NewcomerWeek, NoSpeed, Withheld
from cs_nlp.report import render_report
from cs_nlp.report.words import MINUS
from cs_nlp.taxonomy import SIGNAL_CULTURES, load_taxonomy
from tests.report.findings import beliefs, change_points, driver_rows, effects, newcomer_weeks
from tests.report.samples import mix, quote, whole_team, withheld

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> {{ 7 * 7 }} \u2028 & \"'"


@pytest.fixture(scope="module")
def page() -> str:
    signals = [*whole_team("north"), *whole_team(HOSTILE), *whole_team("plainly", method="plain: no trust")]
    quotes = (quote("they never listen"), quote(HOSTILE, "submissive"), quote("hello", "none"))
    hostile = [replace(effect, intervention=replace(effect.intervention, title=HOSTILE)) for effect in effects()]
    findings = {
        "north": Findings(
            "north",
            quotes=quotes,
            changes=change_points(),
            drivers=tuple(driver_rows()),
            newcomers=newcomer_weeks(),
            effects=tuple(hostile),
            beliefs=beliefs(HOSTILE),
        )
    }
    return render_report(signals, findings, title=HOSTILE, model_name=HOSTILE, truth=whole_team("north"), notes=[HOSTILE])


def _scripts(page: str) -> list[tuple[str, str]]:
    return re.findall(r"<script([^>]*)>(.*?)</script>", page, flags=re.DOTALL)


class _Tags(HTMLParser):
    """Every tag of a page with its attributes, as a browser would see them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_page_asks_the_network_for_nothing(page: str) -> None:
    tags = _Tags(page).found
    links = [value for _, attributes in tags for name, value in attributes.items() if name in {"src", "href", "action", "data", "srcset"}]
    assert links
    assert all(link is not None and link.startswith("#") for link in links)
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    assert "default-src 'none'" in page


def test_charts_script_is_inside_once_and_runs_by_its_hash_alone(page: str) -> None:
    running = [text for attributes, text in _scripts(page) if "application/json" not in attributes]
    assert len(running) == 2
    assert sum(len(text) > 500_000 for text in running) == 1
    policy = re.search(r"script-src ([^\"]*)\"", page)
    assert policy is not None
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in running]
    assert policy.group(1).split() == hashes


def test_hostile_words_stay_words(page: str) -> None:
    tags = _Tags(page).found
    assert not {"img", "iframe", "object", "embed", "link", "base", "form"} & {tag for tag, _ in tags}
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
    assert not [text for _, text in _scripts(page) if text.startswith("alert")]
    assert page.count("&lt;script&gt;alert(1)") >= 5  # title, heading, note, team, quote
    assert "{{ 7 * 7 }}" in page


def test_each_team_has_a_headline_charts_a_table_and_its_quotes(page: str) -> None:
    section = page.partition('<section id="team-2">')[2].partition("</section>")[0]
    assert "<h2>north</h2>" in section
    assert "Aggressive is the most common culture" in section
    assert section.count('<figure class="chart"') == 1 + len(SIGNAL_CULTURES) + 4  # drivers, beliefs, newcomers and an effect
    assert "<li>they never listen</li>" in section
    assert "<li>hello</li>" not in section
    assert "410\N{NO-BREAK SPACE}statements, 50\N{NO-BREAK SPACE}transcripts, 8\N{NO-BREAK SPACE}people" in section


def test_withheld_and_empty_weeks_say_so_and_show_no_number(page: str) -> None:
    rows = re.findall(r"<tr class=\"silent\">(.*?)</tr>", page, flags=re.DOTALL)
    assert any("week of 8 June 2026" in row and "withheld" in row for row in rows)
    assert any("week of 15 June 2026" in row and "no data" in row for row in rows)
    assert not any("%" in row.replace('colspan="5"', "") for row in rows)


def test_plain_counts_and_true_values_stand_beside_the_estimates(page: str) -> None:
    assert "counted: 25\N{NO-BREAK SPACE}%" in page
    assert "true: 50\N{NO-BREAK SPACE}%" in page


def test_page_explains_the_cultures_the_method_and_a_missing_correction(page: str) -> None:
    how = page.partition('<section id="how">')[2]
    for culture in SIGNAL_CULTURES:
        assert load_taxonomy().cultures[culture].title in how
    assert "a probabilistic adjusted count" in how
    assert "<strong>not corrected</strong> for its errors (no trust)" in how
    assert "nothing about any one person" in how


def test_no_speaker_is_named(page: str) -> None:
    assert "Ann Speaker" not in page
    assert "call-7" not in page


def test_a_withheld_team_has_its_reason_and_neither_numbers_nor_quotes() -> None:
    signals = withheld(whole_team(), Withheld.SMALL_GROUP)
    section = render_report(
        signals, {"north": Findings("north", quotes=(quote("they never listen"),))}, title="T", model_name="m"
    ).partition('id="team-1"')[2]
    section = section.partition("</section>")[0]
    assert "too few people or transcripts" in section
    assert "they never listen" not in section
    assert "<table>" not in section
    assert "%" not in section


def test_a_team_without_dates_has_a_profile_but_no_series() -> None:
    signals = [replace(signal, start=None, end=None) for signal in whole_team() if signal.by == "all"]
    page = render_report(signals, {}, title="T", model_name="m")
    assert page.count('<figure class="chart"') == 1
    assert "none of this team's transcripts has a date" in page


def test_a_mix_of_nothing_is_told_in_words() -> None:
    signals = [*withheld(mix(), Withheld.NO_DATA), *withheld(mix(week=0), Withheld.NO_DATA)]
    rate = replace(mix()[0], measure="signal_rate", label="", value=0.0)
    assert "No statement shows a culture" in render_report([*signals, rate], {}, title="T", model_name="m")


def test_doubtful_corrections_and_uncalibrated_teams_are_explained() -> None:
    doubtful = whole_team("doubtful", method="plain, widened: these are unlike those")
    unknown = [replace(signal, method="none: unlike") for signal in withheld(whole_team("unknown"), Withheld.NOT_CALIBRATED)]
    page = render_report([*doubtful, *unknown], {}, title="T", model_name="m")
    assert "wide enough to hold what the correction would have given" in page
    assert "Nothing is shown: the classifier is much less sure" in page
    assert "errs in ways that are not known" in page


def test_no_signals_make_a_page_that_says_so() -> None:
    assert "nothing to show" in render_report([], {}, title="T", model_name="m")


def test_the_same_signals_make_the_same_page() -> None:
    pages = {render_report(whole_team(), {}, title="T", model_name="m") for _ in range(2)}
    assert len(pages) == 1


def _text(findings: Findings) -> str:
    page = render_report(whole_team(), {"north": findings}, title="T", model_name="m")
    section = page.partition('id="team-1"')[2].partition("</section>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<script.*?</script>|<[^>]+>", " ", section, flags=re.DOTALL))


def test_changes_are_told_with_the_days_between_which_they_lie_or_with_what_would_have_been_found() -> None:
    changes = change_points()
    told = _text(Findings("north", changes=changes))
    assert "From about 8 June 2026 on (1 June 2026 at the earliest, 15 June 2026 at the latest) the team speaks differently" in told
    steady = _text(Findings("north", changes=replace(changes, points=())))
    assert "No lasting change was found in 4 weeks" in steady
    assert "20 points or more" in steady
    silent = _text(Findings("north", changes=replace(changes, points=(), withheld=Withheld.SMALL_GROUP)))
    assert "Whether something changed: withheld" in silent


def test_advice_stands_with_what_called_for_it_and_what_is_open_is_said() -> None:
    figure = Evidence("net evidence", -6.0, -8.0, -4.0, "per 100 statements", 0.95, None, None, 500, 60, 8, "counted")
    advice = Advice(About.DRIVER, "voice", "Voice", "Nobody listens.", "Ideas are used.", ("Ask twice.",), ("Promise nothing.",), (figure,))
    text = _text(Findings("north", coaching=Coaching("north", (advice,), ("No culture stands out.",))))
    assert "Voice Nobody listens. To build in its place: Ideas are used. Ask twice. What makes it worse: Promise nothing." in text
    assert f"net evidence: {MINUS}6.0 ({MINUS}8.0 to {MINUS}4.0) per 100 statements, from 500 statements" in text
    assert "No culture stands out." in text


def test_a_sure_effect_is_told_apart_from_chance_and_from_what_can_not_be_told() -> None:
    text = _text(Findings("north", effects=tuple(effects())))
    assert (
        f"Aggressive: 20 points down against the other teams ({MINUS}30 to {MINUS}10); in the team itself 40 % before, 20 % after. "
        "That is more than chance explains."
    ) in text
    assert (
        f"Passive-aggressive: 5 points down against the other teams ({MINUS}15 to +5). That may be chance: only an effect of 12 points"
    ) in text
    flat = _text(Findings("north", effects=(replace(effects()[1], value=0.001, interval=Interval(-0.1, 0.1)),)))
    assert f"Passive-aggressive: no change against the other teams ({MINUS}10 to +10)." in flat
    assert "What came of it can&#39;t be told." in text


def test_how_fast_newcomers_become_like_the_team_is_told_or_why_not() -> None:
    newcomers = newcomer_weeks()
    assert "half of their distance to the team in 2.5 weeks (1.5 to 4.0)" in _text(Findings("north", newcomers=newcomers))
    slow = replace(newcomers, half_life=None, half_life_low=None, half_life_high=None, no_speed=NoSpeed.NO_DIFFERENCE)
    assert "did not speak differently" in _text(Findings("north", newcomers=slow))
    hidden = tuple(NewcomerWeek(week, None, None, None, None, None, None, None, Withheld.SMALL_GROUP) for week in range(3))
    few = replace(slow, no_speed=NoSpeed.TOO_FEW_WEEKS, weeks=hidden)
    assert "to speak of groups and not of persons" in _text(Findings("north", newcomers=few))
    assert "in too few weeks" in _text(Findings("north", newcomers=replace(few, weeks=newcomers.weeks)))


def test_beliefs_stand_with_their_figures_and_how_others_say_them() -> None:
    text = _text(Findings("north", beliefs=beliefs()))
    assert "What several people say" in text
    assert "customers never listen Aggressive, about customers; heard from 7 people in 12 transcripts: 12 % (7 to 19 %) of what" in text
    assert "heard less and less: 20 % at first, 4 % at last." in text
    assert "How others say it deaf as posts the lot of them" in text
    assert "Submissive, about the company around the team (not quoted)" in text


def test_where_nothing_comes_back_or_a_team_is_small_beliefs_say_so_or_nothing() -> None:
    assert "No sentence comes back" in _text(Findings("north", beliefs=replace(beliefs(), beliefs=())))
    small = replace(beliefs(), beliefs=(), withheld=Withheld.SMALL_GROUP)
    mixed = replace(beliefs(), beliefs=(), withheld=Withheld.MIXED_MODELS)
    for found in (small, mixed, None):
        assert "What several people say" not in _text(Findings("north", beliefs=found))
