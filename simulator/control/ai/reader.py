"""Reads an ONNX file into the parts of `graph`, field by field, by tables of field numbers."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from simulator.control.ai.graph import Function, Graph, Model, Node, Port, Setting, Tensor
from simulator.control.ai.wire import Broken, Value, fields, signed, text, varints

T = TypeVar("T")
DEEPEST = 64
"""Messages inside messages; a graph inside a graph is three deeper."""
Fill = Callable[[Any, Value, int], None]


def parse(content: bytes) -> Model:
    """Read a file; raises `Broken` when it is no ONNX model."""
    model = _filled(Model(), memoryview(content), _MODEL, 0)
    if model.graph is None or not model.opsets:
        raise Broken("a protobuf message without a graph and a version of the operators")
    return model


def _filled(into: T, data: Value, table: Mapping[int, Fill], depth: int) -> T:
    if isinstance(data, int):
        raise Broken("a number where a message belongs")
    if depth > DEEPEST:
        raise Broken(f"messages nested deeper than {DEEPEST}")
    for number, value in fields(data):
        fill = table.get(number)
        if fill:
            fill(into, value, depth)
    return into


def _text(name: str) -> Fill:
    return lambda into, value, depth: setattr(into, name, text(value))


def _texts(name: str) -> Fill:
    return lambda into, value, depth: getattr(into, name).append(text(value))


def _number(name: str) -> Fill:
    def fill(into: Any, value: Value, depth: int) -> None:
        if not isinstance(value, int):
            raise Broken("bytes where a number belongs")
        setattr(into, name, signed(value))

    return fill


def _numbers(name: str) -> Fill:
    return lambda into, value, depth: getattr(into, name).extend(varints(value))


def _messages(name: str, make: Callable[[], Any], table: Mapping[int, Fill]) -> Fill:
    def fill(into: Any, value: Value, depth: int) -> None:
        getattr(into, name).append(_filled(make(), value, table, depth + 1))

    return fill


def _raw(into: Tensor, value: Value, depth: int) -> None:
    into.raw = value if isinstance(value, memoryview) else None


def _typed(size: int) -> Fill:
    """Numbers of a typed field: how many there are at most, from the bytes that hold them."""

    def fill(into: Tensor, value: Value, depth: int) -> None:
        into.typed += 1 if isinstance(value, int) else max(len(value) // size, 1)

    return fill


def _floats(into: Tensor | Node | Setting, value: Value, depth: int) -> None:
    if isinstance(value, int):
        raise Broken("a whole number where a float belongs")
    into.floats.extend(value)


def _longs(into: Tensor, value: Value, depth: int) -> None:
    into.typed += 1 if isinstance(value, int) else len(value)
    if len(into.numbers) < 16:
        into.numbers.extend(varints(value if isinstance(value, int) else value[:160]))


def _pair(into: Tensor, value: Value, depth: int) -> None:
    found: dict[str, Any] = _filled({}, value, {1: _keep("key"), 2: _keep("value")}, depth + 1)
    into.external[found.get("key", "")] = found.get("value", "")


def _keep(name: str) -> Fill:
    return lambda into, value, depth: into.__setitem__(name, text(value) if name != "version" else value)


def _opset(into: Model, value: Value, depth: int) -> None:
    found: dict[str, Any] = _filled({}, value, {1: _keep("domain"), 2: _keep("version")}, depth + 1)
    into.opsets[str(found.get("domain", ""))] = signed(int(found.get("version", 0)))


def _outside(into: Tensor, value: Value, depth: int) -> None:
    into.outside = value == 1


def _dim(into: list[Any], value: Value, depth: int) -> None:
    found: dict[str, Any] = _filled({}, value, {1: _keep("version"), 2: _keep("name")}, depth + 1)
    into.append(signed(found["version"]) if "version" in found else found.get("name"))


def _type(into: Port, value: Value, depth: int) -> None:
    _filled(into, value, {1: lambda port, tensor, d: _filled(port, tensor, _TENSOR_TYPE, d + 1)}, depth + 1)


def _shape(into: Port, value: Value, depth: int) -> None:
    into.shape = _filled([], value, {1: _dim}, depth + 1)


def _graph(into: Model, value: Value, depth: int) -> None:
    into.graph = _filled(Graph(), value, _GRAPH, depth + 1)


def _sparse(into: Graph, value: Value, depth: int) -> None:
    found: dict[str, Any] = {"dims": [], "values": []}
    _filled(found, value, {1: _sparse_values, 3: _sparse_dims}, depth + 1)
    tensor = found["values"][0] if found["values"] else Tensor()
    into.sparse.append(Tensor(tensor.name, found["dims"], tensor.kind, typed=math.prod(found["dims"])))


def _sparse_values(into: Any, value: Value, depth: int) -> None:
    into["values"].append(_filled(Tensor(), value, _TENSOR, depth + 1))


def _sparse_dims(into: Any, value: Value, depth: int) -> None:
    into["dims"].extend(varints(value))


def _attribute(into: Node, value: Value, depth: int) -> None:
    _filled(into, value, _ATTRIBUTE, depth + 1)
    into.settings.append(_filled(Setting(), value, _SETTING, depth + 1))


def _single(into: Setting, value: Value, depth: int) -> None:
    if isinstance(value, int) or len(value) != 4:
        raise Broken("no float where a float belongs")
    into.number = struct.unpack("<f", value)[0]


_TENSOR: dict[int, Fill] = {
    1: _numbers("dims"), 2: _number("kind"), 4: _floats, 5: _typed(1), 6: _typed(1), 7: _longs,
    8: _text("name"), 9: _raw, 10: _typed(8), 11: _typed(1), 13: _pair, 14: _outside,
}  # fmt: skip
_TENSOR_TYPE: dict[int, Fill] = {1: _number("kind"), 2: _shape}
_PORT: dict[int, Fill] = {1: _text("name"), 2: _type}
_NODE: dict[int, Fill] = {
    1: _texts("inputs"), 2: _texts("outputs"), 4: _text("op"), 5: _attribute, 7: _text("domain"),
}  # fmt: skip
_GRAPH: dict[int, Fill] = {
    1: _messages("nodes", Node, _NODE), 5: _messages("initialisers", Tensor, _TENSOR),
    11: _messages("inputs", Port, _PORT), 12: _messages("outputs", Port, _PORT), 15: _sparse,
}  # fmt: skip
_ATTRIBUTE: dict[int, Fill] = {
    5: _messages("tensors", Tensor, _TENSOR), 6: _messages("graphs", Graph, _GRAPH),
    7: _floats, 10: _messages("tensors", Tensor, _TENSOR), 11: _messages("graphs", Graph, _GRAPH),
}  # fmt: skip
_SETTING: dict[int, Fill] = {1: _text("name"), 2: _single, 3: _number("number"), 7: _floats}
_FUNCTION: dict[int, Fill] = {
    1: _text("name"), 7: _messages("nodes", Node, _NODE), 10: _text("domain"),
}  # fmt: skip
_MODEL: dict[int, Fill] = {
    1: _number("ir"), 2: _text("producer"), 3: _text("version"), 7: _graph, 8: _opset,
    25: _messages("functions", Function, _FUNCTION),
}  # fmt: skip
