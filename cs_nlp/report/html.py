"""The report: one HTML file that opens offline, with the charts' script inside, once.

What came from transcripts is hostile until escaped: the template escapes all of it, charts get it as JSON that can't end a
script element, and a content policy lets the page run only the two scripts written here and load nothing from anywhere.
"""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import altair as alt
import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined

from cs_nlp.records import Findings, Withheld
from cs_nlp.report import charts, words
from cs_nlp.report.findings import Sections, sections_of
from cs_nlp.taxonomy import CULTURES, SIGNAL_CULTURES, load_taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cs_nlp.records import Changes, ScoredStatement, Signal


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    counted: str = ""
    true: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    period: str
    basis: str
    is_whole: bool
    cells: tuple[_Cell, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class _Quotes:
    culture: str
    title: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TeamSection:
    """What the templates show of a team's signals and findings."""

    name: str
    headline: str
    meaning: str
    rate: str
    certainty: str
    movement: str
    hint: str
    has_withheld: bool
    has_gaps: bool
    whole: _Row
    mix: tuple[_Row, ...]
    prevalence: tuple[_Row, ...]
    profile: dict[str, Any] | None
    panels: tuple[dict[str, Any], ...]
    quotes: tuple[_Quotes, ...]
    found: Sections


def render_report(  # noqa: PLR0913 - most of them can be left out
    signals: Sequence[Signal],
    findings: Mapping[str, Findings],
    *,
    title: str,
    model_name: str,
    truth: Sequence[Signal] = (),
    notes: Sequence[str] = (),
    script: str | None = None,
) -> str:
    """The report on some teams as a self-contained HTML page.

    Args:
        signals: of one or several teams: over the whole time, and by day, week or month.
        findings: what else was found, by team.
        title: of the page.
        model_name: the classifier that scored the statements.
        truth: the true values of the same signals, where they are known, as in sample data.
        notes: further sentences on how the data were read, e.g. what was left out.
        script: from `chart_script`, where it is at hand: making it takes 150 MB that stay.

    Returns:
        The page's HTML.
    """
    by_team: defaultdict[str, list[Signal]] = defaultdict(list)
    for signal in signals:
        by_team[signal.team].append(signal)
    known = [signal for signal in signals if signal.interval is not None]
    return _page(
        title=title,
        teams=[
            team_section(own, [signal for signal in truth if signal.team == name], findings.get(name) or Findings(name))
            for name, own in sorted(by_team.items())
        ],
        model_name=model_name,
        notes=notes,
        has_truth=bool(truth),
        example=next((words.between(signal) for signal in known if signal.measure == "mix"), "42 % (33 to 51 %)"),
        methods=sorted({signal.method for signal in signals}),
        level=words.share(next((signal.interval.level for signal in known if signal.interval), 0.95)),
        scripts=(script or chart_script(), _asset("charts.js")),
    )


def _page(scripts: tuple[str, ...], **facts: object) -> str:
    """The template filled with facts, and with what is the same on every page."""
    environment = Environment(
        loader=PackageLoader("cs_nlp.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    return environment.get_template("report.html").render(
        **facts,
        taxonomy=load_taxonomy(),
        signal_cultures=SIGNAL_CULTURES,
        mix_names=[words.title_of(culture) for culture in SIGNAL_CULTURES],
        all_names=[words.title_of(culture) for culture in CULTURES],
        palette=charts.PALETTE,
        style=_asset("style.css"),
        scripts=scripts,
        script_policy=" ".join(f"'sha256-{value}'" for value in hashes),
    )


Truth = dict[tuple[str, Any, str, str], float | None]


def team_section(signals: Sequence[Signal], truth: Sequence[Signal], found: Findings) -> TeamSection:
    """What the templates show of one team.

    Args:
        signals: of the team, over the whole time and by day, week or month; at least one.
        truth: the true values of the same signals, where they are known.
        found: what else was found.
    """
    true = {(signal.by, signal.start, signal.measure, signal.label): signal.value for signal in truth}
    whole = [signal for signal in signals if signal.by == "all"]
    mix = words.ordered([signal for signal in whole if signal.measure == "mix"])
    buckets = [signal for signal in signals if signal.by != "all"]
    rate = next((signal for signal in whole if signal.measure == "signal_rate"), None)
    leading = words.leader(mix)
    return TeamSection(
        name=signals[0].team or "Team without a name",
        headline=words.headline(mix),
        meaning=load_taxonomy().cultures[leading[0].label].summary if leading and leading[1] else "",
        rate="" if rate is None or rate.value is None else words.between(rate),
        certainty=words.certainty(mix),
        movement=words.movement(buckets, leading[0].label) if leading else "",
        hint=words.hint(buckets, leading[0].label) if leading else "",
        has_withheld=any(signal.withheld not in {None, Withheld.NO_DATA} for signal in buckets),
        has_gaps=any(signal.withheld is Withheld.NO_DATA for signal in buckets),
        whole=_rows(whole, ("mix", "signal_rate"), true)[0],
        mix=_rows(buckets, ("mix", "signal_rate"), true),
        prevalence=_rows(signals, ("prevalence",), true),
        profile=charts.profile(whole, truth).to_dict(validate=False) if leading else None,
        panels=_panels(buckets, truth, found.changes) if leading else (),
        quotes=_quotes(found.quotes) if leading else (),
        found=sections_of(found),
    )


def _panels(buckets: Sequence[Signal], truth: Sequence[Signal], changes: Changes | None) -> tuple[dict[str, Any], ...]:
    if not buckets:
        return ()
    return tuple(charts.mix_panel(buckets, culture, truth, changes).to_dict(validate=False) for culture in SIGNAL_CULTURES)


def _rows(signals: Iterable[Signal], measures: tuple[str, ...], true: Truth) -> tuple[_Row, ...]:
    by_period: defaultdict[tuple[Any, ...], list[Signal]] = defaultdict(list)
    for signal in signals:
        if signal.measure in measures:
            by_period[signal.by != "all", signal.start].append(signal)
    return tuple(_row(group, true) for group in by_period.values())


def _row(signals: Sequence[Signal], true: Truth) -> _Row:
    first = signals[0]
    order = {label: place for place, label in enumerate((*CULTURES, ""))}
    cells = []
    for signal in sorted(signals, key=lambda signal: order[signal.label]):
        known = true.get((signal.by, signal.start, signal.measure, signal.label))
        counted = words.share(signal.plain) if signal.plain is not None and not signal.method.startswith("plain") else ""
        cells.append(_Cell(words.between(signal), counted, "" if known is None else words.share(known)))
    silent = all(signal.value is None for signal in signals)
    return _Row(
        words.period_name(first),
        words.basis(first),
        first.by == "all",
        tuple(cells),
        words.REASONS[first.withheld] if silent and first.withheld else "",
    )


def _quotes(statements: Iterable[ScoredStatement]) -> tuple[_Quotes, ...]:
    by_culture: defaultdict[str, list[str]] = defaultdict(list)
    for scored in statements:
        by_culture[scored.score.culture].append(scored.statement.text)
    titles = load_taxonomy().cultures
    return tuple(_Quotes(name, titles[name].title, tuple(by_culture[name])) for name in SIGNAL_CULTURES if by_culture[name])


@cache
def chart_script() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script."""
    version = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=version))


def _asset(name: str) -> str:
    return files("cs_nlp.report").joinpath("templates", name).read_text(encoding="utf-8")
