"""A plain network: its answers by hand, and its slopes against differences of its own answers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from simulator.core import mlp
from simulator.core.mlp import HELD, Net, forward, gradients

KINDS = {
    "linear": (mlp.LINEAR, 0.0, 0.0, lambda x: x),
    "relu": (mlp.RELU, 0.0, 0.0, lambda x: np.maximum(x, 0.0)),
    "leaky": (mlp.LEAKY, 0.1, 0.0, lambda x: np.where(x > 0, x, 0.1 * x)),
    "tanh": (mlp.TANH, 0.0, 0.0, np.tanh),
    "sigmoid": (mlp.SIGMOID, 0.0, 0.0, lambda x: 1 / (1 + np.exp(-x))),
    "clip": (mlp.CLIP, -0.7, 1.2, lambda x: np.clip(x, -0.7, 1.2)),
    "elu": (mlp.ELU, 1.5, 0.0, lambda x: np.where(x > 0, x, 1.5 * (np.exp(x) - 1))),
    "softplus": (mlp.SOFTPLUS, 0.0, 0.0, lambda x: np.log1p(np.exp(x))),
}
SIZES = (5, 7, 4, 2)


def drawn(*shape):
    return np.random.Generator(np.random.Philox(key=11)).normal(0.0, 0.8, shape)


def network(kind):
    number, a, b, _ = KINDS[kind]
    count = sum(n * m for n, m in pairwise(SIZES))
    units = np.array([number, number, mlp.LINEAR])
    return Net(np.array(SIZES), drawn(count), drawn(sum(SIZES[1:])), units, np.array([[a, b]] * 3))


def answers(net, rows):
    total = int(net.sizes.sum())
    values, slopes, found = np.zeros(total), np.zeros(total), []
    for row in rows:
        values[: len(row)] = row
        forward(net, values, slopes)
        found.append(values[-int(net.sizes[-1]) :].copy())
    return np.array(found)


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_network_answers_what_its_matrices_say(kind):
    net, rows, act = network(kind), drawn(9, SIZES[0]), KINDS[kind][3]
    expected, w, b = rows, 0, 0
    for layer, (n, m) in enumerate(pairwise(SIZES)):
        expected = expected @ net.weights[w : w + n * m].reshape(n, m) + net.biases[b : b + m]
        expected = act(expected) if layer < 2 else expected
        w, b = w + n * m, b + m
    np.testing.assert_allclose(answers(net, rows), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_slope_is_the_difference_of_two_answers(kind):
    net, rows, step = network(kind), drawn(20, SIZES[0]), 1e-6
    found = np.empty_like(rows)
    gradients(net, rows, found)
    for k in range(SIZES[0]):
        apart = np.zeros(SIZES[0])
        apart[k] = step
        two = (answers(net, rows + apart).sum(1) - answers(net, rows - apart).sum(1)) / (2 * step)
        np.testing.assert_allclose(found[:, k], two, rtol=1e-5, atol=1e-7)


def test_a_network_whose_units_are_all_held_still_tells_a_direction():
    """As its weights would have it without the limits, by as much as `HELD`."""
    net = Net(np.array([2, 1, 1]), np.array([3.0, -2.0, 5.0]), np.array([100.0, 0.0]),
              np.array([mlp.CLIP, mlp.LINEAR]), np.array([[-1.0, 1.0], [0.0, 0.0]]))  # fmt: skip
    found = np.empty((1, 2))
    gradients(net, np.zeros((1, 2)), found)
    np.testing.assert_allclose(found[0], [15.0 * HELD, -10.0 * HELD])
