"""DataFrame in, DataFrame out: what data scientists work with. Records everywhere else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from cs_nlp.errors import InputError
from cs_nlp.pipeline.scoring import probabilities_of
from cs_nlp.records import Role, Score, ScoredTranscript, Signal
from cs_nlp.scoring import Classifier, load_classifier
from cs_nlp.scoring.finding import LIVE
from cs_nlp.taxonomy import CULTURES

ADDED: Final = ("culture", *CULTURES, "target", "drivers", "unsure")
"""The columns that `score_frame` adds, named as in the CSV file of `cs-nlp score`."""
_BATCH: Final = 512
_SHOWN: Final = 3
_PLACE: Final = ("transcript_id", "team", "started_at", "channel", "turn", "start_char", "end_char", "role", "speaker", "context", "text")
_SIGNAL: Final = ("team", "by", "start", "end", "measure", "label", "value", "low", "high", "level", "plain", "method")
_BASIS: Final = ("n_statements", "n_transcripts", "n_people")
Progress = Callable[[int, int], None]


def score_frame(  # noqa: PLR0913 - half of them can be left out
    frame: pd.DataFrame,
    *,
    text: str = "text",
    context: str | None = None,
    role: str | None = None,
    model: str | Path | Classifier = LIVE,
    prefix: str = "",
    progress: bool | Progress = False,
) -> pd.DataFrame:
    """Score the statements of a frame, one a row.

    Args:
        frame: any frame with a column of texts; it is not changed.
        text: the column with the statements.
        context: the column with what was said just before each, empty (None, NaN) where there is nothing; None for no context.
        role: the column that says who spoke (`records.Role`: agent, customer, bot, system, unknown). Then only agents are scored, and
            what is added stays empty in all other rows. None to score all rows.
        model: a classifier, or a model folder or name for `load_classifier`; without it the live model. Load it once for many frames.
        prefix: goes before the names of what is added, for a frame that has such columns already.
        progress: True for a line on stderr with rate and end; or a function that is told how many of how many are done.

    Returns:
        A new frame: all columns, rows and the index of `frame` in their order, and behind them `culture`, a column with the probability of
        each culture by its name, `target`, `drivers` (signed, with a space between them, "" for none) and `unsure` (empty where
        there is no doubt).

    Raises:
        InputError: no frame; a column is missing, stands twice or would be written over; a text is empty or no text; an unknown role.
        ArtefactError: there is no such model, or it is damaged.
    """
    chosen = _Columns(frame, prefix, text, context, role)
    rows = chosen.scored_rows()
    texts, contexts = chosen.texts(rows), chosen.contexts(rows)
    classifier = load_classifier(model) if isinstance(model, str | Path) else model
    given: list[Score | None] = [None] * len(frame)
    with _shown(progress) as tell:
        for start in range(0, len(rows), _BATCH):
            stop = min(start + _BATCH, len(rows))
            for row, score in zip(rows[start:stop], classifier.score(texts[start:stop], contexts[start:stop]).to_records(), strict=True):
                given[row] = score
            tell(stop, len(rows))
    added = _score_columns(given)
    made = frame.copy()
    for name in ADDED:
        made[prefix + name] = added[name].array  # by place: labels of the index may stand twice
    return made


def statements_frame(scored: Iterable[ScoredTranscript]) -> pd.DataFrame:
    """The scored statements of transcripts, one a row, in their order.

    Args:
        scored: from `score_transcripts`.

    Returns:
        Where each statement stands (`transcript_id`, `team`, `started_at` in UTC, `channel`, `turn`, `start_char` and `end_char` in the
        turn, half-open, `role`, `speaker`), `context`, `text`, and what `score_frame` adds.
    """
    places: list[tuple[Any, ...]] = []
    scores: list[Score | None] = []
    for one in scored:
        whole = one.transcript
        for item in one.statements:
            own = item.statement
            about = (own.transcript_id, whole.team, whole.started_at, whole.channel.value)
            places.append((*about, own.turn, own.start_char, own.end_char, own.role.value, own.speaker, own.context, own.text))
            scores.append(item.score)
    frame = pd.DataFrame(places, columns=list(_PLACE))
    frame["started_at"] = pd.to_datetime(frame["started_at"], utc=True)
    return frame.assign(**_score_columns(scores))


def signals_frame(signals: Iterable[Signal]) -> pd.DataFrame:
    """Teams' signals as a frame, one figure a row, in their order.

    Args:
        signals: from `signals_of` or `team_signals`.

    Returns:
        The columns of `cs-nlp signals --json` (docs/fields.md). What is withheld is there: its figures are NaN (counts `<NA>`), and
        `reason` says why; else `reason` is empty. `start` and `end` are days without zone, half-open; shares are 0 to 1.
    """
    rows = [
        (
            *(one.team, one.by, one.start, one.end, one.measure, one.label or None, one.value),
            *((one.interval.low, one.interval.high, one.interval.level) if one.interval else (None, None, None)),
            *(one.plain, one.method, one.n_statements, one.n_transcripts, one.n_people),
            one.withheld.value if one.withheld else None,
        )
        for one in signals
    ]
    frame = pd.DataFrame(rows, columns=[*_SIGNAL, *_BASIS, "reason"])
    kinds: dict[str, Any] = dict.fromkeys(("start", "end"), "datetime64[s]")
    kinds |= dict.fromkeys(("value", "low", "high", "level", "plain"), "float64") | dict.fromkeys(_BASIS, "Int64")
    return frame.astype(kinds)


@dataclass(frozen=True, slots=True)
class _Columns:
    """What is read from a user's frame; told in words where it is not what it should be."""

    frame: pd.DataFrame
    prefix: str
    text: str
    context: str | None
    role: str | None

    def __post_init__(self) -> None:
        if not isinstance(self.frame, pd.DataFrame):
            raise InputError(f"score_frame: got a {type(self.frame).__name__}, expected a pandas DataFrame with one statement a row")
        for name in (self.text, self.context, self.role):
            if name is not None:
                self._check(name)
        if clash := [self.prefix + name for name in ADDED if self.prefix + name in self.frame.columns]:
            raise InputError(
                f"score_frame: the frame has the column(s) {', '.join(clash)} already, which would be written over; "
                "drop or rename them, or give the new ones another name with prefix='model_'"
            )

    def scored_rows(self) -> list[int]:
        """Places of the rows to score."""
        if self.role is None:
            return list(range(len(self.frame)))
        said = self.frame[self.role].tolist()
        known = {role.value for role in Role}
        self._refuse(self.role, [row for row, one in enumerate(said) if one not in known], f"a role ({', '.join(sorted(known))})")
        return [row for row, one in enumerate(said) if one == Role.AGENT]

    def texts(self, rows: Sequence[int]) -> list[str]:
        """The statements."""
        said = self.frame[self.text].tolist()
        self._refuse(self.text, [row for row in rows if not isinstance(said[row], str) or not said[row].strip()], "text")
        return [said[row] for row in rows]

    def contexts(self, rows: Sequence[int]) -> list[str | None]:
        """What was said before each."""
        if self.context is None:
            return [None] * len(rows)
        said = self.frame[self.context].tolist()
        empty = self.frame[self.context].isna().tolist()
        self._refuse(self.context, [row for row in rows if not empty[row] and not isinstance(said[row], str)], "text, None or NaN")
        return [None if empty[row] else said[row] for row in rows]

    def _check(self, name: str) -> None:
        n = int((self.frame.columns == name).sum())
        if n == 0:
            listed = ", ".join(map(repr, self.frame.columns)) or "none"
            raise InputError(f"score_frame: there is no column {name!r}; the frame has {listed}. Name yours, e.g. text='statement'")
        if n > 1:
            raise InputError(f"score_frame: {n} columns are called {name!r}; rename all but one of them")

    def _refuse(self, column: str, rows: Sequence[int], expected: str) -> None:
        """Say which rows can't be used. What stands in them is not repeated: it may be somebody's words."""
        if not rows:
            return
        values = self.frame[column].tolist()
        shown = "; ".join(f"row {row} (index {self.frame.index[row]!r}): {_kind(values[row])}" for row in rows[:_SHOWN])
        more = f"; and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
        raise InputError(
            f"score_frame: {len(rows)} of {len(values)} rows of column {column!r} can't be used: {shown}{more}. "
            f"Expected {expected}; drop or fill these rows first"
        )


def _kind(value: Any) -> str:  # noqa: ANN401 - whatever stood in the frame
    if isinstance(value, str):
        return "an empty text" if not value.strip() else "an unknown value"
    return "no value" if pd.isna(value) is True else type(value).__name__


def _score_columns(scores: Sequence[Score | None]) -> dict[str, pd.Series[Any]]:
    """The columns in `ADDED`, each with a type that does not depend on the rows."""
    words = pd.Series(["text"]).dtype  # of this version of pandas
    shares = [None if one is None else probabilities_of(one) for one in scores]
    columns: dict[str, pd.Series[Any]] = {"culture": pd.Series([None if one is None else one.culture for one in scores], dtype=words)}
    for culture in CULTURES:
        columns[culture] = pd.Series([None if one is None else one[culture] for one in shares], dtype="float64")
    columns["target"] = pd.Series([None if one is None else one.target for one in scores], dtype=words)
    columns["drivers"] = pd.Series([None if one is None else " ".join(one.drivers) for one in scores], dtype=words)
    columns["unsure"] = pd.Series([None if one is None else one.unsure for one in scores], dtype=words)
    return columns


def _shown(progress: bool | Progress) -> AbstractContextManager[Progress]:
    if progress is True:
        from cs_nlp.pipeline.telling import Line  # noqa: PLC0415 - only wanted here

        return Line("statements", clock=time.monotonic)
    return nullcontext(progress or (lambda _done, _total: None))
