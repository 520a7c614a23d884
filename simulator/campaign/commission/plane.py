"""Normal operation of an AI's inputs: principal axes, and limits for a wanted rate of false sheds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.commission.days import Day
from simulator.campaign.commission.linear import gram, principal_axes, rounded
from simulator.core.kernel import kernel
from simulator.safeguards.novelty import statistics

Reals = NDArray[np.float64]
KEPT = 0.9
"""Share of the variance that the plane has to hold."""
TAIL = 0.3
"""Share of the runs whose highest values make the tail that is extrapolated."""


@kernel
def _peaks(shown: Any, centre: Any, scale: Any, axes: Any, variances: Any, cycles: int, peaks: Any) -> None:
    n = shown.shape[2]
    z, score, last = np.empty((centre.shape[0], n)), np.empty(n), np.empty((cycles, 2, n))
    peaks[:] = 0.0
    for t in range(shown.shape[0]):
        for k in range(centre.shape[0]):
            for i in range(n):
                z[k, i] = (shown[t, k, i] - centre[k]) / scale[k]
        statistics(z, axes, variances, score, last[t % cycles])
        if t >= cycles - 1:
            for s in range(2):
                for i in range(n):
                    least = last[0, s, i]
                    for c in range(1, cycles):
                        least = min(least, last[c, s, i])
                    peaks[s, i] = max(peaks[s, i], least)


def fit(points: Sequence[Any], days: Sequence[Day]) -> dict[str, Any]:
    """The plane without its limits.

    Parameters
    ----------
    points : sequence of (str, float, float)
        Tag, centre and scale of each input of the policy.
    days : sequence of Day
        Normal days.
    """
    tags, middles, scales = zip(*points, strict=True)
    rows = np.concatenate([day.shown.transpose(1, 0, 2).reshape(len(tags), -1) for day in days], axis=1)
    scaled = (rows.astype(float) - np.array(middles)[:, None]) / np.array(scales)[:, None]
    shift = gram(np.vstack([scaled, np.ones((1, scaled.shape[1]))]))[-1, :-1] / scaled.shape[1]
    spread = np.sqrt(np.diag(gram(scaled - shift[:, None])) / scaled.shape[1])
    z = (scaled - shift[:, None]) / spread[:, None]
    variances, axes = principal_axes(gram(z) / z.shape[1])
    held = np.cumsum(variances) / variances.sum()
    kept = min(int(np.argmax(held >= KEPT)) + 1, max(len(tags) - 1, 1))
    return {
        "tags": list(tags),
        "centre": [rounded(c + s * m) for c, s, m in zip(middles, scales, shift, strict=True)],
        "scale": [rounded(s * w) for s, w in zip(scales, spread, strict=True)],
        "axes": [[rounded(v) for v in axis] for axis in axes[:kept]],
        "variances": [rounded(v) for v in variances[:kept]],
        "measured": {"variance_held": rounded(float(held[kept - 1]))},
    }


def peaks(plane: dict[str, Any], day: Day, cycles: int) -> Reals:
    """Per run, the highest T2 and SPE that `cycles` cycles in a row have reached, shape (2, n)."""
    out = np.zeros((2, day.shown.shape[2]))
    centre, scale, axes, variances = (np.array(plane[k]) for k in ("centre", "scale", "axes", "variances"))
    _peaks(day.shown, centre, scale, axes, variances, cycles, out)
    return out


def limit(highest: Reals, chance: float) -> float:
    """Value that a run passes with a given chance: the tail of the runs' highest values is exponential.

    The highest of many values of a chi-square-like statistic is Gumbel distributed; the mean excess of
    its upper part tells how fast the tail falls.
    """
    values = np.sort(highest)
    above = max(round(TAIL * len(values)), 8)
    threshold = float(values[-above - 1])
    excess = float((values[-above:] - threshold).mean())
    return threshold + excess * float(np.log(max(above / len(values) / chance, 1.0)))
