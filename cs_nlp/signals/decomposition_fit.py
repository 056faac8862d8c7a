"""The fit behind a decomposition: shares by queue, person and period. `decomposition` says what it is for."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.signals.estimate import CLASSES

if TYPE_CHECKING:
    from cs_nlp.records import Totals

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RIDGE: Final = 1e-10
ZERO: Final = 1e-9
BLIND: Final = 1e-6


WORK, PEOPLE, SAME, WHOLE = range(4)


class Design:
    """What was said, by queue, person and period.

    Attributes:
        order: place of each transcript among the weights, by its id.
        wider: by how much more than the draws tell the fit of the same people's part may be off: the root of G / (G - p) for G
            transcripts and p coefficients (HC1 of MacKinnon and White 1985, Journal of Econometrics 29:305-325).
        tells: whether the data tell each part from the others: other work, other people, the same people.
    """

    def __init__(self, rows: Sequence[Totals], later: Sequence[bool], queues: Sequence[Hashable]) -> None:
        """Sorts rows into cells of one queue, person and period each.

        Args:
            rows: what one person said in one transcript each.
            later: whether each row is of the later period; both occur.
            queues: the queue of each row.
        """
        queue, person, transcript = (_numbers(each) for each in (queues, [row.people for row in rows], [row.transcript_id for row in rows]))
        period = np.array(later, dtype=np.int64)
        cells, self._cell = np.unique(np.column_stack([queue, person, period]), axis=0, return_inverse=True)
        self._queue = np.eye(queue.max() + 1)[cells[:, 0]]
        self._person = np.eye(person.max() + 1)[cells[:, 1]]
        self._later = cells[:, 2].astype(np.float64)
        self._columns = np.column_stack([self._queue, self._person, self._later])
        self._transcript = transcript
        self.order = dict(zip((row.transcript_id for row in rows), transcript.tolist(), strict=True))
        self._n = np.array([row.n for row in rows], dtype=np.float64)
        free = len(self.order) - np.linalg.matrix_rank(self._columns)
        self.wider = float(np.sqrt(len(self.order) / max(free, 1)))
        self.tells = self._tells()

    def parts(self, said: Floats, weights: Floats) -> Floats:
        """The parts of the change of what was said per statement, `(4, classes)`: work, people, same people, and all together.

        Args:
            said: `(rows, classes)`.
            weights: of the transcripts, `(transcripts,)`, above 0.
        """
        weight = weights[self._transcript]
        cells = len(self._later)
        n = np.bincount(self._cell, weight * self._n, cells).astype(np.float64)
        sums = np.array([np.bincount(self._cell, weight * column, cells) for column in said.T]).T
        gram = self._columns.T @ (n[:, None] * self._columns)
        gram[np.diag_indices_from(gram)] += RIDGE * np.trace(gram)  # queues and people overlap: any of the solutions will do
        fitted = np.linalg.solve(gram, self._columns.T @ sums)
        moved = self._moved(n)
        total = moved @ (sums / n[:, None])
        work = (moved @ self._queue) @ fitted[: self._queue.shape[1]]
        return np.array([work, total - work - fitted[-1], fitted[-1], total])

    def _moved(self, n: Floats) -> Floats:
        """By cell, its part of the later period's statements, or minus its part of the earlier's."""
        later, earlier = n * self._later, n * (1 - self._later)
        return np.asarray(later / later.sum() - earlier / earlier.sum())

    def _tells(self) -> tuple[bool, bool, bool]:
        """A part is told if it is the same for all coefficients that fit equally well: if it is orthogonal to what no cell depends on."""
        n = np.bincount(self._cell, self._n, len(self._later)).astype(np.float64)
        values, directions = np.linalg.eigh(self._columns.T @ self._columns)
        blind = directions[:, values <= values.max() * ZERO]
        moved, (queues, people) = self._moved(n), (self._queue.shape[1], self._person.shape[1])
        functionals = np.zeros((3, queues + people + 1))
        functionals[0, :queues] = moved @ self._queue
        functionals[1, queues:-1] = moved @ self._person
        functionals[2, -1] = 1.0
        work, person, same = np.abs(functionals @ blind).max(axis=1, initial=0.0) < BLIND
        return bool(work), bool(person), bool(same)


def resampled_parts(design: Design, said: Floats, draws: Floats, undo: Floats, others: Floats) -> tuple[Floats, Floats]:
    """The parts of the change of the prevalence, and the same for each draw.

    Args:
        design: of the rows.
        said: `(rows, 5)`, what was said.
        draws: weights of the transcripts, `(draws, transcripts)`.
        undo: correction, `(5, 5)`.
        others: other corrections, `(any number, 5, 5)`, used in turn.

    Returns:
        `(4, 5)` and `(draws, 4, 5)`, ordered as by `Design.parts`.
    """
    value = design.parts(said, np.ones(len(design.order))) @ undo
    made = [design.parts(said, weights) @ others[place % len(others)] for place, weights in enumerate(draws)]
    return value, np.array(made).reshape(-1, 4, CLASSES)


def _numbers(names: Sequence[Hashable]) -> Ints:
    known = {name: place for place, name in enumerate(dict.fromkeys(names))}
    return np.array([known[name] for name in names], dtype=np.int64)
