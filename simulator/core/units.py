"""Quantities with units: parsed from a file or a formula, converted, refused when bare.

Units are products of powers of a few base units; a quantity is kept in the unit of the place
that receives it (the parameter, the signal), never in SI behind the reader's back.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache

# Base dimensions: K, s, m, kg, mol, A. Everything else is a factor and a product of powers.
_Powers = tuple[int, int, int, int, int, int]
_NONE: _Powers = (0, 0, 0, 0, 0, 0)
_TABLE: dict[str, tuple[float, _Powers]] = {
    "1": (1.0, _NONE),
    "%": (0.01, _NONE),
    "rev": (1.0, _NONE),
    "K": (1.0, (1, 0, 0, 0, 0, 0)),
    "s": (1.0, (0, 1, 0, 0, 0, 0)),
    "ms": (1e-3, (0, 1, 0, 0, 0, 0)),
    "us": (1e-6, (0, 1, 0, 0, 0, 0)),
    "min": (60.0, (0, 1, 0, 0, 0, 0)),
    "h": (3600.0, (0, 1, 0, 0, 0, 0)),
    "d": (86400.0, (0, 1, 0, 0, 0, 0)),
    "m": (1.0, (0, 0, 1, 0, 0, 0)),
    "cm": (1e-2, (0, 0, 1, 0, 0, 0)),
    "mm": (1e-3, (0, 0, 1, 0, 0, 0)),
    "m2": (1.0, (0, 0, 2, 0, 0, 0)),
    "cm2": (1e-4, (0, 0, 2, 0, 0, 0)),
    "m3": (1.0, (0, 0, 3, 0, 0, 0)),
    "cm3": (1e-6, (0, 0, 3, 0, 0, 0)),
    "L": (1e-3, (0, 0, 3, 0, 0, 0)),
    "kg": (1.0, (0, 0, 0, 1, 0, 0)),
    "g": (1e-3, (0, 0, 0, 1, 0, 0)),
    "t": (1e3, (0, 0, 0, 1, 0, 0)),
    "mol": (1.0, (0, 0, 0, 0, 1, 0)),
    "kmol": (1e3, (0, 0, 0, 0, 1, 0)),
    "A": (1.0, (0, 0, 0, 0, 0, 1)),
    "mA": (1e-3, (0, 0, 0, 0, 0, 1)),
    "V": (1.0, (0, -3, 2, 1, 0, -1)),
    "Hz": (1.0, (0, -1, 0, 0, 0, 0)),
    "rpm": (1 / 60, (0, -1, 0, 0, 0, 0)),
    "Pa": (1.0, (0, -2, -1, 1, 0, 0)),
    "kPa": (1e3, (0, -2, -1, 1, 0, 0)),
    "MPa": (1e6, (0, -2, -1, 1, 0, 0)),
    "bar": (1e5, (0, -2, -1, 1, 0, 0)),
    "mbar": (1e2, (0, -2, -1, 1, 0, 0)),
    "J": (1.0, (0, -2, 2, 1, 0, 0)),
    "kJ": (1e3, (0, -2, 2, 1, 0, 0)),
    "W": (1.0, (0, -3, 2, 1, 0, 0)),
    "kW": (1e3, (0, -3, 2, 1, 0, 0)),
    "MW": (1e6, (0, -3, 2, 1, 0, 0)),
}
# A temperature on a scale with another zero; only as a value, never inside a product.
_OFFSET = {"degC": (1.0, 273.15), "degF": (5 / 9, 459.67 * 5 / 9)}
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_UNIT = re.compile(r"[A-Za-z%1][A-Za-z0-9%]*(\^\d)?([*/][A-Za-z%][A-Za-z0-9%]*(\^\d)?)*")
_QUANTITY = re.compile(rf"\s*({_NUMBER})\s+([A-Za-z%][\w%*/^]*)\s*\Z|\s*({_NUMBER})%\s*\Z")


class UnitError(ValueError):
    """A text is not a quantity, or its unit does not fit."""


@dataclass(frozen=True)
class Unit:
    """A unit: its factor to base units and the powers of the base dimensions."""

    text: str
    factor: float
    powers: _Powers

    def fits(self, other: Unit) -> bool:
        """Whether both measure the same kind of quantity."""
        return self.powers == other.powers


@cache
def unit(text: str) -> Unit:
    """Parse a unit such as ``K``, ``%/K``, ``J/(min*K)`` written as ``J/min/K``, ``mol/L``.

    Raises
    ------
    UnitError
        When a part of the text is not a known unit.
    """
    if not _UNIT.fullmatch(text or "1"):
        raise UnitError(f"unknown unit '{text}'")
    factor, powers = 1.0, list(_NONE)
    for sign, part in re.findall(r"([*/]?)([^*/]+)", text or "1"):
        name, _, exponent = part.partition("^")
        if name not in _TABLE:
            raise UnitError(f"unknown unit '{part}'")
        power = (-1 if sign == "/" else 1) * int(exponent or 1)
        factor *= _TABLE[name][0] ** power
        powers = [a + power * b for a, b in zip(powers, _TABLE[name][1], strict=True)]
    return Unit(text, factor, (powers[0], powers[1], powers[2], powers[3], powers[4], powers[5]))


def known_units() -> tuple[str, ...]:
    """Every unit name that may stand in a product."""
    return (*(name for name in _TABLE if name != "1"), *_OFFSET)


def split(text: str) -> tuple[float, str]:
    """A quantity's number and unit as written: ``"-5 K"`` gives ``(-5.0, "K")``.

    Raises
    ------
    UnitError
        When the text is a bare number, not finite, or no quantity at all.
    """
    found = _QUANTITY.match(text)
    if not found:
        bare = re.fullmatch(rf"\s*{_NUMBER}\s*", text)
        raise UnitError("a number without a unit" if bare else f"'{text}' is not a quantity")
    number = float(found[1] or found[3])
    if not math.isfinite(number):
        raise UnitError(f"'{text}' is not finite")
    return number, found[2] or "%"


def convert(number: float, given: str, wanted: str) -> float:
    """Convert a value between units; 25 degC to K adds the offset.

    Raises
    ------
    UnitError
        When the two units do not measure the same kind of quantity.
    """
    if given == wanted:
        return number
    if given in _OFFSET:
        scale, zero = _OFFSET[given]
        return convert(number * scale + zero, "K", wanted)
    source, target = unit(given), unit(wanted)
    if not source.fits(target):
        raise UnitError(f"unit '{given}' where '{wanted or 'a plain number'}' is wanted")
    return number * source.factor / target.factor


def quantity(text: str, wanted: str) -> float:
    """Parse ``"4 K"`` into a number in the unit `wanted`.

    Parameters
    ----------
    text : str
        Number, space, unit; a bare number is refused unless `wanted` is ``"1"``.
    wanted : str
        Unit of the result.

    Raises
    ------
    UnitError
        See `split` and `convert`.

    Examples
    --------
    >>> quantity("2 min", "s"), quantity("3 %", "%"), quantity("76.85 degC", "K")
    (120.0, 3.0, 350.0)
    """
    if wanted == "1" and re.fullmatch(rf"\s*{_NUMBER}\s*", text) and math.isfinite(float(text)):
        return float(text)
    return convert(*split(text), wanted)
