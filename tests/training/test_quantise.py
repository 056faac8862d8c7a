"""The simulation of int8 computes what integers compute."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cs_nlp.training.quantise import BIG_TABLE, LEVELS, WEIGHT_MAX, Int8Embedding, Int8Linear, int8_layers, prepare, simulate_int8


def layer(seed: int, *, inputs: int = 12, outputs: int = 5, spread: float = 1.0) -> tuple[Int8Linear, torch.Tensor]:
    """A layer that has watched some inputs, and inputs like them."""
    torch.manual_seed(seed)
    made = Int8Linear(nn.Linear(inputs, outputs))
    batch = torch.randn(64, inputs) * spread
    made.train()
    made(batch)
    made.eval()
    return made, batch


@given(seed=st.integers(0, 500), spread=st.sampled_from([0.01, 1.0, 30.0]))
def test_simulated_answers_are_those_of_integer_arithmetic(seed: int, spread: float) -> None:
    made, batch = layer(seed, spread=spread)
    made.simulate = True
    scale, zero = (value.numpy() for value in made.activation_scale())
    by_output = made.weight_scale().numpy()
    inputs = np.clip(np.rint(batch.numpy() / scale) + zero, 0, LEVELS).astype(np.int32) - zero
    weights = np.clip(np.rint(made.linear.weight.detach().numpy() / by_output[:, None]), -WEIGHT_MAX, WEIGHT_MAX).astype(np.int32)
    expected = (inputs @ weights.T) * (scale * by_output) + made.linear.bias.detach().numpy()
    # One step of one input may fall to the other side of a half, where the two divide in another order.
    step = float(scale * by_output.max() * WEIGHT_MAX)
    np.testing.assert_allclose(made(batch).detach().numpy(), expected, atol=step * 1.01)
    assert np.median(np.abs(made(batch).detach().numpy() - expected)) < step * 0.01


def test_inputs_beyond_the_watched_range_are_cut_off() -> None:
    made, batch = layer(0)
    made.simulate = True
    far = batch.sign() * 100
    np.testing.assert_array_equal(made(far).detach().numpy(), made(far * 10).detach().numpy())


def test_the_range_is_watched_while_learning_only_and_always_holds_zero() -> None:
    made, batch = layer(1)
    before = (float(made.low), float(made.high))
    made(batch * 50)
    assert (float(made.low), float(made.high)) == before
    made.train()
    made(batch * 50)
    assert float(made.low) < before[0] <= 0 <= before[1] < float(made.high)
    fresh = Int8Linear(nn.Linear(12, 2)).train()
    fresh(batch.abs() + 3)
    assert float(fresh.low) == 0


def test_a_row_is_rounded_alike_in_any_company() -> None:
    made, batch = layer(2)
    made.simulate = True
    np.testing.assert_allclose(made(batch[:1]).detach().numpy(), made(batch).detach().numpy()[:1], atol=1e-6)


def test_gradients_pass_through_the_rounding() -> None:
    made, batch = layer(3)
    made.simulate = True
    made(batch).square().sum().backward()
    gradient = made.linear.weight.grad
    assert gradient is not None
    assert (gradient != 0).all()


def test_every_linear_layer_is_prepared_once() -> None:
    encoder = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Sequential(nn.Linear(4, 2), nn.LayerNorm(2)))
    prepare(encoder)
    prepare(encoder)
    assert len(list(int8_layers(encoder))) == 2
    assert not any(isinstance(made.linear, Int8Linear) for made in int8_layers(encoder))


@pytest.mark.parametrize("on", [True, False])
def test_the_switch_reaches_all_layers(on: bool) -> None:
    encoder = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    prepare(encoder)
    simulate_int8(encoder, on=not on)
    simulate_int8(encoder, on=on)
    assert [made.simulate for made in int8_layers(encoder)] == [on, on]


def test_a_big_embedding_answers_with_the_nearest_of_255_levels_of_each_row() -> None:
    torch.manual_seed(4)
    made = Int8Embedding(nn.Embedding(BIG_TABLE, 16))
    ids = torch.arange(50)
    plain = made(ids).detach().numpy()
    made.simulate = True
    rounded = made(ids).detach().numpy()
    step = np.abs(plain).max(axis=1, keepdims=True) / WEIGHT_MAX
    np.testing.assert_allclose(rounded / step, np.rint(plain / step), atol=1e-3)
    assert (np.abs(rounded - plain) <= step * 0.501).all()


def test_gradients_reach_the_rows_of_an_embedding_through_the_rounding() -> None:
    made = Int8Embedding(nn.Embedding(BIG_TABLE, 4))
    made.simulate = True
    made(torch.tensor([3, 5])).sum().backward()
    gradient = made.embedding.weight.grad
    assert gradient is not None
    assert torch.equal(gradient.sum(dim=1).nonzero().flatten(), torch.tensor([3, 5]))


def test_small_embeddings_are_left_alone() -> None:
    encoder = nn.ModuleList([nn.Embedding(BIG_TABLE, 4), nn.Embedding(BIG_TABLE - 1, 4)])
    prepare(encoder)
    assert [type(child) for child in encoder] == [Int8Embedding, nn.Embedding]
