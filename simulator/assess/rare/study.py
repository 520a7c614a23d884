"""The figures of a rare-event study, from its plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf, log1p
from typing import Any

from simulator.assess.rates import Bounded, proportion
from simulator.assess.repeats import Repeats, summary

Data = Mapping[str, Any]
FREQUENT = 0.1
"""Share of failing runs from which on plain Monte-Carlo needs no help."""
SEEN = 0.95
"""Chance with which a failure is to be seen at least once."""


@dataclass(frozen=True)
class Study:
    """Repeats of a subset simulation.

    Attributes
    ----------
    repeats : sequence of mapping
        Of each: ``p``; ``first`` level with ``n``, ``failed``, ``undecided``; ``levels`` with
        ``acceptance`` and ``renewal``; ``ended``, ``simulations``, ``undecided``; ``failures`` in the last
        level, with ``centre`` and ``spread`` of their normal variables, one an axis.
    axes : sequence of str
        Their names.
    confidence : float
        Of the intervals, two-sided.
    """

    repeats: Sequence[Data]
    axes: Sequence[str]
    confidence: float

    @cached_property
    def over(self) -> Repeats:
        """The estimate over the repeats."""
        return summary([one["p"] for one in self.repeats], self.confidence)

    @cached_property
    def simulations(self) -> int:
        """Runs in all."""
        return sum(one["simulations"] for one in self.repeats)

    @cached_property
    def undecided(self) -> int:
        """Runs that decided nothing, in all levels."""
        return sum(one["undecided"] for one in self.repeats)

    @cached_property
    def direct(self) -> dict[str, int]:
        """The plain Monte-Carlo in it, the first levels of all repeats: n, failed, undecided."""
        keys = ("n", "failed", "undecided")
        return {key: sum(one["first"][key] for one in self.repeats) for key in keys}

    @cached_property
    def counted(self) -> Bounded:
        """Its exact interval; a run that is undecided counts against either bound."""
        n, failed, open_ = self.direct["n"], self.direct["failed"], self.direct["undecided"]
        return proportion(failed, n, self.confidence, open_)

    @property
    def frequent(self) -> bool:
        """Whether the failure is so frequent that plain Monte-Carlo suffices."""
        return self.direct["failed"] >= FREQUENT * self.direct["n"]

    @property
    def direct_needs(self) -> float:
        """Runs with which direct Monte-Carlo would scatter as little as the mean of the repeats."""
        p, spread = self.over.mean, self.over.of_mean
        return (1.0 - p) / (p * spread**2) if p > 0.0 and 0.0 < spread < inf else inf

    @property
    def direct_sees(self) -> float:
        """Runs with which direct Monte-Carlo would see a failure at all, with a chance of `SEEN`."""
        p = self.over.mean
        return log1p(-SEEN) / log1p(-p) if 0.0 < p < 1.0 else inf
