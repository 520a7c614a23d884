"""What a count of events says of a rate, a probability, or the ratio of two rates: exact two-sided bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, nan

from simulator.assess.incomplete import beta, gamma


@dataclass(frozen=True)
class Bounded:
    """An estimate with the interval that goes with it; `high` is infinite where nothing bounds it.

    Examples
    --------
    >>> Bounded(1.0, 0.5, 4.0) * 0.5
    Bounded(estimate=0.5, low=0.25, high=2.0)
    """

    estimate: float
    low: float
    high: float

    def __mul__(self, factor: float) -> Bounded:
        return Bounded(self.estimate * factor, self.low * factor, self.high * factor)

    def __add__(self, other: Bounded) -> Bounded:
        """The sum; its interval has the errors of both, whatever their dependence (Bonferroni)."""
        return Bounded(self.estimate + other.estimate, self.low + other.low, self.high + other.high)


NOTHING = Bounded(0.0, 0.0, 0.0)
"""What cannot occur."""


def rate(events: int, exposure: float, confidence: float, surely: float | None = None) -> Bounded:
    """Rate of a Poisson process, with Garwood's interval [1]_.

    Parameters
    ----------
    events : int
        How many were seen.
    exposure : float
        Over how long.
    confidence : float
        Two-sided, such as 0.95.
    surely : float, optional
        A shorter exposure for the upper bound, where some of it is in doubt.

    Returns
    -------
    Bounded
        Per unit of `exposure`; unbounded above without any.

    References
    ----------
    .. [1] F. Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28(3-4), 1936,
       doi:10.1093/biomet/28.3-4.437.

    Examples
    --------
    >>> zero, ten = rate(0, 3.0, 0.95), rate(10, 1.0, 0.95)
    >>> round(zero.high, 4), round(ten.low, 3), round(ten.high, 3)
    (1.2296, 4.795, 18.39)
    """
    tail = 0.5 * (1.0 - confidence)
    least = exposure if surely is None else surely
    top = _root(lambda mean: gamma(events + 1, mean) - (1.0 - tail), events + 1.0)
    bottom = _root(lambda mean: gamma(events, mean) - tail, events) if events else 0.0
    if exposure <= 0.0:
        return Bounded(inf, 0.0, inf)
    return Bounded(events / exposure, bottom / exposure, top / least if least > 0.0 else inf)


def proportion(hits: int, n: int, confidence: float, doubtful: int = 0) -> Bounded:
    """Probability by the two-sided interval of Clopper and Pearson [1]_.

    Parameters
    ----------
    hits, n : int
        Tries that hit, of how many.
    confidence : float
        Two-sided, such as 0.95.
    doubtful : int
        Further tries of which nobody knows: hits for the upper bound, none for the lower one.

    Returns
    -------
    Bounded
        Between 0 and 1 for no tries at all.

    References
    ----------
    .. [1] C. J. Clopper, E. S. Pearson, "The use of confidence or fiducial limits", Biometrika 26(4),
       1934, doi:10.1093/biomet/26.4.404.

    Examples
    --------
    >>> found = proportion(3, 10, 0.95)
    >>> round(found.low, 4), round(found.high, 4)
    (0.0667, 0.6525)
    """
    tail, most = 0.5 * (1.0 - confidence), hits + doubtful
    if n == 0:
        return Bounded(0.0, 0.0, 1.0)
    low = _within(lambda p: beta(hits, n - hits + 1, p) - tail) if hits else 0.0
    high = _within(lambda p: beta(most + 1, n - most, p) - (1.0 - tail)) if most < n else 1.0
    return Bounded(hits / n, low, high)


def ratio(first: int, second: int, confidence: float, exposures: float = 1.0) -> Bounded:
    """Ratio of two Poisson rates, by the exact interval that conditions on their sum [1]_.

    Given both counts' sum the first is binomial, and its probability tells the ratio. Two counts
    that rise and fall together (the same disturbances were met) differ by less than the interval allows.

    Parameters
    ----------
    first, second : int
        Events of each.
    confidence : float
        Two-sided, such as 0.95.
    exposures : float
        Exposure of the first over that of the second.

    Returns
    -------
    Bounded
        Rate of the first over that of the second; without events no estimate (NaN), from 0 to infinity.

    References
    ----------
    .. [1] J. Przyborowski, H. Wilenski, "Homogeneity of results in testing samples from Poisson
       series", Biometrika 31(3-4), 1940, doi:10.1093/biomet/31.3-4.313.

    Examples
    --------
    >>> found = ratio(10, 5, 0.95)
    >>> found.estimate, round(found.low, 3), round(found.high, 3)
    (2.0, 0.623, 7.457)
    """
    share = proportion(first, first + second, confidence)
    if first + second == 0:
        return Bounded(nan, 0.0, inf)

    def odds(p: float) -> float:
        return p / (1.0 - p) / exposures if p < 1.0 else inf

    middle = first / second / exposures if second else inf
    return Bounded(middle, odds(share.low), odds(share.high))


def _root(rises: Callable[[float], float], beyond: float) -> float:
    """Where a rising function crosses zero, somewhere above 0."""
    top = max(2.0 * beyond, 4.0)
    while rises(top) < 0.0:
        top *= 2.0
    return _bisected(rises, 0.0, top)


def _within(rises: Callable[[float], float]) -> float:
    return _bisected(rises, 0.0, 1.0)


def _bisected(rises: Callable[[float], float], low: float, high: float) -> float:
    for _ in range(100):
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        low, high = (middle, high) if rises(middle) < 0.0 else (low, middle)
    return 0.5 * (low + high)
