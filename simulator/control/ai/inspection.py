"""Everything that can be said of a policy file, as plain data."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from simulator.control.ai import rules
from simulator.control.ai.chain import Unreadable
from simulator.control.ai.graph import Model, Port
from simulator.control.ai.layout import Layout
from simulator.control.ai.probe import probed
from simulator.control.ai.session import opened
from simulator.control.ai.weights import weights
from simulator.core.errors import InputError, Problem
from simulator.core.mlp import gradients

MEANING = [
    "exact: of the answers' bits on fixed rows; equal for equal files on machines and runtimes that agree",
    "rounded: of the answers rounded to 0.001; two that differ are two behaviours, edges of rounding aside",
    "equal fingerprints are no proof of equal policies: 64 rows were asked",
]
_KINDS = {
    1: "float32", 2: "uint8", 3: "int8", 5: "int16", 6: "int32", 7: "int64", 8: "text", 9: "bool",
    10: "float16", 11: "float64", 16: "bfloat16",
}  # fmt: skip


def inspected(path: Path, layout: Layout | None = None, n_outputs: int | None = None) -> dict[str, Any]:
    """Contract, operators, identity, behaviour and warnings of a policy file.

    Parameters
    ----------
    path : Path
        The ONNX file.
    layout : Layout or None
        Its features, as an io file says; from the file itself when absent.
    n_outputs : int or None
        Its outputs, likewise.

    Raises
    ------
    InputError
        When the file is refused.
    """
    content, model = opened(path)
    told: dict[str, Any] = {"file": str(path), **_identity(path, content, model), **_contract(model)}
    told["operators"] = rules.operators(model)
    shape = layout or _declared(path, model)
    outputs = n_outputs or _width(model)
    if shape is None or outputs is None:
        why = "not asked: the file leaves its width open; give --io"
        return told | {"batch_invariant": why, "fingerprint": why, "warnings": rules.warnings(model)}
    behaviour, warnings = probed(path, shape, outputs)
    told["batch_invariant"] = "yes" if behaviour.invariant else "no: it is asked row by row"
    told["fingerprint"] = {"exact": behaviour.exact, "rounded": behaviour.rounded}
    if layout:  # without it nobody knows which features are one input
        told["sensitivity"] = sensitivity(path, layout)
    return told | {"means": MEANING, "warnings": warnings}


def sensitivity(path: Path, layout: Layout) -> list[str]:
    """How the sum of the answers moves with each input where all inputs are at their centres.

    Per scale of the input, in scales of the outputs: for a change that stands in all of the history, and
    the largest for one that stands in one cycle. This is the policy alone: nothing of the loop is in it.
    """
    try:
        net = weights(path, layout)
    except Unreadable as error:
        return [f"not told: the weights cannot be read ({error})"]
    found = np.empty((1, layout.width))
    gradients(net, np.zeros((1, layout.width)), found)
    by_cycle = found.reshape(layout.history, layout.tags)
    most = by_cycle[np.abs(by_cycle).argmax(axis=0), np.arange(layout.tags)]
    both = zip(by_cycle.sum(axis=0), most, strict=True)
    return [f"input {k}: {held:+.3g} held, {one:+.3g} in one cycle" for k, (held, one) in enumerate(both, 1)]


def _identity(path: Path, content: bytes, model: Model) -> dict[str, Any]:
    return {
        "sha256": sha256(content).hexdigest(),
        "beside": {one.name: sha256(one.read_bytes()).hexdigest() for one in rules.beside(path, model)},
        "size": f"{len(content)} bytes",
        "parameters": rules.parameters(model),
        "producer": " ".join(part for part in (model.producer, model.version) if part) or "not told",
        "ir_version": model.ir,
        "opset": {domain or "ai.onnx": version for domain, version in model.opsets.items()},
    }


def _contract(model: Model) -> dict[str, Any]:
    graph = model.graph
    ports = {"inputs": graph.asked, "outputs": graph.outputs} if graph else {}
    return {key: [_port(port) for port in value] for key, value in ports.items()}


def _port(port: Port) -> str:
    size = "of unsaid shape" if port.shape is None else f"[{', '.join(str(d or 'n') for d in port.shape)}]"
    return f"{port.name}  {_KINDS.get(port.kind or 0, f'type {port.kind}')}  {size}"


def _declared(path: Path, model: Model) -> Layout | None:
    """The layout that the file's own input shape says; None when it leaves it open."""
    shape = model.graph.asked[0].shape if model.graph and model.graph.asked else None
    if shape is not None and len(shape) not in (2, 3):
        wanted = "[n, features], or [n, history, tags]"
        raise InputError(Problem(f"an input of {len(shape)} dimensions", wanted, file=str(path)))
    sizes = [size for size in (shape or [])[1:] if isinstance(size, int)]
    if shape is None or len(sizes) != len(shape) - 1:
        return None
    return Layout(sizes[-1], sizes[0] if len(sizes) == 2 else 1)


def _width(model: Model) -> int | None:
    shape = model.graph.outputs[0].shape if model.graph and model.graph.outputs else None
    last = shape[-1] if shape else None
    return last if isinstance(last, int) else None
