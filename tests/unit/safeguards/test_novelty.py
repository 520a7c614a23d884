"""Novelty: T2 and SPE of an AI's inputs, and when they take the loops from it."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.safeguards.novelty import Novelty, NoveltyInputs, NoveltyOut, Plane, statistics

HALF = 0.5**0.5
PLANE = Plane((0, 1), (350.0, 10.0), (2.0, 1.0), ((HALF, HALF),), (2.0,), t2=9.0, spe=1.0)
"""Two inputs that go together; normal operation is their diagonal."""


def run(values: np.ndarray, cycles: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Ground and shares after every cycle; `values` (n_cycles, 2, n)."""
    layer, n = Novelty(PLANE, cycles), values.shape[2]
    state, out = layer.initial(n), NoveltyOut(np.zeros(n, np.int8), np.zeros((2, n)))
    grounds, shares = [], []
    for k, row in enumerate(values):
        layer.step(state, NoveltyInputs(row), out, 1000 * k)
        grounds.append(out.ground.copy())
        shares.append(out.share.copy())
    return np.array(grounds), np.array(shares)


def at(*pairs: tuple[float, float]) -> np.ndarray:
    return np.array(pairs)[:, :, None]


def test_statistics_of_a_known_plane():
    """Along the diagonal (1, 1) all is score, across it all is residual."""
    axes, variances = np.array([[HALF, HALF]]), np.array([2.0])
    inputs, found = np.array([[1.0, 1.0], [1.0, -1.0]]), np.empty((2, 2))
    statistics(inputs, axes, variances, np.empty(2), found)
    np.testing.assert_allclose(found, [[1.0, 0.0], [0.0, 2.0]], atol=1e-12)


def test_shares_are_those_of_the_limits():
    _, shares = run(at((352.0, 11.0), (352.0, 9.0)))
    np.testing.assert_allclose(shares[:, :, 0], [[1.0 / 9.0, 0.0], [0.0, 2.0]], atol=1e-12)


@pytest.mark.parametrize("outside", [(362.0, 16.0), (352.0, 9.0), (np.nan, 10.0), (350.0, np.inf)])
def test_three_cycles_outside_take_the_loops_and_two_do_not(outside):
    """Far along the plane, off it, or no number at all."""
    inside = (350.0, 10.0)
    grounds, _ = run(at(outside, outside, inside, outside, outside, outside, inside))
    assert grounds[:, 0].tolist() == [0, 0, 0, 0, 0, 1, 0]


def test_a_replica_alone_is_judged_as_in_a_block():
    values = np.array([350.0, 10.0])[None, :, None] + np.random.Generator(np.random.Philox(key=5)).normal(
        0.0, 3.0, (30, 2, 6)
    )
    grounds, shares = run(values, cycles=1)
    assert 0 < grounds.sum() < grounds.size
    for i in range(6):
        alone = run(np.ascontiguousarray(values[:, :, i : i + 1]), cycles=1)
        assert np.array_equal(alone[0][:, 0], grounds[:, i])
        assert np.array_equal(alone[1][:, :, 0], shares[:, :, i])
