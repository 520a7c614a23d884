"""One line declares a parameter: default, unit, bounds, and what follows from them."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, dataclass

import numpy as np
import pytest

from simulator.core.param import Param, dtype_of, pack, param, params, required


@dataclass(frozen=True)
class Valve:
    gain: float = param(None, "%/K", source="plant file")
    stroke: int = param(3000, "ms", above=0)
    band: float = param(0.3, "%", at_least=0, at_most=10)
    share: float = param(0.5, "1", above=0, below=1)
    rows: tuple[int, ...] = ()


@pytest.mark.parametrize("bounds", [{"above": 0}, {"at_least": 1}, {"below": 0}, {"at_most": -1}])
def test_a_default_out_of_its_bounds_is_refused_at_once(bounds):
    with pytest.raises(ValueError, match="wanted"):
        param(0.0, "K", **bounds)


@pytest.mark.parametrize(
    ("about", "inside", "outside"),
    [
        (Param("K", above=0), 1e-300, 0.0),
        (Param("K", at_least=0), 0.0, -1e-300),
        (Param("K", below=1), 0.999, 1.0),
        (Param("K", at_most=1), 1.0, 1.001),
        (Param("K"), -1e300, math.inf),
        (Param("K"), 1e300, math.nan),
    ],
)
def test_bounds_say_what_is_wanted_of_a_value_outside_only(about, inside, outside):
    assert about.complaint(inside) == ""
    assert about.complaint(outside)


def test_the_dtype_has_one_field_a_parameter_and_integers_for_durations():
    assert dtype_of(Valve) == np.dtype([("gain", "f8"), ("stroke", "i8"), ("band", "f8"), ("share", "f8")])


def test_packed_units_read_back_field_by_field():
    packed = pack((Valve(1.0), Valve(2.0, stroke=100)))
    assert packed["gain"].tolist() == [1.0, 2.0]
    assert packed["stroke"].tolist() == [3000, 100]


def test_only_parameters_without_default_are_required():
    assert [name for name, (_, f) in params(Valve).items() if required(f)] == ["gain"]


def test_a_parameter_set_does_not_change():
    with pytest.raises(FrozenInstanceError):
        Valve(1.0).gain = 2.0
