"""The settings of the study: the artificial-prevalence protocol, and shifts from what is learnt to what it is applied to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from cs_nlp.scoring import load_classifier
from cs_nlp.signals import Balance
from tools.study_data import Rows
from tools.study_errors import Setting

ROOT: Final = Path(__file__).resolve().parents[1]
DEV: Final = ROOT.parent / "shared" / "real" / "dev.jsonl"
TEAMS: Final = ROOT / "data" / "samples_source" / "teams.jsonl"

HELD_OUT: Final = "held-out rows"
REAL: Final = "real text"
ORDINARY: Final = "real text, `random`"
SAMPLES: Final = "sample teams"
PROTOCOL: Final = (
    (REAL, "even", (50, 200, 1000)),
    (REAL, "realistic", (50, 200, 1000)),
    (REAL, "nine in ten", (200, 1000)),
    (REAL, "as they are", (200, 1000)),
    (ORDINARY, "as they are", (200, 1000)),
)
SHIFT_N: Final = 200


@dataclass(frozen=True)
class Material:
    """All labelled rows, by name, and how the model balances its probabilities."""

    rows: Mapping[str, Rows]
    balance: Balance


def material(model: str, dev: Path = DEV) -> Material:
    """The held-out rows that a model keeps, and the real evaluation text and the sample teams as it scores them."""
    classifier = load_classifier(model)
    evaluation: Mapping[str, Any] = classifier.artefact.evaluation
    held, real = Rows.held_out(evaluation, classifier.artefact.config.none_weight), Rows.scored(classifier, dev)
    corpus = held.columns["stratum"] == "documents"
    ordinary = real.columns["stratum"] == "random"
    calls = real.columns["channel"] == "call"
    stories = real.columns["kind"] == "story"
    rows = {
        HELD_OUT: held,
        "held-out rows of the corpus": held.where(corpus),
        "held-out rows of real text": held.where(~corpus),
        "held-out rows of calls": held.where(held.columns["channel"] == "call"),
        "held-out rows of chat": held.where(held.columns["channel"] == "team_chat"),
        REAL: real,
        ORDINARY: real.where(ordinary),
        "real text, picked": real.where(~ordinary),
        "real calls": real.where(calls),
        "real chat": real.where(~calls),
        "real text but stories": real.where(~stories),
        SAMPLES: Rows.scored(classifier, TEAMS),
    }
    rows |= {f"real text, `{kind}`": real.where(real.columns["kind"] == kind) for kind in ("story", "retold", "cs", "staffweb", "cand")}
    own = evaluation["balance"]
    return Material(rows, Balance(tuple(own["slopes"]), tuple(own["shifts"])))


def protocol(draws: int) -> list[Setting]:
    """Samples of any prevalence, the correction learnt from what the model keeps."""
    return [Setting(HELD_OUT, judged, targets, n, draws) for judged, targets, sizes in PROTOCOL for n in sizes]  # type: ignore[arg-type]


def shifts(draws: int) -> list[Setting]:
    """Corrections learnt on one kind of text and applied to another, around its own prevalence."""
    pairs = [
        (HELD_OUT, REAL),
        ("held-out rows of the corpus", REAL),
        ("held-out rows of real text", REAL),
        *((HELD_OUT, f"real text, `{kind}`") for kind in ("story", "retold", "cs", "staffweb", "cand")),
        ("real text, picked", ORDINARY),
        (ORDINARY, "real text, picked"),
        ("held-out rows of chat", "real calls"),
        ("held-out rows of calls", "real chat"),
        ("real text, `story`", "real text but stories"),
        ("real text but stories", "real text, `story`"),
        (HELD_OUT, SAMPLES),
        ("held-out rows of the corpus", SAMPLES),
        ("held-out rows of real text", SAMPLES),
    ]
    return [Setting(learnt, judged, "around", SHIFT_N, draws) for learnt, judged in pairs]


def apart(learnt: Rows, judged: Rows) -> Rows:
    """The learnt rows whose conversations are not among the judged ones; both from one file."""
    return learnt.where(~np.isin(learnt.groups, judged.groups))
