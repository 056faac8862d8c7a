"""From the trained network to an int8 ONNX graph that onnxruntime runs as the network computes."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import GraphProto, NodeProto, helper, numpy_helper
from torch import Tensor, nn

from cs_nlp.scoring.encoder import INPUTS, OUTPUTS
from cs_nlp.training import fusion
from cs_nlp.training.network import CultureNetwork
from cs_nlp.training.quantise import BIG_TABLE, WEIGHT_MAX, Int8Linear, int8_layers, simulate_int8

_MICROSOFT = "com.microsoft"
_OPSET = 20  # at a higher one the exporter's names for attention are others than `fusion` looks for
_EXAMPLE = (2, 8)


def export(network: CultureNetwork, path: Path) -> None:
    """Write a fine-tuned network as int8 ONNX; it is left in evaluation mode with int8 simulated.

    Args:
        network: fine-tuned, its layers prepared by `quantise.prepare`.
        path: the file to write.
    """
    network.eval()
    simulate_int8(network, on=False)
    _export_float(network, path)
    simulate_int8(network, on=True)
    graph = onnx.load(path)
    fusion.fuse_attention(graph.graph, int(network.encoder.config.num_attention_heads))  # type: ignore[union-attr,arg-type]
    _quantise(graph.graph, network)
    del graph.opset_import[:]
    graph.opset_import.extend([helper.make_opsetid("", fusion.OPSET), helper.make_opsetid(_MICROSOFT, 1)])
    del graph.graph.value_info[:]
    onnx.save(graph, path)


class _Logits(nn.Module):
    """The network as exported: two tensors in, without padding, and four out."""

    def __init__(self, network: CultureNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Logits of the three heads, and sentence vectors."""
        return self.network.outputs(input_ids, torch.ones_like(input_ids), token_type_ids)


def _export_float(network: CultureNetwork, path: Path) -> None:
    ids, segments = torch.ones(_EXAMPLE, dtype=torch.long), torch.zeros(_EXAMPLE, dtype=torch.long)
    segments[:, -2:] = 1
    shape = {0: torch.export.Dim("batch", max=4096), 1: torch.export.Dim("length", min=2, max=512)}
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")  # the exporter warns of its own deprecations
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        torch.onnx.export(
            _Logits(network).eval(),
            (ids, segments),
            path,
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_shapes=(shape, shape),
            dynamo=True,
            opset_version=_OPSET,
            external_data=False,
            verbose=False,
        )


@dataclass(frozen=True, slots=True)
class _Rounding:
    """What int8 needs to know of one matrix product."""

    activation_scale: NDArray[np.float32]
    zero_point: NDArray[np.uint8]
    weight: NDArray[np.int8]
    weight_scale: NDArray[np.float32]
    bias: NDArray[np.float32] | None


def _quantise(graph: GraphProto, network: CultureNetwork) -> None:
    """Replace the encoder's matrix products by integer ones, and big embeddings by int8 rows with a scale each."""
    tables = {table.name: table for table in graph.initializer}
    layers = _by_weight(network)
    additions = _bias_additions(graph, tables)
    quantised: dict[tuple[str, bytes], str] = {}
    nodes: list[NodeProto] = []
    done: list[str] = []
    for node in graph.node:
        table = tables.get(node.input[1]) if node.op_type == "MatMul" else None
        layer = layers.get(numpy_helper.to_array(table).tobytes()) if table is not None else None
        if table is not None and layer is not None:
            out = additions.get(node.output[0], "")
            nodes += _integer_product(graph, node, _rounding(layer, with_bias=bool(out)), quantised, out or node.output[0])
            graph.initializer.remove(table)
            done.append(out)
        elif node.output[0] in done:
            continue  # a bias that its product adds by itself
        elif node.op_type == "Gather" and node.input[0] in tables and tables[node.input[0]].dims[0] >= BIG_TABLE:
            nodes += _integer_rows(graph, node, tables[node.input[0]])
        else:
            nodes.append(node)
    expected = sum(1 for _ in int8_layers(network))
    if len(done) != expected:
        raise RuntimeError(
            f"only {len(done)} of {expected} linear layers were found in the exported graph; this encoder can't be exported to int8"
        )
    del graph.node[:]
    graph.node.extend(nodes)


def _by_weight(network: CultureNetwork) -> dict[bytes, Int8Linear]:
    """Layers by the bytes of their weight matrix as it stands in the graph, `(inputs, outputs)`."""
    return {np.ascontiguousarray(layer.linear.weight.detach().numpy().T).tobytes(): layer for layer in int8_layers(network)}


def _bias_additions(graph: GraphProto, tables: dict[str, onnx.TensorProto]) -> dict[str, str]:
    """For values to which nothing but a vector of constants is added: the name of the sum."""
    uses = Counter(name for node in graph.node for name in node.input)
    return {
        value: node.output[0]
        for node in graph.node
        if node.op_type == "Add"
        for value, other in (node.input, reversed(node.input))
        if uses[value] == 1 and other in tables and len(tables[other].dims) == 1
    }


def _rounding(layer: Int8Linear, *, with_bias: bool) -> _Rounding:
    scale, zero = layer.activation_scale()
    by_output = layer.weight_scale()
    weight = torch.clamp(torch.round(layer.linear.weight.detach() / by_output[:, None]), -WEIGHT_MAX, WEIGHT_MAX).to(torch.int8)
    bias = layer.linear.bias.detach().numpy() if with_bias else None
    return _Rounding(scale.numpy(), zero.numpy().astype(np.uint8), np.ascontiguousarray(weight.numpy().T), by_output.numpy(), bias)


def _integer_product(
    graph: GraphProto, node: NodeProto, rounding: _Rounding, quantised: dict[tuple[str, bytes], str], out: str
) -> list[NodeProto]:
    """Nodes that round the input (once for all products that round it alike), multiply, and add the bias."""
    source = node.input[0]
    key = (source, rounding.activation_scale.tobytes() + rounding.zero_point.tobytes())
    nodes = []
    if key not in quantised:
        quantised[key] = name = f"{source}_u8_{len(quantised)}"
        _add(graph, f"{name}_scale", rounding.activation_scale)
        _add(graph, f"{name}_zero", rounding.zero_point)
        nodes.append(helper.make_node("QuantizeLinear", [source, f"{name}_scale", f"{name}_zero"], [name]))
    name = quantised[key]
    _add(graph, f"{out}_weight", rounding.weight)
    _add(graph, f"{out}_scale", rounding.weight_scale)
    inputs = [name, f"{out}_weight", f"{name}_scale", f"{out}_scale", f"{name}_zero"]
    if rounding.bias is not None:
        _add(graph, f"{out}_bias", rounding.bias)
        inputs += ["", f"{out}_bias"]
    return [*nodes, helper.make_node("MatMulIntegerToFloat", inputs, [out], domain=_MICROSOFT)]


def _integer_rows(graph: GraphProto, node: NodeProto, table: onnx.TensorProto) -> list[NodeProto]:
    rows = numpy_helper.to_array(table)
    scale = (np.abs(rows).max(axis=1, keepdims=True) / WEIGHT_MAX).astype(np.float32)
    scale[scale == 0] = 1
    ids, out = node.input[1], node.output[0]
    graph.initializer.remove(table)
    _add(graph, f"{out}_rows", np.round(rows / scale).astype(np.int8))
    _add(graph, f"{out}_scales", scale)
    return [
        helper.make_node("Gather", [f"{out}_rows", ids], [f"{out}_int"]),
        helper.make_node("Cast", [f"{out}_int"], [f"{out}_float"], to=onnx.TensorProto.FLOAT),
        helper.make_node("Gather", [f"{out}_scales", ids], [f"{out}_scale"]),
        helper.make_node("Mul", [f"{out}_float", f"{out}_scale"], [out]),
    ]


def _add(graph: GraphProto, name: str, array: NDArray[np.generic]) -> None:
    graph.initializer.append(numpy_helper.from_array(np.asarray(array), name))
