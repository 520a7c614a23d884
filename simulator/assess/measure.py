"""From traces to rows: what one requirement, limit or cost says of each replica."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.assess.ladder import Limit, rungs
from simulator.assess.stl import Formula, evaluate
from simulator.core.traces import ArrayTraces, Traces

Columns = dict[str, NDArray[Any]]
_TRUTH_OF_INJECTION = ("threat.", "ai_fault")


@dataclass(frozen=True)
class Term:
    """One term of the cost index: the mean of ((signal - origin) / per) squared."""

    signal: str
    origin: float
    per: float


@dataclass(frozen=True)
class Yardsticks:
    """What is measured on the traces of one scenario.

    Attributes
    ----------
    formulas : mapping of str to Formula
        By requirement.
    limits : mapping of str to Limit
        Safety limits of the plant.
    loop : str
        The AI's loop; of several any one, as a shed takes them all.
    cost : sequence of Term
        The cost index; empty when it is not wanted.
    """

    formulas: Mapping[str, Formula]
    limits: Mapping[str, Limit]
    loop: str
    cost: Sequence[Term] = ()

    @property
    def signals(self) -> tuple[str, ...]:
        """Channels that must be recorded, in a fixed order."""
        named = {name for formula in self.formulas.values() for name in formula.signals}
        named |= {limit.signal for limit in self.limits.values()} | {term.signal for term in self.cost}
        return tuple(sorted(named))


def measure(traces: Traces, sticks: Yardsticks, first: int, digested: bool = True) -> Columns:
    """Rows of a block: one value per replica in every column.

    Parameters
    ----------
    traces : Traces
        The block's record.
    sticks : Yardsticks
        What to measure.
    first : int
        Number of the block's first replica.
    digested : bool
        Whether the record of each replica is hashed; what is searched need not be.

    Returns
    -------
    dict of str to ndarray, shape (n_replicas,)
        ``replica``, ``complete``, ``digest``, ``held``; ``peak.<limit>``; per requirement
        ``truth``, ``margin``, ``witness`` [ms], ``exercised``, ``time_margin`` [s], ``latency`` [s].
    """
    n = traces.n_replicas
    columns: Columns = {
        "replica": np.arange(first, first + n),
        "complete": traces.complete.astype(np.int8),
        **({"digest": np.array(digests(traces))} if digested else {}),
        "held": rungs(traces, sticks.limits, sticks.loop).astype(str),
    }
    for name, limit in sticks.limits.items():
        columns[f"peak.{name}"] = _extreme(traces, limit)
    for name, formula in sticks.formulas.items():
        columns |= _judged(name, formula, traces)
    if sticks.cost:
        columns["cost_index"] = cost_index(traces, sticks.cost)
    return columns


def _judged(name: str, formula: Formula, traces: Traces) -> Columns:
    result = evaluate(formula, traces)
    witness = np.where(result.witness >= 0, result.witness * traces.period, -1)
    return {
        f"{name}.truth": result.truth,
        f"{name}.margin": result.margin,
        f"{name}.witness": witness,
        f"{name}.exercised": result.exercised.astype(np.int8),
        f"{name}.time_margin": result.time_margin,
        f"{name}.latency": result.latency,
    }


def _extreme(traces: Traces, limit: Limit) -> NDArray[np.float32]:
    samples = traces.samples(limit.signal)
    if not len(samples):
        return np.full(traces.n_replicas, np.nan, np.float32)
    return np.asarray(samples.max(axis=0) if limit.below else samples.min(axis=0), np.float32)


def cost_index(traces: Traces, terms: Sequence[Term]) -> NDArray[np.float64]:
    """Mean cost of each replica, shape (n_replicas,); NaN where a sample is missing."""
    total = np.zeros(traces.n_replicas)
    for term in terms:
        samples = traces.samples(term.signal)
        for k in range(traces.n_replicas):  # one column at a time: a day's record is long
            deviation = (samples[:, k].astype(np.float64) - term.origin) / term.per
            total[k] += float(np.mean(deviation * deviation)) if len(deviation) else np.nan
    return total


def digests(traces: Traces) -> list[str]:
    """SHA-256 of each replica's record, over every channel but the injected truth itself."""
    names = [name for name in sorted(traces.signals) if not name.startswith(_TRUTH_OF_INJECTION)]
    found = []
    for k in range(traces.n_replicas):
        digest = hashlib.sha256()
        for name in names:
            digest.update(name.encode())
            digest.update(np.ascontiguousarray(traces.samples(name)[:, k]).tobytes())
        found.append(digest.hexdigest())
    return found


def pick(
    traces: ArrayTraces, columns: Columns, limits: Mapping[str, Limit], worst: int, failed: int, random: int
) -> dict[int, str]:
    """Replicas of a block whose traces are kept, by column index, and why.

    The random one is the block's middle replica: which one that is does not depend on results.
    """
    truths = [columns[name] for name in columns if name.endswith(".truth")]
    bad = np.any([truth < 0 for truth in truths], axis=0) if truths else np.zeros(traces.n_replicas, bool)
    kept = {int(k): "failed" for k in np.flatnonzero(bad)[:failed]}
    for k in _nearest(traces.n_replicas, columns, limits)[:worst]:
        kept.setdefault(int(k), "worst")
    if random:
        kept.setdefault(traces.n_replicas // 2, "random")
    return kept


def _nearest(n: int, columns: Columns, limits: Mapping[str, Limit]) -> NDArray[np.intp]:
    """Replicas in the order in which they came nearest to the first safety limit."""
    for name, limit in limits.items():
        peak = columns[f"peak.{name}"].astype(float)
        return np.argsort(-peak if limit.below else peak, kind="stable")
    return np.arange(n)
