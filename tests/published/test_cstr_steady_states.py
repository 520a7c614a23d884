"""Validation card of the stirred-tank reactor, part one: the published steady states.

Sources: M. A. Henson, D. E. Seborg, "Nonlinear Process Control", Prentice Hall, 1997; D. E. Seborg,
T. F. Edgar, D. A. Mellichamp, "Process Dynamics and Control", Wiley.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from plant_models.cstr.equipment import design
from plant_models.cstr.kinetics import Held, derivative, rate_constant
from plant_models.cstr.model import Cstr

Array = NDArray[np.float64]
FAST, SLOW = Cstr(), Cstr(time_scale=30.0)


def held(plant: Cstr) -> Held:
    """Nominal inputs; the jacket temperature is an argument of the balances."""
    d = design(plant.packed[0])
    return Held(
        d.feed, 1.0, 350.0, 0.0, 290.0, 0.0, 280.0, d.exchange, d.frequency, d.activation, d.heat,
        d.fluid_capacity, d.water_capacity, d.volume, d.jacket_volume,
    )  # fmt: skip


def slopes(plant: Cstr, concentration: float, temperature: float, jacket: float) -> Array:
    """The two published balances with the jacket temperature held, per minute."""
    h = held(plant)
    k = rate_constant(temperature, h.frequency, h.activation)
    return 60.0 * np.array(derivative(concentration, temperature, jacket, 100.0, k, h)[:2])


def balanced_concentration(plant: Cstr, temperature: float) -> float:
    h = held(plant)
    return h.feed / (h.feed + 100.0 * rate_constant(temperature, h.frequency, h.activation))


def balanced_jacket(plant: Cstr, temperature: float) -> float:
    """Jacket temperature that holds the reactor at `temperature` (the balance is linear in it)."""
    c = balanced_concentration(plant, temperature)
    at_zero, at_one = (slopes(plant, c, temperature, jacket)[1] for jacket in (0.0, 1.0))
    return float(-at_zero / (at_one - at_zero))


def bisect(function: Callable[[float], float], low: float, high: float) -> float:
    sign = np.sign(function(low))
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if np.sign(function(middle)) == sign else (low, middle)
    return 0.5 * (low + high)


def steady_states(plant: Cstr, jacket: float) -> list[tuple[float, float, bool]]:
    """(concentration, temperature, stable) of every steady state between 290 and 450 K."""

    def excess(t: float) -> float:
        return balanced_jacket(plant, t) - jacket

    grid = np.arange(290.0, 450.0, 0.25)
    signs = np.sign([excess(t) for t in grid])
    roots = [bisect(excess, grid[i], grid[i + 1]) for i in np.flatnonzero(np.diff(signs))]
    return [
        (c, t, bool(eigenvalues(plant, c, t, jacket).real.max() < 0))
        for t in roots
        for c in [balanced_concentration(plant, t)]
    ]


def eigenvalues(plant: Cstr, c: float, t: float, jacket: float) -> NDArray[np.complex128]:
    """Of the two published balances, 1/min, by central differences."""
    by_c = (slopes(plant, c + 1e-6, t, jacket) - slopes(plant, c - 1e-6, t, jacket)) / 2e-6
    by_t = (slopes(plant, c, t + 1e-4, jacket) - slopes(plant, c, t - 1e-4, jacket)) / 2e-4
    return np.linalg.eigvals(np.column_stack([by_c, by_t])).astype(complex)


STEADY = [
    (280.0, [(0.977404, 304.168, True)]),
    (295.0, [(0.926772, 317.742, True)]),
    (300.0, [(0.877253, 324.475, True), (0.499918, 350.006, False), (0.208761, 369.705, False)]),
    (305.0, [(0.135196, 378.065, False)]),
]


@pytest.mark.parametrize("plant", [FAST, SLOW], ids=["fast", "slow"])
@pytest.mark.parametrize(("jacket", "expected"), STEADY)
def test_steady_states_and_their_stability(
    plant: Cstr, jacket: float, expected: list[tuple[float, float, bool]]
) -> None:
    """Henson & Seborg 1997: computed from the published constants, 1e-6 mol/L and 0.001 K."""
    found = steady_states(plant, jacket)
    assert [stable for _, _, stable in found] == [stable for _, _, stable in expected]
    np.testing.assert_allclose([c for c, _, _ in found], [c for c, _, _ in expected], atol=1e-6)
    np.testing.assert_allclose([t for _, t, _ in found], [t for _, t, _ in expected], atol=1e-3)


@pytest.mark.parametrize(("jacket", "temperature"), [(310.0, 383.9), (320.0, 393.3)])
def test_hot_state_is_stable_again_above_310_kelvin(jacket: float, temperature: float) -> None:
    """Henson & Seborg 1997 constants, hot branch: 383.9 K and 393.3 K, printed to 0.1 K."""
    ((_, found, stable),) = steady_states(FAST, jacket)
    assert stable
    assert found == pytest.approx(temperature, abs=0.05)


@pytest.mark.parametrize(
    ("low", "high", "jacket", "temperature"), [(325, 345, 303.229, 335.654), (355, 365, 298.080, 360.511)]
)
def test_folds(low: float, high: float, jacket: float, temperature: float) -> None:
    """Ignition fold 303.229 K at 335.654 K, extinction fold 298.080 K at 360.511 K; 0.001 and 0.01 K."""

    def slope(t: float) -> float:
        return balanced_jacket(FAST, t + 1e-3) - balanced_jacket(FAST, t - 1e-3)

    fold = bisect(slope, low, high)
    assert fold == pytest.approx(temperature, abs=0.01)
    assert balanced_jacket(FAST, fold) == pytest.approx(jacket, abs=1e-3)


def test_unstable_pole_and_adiabatic_temperature() -> None:
    """Nominal point: one pole at +2.834 1/min (0.001); T + beta CA = 454.6 K (0.05 K)."""
    c, t = FAST.steady_state(300.0, 350.0)
    poles = eigenvalues(FAST, c, t, 300.0)
    assert poles.real.max() == pytest.approx(2.834, abs=1e-3)
    assert poles.real.min() < 0
    assert t + 5e4 / 239.0 * c == pytest.approx(454.6, abs=0.05)
