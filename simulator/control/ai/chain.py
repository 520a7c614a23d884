"""The operators of a policy file followed one by one, as layers of a plain network.

What multiplies, adds and shifts between two rows of units is gathered into one matrix and one bias. A
file whose operators are no such chain (trees, memory cells, branches) cannot be read this way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.control.ai.graph import Model, Node, Tensor
from simulator.core import mlp

Reals = NDArray[np.float64]
_TYPES = {1: "<f4", 10: "<f2", 11: "<f8"}
_PASSING = ("Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Dropout")
"""Operators that leave the numbers of a row as they are and where they are."""
_UNITS: Mapping[str, tuple[int, str, float]] = {
    "Relu": (mlp.RELU, "", 0.0), "LeakyRelu": (mlp.LEAKY, "alpha", 0.01), "Tanh": (mlp.TANH, "", 0.0),
    "Sigmoid": (mlp.SIGMOID, "", 0.0), "Elu": (mlp.ELU, "alpha", 1.0), "Softplus": (mlp.SOFTPLUS, "", 0.0),
}  # fmt: skip


class Unreadable(Exception):
    """The file is no chain of layers; its text says what stands in the way."""


class Chain:
    """The layers so far, and what has been done since: ``row @ matrix + bias``."""

    def __init__(self, model: Model, folder: Path, width: int) -> None:
        graph = model.graph
        if graph is None or len(graph.asked) != 1 or len(graph.outputs) != 1:
            raise Unreadable("not one input and one output")
        self.held = {tensor.name: (tensor, folder) for tensor in graph.initialisers}
        self.at, self.end = graph.asked[0].name, graph.outputs[0].name
        self.layers: list[tuple[Reals, Reals, int, tuple[float, float]]] = []
        self._begin(width)

    def _begin(self, width: int) -> None:
        self.matrix, self.bias = np.eye(width), np.zeros(width)

    def constant(self, name: str, otherwise: float | None = None) -> Reals:
        """A constant by name; a missing one is `otherwise`."""
        if not name and otherwise is not None:
            return np.array(otherwise)
        if name not in self.held:
            raise Unreadable(f"'{name}' is no constant")
        return numbers(*self.held[name])

    def follow(self, node: Node) -> None:
        """One operator further."""
        if node.op == "Constant" and node.tensors:
            self.held[node.outputs[0]] = (node.tensors[0], Path())
            return
        if self.at not in node.inputs or node.inputs.count(self.at) > 1 or len(node.outputs) != 1:
            raise Unreadable(f"{node.op} stands beside the chain of layers")
        step = _STEPS.get(node.op)
        if step is None and node.op not in _UNITS:
            raise Unreadable(f"{node.op} is no layer of a plain network")
        step(self, node) if step else self.units(node)
        self.at = node.outputs[0]

    def units(self, node: Node) -> None:
        """Units of one kind end the layer."""
        kind, setting, usual = _UNITS[node.op]
        self.end_layer(kind, (_setting(node, setting, usual), 0.0))

    def end_layer(self, kind: int, settings: tuple[float, float]) -> None:
        """What was gathered is a layer of these units."""
        self.layers.append((self.matrix, self.bias, kind, settings))
        self._begin(self.matrix.shape[1])

    def multiply(self, matrix: Reals) -> None:
        """Another matrix after what was gathered."""
        if matrix.ndim != 2 or matrix.shape[0] != self.matrix.shape[1]:
            raise Unreadable(f"a matrix of shape {matrix.shape} after {self.matrix.shape[1]} numbers")
        self.matrix, self.bias = self.matrix @ matrix, self.bias @ matrix

    def scale(self, factor: Reals) -> None:
        """A factor for all, or one for each."""
        self.matrix, self.bias = self.matrix * self.row(factor), self.bias * self.row(factor)

    def shift(self, by: Reals) -> None:
        """An addend for all, or one for each."""
        self.bias = self.bias + self.row(by)

    def row(self, values: Reals) -> Reals:
        """A constant as one number for each of the row."""
        width = self.matrix.shape[1]
        if values.size not in (1, width):
            raise Unreadable(f"{values.size} constants for {width} numbers")
        return np.broadcast_to(values.ravel(), (width,))


def _setting(node: Node, name: str, usual: float) -> float:
    return next((one.number for one in node.settings if one.name == name), usual)


def _gemm(chain: Chain, node: Node) -> None:
    if node.inputs[0] != chain.at or _setting(node, "transA", 0):
        raise Unreadable("Gemm whose first factor is a constant")
    matrix = chain.constant(node.inputs[1])
    chain.multiply(_setting(node, "alpha", 1.0) * (matrix.T if _setting(node, "transB", 0) else matrix))
    if len(node.inputs) > 2:
        chain.shift(_setting(node, "beta", 1.0) * chain.constant(node.inputs[2], 0.0))


def _matmul(chain: Chain, node: Node) -> None:
    if node.inputs[0] != chain.at:
        raise Unreadable("MatMul whose first factor is a constant")
    chain.multiply(chain.constant(node.inputs[1]))


def _other(chain: Chain, node: Node) -> Reals:
    return chain.constant(next(name for name in node.inputs if name != chain.at))


def _subtract(chain: Chain, node: Node) -> None:
    if node.inputs[0] != chain.at:  # constant less row
        chain.scale(np.array(-1.0))
        chain.shift(_other(chain, node))
    else:
        chain.shift(-_other(chain, node))


def _divide(chain: Chain, node: Node) -> None:
    if node.inputs[0] != chain.at:
        raise Unreadable("Div by what is no constant")
    chain.scale(1.0 / _other(chain, node))


def _cast(_: Chain, node: Node) -> None:
    if _setting(node, "to", 1) not in _TYPES:
        raise Unreadable("Cast to whole numbers")


def _clip(chain: Chain, node: Node) -> None:
    low, high = (*node.inputs[1:], "", "")[:2]
    ends = (
        float(chain.constant(low, _setting(node, "min", -np.inf))),
        float(chain.constant(high, _setting(node, "max", np.inf))),
    )
    chain.end_layer(mlp.CLIP, ends)


def _scaler(chain: Chain, node: Node) -> None:
    lists = {one.name: np.frombuffer(one.floats, "<f4").astype(float) for one in node.settings}
    chain.shift(-lists["offset"])
    chain.scale(lists["scale"])


_STEPS: Mapping[str, Callable[[Chain, Node], None]] = {
    "Gemm": _gemm, "MatMul": _matmul, "Sub": _subtract, "Div": _divide, "Cast": _cast, "Clip": _clip,
    "Scaler": _scaler, "Add": lambda chain, node: chain.shift(_other(chain, node)),
    "Mul": lambda chain, node: chain.scale(_other(chain, node)),
    **dict.fromkeys(_PASSING, lambda *_: None),
}  # fmt: skip


def numbers(tensor: Tensor, folder: Path) -> Reals:
    """The elements of a constant, from the file or from one beside it."""
    if tensor.kind not in _TYPES:
        raise Unreadable(f"'{tensor.name}' is of whole numbers")
    held = tensor.raw if tensor.raw is not None else memoryview(tensor.floats)
    if tensor.outside:
        start = int(tensor.external.get("offset", "0"))
        length = int(tensor.external.get("length", "0")) or None
        content = memoryview((folder / tensor.external["location"]).read_bytes())
        held = content[start : start + length if length else None]
    found = np.frombuffer(held, _TYPES[tensor.kind]).astype(float)
    return found.reshape(tensor.dims)
