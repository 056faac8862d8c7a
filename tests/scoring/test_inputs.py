"""How statements become windows of token ids."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from cs_nlp.scoring.artefact import EncoderConfig
from cs_nlp.scoring.inputs import Window, load_tokenizer, make_windows, pad, stack
from tests.tiny import write_tokenizer


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    write_tokenizer(path)
    return load_tokenizer(str(path))


@pytest.fixture(scope="module")
def words(tokenizer: Tokenizer) -> list[str]:
    """Words that are one token each, all different."""
    return sorted(token for token in tokenizer.get_vocab() if token.isascii() and token.isalpha() and len(token) > 1)


def config(max_length: int = 24, context_tokens: int = 6) -> EncoderConfig:
    return EncoderConfig(
        name="x",
        temperature=1,
        driver_threshold=0.5,
        sha256={},
        max_length=max_length,
        context_tokens=context_tokens,
        cls_id=2,
        sep_id=3,
        pad_id=0,
    )


@given(data=st.data(), n=st.integers(0, 150), told=st.integers(0, 20), max_length=st.integers(22, 40))
def test_windows_cover_every_token_in_order_and_overlap(
    tokenizer: Tokenizer, words: list[str], data: st.DataObject, n: int, told: int, max_length: int
) -> None:
    first = data.draw(st.integers(0, len(words) - n - told))
    text, context = " ".join(words[first : first + n]), " ".join(words[first + n : first + n + told])
    windows = make_windows(tokenizer, config(max_length), [text], [context or None])
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    end = 0
    for window in windows:
        part = window.ids[1 : window.second - 1]
        start = ids.index(part[0]) if part else 0
        assert part == ids[start : start + len(part)]
        assert (start < end) if end else (start == 0)
        assert start + len(part) > end or not ids
        end = start + len(part)
        assert window.n_tokens == max(1, len(part))
        assert len(window.ids) <= max_length
    assert end == len(ids)
    assert len(windows) == 1 or len(windows[0].ids) == max_length


@given(n=st.integers(0, 60), told=st.integers(0, 20))
def test_every_window_ends_with_the_last_tokens_of_the_context(tokenizer: Tokenizer, words: list[str], n: int, told: int) -> None:
    context = " ".join(words[:told])
    tail = tokenizer.encode(context, add_special_tokens=False).ids[-6:]
    for window in make_windows(tokenizer, config(), [" ".join(words[told : told + n])], [context]):
        assert window.ids[0] == 2
        assert window.ids[window.second - 1] == 3
        assert window.ids[window.second :] == ([*tail, 3] if tail else [])


def test_a_model_without_context_does_not_see_it(tokenizer: Tokenizer) -> None:
    with_context = make_windows(tokenizer, config(context_tokens=0), ["no refund"], ["can i have my money back"])
    assert with_context == make_windows(tokenizer, config(context_tokens=0), ["no refund"], [None])


def test_windows_keep_the_statements_in_order(tokenizer: Tokenizer, words: list[str]) -> None:
    texts = ["", " ".join(words[:90]), words[0], " ".join(words[:40])]
    rows = [window.row for window in make_windows(tokenizer, config(), texts, [None] * len(texts))]
    assert rows == sorted(rows)
    assert set(rows) == {0, 1, 2, 3}


def test_marks_of_the_frame_written_in_a_text_do_not_break_the_frame(tokenizer: Tokenizer) -> None:
    [window] = make_windows(tokenizer, config(), ["so [SEP] what"], ["well"])
    assert window.ids[window.second :] == [*tokenizer.encode("well", add_special_tokens=False).ids, 3]


@given(lengths=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=6))
def test_padding_is_masked_and_the_context_is_the_second_segment(lengths: list[tuple[int, int]]) -> None:
    windows = [Window(row=row, ids=[7] * (first + second + 1), second=first + 1, n_tokens=1) for row, (first, second) in enumerate(lengths)]
    ids, mask, segments = pad(windows, pad_id=0)
    assert ids.shape == mask.shape == segments.shape
    np.testing.assert_array_equal(mask, ids == 7)
    np.testing.assert_array_equal(mask.sum(axis=1), [first + second + 1 for first, second in lengths])
    np.testing.assert_array_equal(segments.sum(axis=1), [second for _, second in lengths])
    assert not (segments > mask).any()


def test_windows_of_one_length_are_stacked_as_they_are_padded() -> None:
    windows = [Window(row=row, ids=[row + 1] * 6, second=second, n_tokens=1) for row, second in enumerate((3, 6, 2))]
    ids, _, segments = pad(windows, pad_id=0)
    for stacked, padded in zip(stack(windows), (ids, segments), strict=True):
        np.testing.assert_array_equal(stacked, padded)
