"""What an ONNX file is refused or warned for before a runtime ever sees it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from simulator.control.ai.graph import Graph, Model, Node, Tensor
from simulator.core.errors import Problem

MOST_BYTES = 100_000_000
"""Of a policy file, of a file beside it, and of any constant in either."""
MOST_TURNS = 1000
"""Of a Loop, with the loops around it."""
DOMAINS = ("", "ai.onnx", "ai.onnx.ml", "com.microsoft")
"""Operators that the runtime brings; the last are its own and run in no other."""
_BYTES = {1: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 12: 4, 13: 8, 14: 8, 15: 16, 16: 2}
FLOAT, _LONG, _DOUBLE = 1, 7, 11
_RANDOM = (
    "RandomNormal",
    "RandomNormalLike",
    "RandomUniform",
    "RandomUniformLike",
    "Multinomial",
    "Bernoulli",
)
_COUPLING = ("DynamicQuantizeLinear", "DynamicQuantizeMatMul", "DynamicQuantizeLSTM", "MatMulInteger")

Found = Iterator[tuple[str, str, str]]
"""What was got, what was wanted, and what to do."""


def problems(path: Path, model: Model) -> list[Problem]:
    """Everything for which a model is refused, all at once."""
    rules = (_operators, _random, _loops, _constants, _undefined)
    found = [one for rule in rules for one in rule(model)]
    found += _outside(path, model)
    return [Problem(*one[:2], file=str(path), hint=one[2]) for one in dict.fromkeys(found)]


def warnings(model: Model) -> list[str]:
    """What is allowed and a reviewer should know."""
    kinds = operators(model)
    told = [f"{op} looks at a whole batch: rows may depend on each other" for op in _COUPLING if op in kinds]
    told += [f"{op}: the time to answer depends on the data" for op in ("Loop", "If", "Scan") if op in kinds]
    own = sorted({node.op for node in nodes(model) if node.domain == "com.microsoft"})
    if own:
        told.append(f"{', '.join(own)}: of the domain com.microsoft, which only onnxruntime runs")
    for name, values in _floats(model):
        wrong = int(np.count_nonzero(~np.isfinite(values)))
        if wrong:
            told.append(f"{name} holds {wrong} of {values.size} values that are no finite number")
    return told


def nodes(model: Model) -> Iterator[Node]:
    """Every operator, those inside of graphs and functions too."""
    for graph in model.graphs():
        yield from graph.nodes


def operators(model: Model) -> dict[str, int]:
    """How often each operator stands in the file, by name, with its domain where that is not ONNX's own."""
    names = (f"{n.domain}.{n.op}" if n.domain not in ("", "ai.onnx") else n.op for n in nodes(model))
    return dict(sorted(Counter(names).items()))


def parameters(model: Model) -> int:
    """How many float numbers the file holds."""
    held = sum(math.prod(t.dims) for t in model.tensors() if t.kind in (FLOAT, _DOUBLE, 10, 16))
    return held + sum(len(node.floats) // 4 for node in nodes(model))


def _operators(model: Model) -> Found:
    own = {(function.domain, function.name) for function in model.functions}
    for node in nodes(model):
        if node.domain not in DOMAINS and (node.domain, node.op) not in own:
            got = f"the operator '{node.op}' of the domain '{node.domain}'"
            yield got, "operators of ONNX itself", "export without custom operators"


def _random(model: Model) -> Found:
    for node in nodes(model):
        if node.op in _RANDOM:
            got = f"the operator '{node.op}', whose answers are random"
            yield got, "a policy that answers the same twice", "export the mean of its actions"


def _loops(model: Model) -> Found:
    known = {t.name: t for graph in model.graphs() for t in graph.initialisers}
    known |= {
        n.outputs[0]: n.tensors[0] for n in nodes(model) if n.op == "Constant" and n.tensors and n.outputs
    }
    bodies = [function.nodes for function in model.functions]
    for body in (*([model.graph.nodes] if model.graph else []), *bodies):
        yield from _turns(body, known, 1)


def _turns(body: list[Node], known: dict[str, Tensor], around: int) -> Found:
    for node in body:
        turns = around
        if node.op == "Loop":
            count = _count(known.get(node.inputs[0])) if node.inputs else None
            turns = around * (count if count is not None and count >= 0 else MOST_TURNS + 1)
            if turns > MOST_TURNS:
                told = "without a fixed number of turns" if count is None else f"of {turns} turns"
                wanted = f"at most {MOST_TURNS} turns, written in the file"
                yield f"a Loop {told}", wanted, "unroll it: a controller must answer within its cycle"
        for graph in node.graphs:
            yield from _turns(graph.nodes, known, turns)


def _count(tensor: Tensor | None) -> int | None:
    if tensor is None or tensor.kind != _LONG:
        return None
    if tensor.raw is not None and len(tensor.raw) == 8:
        return int.from_bytes(tensor.raw, "little", signed=True)
    return tensor.numbers[0] if len(tensor.numbers) == 1 else None


def _constants(model: Model) -> Found:
    for tensor in model.tensors():
        name, elements = tensor.name or "a constant", math.prod(tensor.dims)
        size = elements * _BYTES.get(tensor.kind, 1)
        if any(d < 0 for d in tensor.dims) or size > MOST_BYTES:
            shape = " x ".join(map(str, tensor.dims))
            yield f"'{name}' of shape {shape}", f"a constant of at most {MOST_BYTES // 10**6} MB", ""
        elif not tensor.outside and tensor.kind in _BYTES and elements > _held(tensor):
            got = f"'{name}' that claims {elements} elements and holds {_held(tensor)}"
            yield got, "a constant that is whole", "export the policy again"


def _held(tensor: Tensor) -> int:
    if tensor.raw is not None:
        return len(tensor.raw) // _BYTES[tensor.kind]
    return tensor.typed + len(tensor.floats) // 4


def _undefined(model: Model) -> Found:
    if model.graph:
        yield from _names(model.graph, frozenset())


def _names(graph: Graph, outer: frozenset[str]) -> Found:
    known = {"", *outer, *(port.name for port in graph.inputs)}
    known |= {tensor.name for tensor in (*graph.initialisers, *graph.sparse)}
    for node in graph.nodes:
        for name in node.inputs:
            if name not in known:
                got = f"'{name}', an input of {node.op} that nothing makes"
                yield got, "a constant or the output of an operator before it", "export the policy again"
        known |= set(node.outputs)
        for inner in node.graphs:
            yield from _names(inner, frozenset(known))


def beside(path: Path, model: Model) -> list[Path]:
    """Files in which the model keeps constants, those that it may have."""
    names = dict.fromkeys(t.external.get("location", "") for t in model.tensors() if t.outside)
    return [path.parent / name for name in names if name and _refused(path, name) is None]


def _outside(path: Path, model: Model) -> Found:
    for tensor in model.tensors():
        name = tensor.external.get("location", "")
        wrong = _refused(path, name) if tensor.outside else None
        if wrong:
            got = f"'{tensor.name}' in {wrong}"
            yield got, "constants inside the file, or in a file of its own folder", "export it as one file"


def _refused(path: Path, name: str) -> str | None:
    """What is wrong with a file that a model names for its constants."""
    target, folder = path.parent / name, path.parent.resolve()
    try:
        if Path(name).is_absolute() or ".." in Path(name).parts:
            return f"'{name}', outside its folder"
        if not target.resolve(strict=True).is_relative_to(folder):
            return f"'{name}', which leads outside its folder"
        if not target.is_file():
            return f"'{name}', which is no file"
        size = target.stat().st_size
    except (OSError, RuntimeError, ValueError):
        return f"'{name}', which is not there"
    return f"'{name}' of {size} bytes" if size > MOST_BYTES else None


def _floats(model: Model) -> Iterator[tuple[str, np.ndarray[tuple[int], np.dtype[np.floating]]]]:
    for tensor in model.tensors():
        kind = {FLOAT: "<f4", _DOUBLE: "<f8", 10: "<f2"}.get(tensor.kind)
        held = tensor.raw if tensor.raw is not None else tensor.floats
        if kind and len(held) % np.dtype(kind).itemsize == 0:
            yield f"'{tensor.name}'", np.frombuffer(held, kind)
    for node in nodes(model):
        if len(node.floats) % 4 == 0:
            yield f"an attribute of {node.op}", np.frombuffer(node.floats, "<f4")
