"""Attention as one operator: what the exporter writes as a dozen small products and transposes, onnxruntime does in one go.

The operator is ONNX's own Attention (since opset 23): softmax(scale * Q K^T) V by head, without the copies that turn heads into a
dimension of their own. It has no mask, since no input is padded: statements of one length are run together.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from onnx import GraphProto, NodeProto, TensorProto, helper, numpy_helper

OPSET = 23


def fuse_attention(graph: GraphProto, heads: int) -> int:
    """Replace every attention of an exported encoder, in place, and drop what only fed it.

    Args:
        graph: of opset 20 to `OPSET`, which it must be declared as afterwards; its masks are dropped.
        heads: of each attention.

    Returns:
        How many were replaced; 0 where the graph has none of the expected shape.
    """
    tables = {table.name: table for table in graph.initializer}
    wiring = _Wiring(graph)
    fused = {}
    for node in graph.node:
        if node.op_type == "Softmax":
            found = _attention(node, heads, wiring, tables)
            if found is not None:
                fused[found.output[0]] = found
    if not fused:
        return 0
    nodes = [fused.get(node.output[0], node) for node in graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    drop_unused(graph)
    return len(fused)


def drop_unused(graph: GraphProto) -> None:
    """Remove nodes and constants whose values nobody asks for, in place; nodes stand in the order in which they run."""
    wanted = {output.name for output in graph.output}
    kept = []
    for node in reversed(graph.node):
        if wanted.intersection(node.output):
            kept.append(node)
            wanted.update(node.input)
    tables = [table for table in graph.initializer if table.name in wanted]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(reversed(kept))
    graph.initializer.extend(tables)


class _Wiring:
    """Who makes a value, and who takes it."""

    def __init__(self, graph: GraphProto) -> None:
        self._maker = {name: node for node in graph.node for name in node.output}
        self._takers: defaultdict[str, list[NodeProto]] = defaultdict(list)
        for node in graph.node:
            for name in node.input:
                self._takers[name].append(node)

    def back(self, value: str, *kinds: str) -> NodeProto | None:
        """The last of a chain of nodes of these kinds, from `value` backwards along the first inputs."""
        node = None
        for kind in kinds:
            node = self._maker.get(value)
            if node is None or node.op_type != kind:
                return None
            value = node.input[0]
        return node

    def forth(self, value: str, *kinds: str) -> NodeProto | None:
        """The last of a chain of nodes of these kinds, each the only taker of the one before."""
        node = None
        for kind in kinds:
            takers = self._takers[value]
            if len(takers) != 1 or takers[0].op_type != kind:
                return None
            node = takers[0]
            value = node.output[0]
        return node


def _attention(softmax: NodeProto, heads: int, wiring: _Wiring, tables: dict[str, TensorProto]) -> NodeProto | None:
    """The operator that stands for the attention around a softmax, or None where it looks otherwise."""
    scaling = wiring.back(softmax.input[0], "Add", "Mul")
    product = wiring.back(softmax.input[0], "Add", "Mul", "MatMul")
    weighing = wiring.forth(softmax.output[0], "MatMul")
    joined = wiring.forth(softmax.output[0], "MatMul", "Transpose", "Reshape")
    if scaling is None or product is None or weighing is None or joined is None or scaling.input[1] not in tables:
        return None
    query = wiring.back(product.input[0], "Transpose", "Reshape")
    key = wiring.back(product.input[1], "Transpose", "Reshape") or wiring.back(product.input[1], "Transpose", "Transpose", "Reshape")
    value = wiring.back(weighing.input[1], "Transpose", "Reshape")
    if query is None or key is None or value is None:
        return None
    scale = float(np.asarray(numpy_helper.to_array(tables[scaling.input[1]])).item())
    inputs = [query.input[0], key.input[0], value.input[0]]
    return helper.make_node("Attention", inputs, [joined.output[0]], q_num_heads=heads, kv_num_heads=heads, scale=scale)
