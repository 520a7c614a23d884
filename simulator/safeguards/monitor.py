"""Does the plant still answer as it did when its AI was commissioned? Whitened residuals in a CUSUM.

Under feedback the controlled variable hides a drift; what gives it away is the price the controller
pays. Each monitored signal is therefore held against what others explain of it (a regression fitted
on baseline runs), the remainder is whitened by an autoregression, and both tails are summed in a
tabular CUSUM [1]_. An alarm asks for a look and a new training; it never sheds.

References
----------
.. [1] D. C. Montgomery, "Introduction to Statistical Quality Control", 6th ed., 2009, section 9.1
   (tabular CUSUM) and 10.4 (autocorrelated data: residuals of a time series model).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel, part, rule

Reals = NDArray[np.float64]
States = NDArray[np.int8]


Term = tuple[int, ...]


@dataclass(frozen=True)
class Watched:
    """One monitored signal.

    Attributes
    ----------
    what : tuple of int
        What is monitored: the row of a measurement, or three of a duty (flow, warm and cold).
    by, changes : tuple of tuple of int
        What explains it, likewise: means over the sample, and their changes since the sample before.
    intercept, slopes : float, tuple of float
        What they explain: ``intercept + sum(slope * term)``, in the units of the measurements.
    memory : tuple of float
        Coefficients of the autoregression, the latest residual first.
    sigma : float
        Standard deviation of the whitened residual.
    slack, limit : float
        Reference value k and decision limit h of the CUSUM [sigma].
    """

    what: Term
    by: tuple[Term, ...]
    changes: tuple[Term, ...]
    intercept: float
    slopes: tuple[float, ...]
    memory: tuple[float, ...]
    sigma: float
    slack: float
    limit: float


class MonitorInputs(NamedTuple):
    """`received` (n_rows, n): what the PLC was sent; `idle` (n,): the AI is not permitted anyway.

    `active` (n_loops, n): the AI has the loop. Another controller pays another price for the same plant,
    so that nothing is learnt from samples in which the AI had no loop: what was found stands.
    """

    received: Reals
    idle: States
    active: States


class MonitorOut(NamedTuple):
    """Shape (n_signals, n): greater one of the two sums [sigma], and whether it is over its limit."""

    cusum: Reals
    drift: States


class MonitorState(NamedTuple):
    """Running sums, means and those before (n_used, n), past residuals (n_signals, n_past, n), CUSUMs,
    scans of this sample, samples and the row of the latest residual, set-up values.

    `past` is a ring: the residual before a row's is in the next row. `found` (2, n): the residual of a
    sample, and what the past leads to expect of it. `since` (n_signals, n_terms) is 1 where a term is a
    change; `foreign` (n,) is 1 where in this sample the AI was without a loop.
    """

    sums: Reals
    means: Reals
    before: Reals
    past: Reals
    up: Reals
    down: Reals
    found: Reals
    scans: NDArray[np.int64]
    foreign: States
    rows: NDArray[np.int64]
    places: NDArray[np.int64]
    since: NDArray[np.int64]
    slopes: Reals
    memory: Reals
    about: Any


_ABOUT = np.dtype([("intercept", "f8"), ("sigma", "f8"), ("slack", "f8"), ("limit", "f8")])


@rule
def summed(total: float, deviation: float, slack: float, most: float) -> float:
    """One side of a tabular CUSUM, held at `most` so that an alarm ends when its cause has ended."""
    return min(max(total + deviation - slack, 0.0), most)


@part
def _gather(rows: Any, received: Any, sums: Any) -> None:
    for k in range(rows.shape[0]):
        row, warm, cold = rows[k, 0], rows[k, 1], rows[k, 2]
        if warm < 0:
            for i in range(sums.shape[1]):
                sums[k, i] += received[row, i]
        else:
            for i in range(sums.shape[1]):
                sums[k, i] += received[row, i] * (received[warm, i] - received[cold, i])


@part
def _attend(active: Any, foreign: Any) -> None:
    for i in range(foreign.shape[0]):
        without = np.int8(1)
        for j in range(active.shape[0]):
            without = np.int8(without & (active[j, i] == 0))
        foreign[i] |= without


@part
def _average(sums: Any, means: Any, before: Any, scans: int, first: bool) -> None:
    for k in range(sums.shape[0]):
        for i in range(sums.shape[1]):
            before[k, i] = means[k, i]
            means[k, i] = sums[k, i] / scans
            sums[k, i] = 0.0
            if first:
                before[k, i] = means[k, i]


@part
def _explain(s: Any, j: int) -> None:
    """The residual of signal `j`, and what the residuals before lead to expect, in each replica."""
    intercept, depth = s.about[j].intercept, s.past.shape[1]
    for i in range(s.found.shape[1]):
        s.found[0, i], s.found[1, i] = s.means[s.places[j, 0], i] - intercept, 0.0
    for f in range(1, s.places.shape[1]):
        p, slope, is_change = s.places[j, f], s.slopes[j, f], s.since[j, f] == 1
        if p >= 0:
            for i in range(s.found.shape[1]):
                s.found[0, i] -= slope * (s.means[p, i] - (s.before[p, i] if is_change else 0.0))
    for p in range(depth):
        row, weight = (s.scans[2] + p) % depth, s.memory[j, p]
        for i in range(s.found.shape[1]):
            s.found[1, i] += weight * s.past[j, row, i]


@part
def _judge(s: Any, j: int, idle: Any, latest: int, out: Any) -> None:
    a = s.about[j]
    for i in range(s.found.shape[1]):
        residual, expected = s.found[0, i], s.found[1, i]
        absent, learns = idle[i] == 1, (idle[i] != 1) & (s.foreign[i] != 1)
        seen = np.isfinite(residual)
        e = (residual - expected) / a.sigma
        up = summed(s.up[j, i], e, a.slack, 2.0 * a.limit) if learns & seen else s.up[j, i]
        down = summed(s.down[j, i], -e, a.slack, 2.0 * a.limit) if learns & seen else s.down[j, i]
        up, down = (0.0 if absent else up), (0.0 if absent else down)
        # a monitor that is shown nothing says so: silence is no evidence
        blind = learns & (not seen)
        residual = expected if blind else residual
        worst = max(up, down)
        s.up[j, i], s.down[j, i], out.cusum[j, i] = up, down, worst
        out.drift[j, i] = 1 if (worst > a.limit) | blind else 0
        s.past[j, latest, i] = residual if learns else 0.0


@part
def _sample(s: Any, idle: Any, out: Any) -> None:
    depth = s.past.shape[1]
    latest = (s.scans[2] + depth - 1) % depth
    for j in range(s.past.shape[0]):
        _explain(s, j)
        _judge(s, j, idle, latest, out)
    s.scans[2] = latest
    s.foreign[:] = 0


@kernel
def _scan(s: Any, every: int, inputs: Any, out: Any) -> None:
    _gather(s.rows, inputs.received, s.sums)
    _attend(inputs.active, s.foreign)
    s.scans[0] += 1
    if s.scans[0] == every:
        s.scans[0] = 0
        _average(s.sums, s.means, s.before, every, s.scans[1] == 0)
        s.scans[1] += 1
        _sample(s, inputs.idle, out)


@dataclass(frozen=True)
class Monitor(Stepped):
    """The drift monitor of one AI.

    Parameters
    ----------
    signals : tuple of Watched
        What is monitored, and how.
    period : int
        Scan period [ms].
    every : int
        Scans per sample; a sample is the mean over them.
    """

    signals: tuple[Watched, ...]
    period: int
    every: int

    def initial(self, n: int) -> MonitorState:
        """Nothing summed yet."""
        terms = [(one.what, *one.by, *one.changes) for one in self.signals]
        used = sorted({term for some in terms for term in some})
        rows = np.array([term if len(term) == 3 else (term[0], -1, -1) for term in used], np.int64)
        width = max(len(some) for some in terms)
        depth = max(1, *(len(one.memory) for one in self.signals))
        many = len(self.signals)
        places, slopes = np.full((many, width), -1, np.int64), np.zeros((many, width))
        memory, since = np.zeros((many, depth)), np.zeros((many, width), np.int64)
        for j, one in enumerate(self.signals):
            places[j, : len(terms[j])] = [used.index(term) for term in terms[j]]
            slopes[j, 1 : len(terms[j])] = one.slopes
            since[j, 1 + len(one.by) : len(terms[j])] = 1
            memory[j, : len(one.memory)] = one.memory
        about = np.array([(one.intercept, one.sigma, one.slack, one.limit) for one in self.signals], _ABOUT)
        return MonitorState(
            np.zeros((len(used), n)), np.zeros((len(used), n)), np.zeros((len(used), n)),
            np.zeros((many, depth, n)),
            np.zeros((many, n)), np.zeros((many, n)), np.zeros((2, n)), np.zeros(3, np.int64),
            np.zeros(n, np.int8), rows,
            places, since, slopes, memory, about,
        )  # fmt: skip

    def calls(self, state: MonitorState, inputs: MonitorInputs, out: MonitorOut) -> Calls:
        """Average over the sample; at its end judge the residuals."""
        return call(_scan, state, self.every, inputs, out)
