"""Scored transcripts are read as signals of their teams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import lru_cache

from cs_nlp.errors import ArtefactError, InputError
from cs_nlp.pipeline.scoring import balance_of
from cs_nlp.records import ScoredTranscript, Signal
from cs_nlp.scoring import Artefact
from cs_nlp.signals import SMALLEST_GROUP, By, Correction, Resampling, team_signals


@dataclass(frozen=True, slots=True)
class Reading:
    """How scored transcripts are read as signals.

    Attributes:
        by: length of the periods.
        tz: time zone of the periods, or that of each team.
        smallest_group: groups of fewer people or transcripts are withheld.
        seed: of the resampling behind the intervals.
    """

    by: By = "week"
    tz: Mapping[str, tzinfo] | tzinfo = UTC
    smallest_group: int = SMALLEST_GROUP
    seed: int = 0


@lru_cache(maxsize=4)
def correction_of(artefact: Artefact) -> Correction | None:
    """The classifier's errors on the statements held out when it was trained, or None where the artefact has none.

    The same one for the same artefact, so that what is learnt from it is learnt once.

    Raises:
        ArtefactError: the artefact's rows are damaged.
    """
    rows = artefact.evaluation.get("rows")
    if not rows:
        return None
    try:
        return Correction.from_rows(
            rows["cultures"],
            rows["probabilities"],
            [str(group) for group in rows["groups"]],
            kinds=rows.get("kinds"),
            balance=balance_of(artefact),
            none_weight=artefact.config.none_weight,
        )
    except (InputError, KeyError, TypeError, ValueError) as error:
        raise ArtefactError(f"{artefact.path}/evaluation.json: the held-out rows are damaged ({error}); train the model again") from error


def signals_of(scored: Iterable[ScoredTranscript], artefact: Artefact, options: Reading = Reading()) -> list[Signal]:  # frozen
    """The teams' signals, corrected with what the artefact knows of its own errors.

    Args:
        scored: the transcripts.
        artefact: of the classifier that scored them.
        options: periods, zone, smallest group and seed.
    """
    return team_signals(
        [item.totals for item in scored],
        by=options.by,
        tz=options.tz,
        k=options.smallest_group,
        correction=correction_of(artefact),
        resampling=Resampling(seed=options.seed),
    )
