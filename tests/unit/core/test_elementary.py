"""The product's own exponential, logarithm and cosine, against 40-digit decimal arithmetic."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from itertools import pairwise

import numpy as np
import pytest

from simulator.core.elementary import cos_turn, exp, log

DRAWN = np.random.Generator(np.random.Philox(key=11))
EXPONENTS = [float(x) for x in (*DRAWN.uniform(-700.0, 700.0, 1500), *DRAWN.uniform(-1.0, 1.0, 1500))]
SMALL = [float(x) for x in 10.0 ** DRAWN.uniform(-300.0, 0.0, 1500)]
MIDDLE = [float(x) for x in DRAWN.uniform(3e-4, 1.0, 1500)]


def exact(x, function):
    """A function of the very float, to 40 digits."""
    with localcontext() as context:
        context.prec = 40
        return getattr(Decimal(x), function)()


def apart(found, wanted):
    with localcontext() as context:
        context.prec = 40
        return float(abs(Decimal(found) - wanted))


def test_exp_has_a_relative_error_below_4e_16():
    for x in EXPONENTS:
        wanted = exact(x, "exp")
        assert apart(exp(x), wanted) <= 4e-16 * float(wanted)


def test_log_has_an_absolute_error_below_1e_15_down_to_3e_4():
    for x in MIDDLE:
        assert apart(log(x), exact(x, "ln")) < 1e-15


def test_log_errs_by_less_than_one_unit_in_the_last_place_of_far_small_numbers():
    """Below e**-8 the spacing of the result is itself above 1e-15."""
    for x in SMALL:
        wanted = exact(x, "ln")
        assert apart(log(x), wanted) < max(1e-15, float(np.spacing(abs(float(wanted)))))


@pytest.mark.parametrize("power", [-1022, -50, -1, 0, 1, 50, 1023])
def test_log_of_a_power_of_two_is_that_many_times_ln_2(power):
    assert log(math.ldexp(1.0, power)) == pytest.approx(power * math.log(2.0), rel=2e-16, abs=0.0)


def test_cos_turn_has_an_absolute_error_below_1e_11():
    for u in DRAWN.uniform(0.0, 1.0, 5000):
        assert abs(cos_turn(float(u)) - math.cos(2.0 * math.pi * float(u))) < 1e-11


@pytest.mark.parametrize(("turn", "cosine"), [(0.0, 1.0), (0.25, 0.0), (0.5, -1.0), (0.75, 0.0)])
def test_cos_turn_is_right_at_the_quarters(turn, cosine):
    assert cos_turn(turn) == pytest.approx(cosine, abs=1e-11)


def test_exp_of_nan_stays_nan():
    assert math.isnan(exp(math.nan))


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("beyond", [701.0, 1e9, 1e308, math.inf])
def test_exp_is_held_beyond_700(sign, beyond):
    assert exp(sign * beyond) == exp(sign * 700.0)
    assert math.isfinite(exp(sign * beyond))
    assert exp(sign * beyond) > 0.0


def test_exp_of_zero_is_one_and_log_of_one_is_zero_exactly():
    assert exp(0.0) == 1.0
    assert exp(-0.0) == 1.0
    assert log(1.0) == 0.0


def test_exp_never_falls():
    x = np.linspace(-30.0, 30.0, 3001)
    y = [exp(float(one)) for one in x]
    assert all(a < b for a, b in pairwise(y))
