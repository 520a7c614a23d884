"""The tanks' block behaves like its replicas alone, within its bounds and without losing water."""

from __future__ import annotations

import time

import numpy as np
import pytest
from numpy.typing import NDArray

from plant_models.quadruple_tank.model import NonMinimumPhase, QuadrupleTank

Array = NDArray[np.float64]
PLANT, OTHER = QuadrupleTank(), NonMinimumPhase()
QUANTITY = {name: row for row, (name, _) in enumerate(QuadrupleTank.QUANTITIES)}
INPUT = {name: row for row, (name, _, _) in enumerate(QuadrupleTank.INPUTS)}
AREA = np.array([[28.0], [32.0], [28.0], [32.0]])
SPILLED = QUANTITY["spilled"]


def crowd(n: int) -> tuple[Array, Array]:
    """Replicas from empty to full, some with a pump off, a valve turned or a drain blocked."""
    rng = np.random.default_rng(7)
    true, inputs = PLANT.initial(n), PLANT.inputs(n)
    true[:4] = rng.uniform(0.0, 20.0, (4, n)) * rng.choice([0.0, 1e-3, 1.0], (4, n))
    inputs[0:2] = rng.uniform(0.0, 100.0, (2, n))
    inputs[2:4] = rng.choice([0.0, 1.0], (2, n))
    inputs[4:6] = rng.uniform(0.0, 1.0, (2, n))
    inputs[6:10] = rng.choice([0.0, 0.5, 1.0], (4, n))
    return true, inputs


def advanced(true: Array, inputs: Array, steps: int = 25, dt: float = 0.2) -> Array:
    true, inputs = np.ascontiguousarray(true), np.ascontiguousarray(inputs)
    for _ in range(steps):
        PLANT.advance(true, inputs, dt)
    return true


def held(true: Array) -> Array:
    """Water in the tanks and beside them, shape (n,) [cm3]."""
    water: Array = (AREA * true[:4]).sum(axis=0) + true[SPILLED]
    return water


@pytest.mark.parametrize("n", [1, 7, 64, 65, 256])
def test_a_replica_in_a_block_equals_the_replica_alone(n: int) -> None:
    """Bit for bit, empty and overflowing replicas side by side; blocks cut and shifted."""
    true, inputs = crowd(256)
    whole = advanced(true.copy(), inputs, 200)
    first = (256 - n) // 2
    part = advanced(true[:, first : first + n].copy(), inputs[:, first : first + n], 200)
    np.testing.assert_array_equal(part.view(np.int64), whole[:, first : first + n].view(np.int64))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -1.0, 1e300])
@pytest.mark.parametrize("row", range(5))
def test_a_broken_state_neither_hangs_nor_harms_its_neighbours(row: int, value: float) -> None:
    """A replica with a broken state ends in time and leaves the other seven bit-equal."""
    true, inputs = crowd(8)
    whole = advanced(true.copy(), inputs, 3)
    true[row, 3] = value
    began = time.perf_counter()
    broken = advanced(true, inputs, 3)
    assert time.perf_counter() - began < 1.0
    np.testing.assert_array_equal(np.delete(broken, 3, axis=1), np.delete(whole, 3, axis=1))


@pytest.mark.parametrize("row", range(4))
def test_a_nan_level_stays_nan(row: int) -> None:
    """The rim and the bottom bound numbers, they do not turn NaN into one."""
    true = PLANT.initial(1)
    true[row] = np.nan
    assert np.isnan(advanced(true, PLANT.inputs(1), 3)[row, 0])


@pytest.mark.parametrize("name", [name for name, _, _ in QuadrupleTank.INPUTS])
def test_a_nan_input_is_never_hidden(name: str) -> None:
    """NaN at any input shows in a state or derived quantity after one step."""
    true, inputs = PLANT.initial(1), PLANT.inputs(1)
    inputs[INPUT[name]] = np.nan
    PLANT.advance(true, inputs, 0.2)
    assert np.isnan(true).any()


@pytest.mark.parametrize("dt", [0.2, 1.0, 30.0])
def test_levels_stay_between_bottom_and_rim(dt: float) -> None:
    """0 to 20 cm after every step, from any start and with inputs out of their range."""
    true, inputs = crowd(256)
    true[:4, :4] = [[-1.0, 21.0, 1e9, -0.0]]
    inputs[:, 4:8] *= -1.0
    inputs[:, 8:12] *= 10.0
    for _ in range(300):
        PLANT.advance(true, inputs, dt)
        assert (true[:4] >= 0.0).all()
        assert (true[:4] <= 20.0).all()


def test_what_spills_only_grows() -> None:
    true, inputs = crowd(256)
    for _ in range(500):
        before = true[SPILLED].copy()
        PLANT.advance(true, inputs, 0.2)
        assert (true[SPILLED] >= before).all()
    assert (true[SPILLED] > 0.0).any()


def test_no_water_is_lost_with_the_lower_drains_blocked() -> None:
    """All that is pumped stands in a tank or was spilled: 1e-8 cm3 of up to 8 L, upper tanks emptying."""
    true, inputs = crowd(256)
    inputs[INPUT["drain_1"]] = inputs[INPUT["drain_2"]] = 0.0
    before = held(true)
    after = advanced(true, inputs, 600)
    pumped = 120.0 * (after[QUANTITY["pump_1_flow"]] + after[QUANTITY["pump_2_flow"]])
    np.testing.assert_allclose(held(after), before + pumped, rtol=0, atol=1e-8)
    assert (after[2:4] == 0.0).any()


def test_the_shown_outflow_is_what_leaves() -> None:
    """Water balance with open drains, outflow summed by trapezoids of 0.2 s: 0.01 cm3 in a minute."""
    true, inputs = PLANT.initial(1), PLANT.inputs(1)
    inputs[INPUT["pump_1"]], inputs[INPUT["drain_1"]] = 36.0, 0.9
    PLANT.advance(true, inputs, 0.0)
    before, left = held(true)[0], 0.0
    outflow = [QUANTITY["outflow_1"], QUANTITY["outflow_2"]]
    for _ in range(300):
        first = true[outflow, 0].sum()
        PLANT.advance(true, inputs, 0.2)
        left += 0.1 * (first + true[outflow, 0].sum())
    pumped = 60.0 * true[[QUANTITY["pump_1_flow"], QUANTITY["pump_2_flow"]], 0].sum()
    assert true[SPILLED, 0] == 0.0
    assert held(true)[0] + left == pytest.approx(before + pumped, abs=0.01)


@pytest.mark.parametrize("plant", [PLANT, OTHER], ids=["P-", "P+"])
def test_the_nominal_inputs_hold_the_nominal_point(plant: QuadrupleTank) -> None:
    """An hour at rest moves no quantity by more than 1e-9; nothing is spilled."""
    start, inputs = plant.initial(2), plant.inputs(2)
    true = start.copy()
    for _ in range(3600):
        plant.advance(true, inputs, 1.0)
    np.testing.assert_allclose(true, start, rtol=0, atol=1e-9)
    assert (true[SPILLED] == 0.0).all()


def test_an_equilibrium_above_the_rim_stands_at_the_rim() -> None:
    """Both pumps at 10 V, P+: every tank is full, and the model gets there from rest."""
    levels = OTHER.levels_at_rest(100.0, 100.0, 0.43, 0.34)
    assert levels == (20.0, 20.0, 20.0, 20.0)
    true, inputs = OTHER.initial(1), OTHER.inputs(1)
    inputs[:2] = 100.0
    for _ in range(100):
        OTHER.advance(true, inputs, 1.0)
    np.testing.assert_array_equal(true[:4, 0], levels)


def test_the_two_operating_points_differ_in_pumps_valves_and_drive_only() -> None:
    """P+: 3.14 and 3.29 cm3/V/s, 3.15 V, gamma 0.43 and 0.34; everything else is shared."""
    assert QuadrupleTank(pump_1_constant=3.14, pump_2_constant=3.29).packed == OTHER.packed
    differing = {a[0]: b[2] for a, b in zip(PLANT.INPUTS, OTHER.INPUTS, strict=True) if a != b}
    assert differing == {"pump_1": 31.5, "pump_2": 31.5, "gamma_1": 0.43, "gamma_2": 0.34}
    assert [row[:2] for row in PLANT.INPUTS] == [row[:2] for row in OTHER.INPUTS]


def test_a_pump_runs_only_with_its_contactor_closed() -> None:
    true, inputs = PLANT.initial(1), PLANT.inputs(1)
    inputs[INPUT["contactor_1"]] = 0.0
    PLANT.advance(true, inputs, 0.2)
    assert true[QUANTITY["pump_1_flow"], 0] == 0.0
    assert true[QUANTITY["pump_2_flow"], 0] == pytest.approx(10.05)


def test_a_drive_signal_saturates_at_full_voltage() -> None:
    """150 % pumps what 100 % pumps (33.3 cm3/s), -10 % nothing; the gain is a factor on the flow."""
    true, inputs = PLANT.initial(3), PLANT.inputs(3)
    inputs[INPUT["pump_1"]] = 150.0, -10.0, 30.0
    inputs[INPUT["pump_1_gain"], 2] = 0.5
    PLANT.advance(true, inputs, 0.2)
    np.testing.assert_allclose(true[QUANTITY["pump_1_flow"]], [33.3, 0.0, 4.995], atol=1e-12)


@pytest.mark.parametrize(("calm", "tolerance"), [(True, 1e-6), (False, 1e-3)])
def test_the_step_hardly_moves_a_level(calm: bool, tolerance: float) -> None:
    """Ticks of 0.2 s against 0.02 s over 2 min: 1e-6 cm; where tanks run empty or over 1e-3 cm."""
    true, inputs = crowd(64)
    if calm:
        true, inputs = PLANT.initial(64), PLANT.inputs(64)
        inputs[0] = np.linspace(22.0, 34.0, 64)
    coarse, fine = true.copy(), true.copy()
    for _ in range(60):
        coarse = advanced(coarse, inputs, 10)
        fine = advanced(fine, inputs, 100, 0.02)
        np.testing.assert_allclose(coarse[:4], fine[:4], rtol=0, atol=tolerance)
