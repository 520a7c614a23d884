"""Groups of one block on plants that are not as designed: each at its own rest, with the same draws."""

from __future__ import annotations

import numpy as np
import pytest
from plant_cases import case, recorded

from simulator.scenario.build.balance import Altered, balanced, eliminated

PLANTS = (
    Altered(),
    Altered(inputs={"heat_transfer": 0.8}),
    Altered(inputs={"reactivity": 1.25}),
    Altered(inputs={"reaction_heat": 0.9}),
    Altered(lags={"TT-101": 3.0, "TT-111A": 3.0}),
    Altered(strokes={"TV-101": 0.5, "XV-101A": 3.0, "XV-105A": 3.0}),
)
DRAWN = ("TT-103", "TT-104", "FT-101")
"""Measurements of what wanders and of nothing that the scales move."""


def test_a_group_of_a_block_is_that_plant_alone_bit_for_bit():
    whole = recorded(case("MDL-008", ai="rout", n=3, plants=PLANTS))
    for g, plant in enumerate(PLANTS):
        for k in range(3):
            alone = recorded(case("MDL-008", ai="rout", first=k, plants=(plant,)))
            for name, samples in alone.data.items():
                assert samples[:, 0].tobytes() == whole.data[name][:, 3 * g + k].tobytes(), (plant, k, name)


def test_the_group_in_which_nothing_is_scaled_is_the_nominal_plant():
    nominal, whole = recorded(case("SNS-002", n=2)), recorded(case("SNS-002", n=2, plants=PLANTS))
    for name, samples in nominal.data.items():
        assert samples.tobytes() == np.ascontiguousarray(whole.data[name][:, :2]).tobytes(), name


def test_every_group_draws_what_the_nominal_plant_draws():
    whole = recorded(case("SNS-002", n=3, plants=PLANTS))
    for name in (*DRAWN, "threat.bias"):
        groups = whole.data[name].reshape(len(whole.data[name]), len(PLANTS), 3)
        for g in range(1, len(PLANTS)):
            np.testing.assert_array_equal(groups[:, g], groups[:, 0], err_msg=name)
        assert not np.array_equal(groups[:, 0, 0], groups[:, 0, 1])


@pytest.mark.parametrize("plant", ["cstr", "cstr_slow"])
@pytest.mark.parametrize(
    "scale",
    [
        {},
        *(one.inputs for one in PLANTS[1:4]),
        {"heat_transfer": 0.75},
        {"reactivity": 0.8, "reaction_heat": 1.1},
    ],
)
def test_a_plant_at_rest_stays_there_with_its_valve_held(plant, scale):
    """Six seconds of the bare physics (the unstable one doubles in 14.7 s) move nothing that is seen."""
    built = case("SAF-001", plant)
    point = balanced(built.names, (Altered(scale),), 1)
    true = point.true.copy()
    assert point.found.all()
    for _ in range(30):
        built.physics.advance(true, point.drive, 0.2)
    np.testing.assert_allclose(true[:5], point.true[:5], rtol=1e-6)


def test_a_plant_that_cannot_be_cooled_has_no_rest():
    """UA x 0.7 wants a jacket of 278.6 K from water of 280 K: no valve opening gives that."""
    found = balanced(case("SAF-001").names, (Altered({"heat_transfer": 0.7}), Altered()), 2)
    assert found.found.tolist() == [False, False, True, True]


def test_the_jacket_at_rest_is_that_of_the_heat_balance():
    """At 350 K the heat to remove is the same, so Tj = 350 - 50 / UA ratio (the published point: 300 K)."""
    found = balanced(case("SAF-001").names, (Altered({"heat_transfer": 0.8}),), 1)
    assert found.true[2, 0] == pytest.approx(350.0 - 50.0 / 0.8, abs=0.02)


def test_elimination_solves_and_frees_what_no_equation_moves():
    slopes = np.array([[0.0, 2.0, 1.0], [4.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    np.testing.assert_allclose(eliminated(slopes, np.array([4.0, 6.0, 9.0])), [1.0, 2.0, 0.0])
    assert np.isnan(eliminated(np.array([[1.0, 1.0], [1.0, 1.0]]), np.ones(2))).any()
