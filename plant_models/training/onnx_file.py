"""A policy network as the bytes of an ONNX file, and back: the same weights give the same bytes.

The network has one hidden layer of units that are linear between -1 and 1 and held beyond:
``action = clip(features @ hidden + hidden_bias, -1, 1) @ output + output_bias``. The few protobuf
messages it needs [1]_ are written here, so that neither a training library nor its version, date
or dictionary order gets into the file.

References
----------
.. [1] ONNX, "onnx.proto", IR version 8, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float32]
IR_VERSION, OPSET, FLOAT = 8, 17, 1
PRODUCER = "plantproof"


class Network(NamedTuple):
    """Weights: shapes (k, n_hidden), (n_hidden,), (n_hidden, m), (m,); float32."""

    hidden: Weights
    hidden_bias: Weights
    output: Weights
    output_bias: Weights


def encode(network: Network) -> bytes:
    """Bytes of an ONNX file: input `features` [n, k], output `action` [n, m].

    Parameters
    ----------
    network : Network
        The weights.

    Returns
    -------
    bytes
    """
    k, m = network.hidden.shape[0], network.output.shape[1]
    limits = {"low": np.array(-1.0, np.float32), "high": np.array(1.0, np.float32)}
    tensors = network._asdict() | limits
    graph = b"".join((
        _node("Gemm", ("features", "hidden", "hidden_bias"), "sum"),
        _node("Clip", ("sum", "low", "high"), "unit"),
        _node("Gemm", ("unit", "output", "output_bias"), "action"),
        _message(2, b"policy"),
        *(_message(5, _tensor(name, value)) for name, value in tensors.items()),
        _message(11, _port("features", k)),
        _message(12, _port("action", m)),
    ))  # fmt: skip
    opset = _message(1, b"") + _number(2, OPSET)
    head = _number(1, IR_VERSION) + _message(2, PRODUCER.encode())
    return head + _message(7, graph) + _message(8, opset)


def decode(content: bytes) -> Network:
    """Weights of a file that `encode` wrote.

    Parameters
    ----------
    content : bytes
        The file.

    Returns
    -------
    Network
    """
    graph = next(value for field, value in _fields(content) if field == 7)
    tensors = dict(_array(value) for field, value in _fields(graph) if field == 5)
    return Network(**{name: tensors[name] for name in Network._fields})


def _varint(number: int) -> bytes:
    most = bytearray()
    while number > 127:
        most.append(number & 127 | 128)
        number >>= 7
    return bytes((*most, number))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _message(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _node(kind: str, inputs: tuple[str, ...], output: str) -> bytes:
    ports = b"".join(_message(1, name.encode()) for name in inputs) + _message(2, output.encode())
    return _message(1, ports + _message(3, output.encode()) + _message(4, kind.encode()))


def _tensor(name: str, value: Weights) -> bytes:
    dims = b"".join(_number(1, size) for size in value.shape)
    return dims + _number(2, FLOAT) + _message(8, name.encode()) + _message(9, value.astype("<f4").tobytes())


def _port(name: str, width: int) -> bytes:
    shape = _message(1, _message(2, b"n")) + _message(1, _number(1, width))
    kind = _message(1, _number(1, FLOAT) + _message(2, shape))
    return _message(1, name.encode()) + _message(2, kind)


def _fields(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Fields of a message in order, a number as its varint's bytes."""
    at = 0
    while at < len(content):
        key, at = _read(content, at)
        size, after = _read(content, at)
        end = after + size if key & 7 == 2 else after
        yield key >> 3, content[after:end] if key & 7 == 2 else content[at:end]
        at = end


def _read(content: bytes, at: int) -> tuple[int, int]:
    number, shift = 0, 0
    while content[at] > 127:
        number |= (content[at] & 127) << shift
        at, shift = at + 1, shift + 7
    return number | content[at] << shift, at + 1


def _array(content: bytes) -> tuple[str, Weights]:
    shape, name, raw = [], "", b""
    for field, value in _fields(content):
        if field == 1:
            shape.append(_read(value, 0)[0])
        elif field == 8:
            name = value.decode()
        elif field == 9:
            raw = value
    return name, np.frombuffer(raw, "<f4").reshape(shape)
