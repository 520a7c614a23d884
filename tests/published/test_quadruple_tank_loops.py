"""The two loops of the quadruple tank, linear: pairing and gain margin of the tuned PIDs.

Relative gains 1.40 (P-) and -0.64 (P+): K. H. Johansson, "The quadruple-tank process", IEEE Trans.
Control Syst. Technol. 8(3), 2000, section III. Gain margins are those that the plant's README states.
"""

from __future__ import annotations

import numpy as np
import pytest

from plant_models.quadruple_tank.model import NonMinimumPhase, QuadrupleTank
from plant_models.training.recipe import MODELS
from plant_models.training.rehearsal import load

POINTS = {"quadruple_tank": QuadrupleTank(), "quadruple_tank_plus": NonMinimumPhase()}
SCAN = 0.2


def plant(model):
    """Slopes of levels and lagged transmitters by themselves (6, 6) and by the pumps in % (6, 2)."""
    rest, inputs = model.initial(1), model.inputs(1)
    slopes = np.zeros((6, 8))
    for k in range(6):
        ends = []
        for sign in (1.0, -1.0):
            true, driven = rest.copy(), inputs.copy()
            target = true if k < 4 else driven
            target[k if k < 4 else k - 4] += sign * 1e-4
            start = true[:4, 0].copy()
            model.advance(true, driven, 1e-3)
            ends.append((true[:4, 0] - start) / 1e-3)
        slopes[:4, k if k < 4 else k + 2] = (ends[0] - ends[1]) / 2e-4
    for j in (0, 1):
        slopes[4 + j, j], slopes[4 + j, 4 + j] = 1 / 0.5, -1 / 0.5  # transmitters, 500 ms
    return slopes[:, :6], slopes[:, 6:]


def over_one_scan(a, b):
    """Exact discretisation of the plant for pumps held over a scan."""
    whole, power = np.eye(8), np.eye(8)
    block = np.zeros((8, 8))
    block[:6, :6], block[:6, 6:] = a * SCAN, b * SCAN
    for k in range(1, 20):
        power = power @ block / k
        whole = whole + power
    return whole[:6, :6], whole[:6, 6:]


def filter_share(constant_ms):
    return 1.0 - np.exp(-SCAN * 1000 / constant_ms) if constant_ms else 1.0


def radius(model, tuned, gains=(1.0, 1.0)):
    """Spectral radius of plant and both PIDs over one scan; below 1 it is stable."""
    a, b = over_one_scan(*plant(model))
    step = np.zeros((14, 14))
    step[:6, :6], step[:6, 12:] = a, b
    for j, loop in enumerate(tuned.loops.values()):
        gain = -loop.gain.to("%/cm") * gains[j]
        smooth, slope, integral = 6 + 3 * j, 7 + 3 * j, 8 + 3 * j
        share, slow = filter_share(loop.filter), filter_share(loop.rate_filter or 1000)
        step[smooth, [smooth, 4 + j]] = 1 - share, share
        moved = step[smooth].copy()
        moved[smooth] -= 1
        step[slope] = slow * moved
        step[slope, slope] += 1 - slow
        step[integral] = gain * SCAN * 1000 / loop.reset * step[smooth]
        step[integral, integral] += 1
        pump = 12 if loop.op == "SC-201" else 13
        step[pump] = step[integral] + gain * step[smooth] + gain * loop.rate / 1000 / SCAN * step[slope]
    return np.abs(np.linalg.eigvals(step)).max()


def margin(model, tuned):
    """Smallest factor on either gain, or both, that ends stability."""
    factors = np.geomspace(1.0, 20.0, 200)
    first = (
        next((f for f in factors if radius(model, tuned, np.where(which, f, 1.0)) >= 1.0), np.inf)
        for which in ((True, False), (False, True), (True, True))
    )
    return min(first)


@pytest.mark.parametrize(("name", "stated"), [("quadruple_tank", 5.2), ("quadruple_tank_plus", 1.9)])
def test_the_tuned_loops_have_the_gain_margin_that_the_readme_states(name, stated):
    tuned = load(MODELS / name)
    assert radius(POINTS[name], tuned) < 1.0
    assert margin(POINTS[name], tuned) == pytest.approx(stated, rel=0.03)


@pytest.mark.parametrize(("at", "tuned_for"), [tuple(POINTS), tuple(reversed(POINTS))])
def test_either_fallback_is_unstable_at_the_other_line_up(at, tuned_for):
    """However small its gains: the relative gain of the pairing is negative there."""
    tuned = load(MODELS / tuned_for)
    for gains in ((1.0, 1.0), (0.1, 0.1)):
        assert radius(POINTS[at], tuned, gains) > 1.0


@pytest.mark.parametrize(("name", "published"), [("quadruple_tank", 1.40), ("quadruple_tank_plus", 1.64)])
def test_the_pairing_in_the_plant_file_has_the_positive_relative_gain(name, published):
    a, b = plant(POINTS[name])
    steady = -np.linalg.inv(a[:4, :4])[:2] @ b[:4]
    relative = steady * np.linalg.inv(steady).T
    pumps = [int(loop.op[-1]) - 1 for loop in load(MODELS / name).loops.values()]
    assert relative[0, pumps[0]] == pytest.approx(published, abs=0.01)
    assert relative[1, pumps[1]] == pytest.approx(published, abs=0.01)
