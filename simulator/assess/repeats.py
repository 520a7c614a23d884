"""What independent repeats of an estimate say of it: mean, spread, and an interval by Student's t."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, inf, pi, sin, sqrt, tan


@dataclass(frozen=True)
class Repeats:
    """Several estimates of one positive number.

    Attributes
    ----------
    n : int
        How many.
    mean : float
        Their mean.
    variation : float
        Coefficient of variation of one of them; inf where there is only one, or the mean is 0.
    low, high : float
        Interval of the mean, not below 0.
    """

    n: int
    mean: float
    variation: float
    low: float
    high: float

    @property
    def of_mean(self) -> float:
        """Coefficient of variation of the mean."""
        return self.variation / sqrt(self.n) if self.n else inf


def summary(estimates: Sequence[float], confidence: float) -> Repeats:
    """Mean, coefficient of variation and two-sided interval.

    Parameters
    ----------
    estimates : sequence of float
        One of each repeat, none below 0.
    confidence : float
        Such as 0.95.
    """
    n = len(estimates)
    mean = sum(estimates) / n if n else 0.0
    if n < 2 or mean <= 0.0:
        return Repeats(n, mean, inf, 0.0, inf)
    sd = sqrt(sum((one - mean) ** 2 for one in estimates) / (n - 1))
    half = student(0.5 + 0.5 * confidence, n - 1) * sd / sqrt(n)
    return Repeats(n, mean, sd / mean, max(mean - half, 0.0), mean + half)


def student(probability: float, freedom: int) -> float:
    """Quantile of Student's t distribution [1]_.

    Parameters
    ----------
    probability : float
        Above 0.5.
    freedom : int
        Degrees of freedom, at least 1.

    References
    ----------
    .. [1] "Student", "The probable error of a mean", Biometrika 6(1), 1908, doi:10.1093/biomet/6.1.1;
       the finite sums for whole degrees of freedom of M. Abramowitz, I. A. Stegun, "Handbook of
       Mathematical Functions", 1964, 26.7.3 and 26.7.4.

    Examples
    --------
    >>> round(student(0.975, 9), 3), round(student(0.975, 1), 3)
    (2.262, 12.706)
    """
    low, high = 0.0, 0.5 * pi
    for _ in range(60):
        middle = 0.5 * (low + high)
        within = 0.5 + 0.5 * _between(middle, freedom)
        low, high = (middle, high) if within < probability else (low, middle)
    return tan(high) * sqrt(freedom)


def _between(angle: float, freedom: int) -> float:
    """Probability of a t within +-sqrt(freedom) tan(angle)."""
    odd = freedom % 2
    term = total = cos(angle) if odd else 1.0
    for k in range(2 + odd, freedom - 1, 2):
        term *= cos(angle) ** 2 * (k - 1) / k
        total += term
    if freedom == 1:
        total = 0.0
    return 2.0 / pi * (angle + sin(angle) * total) if odd else sin(angle) * total
