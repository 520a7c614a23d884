"""Run lengths of a CUSUM in closed form, for figures: how long until an alarm, false or true.

Limits are set by the exact chain (`simulator.campaign.commission.arl`); what is drawn needs no more than
Siegmund's approximation: within 1 % of the chain up to a shift of one standard deviation, 4 % up to two.
"""

from __future__ import annotations

from math import exp

_OVERSHOOT = 1.166
"""Twice the mean by which a normal walk oversteps a level, in standard deviations [1]_."""
_LEVEL = 1e-6


def run_length(limit: float, shift: float = 0.0, slack: float = 0.5) -> float:
    """Mean samples of a one-sided CUSUM of white normal samples until its alarm, from zero.

    Parameters
    ----------
    limit, slack : float
        h and k [sigma].
    shift : float
        Mean of the samples, towards this side [sigma].

    References
    ----------
    .. [1] D. Siegmund, "Sequential Analysis: Tests and Confidence Intervals", Springer 1985,
       doi:10.1007/978-1-4757-1862-1; in the form of D. C. Montgomery, "Introduction to Statistical Quality
       Control", 6th ed., 2009, section 9.1.

    Examples
    --------
    >>> round(run_length(5.0)), round(run_length(5.0, 1.0), 1)
    (938, 10.3)
    """
    drift, wide = shift - slack, limit + _OVERSHOOT
    if abs(drift) < _LEVEL:
        return wide * wide
    return (exp(min(-2.0 * drift * wide, 700.0)) + 2.0 * drift * wide - 1.0) / (2.0 * drift * drift)


def two_sided(limit: float, shift: float = 0.0, slack: float = 0.5) -> float:
    """Mean samples until either side alarms."""
    up, down = run_length(limit, shift, slack), run_length(limit, -shift, slack)
    return 1.0 / (1.0 / up + 1.0 / down)


def limit_for(wanted: float, slack: float = 0.5) -> float:
    """Limit h [sigma] with which either side alarms after so many samples without a shift."""
    low, high = 0.1, 100.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if two_sided(middle, 0.0, slack) < wanted else (low, middle)
    return 0.5 * (low + high)
