"""Quantities carry units: converted when they fit, refused when bare, unknown or unfit."""

from __future__ import annotations

import math

import pytest

from simulator.core.units import UnitError, convert, known_units, quantity, split, unit


@pytest.mark.parametrize(
    ("text", "wanted", "number"),
    [
        ("2 min", "s", 120.0),
        ("90 s", "min", 1.5),
        ("1 d", "h", 24.0),
        ("200 ms", "s", 0.2),
        ("76.85 degC", "K", 350.0),
        ("32 degF", "K", 273.15),
        ("-40 degF", "K", 233.15),
        ("3 %", "%", 3.0),
        ("3%", "%", 3.0),
        ("50 %", "1", 0.5),
        ("60 rpm", "Hz", 1.0),
        ("1 rev/s", "rpm", 60.0),
        ("2 bar", "kPa", 200.0),
        ("60 L/min", "m3/s", 1e-3),
        ("1 kW", "kJ/s", 1.0),
        ("1 W", "kg*m^2/s^3", 1.0),
        ("3 m2", "cm2", 3e4),
        ("1 m^2", "m2", 1.0),
        ("-.5e1 K", "K", -5.0),
        ("2 A*V", "W", 2.0),
        ("8 %/K", "%/K", 8.0),
        ("0.5 mol/L", "kmol/m3", 0.5),
    ],
)
def test_a_quantity_is_converted_to_the_unit_of_its_place(text, wanted, number):
    assert quantity(text, wanted) == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize("bare", ["5", "-5", "1e3", " 0.2 ", "+.5"])
def test_a_bare_number_is_refused(bare):
    with pytest.raises(UnitError, match="without a unit"):
        split(bare)
    with pytest.raises(UnitError, match="without a unit"):
        quantity(bare, "K")


@pytest.mark.parametrize(
    "text", ["", "K", "five K", "5K", "5 5 K", "nan K", "inf K", "5 K K", "0x5 K", "5 K\nx"]
)
def test_what_is_no_quantity_is_refused(text):
    with pytest.raises(UnitError):
        split(text)


def test_a_number_too_large_to_be_finite_is_refused():
    with pytest.raises(UnitError, match="not finite"):
        split("1e999 K")


@pytest.mark.parametrize("text", ["5 k", "5 Kelvin", "5 K/foo", "5 foo*K", "5 S", "5 degC/s", "5 degK"])
def test_an_unknown_unit_is_refused(text):
    with pytest.raises(UnitError, match="unknown unit"):
        quantity(text, "K")


@pytest.mark.parametrize(
    ("text", "wanted"), [("5 K", "s"), ("5 K", "K/s"), ("5 m2", "m3"), ("5 %", "K"), ("5 K", "1")]
)
def test_a_unit_of_another_kind_is_refused(text, wanted):
    with pytest.raises(UnitError, match="where"):
        quantity(text, wanted)


def test_an_exponent_that_is_no_number_is_refused_as_a_unit():
    """The docstring promises UnitError for anything that is no unit."""
    with pytest.raises(UnitError):
        quantity("5 K^x", "K")


@pytest.mark.parametrize("text", ["5 K/", "5 K//s", "5 K*/s", "5 K*", "5 K^", "5 K^2^2"])
def test_a_dangling_operator_is_refused(text):
    with pytest.raises(UnitError):
        quantity(text, "K" if text.endswith("/") else "K/s")


@pytest.mark.parametrize("text", ["K/", "/s", "*K", "K//s", "K^", "K^x", "K^-1", " ", "K s", "2*K"])
def test_a_malformed_unit_is_refused_by_itself(text):
    with pytest.raises(UnitError, match="unknown unit"):
        unit(text)


def test_a_plain_number_is_taken_where_a_plain_number_is_wanted():
    """As the docstring of `quantity` says: refused unless `wanted` is "1"."""
    assert quantity("3", "1") == 3.0
    assert quantity(" -.5e1 ", "1") == -5.0


@pytest.mark.parametrize("text", ["", "three", "nan", "inf", "0x3", "3 4", "1e999", "-1e999"])
def test_what_is_no_number_is_refused_where_a_plain_number_is_wanted(text):
    with pytest.raises(UnitError):
        quantity(text, "1")


def test_conversion_there_and_back_gives_the_number_again():
    for name in known_units():
        if name.startswith("deg"):
            continue
        base = next(n for n in ("1", "K", "s", "m", "m2", "m3", "kg", "mol", "A", "V", "Hz", "Pa", "J", "W")
                    if unit(n).fits(unit(name)))  # fmt: skip
        assert convert(convert(7.0, name, base), base, name) == pytest.approx(7.0, rel=1e-14)


def test_conversion_to_the_same_unit_is_exact():
    for number in (0.1, 1 / 3, -1e-300, math.pi):
        assert convert(number, "L/min", "L/min") == number
