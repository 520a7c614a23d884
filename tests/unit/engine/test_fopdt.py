"""First-order blocks with dead time against what their step response must be."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.engine.fopdt import Block, Design, End, physics_of
from simulator.testing.check_plant import check_plant

INF = math.inf
GAIN, TAU, DEAD, BASE = 1.5, 30.0, 20, 0.2


def plant(*blocks, low=-INF, high=INF, outputs=1):
    inputs = (End("valve", "%", 50.0, 0.0, 100.0), End("feed", "K", 300.0, -INF, INF))
    made = tuple(End(f"out_{k}", "K", 350.0, low, high) for k in range(outputs))
    return physics_of(Design(BASE, inputs, made, blocks))()


def response(physics, valve, dt, seconds, feed=300.0):
    """Output after each step of `dt` from rest, inputs held."""
    true, inputs = physics.initial(1), np.array([[valve], [feed]])
    found = []
    for _ in range(round(seconds / dt)):
        physics.advance(true, inputs, dt)
        found.append(true[-1, 0])
    return np.array(found)


def test_a_step_gives_the_exact_response_of_first_order_and_dead_time():
    """y = y0 + K du (1 - exp(-(t - theta) / T)) for t > theta."""
    got = response(plant(Block(0, 0, GAIN, TAU, DEAD)), 60.0, BASE, 60)
    t = BASE * np.arange(1, len(got) + 1) - DEAD * BASE
    wanted = 350.0 + GAIN * 10.0 * np.where(t > 0, 1.0 - np.exp(-t / TAU), 0.0)
    np.testing.assert_allclose(got, wanted, rtol=0, atol=1e-10)


@pytest.mark.parametrize("dt", [BASE / 4, BASE / 2, BASE * 5, BASE * 7.5])
def test_the_step_is_exact_whatever_its_length(dt):
    """Twelve seconds in other steps: the same as in steps of the base tick."""
    physics = plant(Block(0, 0, GAIN, TAU, 10))
    one, other = (response(physics, 60.0, step, 12.0)[-1] for step in (BASE, dt))
    assert one == pytest.approx(other, abs=1e-10)


def test_the_dead_time_delays_what_is_past_and_not_what_is_now():
    """A pulse of one tick into a block without lag comes out after its dead time, and only then."""
    physics = plant(Block(0, 0, 1.0, 0.0, 3))
    true, seen = physics.initial(1), []
    for valve in (60.0, 50.0, 50.0, 50.0, 50.0, 50.0):
        physics.advance(true, np.array([[valve], [300.0]]), BASE)
        seen.append(true[-1, 0] - 350.0)
    assert seen == [0.0, 0.0, 0.0, 10.0, 0.0, 0.0]


def test_blocks_of_one_output_add_and_those_of_another_do_not():
    physics = plant(Block(0, 0, 2.0, 0.0, 0), Block(0, 1, -1.0, 0.0, 0), Block(1, 1, 5.0, 0.0, 0), outputs=2)
    true = physics.initial(1)
    physics.advance(true, np.array([[51.0], [303.0]]), BASE)
    assert true[-2:, 0].tolist() == [350.0 + 2.0 - 3.0, 350.0 + 15.0]


def test_inputs_and_outputs_stay_in_their_bounds():
    physics = plant(Block(0, 0, 1.0, 0.0, 0), low=320.0, high=380.0)
    assert response(physics, 1000.0, BASE, BASE)[-1] == 380.0
    assert response(plant(Block(0, 0, 1.0, 0.0, 0)), 1000.0, BASE, BASE)[-1] == 400.0


@pytest.mark.parametrize("dead", [0, 1, DEAD])
def test_blocks_keep_the_contract_of_physics(dead):
    check_plant(plant(Block(0, 0, GAIN, TAU, dead), Block(0, 1, 0.5, 60.0, 0)), BASE)
