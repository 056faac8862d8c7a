"""Sentence vectors: what statements mean, read out of an encoder that was fine-tuned for something else.

Fine-tuning for classes bends an encoder, so that wordings of one belief lie apart, but what it knew is still there: a linear map of
its middle and last layer gives most of it back. The map is a reduced-rank ridge regression (Izenman 1975, "Reduced-rank regression for
the multivariate linear model", J. Multivariate Analysis 5:248-264) on the sentence vectors of the encoder before fine-tuning, which
are the averages of its last layer (Reimers and Gurevych 2019, "Sentence-BERT", EMNLP). Both sides are centred, so that
statements that have nothing in common have a cosine of about 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from cs_nlp.scoring.inputs import Window, pad
from cs_nlp.training.network import MEANING_WIDTH, CultureNetwork, layers_joined, sentence_means

Floats = NDArray[np.float64]

RIDGE = 1.0
_BATCH = 32
Told = Callable[[str, int, int], None]


def sentence_vectors(encoder: nn.Module, windows: Sequence[Window], pad_id: int, progress: Told = lambda *_: None) -> Floats:
    """The sentence vectors of an encoder as it is: unit length, `(n, width)`, rows in the order given."""
    encoder.eval()
    return _read(lambda inputs: functional.normalize(sentence_means(encoder, (-1,), *inputs)[0], dim=1), windows, pad_id, progress)


def fit_meaning(network: CultureNetwork, windows: Sequence[Window], vectors: Floats, pad_id: int, progress: Told = lambda *_: None) -> None:
    """Fit the network's read-out, in place, to the sentence vectors of the same statements.

    Args:
        network: fine-tuned, as it will be used.
        windows: statements without context.
        vectors: `(n, width)`, from `sentence_vectors` of the encoder before fine-tuning.
        pad_id: token id of padding.
        progress: told how many are read.
    """
    network.eval()
    layers = (network.middle, -1)
    joined = _read(lambda inputs: layers_joined(*sentence_means(network.encoder, layers, *inputs)), windows, pad_id, progress)
    weight, bias = read_out(joined, vectors)
    with torch.no_grad():
        network.meaning_head.weight.zero_()
        network.meaning_head.bias.zero_()
        network.meaning_head.weight[: weight.shape[1]] = torch.from_numpy(weight.T)
        network.meaning_head.bias[: weight.shape[1]] = torch.from_numpy(bias)


def read_out(inputs: Floats, targets: Floats, width: int = MEANING_WIDTH) -> tuple[Floats, Floats]:
    """The matrix `(inputs, rank)` and the offset `(rank,)` of a reduced-rank ridge regression; the rank is at most `width`.

    Its outputs are the targets' fitted values in the basis of their principal directions, centred.
    """
    centre = inputs.mean(axis=0)
    x, t = inputs - centre, targets - targets.mean(axis=0)
    full = np.linalg.solve(x.T @ x + RIDGE * np.eye(x.shape[1]), x.T @ t)
    _, _, directions = np.linalg.svd(x @ full, full_matrices=False)
    weight = full @ directions[:width].T
    return weight, -centre @ weight


def _read(read: Callable[[list[Tensor]], Tensor], windows: Sequence[Window], pad_id: int, progress: Told) -> Floats:
    """What `read` makes of padded inputs, one row a window, in their order."""
    order = sorted(range(len(windows)), key=lambda index: len(windows[index].ids))
    found: list[Tensor] = []
    with torch.no_grad():
        for start in range(0, len(order), _BATCH):
            batch = [windows[index] for index in order[start : start + _BATCH]]
            found.append(read([torch.from_numpy(array) for array in pad(batch, pad_id)]))
            progress("reading", start + len(batch), len(order))
    rows = torch.cat(found).numpy().astype(np.float64)
    return rows[np.argsort(order)]
