"""A number with its unit as a file writes it, and the distributions a scenario draws from."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.core.units import UnitError, convert, split, unit

Array = NDArray[np.float64]

SCALES = ("degC", "degF")
"""Units whose zero is not nothing: no difference, rate or spread can be given in them."""

CUT = 4.0
"""Normal and lognormal draws stay within this many standard deviations of the middle."""


@dataclass(frozen=True)
class Quantity:
    """A number and its unit, ``"1"`` for a plain number.

    Examples
    --------
    >>> Quantity.parse("2 min").to("s"), str(Quantity(-5.0, "K"))
    (120.0, '-5 K')
    """

    number: float
    unit: str = "1"

    @classmethod
    def parse(cls, text: str) -> Quantity:
        """Read ``"-5 K"``; raises `UnitError` on a bare number or an unknown unit."""
        number, name = split(text)
        try:
            fits = name in SCALES or unit(name).factor > 0
        except (ValueError, OverflowError) as error:
            raise UnitError(str(error)) from None
        if not fits:
            raise UnitError(f"unknown unit '{name}'")
        return cls(number, name)

    def to(self, unit: str) -> float:
        """The number in another unit; raises `UnitError` when the dimension differs."""
        return convert(self.number, self.unit, unit)

    def difference(self, unit: str) -> float:
        """As `to`, for a difference: a scale with an offset (degC) is refused."""
        if self.unit in SCALES:
            raise UnitError(f"unit '{self.unit}' where a difference in '{unit}' is wanted")
        return self.to(unit)

    def __str__(self) -> str:
        number = repr(self.number).removesuffix(".0")
        return number if self.unit == "1" else f"{number} {self.unit}"


class Distribution(ABC):
    """What a value is drawn from; all its numbers are in `unit`."""

    unit: str

    @abstractmethod
    def to(self, unit: str, difference: bool = False) -> Distribution:
        """The same distribution with its numbers in another unit."""

    @abstractmethod
    def sample(self, u: Array) -> Array:
        """Values [unit] for uniform draws `u` in [0, 1), elementwise."""

    @property
    @abstractmethod
    def bounds(self) -> tuple[float, float]:
        """The least and the greatest value that can be drawn [unit]."""


def _moved(number: float, given: str, wanted: str, difference: bool) -> float:
    value = Quantity(number, given)
    return value.difference(wanted) if difference else value.to(wanted)


@dataclass(frozen=True)
class Fixed(Distribution):
    """Always the same value."""

    value: float
    unit: str = "1"

    def to(self, unit: str, difference: bool = False) -> Fixed:
        return Fixed(_moved(self.value, self.unit, unit, difference), unit)

    def sample(self, u: Array) -> Array:
        return np.full(np.shape(u), self.value)

    @property
    def bounds(self) -> tuple[float, float]:
        return self.value, self.value


@dataclass(frozen=True)
class Uniform(Distribution):
    """Every value from `low` to `high` alike."""

    low: float
    high: float
    unit: str = "1"

    def to(self, unit: str, difference: bool = False) -> Uniform:
        low, high = (_moved(end, self.unit, unit, difference) for end in (self.low, self.high))
        return Uniform(low, high, unit)

    def sample(self, u: Array) -> Array:
        return np.minimum(self.low + u * (self.high - self.low), self.high)

    @property
    def bounds(self) -> tuple[float, float]:
        return self.low, self.high


@dataclass(frozen=True)
class Choice(Distribution):
    """One of a list, each alike."""

    values: tuple[float, ...]
    unit: str = "1"

    def to(self, unit: str, difference: bool = False) -> Choice:
        return Choice(tuple(_moved(v, self.unit, unit, difference) for v in self.values), unit)

    def sample(self, u: Array) -> Array:
        n = len(self.values)
        return np.asarray(self.values)[np.minimum(u * n, n - 1).astype(np.int64)]

    @property
    def bounds(self) -> tuple[float, float]:
        return min(self.values), max(self.values)


@dataclass(frozen=True)
class Normal(Distribution):
    """Normal, cut at `CUT` standard deviations (which removes 6e-5 of the draws)."""

    mean: float
    sd: float
    unit: str = "1"

    def to(self, unit: str, difference: bool = False) -> Normal:
        spread = Quantity(self.sd, self.unit).difference(unit)
        return Normal(_moved(self.mean, self.unit, unit, difference), spread, unit)

    def sample(self, u: Array) -> Array:
        return self.mean + self.sd * cut_normal(u)

    @property
    def bounds(self) -> tuple[float, float]:
        return self.mean - CUT * self.sd, self.mean + CUT * self.sd


@dataclass(frozen=True)
class LogNormal(Distribution):
    """Lognormal by its median and the factor `spread` of one standard deviation, cut as `Normal`."""

    median: float
    spread: float
    unit: str = "1"

    def to(self, unit: str, difference: bool = False) -> LogNormal:
        return LogNormal(_moved(self.median, self.unit, unit, difference), self.spread, unit)

    def sample(self, u: Array) -> Array:
        return self.median * np.exp(math.log(self.spread) * cut_normal(u))

    @property
    def bounds(self) -> tuple[float, float]:
        return self.median / self.spread**CUT, self.median * self.spread**CUT


_BELOW = 0.5 * math.erfc(CUT / math.sqrt(2.0))  # probability below -CUT


def cut_normal(u: Array) -> Array:
    """Standard normal values within `CUT` for uniform draws in [0, 1)."""
    return np.clip(inverse_normal(_BELOW + np.asarray(u) * (1.0 - 2.0 * _BELOW)), -CUT, CUT)


# Coefficients of AS 241 [1]_, routine PPND16, lowest power first.
_A = (
    3.3871328727963666080e0,
    1.3314166789178437745e2,
    1.9715909503065514427e3,
    1.3731693765509461125e4,
    4.5921953931549871457e4,
    6.7265770927008700853e4,
    3.3430575583588128105e4,
    2.5090809287301226727e3,
)
_B = (
    1.0,
    4.2313330701600911252e1,
    6.8718700749205790830e2,
    5.3941960214247511077e3,
    2.1213794301586595867e4,
    3.9307895800092710610e4,
    2.8729085735721942674e4,
    5.2264952788528545610e3,
)
_C = (
    1.42343711074968357734e0,
    4.63033784615654529590e0,
    5.76949722146069140550e0,
    3.64784832476320460504e0,
    1.27045825245236838258e0,
    2.41780725177450611770e-1,
    2.27238449892691845833e-2,
    7.74545014278341407640e-4,
)
_D = (
    1.0,
    2.05319162663775882187e0,
    1.67638483018380384940e0,
    6.89767334985100004550e-1,
    1.48103976427480074590e-1,
    1.51986665636164571966e-2,
    5.47593808499534494600e-4,
    1.05075007164441684324e-9,
)


def _polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    total = np.zeros_like(x)
    for coefficient in reversed(coefficients):
        total = total * x + coefficient
    return total


def inverse_normal(p: Array) -> Array:
    """Quantile of the standard normal distribution, by Wichura's AS 241 [1]_.

    Parameters
    ----------
    p : ndarray
        Probabilities between 1e-10 and 1 - 1e-10 (the third branch of AS 241, farther out, is
        left away: draws are cut long before).

    Returns
    -------
    ndarray
        Quantiles, relative error about 1e-15; each element depends on its own `p` only.

    References
    ----------
    .. [1] M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution",
       Applied Statistics 37(3), 1988, pp. 477-484, doi:10.2307/2347330.

    Examples
    --------
    >>> inverse_normal(np.array([0.5, 0.975])).round(6)
    array([0.      , 1.959964])
    """
    p = np.asarray(p, dtype=np.float64)
    q = p - 0.5
    near = 0.180625 - q * q
    middle = q * _polynomial(_A, near) / _polynomial(_B, near)
    tail = np.sqrt(-np.log(np.maximum(np.minimum(p, 1.0 - p), 1e-10))) - 1.6
    outer = np.sign(q) * _polynomial(_C, tail) / _polynomial(_D, tail)
    return np.where(np.abs(q) <= 0.425, middle, outer)
