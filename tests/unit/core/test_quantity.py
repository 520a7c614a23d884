"""Quantities and distributions: units, bounds, and draws that depend on their uniform only."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from simulator.core.quantity import (
    CUT,
    Choice,
    Fixed,
    LogNormal,
    Normal,
    Quantity,
    Uniform,
    cut_normal,
    inverse_normal,
)
from simulator.core.units import UnitError

GRID = np.linspace(0.0, 1.0, 10_001)[:-1]
ALL = [
    Fixed(3.0, "K"),
    Uniform(-1.0, 2.0, "K"),
    Normal(300.0, 2.0, "K"),
    LogNormal(60.0, 2.0, "s"),
    Choice((1.0, 5.0, 9.0), "K"),
]


def test_inverse_normal_agrees_with_an_independent_implementation():
    p = np.linspace(1e-9, 1.0 - 1e-9, 20_001)
    expected = [NormalDist().inv_cdf(float(one)) for one in p]
    np.testing.assert_allclose(inverse_normal(p), expected, rtol=2e-15, atol=1e-15)


@pytest.mark.parametrize("drawn", ALL)
def test_a_draw_depends_on_its_own_uniform_only(drawn):
    whole = drawn.sample(GRID)
    alone = np.concatenate([drawn.sample(GRID[i : i + 1]) for i in range(0, GRID.size, 97)])
    assert np.array_equal(alone, whole[::97])


@pytest.mark.parametrize("drawn", ALL)
def test_draws_stay_within_their_bounds_and_rise_with_the_uniform(drawn):
    values = drawn.sample(GRID)
    low, high = drawn.bounds
    assert low <= values.min() and values.max() <= high
    assert np.all(np.diff(values) >= 0)


def test_the_middle_draw_is_the_middle():
    half = np.array([0.5])
    assert cut_normal(half)[0] == pytest.approx(0.0, abs=1e-15)
    assert LogNormal(60.0, 2.0, "s").sample(half)[0] == pytest.approx(60.0, rel=1e-14)
    assert cut_normal(np.array([0.0]))[0] == pytest.approx(-CUT, rel=1e-9)


def test_a_distribution_changes_its_unit_whole():
    assert Uniform(1.0, 2.0, "min").to("s") == Uniform(60.0, 120.0, "s")
    assert LogNormal(1.0, 2.0, "min").to("ms") == LogNormal(60_000.0, 2.0, "ms")
    assert Choice((1.0, 2.0), "s").to("ms") == Choice((1000.0, 2000.0), "ms")
    assert Normal(1.0, 0.5, "min").to("s") == Normal(60.0, 30.0, "s")


def test_a_difference_in_degrees_celsius_is_refused_and_a_value_is_not():
    assert Quantity.parse("76.85 degC").to("K") == pytest.approx(350.0)
    with pytest.raises(UnitError, match="difference"):
        Quantity.parse("5 degC").difference("K")
    with pytest.raises(UnitError, match="difference"):
        Fixed(5.0, "degC").to("K", difference=True)


@pytest.mark.parametrize("text", ["60", "K", "5 Kelvin", "nan K", "1e999 K", "5 K^x", "5 kPa^9999", ""])
def test_what_is_no_quantity_is_refused(text):
    with pytest.raises(UnitError):
        Quantity.parse(text)


def test_a_quantity_is_printed_as_it_is_read():
    for text in ("-5 K", "0.1 mol/L", "95 %", "1e-07 m"):
        assert str(Quantity.parse(text)) == text
