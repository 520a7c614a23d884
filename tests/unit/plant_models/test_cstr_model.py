"""The reactor's block behaves like its replicas alone, whatever the state."""

from __future__ import annotations

import time

import numpy as np
import pytest
from numpy.typing import NDArray

from plant_models.cstr.model import Cstr

Array = NDArray[np.float64]
PLANT = Cstr()
QUANTITY = {name: row for row, (name, _) in enumerate(Cstr.QUANTITIES)}
INPUT = {name: row for row, (name, _, _) in enumerate(Cstr.INPUTS)}


def crowd(n: int) -> tuple[Array, Array]:
    """Replicas from cold to burning, some with the quench open, feed shut or no coolant."""
    rng = np.random.default_rng(7)
    true, inputs = PLANT.initial(n), PLANT.inputs(n)
    true[0] = rng.uniform(0.0, 1.0, n)
    true[1] = rng.uniform(300.0, 560.0, n)
    true[2] = rng.uniform(280.0, 400.0, n)
    true[4] = rng.choice([0.0, 0.3, 40.0], n)
    inputs[INPUT["coolant_valve"]] = rng.uniform(0.0, 100.0, n)
    inputs[INPUT["feed_valve"]] = rng.choice([0.0, 1.0], n)
    inputs[INPUT["quench_valve"]] = rng.choice([0.0, 1.0], n)
    inputs[INPUT["coolant_header"]] = rng.choice([0.0, 1.0], n)
    return true, inputs


def advanced(true: Array, inputs: Array, steps: int = 25) -> Array:
    true, inputs = np.ascontiguousarray(true), np.ascontiguousarray(inputs)
    for _ in range(steps):
        PLANT.advance(true, inputs, 0.2)
    return true


@pytest.mark.parametrize("n", [1, 7, 64, 65, 256])
def test_a_replica_in_a_block_equals_the_replica_alone(n: int) -> None:
    """Bit for bit, calm and burning replicas side by side; blocks cut and shifted."""
    true, inputs = crowd(256)
    whole = advanced(true.copy(), inputs)
    first = (256 - n) // 2
    part = advanced(true[:, first : first + n].copy(), inputs[:, first : first + n])
    np.testing.assert_array_equal(part.view(np.int64), whole[:, first : first + n].view(np.int64))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.0, -1.0, 1e300])
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


@pytest.mark.parametrize("left_behind", [0.0, 1.0])
@pytest.mark.parametrize("n", [1, 2, 64])
@pytest.mark.parametrize(
    ("state", "inputs"),
    [
        ({"reactor_temperature": 1200.0}, {"reactivity": 100.0}),
        ({}, {"feed_rate": 1e300}),
        ({}, {"reactivity": np.inf}),
        ({"volume": 0.0}, {}),
    ],
    ids=["more substeps than there are", "a flow beyond any", "an infinite rate", "nothing to heat"],
)
def test_what_has_left_the_physics_is_no_number_whatever_memory_held(
    left_behind: float, n: int, state: dict[str, float], inputs: dict[str, float]
) -> None:
    """One replica or all of them, with what an allocator may leave in fresh memory."""
    true, given = PLANT.initial(n), PLANT.inputs(n)
    for name, value in state.items():
        true[QUANTITY[name]] = value
    for name, value in inputs.items():
        given[INPUT[name]] = value
    for _ in range(20):
        fresh = [np.full(rows * 64, left_behind) for rows in (27, 28)]
        del fresh
    PLANT.advance(true, given, 0.1)
    assert np.isnan(true[QUANTITY["reactor_temperature"]]).all()


@pytest.mark.parametrize("name", [name for name, _, _ in Cstr.INPUTS])
def test_a_nan_input_is_never_hidden(name: str) -> None:
    """NaN at any input shows in a state or derived quantity after one step."""
    true, inputs = PLANT.initial(1), PLANT.inputs(1)
    inputs[INPUT[name]] = np.nan
    PLANT.advance(true, inputs, 0.2)
    assert np.isnan(true).any()


def test_the_nominal_valve_balances_the_nominal_point() -> None:
    """The listed nominal inputs hold 350.006 K for two minutes within 1e-6 K."""
    assert Cstr.INPUTS[0][2] == pytest.approx(PLANT.nominal_valve(), abs=1e-12)
    start = PLANT.initial(1)
    np.testing.assert_allclose(advanced(start.copy(), PLANT.inputs(1), 600), start, rtol=0, atol=1e-6)
    assert start[1, 0] == pytest.approx(350.006, abs=1e-3)
    assert start[QUANTITY["coolant_flow"], 0] == pytest.approx(29.9, abs=0.05)


def test_time_scale_slows_everything_but_the_quench() -> None:
    """Thirty times slower from the same state: equal after thirty times the time (1e-5 K)."""
    slow = Cstr(time_scale=30.0)
    quick, late = PLANT.initial(1), slow.initial(1)
    inputs = PLANT.inputs(1)
    inputs[INPUT["feed_temperature"]] = 360.0
    for _ in range(50):
        PLANT.advance(quick, inputs, 0.2)
    for _ in range(1500):
        slow.advance(late, inputs, 0.2)
    np.testing.assert_allclose(late[:5], quick[:5], atol=1e-5)
    np.testing.assert_allclose(late[QUANTITY["feed_flow"]] * 30, quick[QUANTITY["feed_flow"]])
    inputs[INPUT["quench_valve"]] = 1.0
    slow.advance(late, inputs, 0.2)
    assert late[QUANTITY["quench_flow"], 0] == pytest.approx(240.0)


def test_the_quench_empties_once_and_stays_in_the_vessel() -> None:
    """40 L at 240 L/min are gone after 10 s; with the feed shut the level stands at 140 L."""
    true, inputs = PLANT.initial(1), PLANT.inputs(1)
    inputs[INPUT["quench_valve"]] = 1.0
    inputs[INPUT["feed_valve"]] = 0.0
    for _ in range(49):
        PLANT.advance(true, inputs, 0.2)
    assert true[QUANTITY["quench_flow"], 0] == pytest.approx(240.0)
    for _ in range(10):
        PLANT.advance(true, inputs, 0.2)
    assert true[QUANTITY["quench_left"], 0] == pytest.approx(0.0, abs=1e-9)
    assert true[QUANTITY["quench_flow"], 0] == pytest.approx(0.0, abs=1e-9)
    assert true[QUANTITY["volume"], 0] == pytest.approx(140.0)


def test_a_quench_conserves_energy() -> None:
    """No reaction, feed or exchange: 100 L at 350 K and 40 L water at 290 K mix to one temperature."""
    true, inputs = PLANT.initial(1), PLANT.inputs(1)
    inputs[INPUT["quench_valve"]], inputs[INPUT["feed_valve"]] = 1.0, 0.0
    inputs[INPUT["reactivity"]], inputs[INPUT["heat_transfer"]] = 0.0, 0.0
    before = true[1, 0]
    for _ in range(60):
        PLANT.advance(true, inputs, 0.2)
    mixed = (23900.0 * before + 4186.0 * 40.0 * 290.0) / (23900.0 + 4186.0 * 40.0)
    assert true[1, 0] == pytest.approx(mixed, abs=1e-3)


def test_a_vessel_never_holds_more_than_its_volume() -> None:
    plant = Cstr(quench_volume=400.0)
    true, inputs = plant.initial(1), plant.inputs(1)
    inputs[INPUT["quench_valve"]] = 1.0
    inputs[INPUT["feed_valve"]] = 0.0
    for _ in range(200):
        plant.advance(true, inputs, 0.2)
    assert true[QUANTITY["volume"], 0] == 160.0


def test_a_shut_coolant_valve_is_tight() -> None:
    true, inputs = PLANT.initial(1), PLANT.inputs(1)
    inputs[INPUT["coolant_valve"]] = 0.0
    PLANT.advance(true, inputs, 0.2)
    assert true[QUANTITY["coolant_flow"], 0] == 0.0


def test_a_steady_state_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no steady state"):
        PLANT.steady_state(float("nan"), 350.0)
