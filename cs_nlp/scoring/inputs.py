"""How a statement becomes token ids: the same code when learning and when scoring.

One input is `[CLS] statement [SEP]`, or `[CLS] statement [SEP] end of context [SEP]` with the context as second segment. A
statement too long for one input is read in windows that overlap by a quarter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from cs_nlp.scoring.artefact import EncoderConfig

Ids = list[int]
_OVERLAP = 4  # windows overlap by a quarter of their length


@dataclass(frozen=True, slots=True)
class Window:
    """One input of the encoder.

    Attributes:
        row: index of the statement.
        ids: token ids, specials included.
        second: where the context segment starts in `ids` (`len(ids)` without context).
        n_tokens: tokens of the statement in this window.
    """

    row: int
    ids: Ids
    second: int
    n_tokens: int


def load_tokenizer(path: str) -> Tokenizer:
    """The tokenizer of a model folder, without truncation or padding of its own."""
    tokenizer = Tokenizer.from_file(path)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def make_windows(tokenizer: Tokenizer, config: EncoderConfig, texts: Sequence[str], contexts: Sequence[str | None]) -> list[Window]:
    """Every statement's windows, in the statements' order.

    Args:
        tokenizer: from `load_tokenizer`.
        config: lengths and special tokens.
        texts: the statements.
        contexts: of the same length, None where there is none.
    """
    with_context = [index for index, context in enumerate(contexts) if context and config.context_tokens]
    words = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
    told = tokenizer.encode_batch_fast([contexts[index] or "" for index in with_context], add_special_tokens=False)
    tails = {index: found.ids[-config.context_tokens :] for index, found in zip(with_context, told, strict=True)}
    windows: list[Window] = []
    for row, found in enumerate(words):
        windows += _frame(row, found.ids, tails.get(row, []), config)
    return windows


def stack(windows: Sequence[Window]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Token ids and segment ids of windows of one length, each of shape `(n_windows, length)`."""
    ids = np.array([window.ids for window in windows], dtype=np.int64)
    segments = (np.arange(ids.shape[1])[None] >= np.array([window.second for window in windows])[:, None]).astype(np.int64)
    return ids, segments


def pad(windows: Sequence[Window], pad_id: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Token ids, attention mask and segment ids, each of shape `(n_windows, longest)`."""
    shape = (len(windows), max(len(window.ids) for window in windows))
    ids = np.full(shape, pad_id, dtype=np.int64)
    mask = np.zeros(shape, dtype=np.int64)
    segments = np.zeros(shape, dtype=np.int64)
    for index, window in enumerate(windows):
        length = len(window.ids)
        ids[index, :length] = window.ids
        mask[index, :length] = 1
        segments[index, window.second : length] = 1
    return ids, mask, segments


def _frame(row: int, words: Ids, tail: Ids, config: EncoderConfig) -> list[Window]:
    room = config.max_length - 2 - (len(tail) + 1 if tail else 0)
    step = max(1, room - room // _OVERLAP)
    starts = [0, *range(step, len(words) - room + step, step)] if len(words) > room else [0]
    after = [*tail, config.sep_id] if tail else []
    windows = []
    for start in starts:
        part = words[start : start + room]
        ids = [config.cls_id, *part, config.sep_id]
        windows.append(Window(row=row, ids=ids + after, second=len(ids), n_tokens=max(1, len(part))))
    return windows
