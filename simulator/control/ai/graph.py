"""What stands in an ONNX file [1]_, as far as a policy is judged by it; needs no library.

References
----------
.. [1] ONNX, "onnx.proto", IR versions 3 to 12, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Tensor:
    """A constant: name, shape, element type of ONNX, and what holds it.

    Attributes
    ----------
    raw : memoryview or None
        Its elements as bytes.
    typed : int
        How many elements its typed fields can hold at most.
    numbers : list of int
        The first whole numbers of a typed field.
    floats : bytearray
        float32 elements of a typed field.
    external : dict
        Where its elements are when they are `outside` the file.
    """

    name: str = ""
    dims: list[int] = field(default_factory=list)
    kind: int = 0
    raw: memoryview | None = None
    typed: int = 0
    numbers: list[int] = field(default_factory=list)
    floats: bytearray = field(default_factory=bytearray)
    external: dict[str, str] = field(default_factory=dict)
    outside: bool = False


@dataclass
class Port:
    """An input or output; a dimension is a number, a name, or None."""

    name: str = ""
    kind: int | None = None
    shape: list[int | str | None] | None = None


@dataclass
class Setting:
    """One attribute of an operator that is a number, or a list of float32."""

    name: str = ""
    number: float = 0.0
    floats: bytearray = field(default_factory=bytearray)


@dataclass
class Node:
    """One operator, with the constants, graphs and float32 lists among its attributes, and those by name."""

    op: str = ""
    domain: str = ""
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    tensors: list[Tensor] = field(default_factory=list)
    graphs: list[Graph] = field(default_factory=list)
    floats: bytearray = field(default_factory=bytearray)
    settings: list[Setting] = field(default_factory=list)


@dataclass
class Graph:
    """Operators in order, constants, inputs and outputs."""

    nodes: list[Node] = field(default_factory=list)
    initialisers: list[Tensor] = field(default_factory=list)
    sparse: list[Tensor] = field(default_factory=list)
    inputs: list[Port] = field(default_factory=list)
    outputs: list[Port] = field(default_factory=list)

    def walk(self) -> Iterator[Graph]:
        """This graph and every graph inside it."""
        yield self
        for node in self.nodes:
            for inner in node.graphs:
                yield from inner.walk()

    @property
    def asked(self) -> list[Port]:
        """Inputs that have no constant behind them: what a caller must give."""
        constant = {tensor.name for tensor in self.initialisers}
        return [port for port in self.inputs if port.name not in constant]


@dataclass
class Function:
    """An operator that the file defines itself."""

    name: str = ""
    domain: str = ""
    nodes: list[Node] = field(default_factory=list)


@dataclass
class Model:
    """The whole file."""

    ir: int = 0
    producer: str = ""
    version: str = ""
    opsets: dict[str, int] = field(default_factory=dict)
    graph: Graph | None = None
    functions: list[Function] = field(default_factory=list)

    def graphs(self) -> Iterator[Graph]:
        """The graph, every graph inside it, and the bodies of the file's own functions."""
        if self.graph:
            yield from self.graph.walk()
        for function in self.functions:
            yield from Graph(nodes=function.nodes).walk()

    def tensors(self) -> Iterator[Tensor]:
        """Every constant."""
        for graph in self.graphs():
            yield from (*graph.initialisers, *graph.sparse)
            for node in graph.nodes:
                yield from node.tensors
