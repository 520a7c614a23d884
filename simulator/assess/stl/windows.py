"""Minima over sliding windows and the until scan, by doubling: log2(width) passes, no loop.

Arrays have shape (n_replicas, n_ticks); `beyond`, shape (n_replicas, 1), is what every tick
after the record counts as.
"""

from __future__ import annotations

import numpy as np

from simulator.assess.stl.wave import Array


def sliding_min(values: Array, beyond: Array, first: int, last: int) -> Array:
    """Minimum over the ticks ``t + first`` to ``t + last``, both included.

    Parameters
    ----------
    values : ndarray, shape (n_replicas, n_ticks)
        Anything ordered, without NaN.
    beyond : ndarray, shape (n_replicas, 1)
        Value of every tick after the record.
    first, last : int
        Window in ticks, ``0 <= first <= last``.

    Returns
    -------
    ndarray, shape (n_replicas, n_ticks)

    Examples
    --------
    >>> sliding_min(np.array([[3, 1, 2, 5]]), np.array([[9]]), 1, 2)
    array([[1, 2, 5, 9]])
    """
    n_ticks = values.shape[1]
    first, last = min(first, n_ticks), min(last, n_ticks)
    tail = np.repeat(beyond, last, axis=1)
    least: Array = np.concatenate([values[:, first:], tail], axis=1)
    width, reach = last - first + 1, 1
    while 2 * reach <= width:
        least = np.minimum(least[:, :-reach], least[:, reach:])
        reach *= 2
    rest = width - reach
    whole: Array = np.minimum(least[:, :n_ticks], least[:, rest : rest + n_ticks])
    return whole


def sliding_max(values: Array, beyond: Array, first: int, last: int) -> Array:
    """Maximum over the ticks ``t + first`` to ``t + last``; see `sliding_min`."""
    least = sliding_min(np.negative(values), np.negative(beyond), first, last)
    return np.negative(least)


def min_to_end(values: Array, beyond: Array) -> Array:
    """Minimum over every tick from ``t`` on and what lies beyond the record."""
    backward = np.minimum.accumulate(values[:, ::-1], axis=1)[:, ::-1]
    return np.minimum(backward, beyond)


def until(kept: Array, met: Array, beyond: Array, first: int, last: int) -> Array:
    """`met` at some delay in the window, and `kept` at every tick before that one.

    Parameters
    ----------
    kept, met : ndarray, shape (n_replicas, n_ticks)
        Left and right side.
    beyond : ndarray, shape (n_replicas, 1)
        Value of both after the record.
    first, last : int
        Window in ticks.

    Returns
    -------
    ndarray, shape (n_replicas, n_ticks)

    Notes
    -----
    ``a U[f:l] b`` is "always[0:f-1] a, and after f ticks both eventually[0:l-f] b and a U b";
    the identity holds in every lattice, so for truth and for bounds alike. Since b must come
    within l - f ticks anyhow, the last part need not look further than that.
    """
    n_ticks = kept.shape[1]
    first, last = min(first, n_ticks), min(last, n_ticks)
    soon = sliding_max(met, beyond, 0, last - first)
    later = np.minimum(soon, _until_within(kept, met, beyond, last - first + 1))
    if first == 0:
        return later
    waiting = sliding_min(kept, beyond, 0, first - 1)
    return np.minimum(waiting, sliding_min(later, beyond, first, first))


def _until_within(kept: Array, met: Array, beyond: Array, ticks: int) -> Array:
    """Until over the next `ticks` ticks or somewhat more: two halves make a whole."""
    covered = 1
    while covered < ticks:
        half = np.minimum(kept, _later(met, beyond, covered))
        met, kept = np.maximum(met, half), np.minimum(kept, _later(kept, beyond, covered))
        covered *= 2
    return met


def _later(values: Array, beyond: Array, ticks: int) -> Array:
    return sliding_min(values, beyond, ticks, ticks)
