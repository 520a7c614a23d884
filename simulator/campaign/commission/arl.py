"""Average run length of a CUSUM, and the decision limit for the one that is wanted.

The Markov chain of Brook and Evans [1]_: the interval below the limit is cut into cells, the sum
moves from the middle of a cell by the density of the whitened residual, the limit absorbs. The
two-sided chart alarms at the sum of both sides' rates, as both cannot be up at once [2]_.

References
----------
.. [1] D. Brook, D. A. Evans, "An approach to the probability distribution of cusum run length",
   Biometrika 59(3), 1972, doi:10.1093/biomet/59.3.539.
.. [2] J. M. Lucas, R. B. Crosier, "Fast initial response for CUSUM quality-control schemes",
   Technometrics 24(3), 1982, doi:10.1080/00401706.1982.10487759, after K. W. Kemp (1961).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.commission.linear import solve
from simulator.core.kernel import kernel

Reals = NDArray[np.float64]
CELLS = 120
SLACK = 0.5
"""Reference value: half of the one-sigma shift that is to be found soonest."""


def run_length(limit: float, shift: float = 0.0, slack: float = SLACK, cells: int = CELLS) -> float:
    """Mean number of samples of a one-sided CUSUM until its alarm, from zero.

    Parameters
    ----------
    limit, slack : float
        h and k [sigma].
    shift : float
        Mean of the samples [sigma].
    cells : int
        Cells of the chain.
    """
    width = 2.0 * limit / (2 * cells - 1)
    # the chance of a move by so many cells, less and more than none
    edges = [_below((k - 0.5) * width + slack - shift) for k in range(1 - cells, cells + 1)]
    stays = np.empty((cells, cells))
    for i in range(cells):
        stays[i, 0] = edges[cells - i]
        for j in range(1, cells):
            stays[i, j] = edges[cells + j - i] - edges[cells + j - i - 1]
    return float(solve(np.eye(cells) - stays, np.ones(cells))[0])


def two_sided(limit: float, shift: float = 0.0, slack: float = SLACK) -> float:
    """Mean number of samples of a two-sided CUSUM until its alarm, from zero."""
    up = run_length(limit, shift, slack)
    down = run_length(limit, -shift, slack) if shift else up
    return 1.0 / (1.0 / up + 1.0 / down)


def _below(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def limit_for(wanted: float, slack: float = SLACK) -> float:
    """Decision limit h [sigma] of a two-sided CUSUM whose samples are white and normal.

    Parameters
    ----------
    wanted : float
        Mean number of samples between false alarms.
    """
    low, high = 0.5, 40.0
    while high - low > 1e-4:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if two_sided(middle, 0.0, slack) < wanted else (low, middle)
    return round(0.5 * (low + high), 4)


@kernel
def _alarms(white: Any, slack: float, limit: float) -> tuple[int, int]:
    """Alarms of a chart that starts again after each, and samples it has seen."""
    found = seen = 0
    for i in range(white.shape[1]):
        up = down = 0.0
        for t in range(white.shape[0]):
            up = max(up + white[t, i] - slack, 0.0)
            down = max(down - white[t, i] - slack, 0.0)
            seen += 1
            if up > limit or down > limit:
                found += 1
                up = down = 0.0
    return found, seen


def measured(white: Reals, limit: float, slack: float = SLACK) -> tuple[float, int]:
    """Mean samples between alarms on whitened residuals (n_samples, n_runs), and how many alarms.

    A chart cut off by the end of a run has counted its samples: alarms by samples seen.
    """
    found, seen = _alarms(np.ascontiguousarray(white), slack, limit)
    return (seen / found if found else math.inf), int(found)


ENOUGH = 300
"""Alarms below which a measured rate is too rough to correct a limit by."""


def inflation(white: Reals, slack: float = SLACK) -> float:
    """How much greater limits must be on these residuals than on white normal ones.

    What correlation the autoregression leaves makes the sums wander further. It is measured at the
    longest run length of which there are `ENOUGH` alarms, and taken for longer ones: the logarithm of
    the run length grows linearly with the limit, by the long-run variance of the residuals.
    """
    most = white.size / (1.5 * ENOUGH)
    factor = 1.0
    for _ in range(6):
        # the limit whose run length on white samples is the one measured here at factor times it
        limit = limit_for(most, slack)
        got, count = measured(white, factor * limit, slack)
        if count < ENOUGH // 2:
            break
        factor *= limit / limit_for(max(got, 20.0), slack)
    return factor
