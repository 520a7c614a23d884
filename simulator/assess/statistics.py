"""What a count of failures says of a probability: exact binomial bounds, no approximation."""

from __future__ import annotations

from math import exp, lgamma, log, log1p


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def at_most(k: int, n: int, p: float) -> float:
    """Probability of at most `k` failures in `n` runs that each fail with probability `p`."""
    if p <= 0.0 or k >= n:
        return 1.0
    if p >= 1.0:
        return 0.0
    return min(sum(exp(_log_choose(n, i) + i * log(p) + (n - i) * log1p(-p)) for i in range(k + 1)), 1.0)


def upper_bound(failures: int, n: int, confidence: float) -> float:
    """One-sided Clopper-Pearson upper bound of the failure probability.

    Parameters
    ----------
    failures, n : int
        Observed failures and runs.
    confidence : float
        Such as 0.95.

    Returns
    -------
    float
        Largest probability that is still compatible with the count; 1 for no runs.

    References
    ----------
    C. J. Clopper, E. S. Pearson, "The use of confidence or fiducial limits", Biometrika 26(4),
    1934, doi:10.1093/biomet/26.4.404.

    Examples
    --------
    >>> round(upper_bound(0, 59, 0.95), 4), round(upper_bound(0, 29, 0.95), 4)
    (0.0495, 0.0981)
    """
    if n == 0 or failures >= n:
        return 1.0
    if failures == 0:
        return float(1.0 - (1.0 - confidence) ** (1.0 / n))
    low, high = failures / n, 1.0
    for _ in range(80):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if at_most(failures, n, middle) > 1.0 - confidence else (low, middle)
    return high


def lower_bound(failures: int, n: int, confidence: float) -> float:
    """One-sided Clopper-Pearson lower bound of the failure probability; 0 for no runs."""
    return 1.0 - upper_bound(n - failures, n, confidence) if n else 0.0


def mcnemar(first: int, second: int) -> float:
    """Exact two-sided McNemar test of paired outcomes.

    Parameters
    ----------
    first, second : int
        Pairs in which only the first, and only the second, had the event.

    Returns
    -------
    float
        Probability of a split at least as uneven if neither has it more often.

    References
    ----------
    Q. McNemar, "Note on the sampling error of the difference between correlated proportions or
    percentages", Psychometrika 12(2), 1947, doi:10.1007/BF02295996; the binomial distribution in
    place of its approximation.

    Examples
    --------
    >>> mcnemar(0, 5), mcnemar(3, 3)
    (0.0625, 1.0)
    """
    return min(1.0, 2.0 * at_most(min(first, second), first + second, 0.5))


def replicas_for(probability: float, confidence: float) -> int:
    """Runs without a failure that bound the failure probability at `probability`."""
    needed = log(1.0 - confidence) / log1p(-probability)
    return int(needed) + (needed > int(needed))
