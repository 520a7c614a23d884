"""Regularized incomplete gamma and beta functions: tails of Poisson and binomial counts, large ones too."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, lgamma, log, log1p, sqrt

_TINY, _CLOSE = 1e-300, 1e-15


def gamma(a: float, x: float) -> float:
    """Regularized lower incomplete gamma function P(a, x) [1]_.

    For a whole `a` this is the probability that a Poisson count of mean `x` is `a` or more.

    Parameters
    ----------
    a : float
        Above 0.
    x : float
        0 or more.

    References
    ----------
    .. [1] NIST Digital Library of Mathematical Functions, https://dlmf.nist.gov: series 8.11.4 below
       ``a + 1``, continued fraction 8.9.2 from there on.

    Examples
    --------
    >>> round(gamma(1, 2.0), 6), round(gamma(3, 2.0), 6)
    (0.864665, 0.323324)
    """
    if x <= 0.0:
        return 0.0
    front = exp(a * log(x) - x - lgamma(a))
    if x >= a + 1.0:
        return 1.0 - front / _lentz(lambda k: -k * (k - a), lambda k: x - a + 1.0 + 2.0 * k, a)
    total = term = 1.0 / a
    k = a
    while term > total * _CLOSE:
        k += 1.0
        term *= x / k
        total += term
    return min(front * total, 1.0)


def beta(a: float, b: float, x: float) -> float:
    """Regularized incomplete beta function I_x(a, b) [1]_.

    For whole numbers this is the probability of at least `a` successes in ``a + b - 1`` tries, each
    with probability `x`.

    References
    ----------
    .. [1] NIST Digital Library of Mathematical Functions, https://dlmf.nist.gov: continued fraction
       8.17.22, and the symmetry 8.17.4 where it converges slowly.

    Examples
    --------
    >>> round(beta(1, 59, 0.0495), 3), round(beta(2, 3, 0.5), 4)
    (0.95, 0.6875)
    """
    if x <= 0.0 or x >= 1.0:
        return float(x >= 1.0)
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - beta(b, a, 1.0 - x)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a

    def numerator(k: int) -> float:
        m = k // 2
        if k % 2:
            return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))

    return min(front / _lentz(numerator, lambda _: 1.0, a + b), 1.0)


def _lentz(above: Callable[[int], float], below: Callable[[int], float], size: float) -> float:
    """Value of below(0) + above(1) / (below(1) + above(2) / (below(2) + ...)).

    Lentz's algorithm as modified by Thompson and Barnett, "Coulomb and Bessel functions of complex
    arguments and order", J. Comput. Phys. 64, 1986, doi:10.1016/0021-9991(86)90046-X.
    """
    value = c = below(0) or _TINY
    d = 0.0
    for k in range(1, 400 + int(20 * sqrt(size))):
        d = 1.0 / ((below(k) + above(k) * d) or _TINY)
        c = (below(k) + above(k) / c) or _TINY
        value *= c * d
        if abs(c * d - 1.0) < _CLOSE:
            return value
    raise ArithmeticError("a continued fraction that does not settle")
