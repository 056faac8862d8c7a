"""Int8 arithmetic: simulated while learning, written into the ONNX graph afterwards.

Each linear layer of the encoder gets its input as unsigned 8-bit numbers in a fixed range, learnt as a moving average while training,
and its weights as signed 8-bit numbers with a scale for each output; big embeddings become signed 8-bit rows. Ranges are fixed,
so a statement's answer does not depend on
what else is in its batch. Rounding passes gradients straight through (Jacob et al., 2018, "Quantization and Training of Neural
Networks for Efficient Integer-Arithmetic-Only Inference", sections 2 and 3).
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional

LEVELS = 255
WEIGHT_MAX = 127
BIG_TABLE = 1000  # rows from which on an embedding is worth rounding to int8
_MOMENTUM = 0.02
_TINY = 1e-8


class Int8Linear(nn.Module):
    """A linear layer that can watch the range of its input, and can compute as its int8 version will.

    Attributes:
        low, high: the input's range, always holding 0.
        simulate: whether to round to int8.
    """

    low: Tensor
    high: Tensor
    seen: Tensor

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.linear = linear
        self.simulate = False
        for name in ("low", "high", "seen"):
            self.register_buffer(name, torch.zeros(()))

    def activation_scale(self) -> tuple[Tensor, Tensor]:
        """Scale and zero point of the input."""
        scale = ((self.high - self.low) / LEVELS).clamp_min(_TINY)
        return scale, (-self.low / scale).round().clamp(0, LEVELS).to(torch.int32)

    def weight_scale(self) -> Tensor:
        """Scale of each output's weights, shape `(outputs,)`."""
        return (self.linear.weight.detach().abs().amax(dim=1) / WEIGHT_MAX).clamp_min(_TINY)

    def forward(self, inputs: Tensor) -> Tensor:
        """The layer's output."""
        if self.training:
            self._watch(inputs.detach())
        if not self.simulate:
            return functional.linear(inputs, self.linear.weight, self.linear.bias)
        scale, zero = self.activation_scale()
        rounded = torch.fake_quantize_per_tensor_affine(inputs.float(), scale, zero, 0, LEVELS)
        by_output = self.weight_scale()
        weight = torch.fake_quantize_per_channel_affine(
            self.linear.weight, by_output, torch.zeros_like(by_output, dtype=torch.int32), 0, -WEIGHT_MAX, WEIGHT_MAX
        )
        return functional.linear(rounded, weight, self.linear.bias)

    def _watch(self, inputs: Tensor) -> None:
        low, high = inputs.amin().float().clamp_max(0), inputs.amax().float().clamp_min(0)
        momentum = torch.maximum(torch.tensor(_MOMENTUM), 1 / (self.seen + 1))
        self.low += momentum * (low - self.low)
        self.high += momentum * (high - self.high)
        self.seen += 1


class Int8Embedding(nn.Module):
    """A big embedding that can answer as its int8 version will: rows of signed 8-bit numbers, each with a scale.

    Attributes:
        simulate: whether to round to int8.
    """

    def __init__(self, embedding: nn.Embedding) -> None:
        super().__init__()
        self.embedding = embedding
        self.simulate = False

    def forward(self, ids: Tensor) -> Tensor:
        """Rows for token ids, shape `(..., width)`."""
        rows: Tensor = self.embedding(ids)
        if not self.simulate:
            return rows
        scale = (rows.detach().abs().amax(dim=-1, keepdim=True) / WEIGHT_MAX).clamp_min(_TINY)
        return rows + ((rows / scale).round() * scale - rows).detach()


def prepare(encoder: nn.Module) -> None:
    """Replace every linear layer and big embedding of an encoder, in place, by one that can simulate int8."""
    for parent in list(encoder.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(parent, Int8Linear | Int8Embedding):
                continue  # was prepared before
            if isinstance(child, nn.Linear):
                setattr(parent, name, Int8Linear(child))
            elif isinstance(child, nn.Embedding) and child.num_embeddings >= BIG_TABLE:
                setattr(parent, name, Int8Embedding(child))


def int8_layers(network: nn.Module) -> Iterator[Int8Linear]:
    """All layers that `prepare` put in."""
    return (module for module in network.modules() if isinstance(module, Int8Linear))


def simulate_int8(network: nn.Module, *, on: bool) -> None:
    """Switch the simulation of int8 on or off."""
    for module in network.modules():
        if isinstance(module, Int8Linear | Int8Embedding):
            module.simulate = on
