"""The tables of docs/study.md, and what README.md says of them."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from cs_nlp.signals.methods import UNLIKE
from tools.study_coverage import LADDER, TRANSCRIPTS, WORLDS, Held
from tools.study_errors import Errors, Spread
from tools.study_methods import COUNTING, DEFAULT, QUAPY
from tools.study_settings import HELD_OUT, ORDINARY, REAL

LARGEST_RATIO: Final = {200: 0.45, 1000: 0.35}
AIM: Final = 0.03
NONE: Final = "-"
WIDTH: Final = 140
SAME_AS_QUAPYS: Final = {"ACC", "PACC", "EMQ"}
COVERED: Final = (0.93, 0.97)
TITLES: Final = {
    (REAL, "even"): "Any prevalence",
    (REAL, "realistic"): "10 to 50 % carry a culture",
    (REAL, "nine in ten"): "Nine in ten carry none",
    (REAL, "as they are"): "As they are",
    (ORDINARY, "as they are"): "As they are, only what was drawn without looking (`random`)",
}


@dataclass(frozen=True)
class Study:
    """All that was found.

    Attributes:
        errors: in the settings of the protocol, then under shift; coverage: of the intervals.
        drivers: mean absolute error of the net per 100 statements, by conversations and by way of adding up.
        draws: samples in each setting of the protocol; runs: groups in each cell of coverage.
    """

    errors: tuple[Errors, ...]
    coverage: tuple[Held, ...]
    drivers: Mapping[int, Mapping[str, float]]
    draws: int
    runs: int

    def of(self, judged: str, targets: str) -> list[Errors]:
        """The settings of the protocol that have this, by size."""
        return [each for each in self.errors if (each.setting.judged, each.setting.targets) == (judged, targets)]

    @property
    def shifts(self) -> list[Errors]:
        """The settings under shift."""
        return [each for each in self.errors if each.setting.targets == "around"]


def tables(found: Study) -> str:
    """All tables."""
    parts = ["### What was asked, and what is reached", _asked(found)]
    for (judged, targets), title in TITLES.items():
        if settings := found.of(judged, targets):
            parts += [f"### {title}", _by_method(settings)]
    parts += ["### The culture mix", _mixes(found), "### Under shift", _shifts(found.shifts)]
    for transcripts in TRANSCRIPTS:
        cells = sorted((each for each in found.coverage if each.transcripts == transcripts), key=lambda each: WORLDS.index(each.world))
        parts += [f"### Intervals of {transcripts} transcripts", _coverage(cells)]
    parts += ["### Drivers", _drivers(found.drivers)]
    return "\n\n".join(part.strip() for part in parts)


def readme_part(found: Study) -> str:
    """What README.md says: the figures that matter most, and the picture."""
    few, many = (next(each for each in found.of(REAL, "even") if each.setting.n == n) for n in LARGEST_RATIO)
    cells = [held for each in found.coverage for held in each.by_share]
    errors = (
        f"On {REAL} with whole conversations resampled to any prevalence, the corrected share of a culture is off by "
        f"{few.error(DEFAULT).mean:.3f} on average at {few.setting.n} statements and {many.error(DEFAULT).mean:.3f} at "
        f"{many.setting.n:,} (counted labels: {few.error(COUNTING).mean:.3f} and {many.error(COUNTING).mean:.3f}; the best of QuaPy's "
        f"methods: {few.error(few.best_of_quapy).mean:.3f} and {many.error(many.best_of_quapy).mean:.3f})."
    )
    intervals = (
        f"95 % intervals hold the true share in {100 * sum(cells) / len(cells):.0f} % of cases, from 20 to 500 transcripts and from 0.5 to "
        "60 %, in simulation and on real text."
    )
    more = (
        "[docs/study.md](docs/study.md) has the protocol, all tables, and where it fails: text unlike all that the model learnt its errors "
        "from. `make study` runs it anew."
    )
    image = "![Mean error by method and number of statements; coverage of the intervals by true share](docs/study.svg)"
    return f"{textwrap.fill(f'{errors} {intervals} {more}', WIDTH, break_on_hyphens=False)}\n\n{image}"


def _asked(found: Study) -> str:
    rows = []
    for each in found.of(REAL, "even"):
        n = each.setting.n
        if n not in LARGEST_RATIO:
            continue
        ratio, error = each.ratio(DEFAULT), each.error(DEFAULT)
        rows.append(
            (
                f"error over that of CC, {n:,} statements",
                f"at most {LARGEST_RATIO[n]}",
                _span(ratio, 2),
                _yes(ratio.mean <= LARGEST_RATIO[n]),
            )
        )
        rows.append((f"error, {n:,} statements", f"aim: below {AIM}", _span(error), _yes(error.mean < AIM)))
    for each in found.errors:
        if each.setting.targets == "around" or each.setting.learnt != HELD_OUT or each.setting.n not in LARGEST_RATIO:
            continue
        ahead = each.ahead
        what = f"QuaPy's best less ours: {TITLES[each.setting.judged, each.setting.targets].lower()}, {each.setting.n:,}"
        verdict = "yes" if ahead.mean >= 0 else "no" if ahead.high < 0 else "no, within chance"
        rows.append((what, "0 or more", f"{_span(ahead)} ({each.best_of_quapy.removeprefix(QUAPY)})", verdict))
    for transcripts in TRANSCRIPTS:
        cells = [share for each in found.coverage if each.transcripts == transcripts for share in each.by_share]
        good = sum(COVERED[0] <= share <= COVERED[1] for share in cells)
        mean = sum(cells) / len(cells)
        rows.append(
            (
                f"intervals that hold, {transcripts} transcripts",
                "93 to 97 %",
                f"{100 * mean:.1f} % on average; {good} of {len(cells)} cells within, {100 * min(cells):.0f} to {100 * max(cells):.0f} %",
                "yes" if good == len(cells) else "on average" if COVERED[0] <= mean <= COVERED[1] else "no",
            )
        )
        by_share = np.mean([each.by_share for each in found.coverage if each.transcripts == transcripts], axis=0)
        told = ", ".join(f"{100 * share:.1f}" for share in by_share)
        held = all(COVERED[0] <= round(share, 3) <= COVERED[1] for share in by_share)
        rows.append(("- by share, 0.5 to 60 %, mean of the worlds", "93 to 97 %", f"{told} %", "yes" if held else "no"))
    return _table(("", "asked", "found", ""), rows)


def _by_method(settings: Sequence[Errors]) -> str:
    names = sorted(set(settings[0].shares) - SAME_AS_QUAPYS, key=lambda name: settings[-1].error(name).mean)
    rows = [
        (f"**{name}**" if name == DEFAULT else name, *(f"{_span(each.error(name))}; {each.ratio(name).mean:.2f}" for each in settings))
        for name in names
    ]
    return _table(("method", *(f"{each.setting.n:,} statements" for each in settings)), rows)


def _mixes(found: Study) -> str:
    rows = []
    for (judged, targets), title in TITLES.items():
        for each in found.of(judged, targets):
            best = min((name for name in each.mixes if name.startswith(QUAPY)), key=lambda name: each.error(name, of_mix=True).mean)
            own, plain, other = (each.error(name, of_mix=True) for name in (DEFAULT, COUNTING, best))
            rows.append((title, f"{each.setting.n:,}", _span(own), _span(plain), f"{_span(other)} ({best.removeprefix(QUAPY)})"))
    return _table(("samples", "statements", DEFAULT, COUNTING, "QuaPy's best"), rows)


def _shifts(settings: Sequence[Errors]) -> str:
    rows = []
    for each in settings:
        quapy = (
            f"{each.error(each.best_of_quapy).mean:.3f} ({each.best_of_quapy.removeprefix(QUAPY)})"
            if f"{QUAPY}PACC" in each.shares
            else NONE
        )
        total = sum(each.said.values())
        said = "; ".join(
            f"{name.removesuffix(f': {UNLIKE}')}: {100 * count / total:.0f} %"
            for name, count in sorted(each.said.items(), key=lambda item: -item[1])
        )
        rows.append(
            (
                each.setting.learnt,
                each.setting.judged,
                f"{each.error(COUNTING).mean:.3f}",
                f"{each.error('PACC').mean:.3f}",
                quapy,
                f"{each.error(DEFAULT).mean:.3f}",
                NONE if math.isnan(each.held) else f"{100 * each.held:.0f} %",
                said,
            )
        )
    return _table(("learnt on", "applied to", COUNTING, "PACC", "QuaPy's best", DEFAULT, "intervals hold", "says"), rows)


def _coverage(cells: Sequence[Held]) -> str:
    head = ("", *(f"{100 * share:g} %" for share in LADDER), "mix", "rate", "all")
    rows = [
        (
            each.world,
            *(f"{100 * held:.0f} ({100 * wide:.0f})" for held, wide in zip(each.by_share, each.width, strict=True)),
            *(f"{100 * held:.0f}" for held in (each.mix, each.rate)),
            f"{100 * each.all:.1f}",
        )
        for each in cells
    ]
    return _table(head, rows)


def _drivers(found: Mapping[int, Mapping[str, float]]) -> str:
    rows = [(f"{drawn}", f"{errors['sums']:.2f}", f"{errors['counts']:.2f}") for drawn, errors in found.items()]
    return _table(("conversations", "summed probabilities (used)", "named drivers counted"), rows)


def _span(spread: Spread, digits: int = 3) -> str:
    return f"{spread.mean:.{digits}f} ({spread.low:.{digits}f} to {spread.high:.{digits}f})"


def _yes(reached: bool) -> str:
    return "yes" if reached else "no"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))
