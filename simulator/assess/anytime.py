"""Bounds of a failure probability that stopping early does not spoil.

A bound for a fixed sample (Clopper-Pearson) does not hold at a moment that the data have chosen.
"""

from __future__ import annotations

from math import lgamma, log, log1p


def anytime(failures: int, n: int, confidence: float) -> tuple[float, float]:
    """Bounds of a failure probability that hold at every n at once, so wherever one stops.

    A probability is left out when a mixture of all others (Jeffreys' Beta(1/2, 1/2)) has become
    1 / (1 - confidence) times as likely, which one that is true ever suffers with probability
    1 - confidence at most [1]_, [2]_.

    Returns
    -------
    tuple of float
        Lower and upper bound; 0 and 1 for no runs.

    References
    ----------
    .. [1] J. Ville, "Etude critique de la notion de collectif", Gauthier-Villars, 1939.
    .. [2] H. Robbins, "Statistical methods related to the law of the iterated logarithm", Ann. Math.
       Stat. 41(5), 1970, pp. 1397-1409, doi:10.1214/aoms/1177696786.

    Examples
    --------
    >>> [round(bound, 4) for bound in anytime(0, 299, 0.95)]
    [0.0, 0.0212]
    """
    if n == 0:
        return 0.0, 1.0
    rate, mixed = failures / n, _log_beta(failures + 0.5, n - failures + 0.5) - _log_beta(0.5, 0.5)
    limit = mixed + log(1.0 - confidence)
    low = _edge(failures, n, limit, rate, 0.0) if failures else 0.0
    high = _edge(failures, n, limit, rate, 1.0) if failures < n else 1.0
    return low, high


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _edge(k: int, n: int, limit: float, inside: float, outside: float) -> float:
    """Where the logarithm of the likelihood falls to `limit` between a point inside and one outside."""
    for _ in range(100):
        middle = 0.5 * (inside + outside)
        likely = (k * log(middle) if k else 0.0) + ((n - k) * log1p(-middle) if n > k else 0.0)
        inside, outside = (middle, outside) if likely >= limit else (inside, middle)
    return outside
