from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.segment import split_turn
from cs_nlp.segment.boundary_model import boundary_model, normalise
from cs_nlp.segment.speech import MAX_WORDS, best_cuts, speech_breaks
from tools.measure_segmentation import cut_words, discourse_markers, fixed_length, scores
from tools.segmentation_corpus import SpokenText, document_texts, spoken


@given(
    st.lists(st.floats(-5, 5, width=32), max_size=9),
    st.lists(st.floats(-5, 5, width=32), min_size=2, max_size=5),
)
def test_chosen_cuts_are_the_best_of_all_possible_ones(gaps: list[float], lengths: list[float]) -> None:
    def total(cuts: tuple[int, ...]) -> float:
        stretches = [end - start for start, end in pairwise([0, *cuts, len(gaps) + 1])]
        if max(stretches) > len(lengths):
            return -np.inf
        return sum(gaps[cut - 1] for cut in cuts) + sum(lengths[length - 1] for length in stretches)

    places = range(1, len(gaps) + 1)
    best = max(total(cuts) for size in range(len(gaps) + 1) for cuts in combinations(places, size))
    found = best_cuts(np.array(gaps, dtype=np.float32), np.array(lengths, dtype=np.float32))
    assert total(tuple(found)) == pytest.approx(best, abs=1e-4)


def test_a_long_text_is_read_in_blocks_with_the_same_answer() -> None:
    words = ("so i rang the depot and they said it left on friday " * 500).split()
    model = boundary_model()
    whole = model.log_odds(words)
    assert whole.shape == (len(words) - 1,)
    for start in (0, 1_990, 2_040, 4_000):
        part = model.log_odds(words[start : start + 200])
        assert np.allclose(whole[start + 20 : start + 180], part[20:180], atol=1e-4)


@pytest.mark.parametrize("words", [[], ["yes"], ["\ud800", "\udfff\udfff"], ["—", "-", "..."]])
def test_odd_words_are_no_error(words: list[str]) -> None:
    names = [name for word in words if (name := normalise(word))]
    assert len(boundary_model().log_odds(names)) == max(0, len(names) - 1)
    assert speech_breaks(words) in ([], [1])


def test_recogniser_text_is_cut_where_a_person_would() -> None:
    said = [
        "okay so i can see the order was cancelled twice",
        "i'm really sorry about that",
        "what i'll do is send a new one out today",
        "is there anything else i can help you with",
    ]
    text = " ".join(said)
    found = [text[start:end] for start, end in split_turn(text)]
    assert len(set(found) & set(said)) >= 2
    assert all(len(piece.split()) <= MAX_WORDS for piece in found)


def test_short_chat_line_without_marks_stays_whole() -> None:
    line = "third one today who can't find the cancel button"
    assert split_turn(line) == [(0, len(line))]


def test_marks_and_case_are_removed_and_boundaries_kept() -> None:
    text = spoken("Hello there—Mr. Smith! Yes. I paid $3.50 at 5 p.m. on Monday.\n\nno idea what she wants")
    assert " ".join(text.words) == "hello there mr smith yes i paid $3.50 at 5 p.m on monday no idea what she wants"
    assert text.breaks == {4, 13}


def test_model_finds_held_out_boundaries_better_than_rules() -> None:
    texts = [text for text in document_texts(held_out=True) if text.breaks and text.style != "asr"]

    def f1(cutter: object) -> float:
        assert callable(cutter)
        return scores((cut_words(cutter, text) for text in texts), (text.breaks for text in texts))[2]

    ours = f1(speech_breaks)
    assert ours > 2 * f1(discourse_markers)
    assert ours > 2 * f1(fixed_length)


def test_cuts_are_scored_by_exact_place() -> None:
    text = SpokenText(tuple("abcdefghij"), frozenset({4, 7}))
    assert cut_words(lambda _: [4, 6], text) == {4}
    assert scores([frozenset({4})], [text.breaks]) == pytest.approx((1.0, 0.5, 2 / 3))
