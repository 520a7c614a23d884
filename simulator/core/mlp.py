"""A network of layers, one after another, as plain arrays: its answer, and how each input moves it.

Back-propagation as in D. E. Rumelhart, G. E. Hinton, R. J. Williams, "Learning representations by
back-propagating errors", Nature 323, 1986, doi:10.1038/323533a0; one row at a time, in a fixed order.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.elementary import exp, log
from simulator.core.kernel import kernel, rule

Reals = NDArray[np.float64]
LINEAR, RELU, LEAKY, TANH, SIGMOID, CLIP, ELU, SOFTPLUS = range(8)
HELD = 1e-9
"""Slope of a unit that is held at its limit. Without any, a network whose units are all held would tell
no direction, and an attack by its gradient would take that for strength: A. Athalye, N. Carlini,
D. Wagner, "Obfuscated gradients give a false sense of security", ICML 2018, PMLR 80:274-283."""


class Net(NamedTuple):
    """Layers of units, each fed by all of the layer before.

    Attributes
    ----------
    sizes : ndarray of int64, shape (n_layers + 1,)
        Inputs, then units of each layer; the last are the answers.
    weights : ndarray
        Of all layers, one after another, each (n_in, n_out) in rows.
    biases : ndarray
        Of all units, in order.
    units : ndarray of int64, shape (n_layers,)
        What the units of a layer are: ``LINEAR`` to ``SOFTPLUS``.
    settings : ndarray, shape (n_layers, 2)
        Of those units: slope below zero (``LEAKY``, ``ELU``), lower and upper limit (``CLIP``).
    """

    sizes: NDArray[np.int64]
    weights: Reals
    biases: Reals
    units: NDArray[np.int64]
    settings: Reals


@rule
def _sigmoid(x: float) -> float:
    return 1.0 / (1.0 + exp(-x))


@rule
def unit(kind: int, x: float, a: float, b: float) -> tuple[float, float]:
    """What a unit makes of its sum, and its slope there."""
    y, slope = x, 1.0
    if kind == CLIP:
        y, slope = min(max(x, a), b), 1.0 if a < x < b else 0.0
    elif kind == TANH:
        y = 1.0 - 2.0 / (exp(2.0 * x) + 1.0)
        slope = 1.0 - y * y
    elif kind == SIGMOID:
        y = _sigmoid(x)
        slope = y * (1.0 - y)
    elif kind == SOFTPLUS:
        y, slope = max(x, 0.0) + log(1.0 + exp(-abs(x))), _sigmoid(x)
    elif kind == RELU and x <= 0.0:
        y, slope = 0.0, 0.0
    elif kind == LEAKY and x <= 0.0:
        y, slope = a * x, a
    elif kind == ELU and x <= 0.0:
        y, slope = a * (exp(x) - 1.0), a * exp(x)
    return y, slope if slope != 0.0 else HELD


@kernel
def forward(net: Any, values: Any, slopes: Any) -> float:
    """Fill in every unit of one row, and return the sum of its answers.

    Parameters
    ----------
    net : Net
        The network.
    values : ndarray, shape (sum of the sizes,)
        The inputs stand in front; the rest is filled in, the answers last.
    slopes : ndarray, likewise
        Filled in: slope of each unit at its sum.
    """
    start, w, b = 0, 0, 0
    for layer in range(net.units.shape[0]):
        n_in, n_out = net.sizes[layer], net.sizes[layer + 1]
        after = start + n_in
        for j in range(n_out):
            values[after + j] = net.biases[b + j]
        for i in range(n_in):
            value = values[start + i]
            for j in range(n_out):
                values[after + j] += value * net.weights[w + i * n_out + j]
        kind, low, high = net.units[layer], net.settings[layer, 0], net.settings[layer, 1]
        for j in range(n_out):
            values[after + j], slopes[after + j] = unit(kind, values[after + j], low, high)
        start, w, b = after, w + n_in * n_out, b + n_out
    total = 0.0
    for j in range(net.sizes[net.units.shape[0]]):
        total += values[start + j]
    return total


@kernel
def backward(net: Any, slopes: Any, back: Any) -> None:
    """Fill in how the sum of the answers moves with every unit; with the inputs in front.

    Parameters
    ----------
    net, slopes
        As `forward` left them.
    back : ndarray, shape (sum of the sizes,)
        Filled in.
    """
    start, w = back.shape[0] - net.sizes[net.units.shape[0]], net.weights.shape[0]
    back[start:] = 1.0
    for layer in range(net.units.shape[0] - 1, -1, -1):
        n_in, n_out = net.sizes[layer], net.sizes[layer + 1]
        before, w = start - n_in, w - n_in * n_out
        for i in range(n_in):
            moved = 0.0
            for j in range(n_out):
                moved += net.weights[w + i * n_out + j] * slopes[start + j] * back[start + j]
            back[before + i] = moved
        start = before


@kernel
def gradients(net: Any, rows: Any, out: Any) -> None:
    """How the sum of the answers moves with each input at each of these rows, both (n, n_inputs)."""
    size = 0
    for count in net.sizes:
        size += count
    values, slopes, back = np.empty(size), np.empty(size), np.empty(size)
    n = rows.shape[1]
    for k in range(rows.shape[0]):
        values[:n] = rows[k]
        forward(net, values, slopes)
        backward(net, slopes, back)
        out[k] = back[:n]
