"""Virtual time: SimPy tells which periods are due; within a tick the tuple's order rules."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any

import simpy

from simulator.core.clock import Tick
from simulator.engine.layer import Bound

Steps = list[tuple[Callable[..., None], Any, Any, Any]]


class Engine:
    """Steps bound layers through virtual time.

    Parameters
    ----------
    path : sequence of Bound
        Layers in the order of a tick.
    base : Tick
        Base tick [ms]; every period is a multiple of it.
    """

    def __init__(self, path: Sequence[Bound], base: Tick) -> None:
        uneven = [bound.name for bound in path if bound.period % base]
        if uneven:
            raise ValueError(f"periods of {uneven} are no multiples of the base tick of {base} ms")
        self._path, self._base = tuple(path), base
        self._due: set[Tick] = set()
        self._plans: dict[frozenset[Tick], Steps] = {}
        self.environment = simpy.Environment()
        # the slower clocks are started first, so that at a common tick they have spoken before the base
        for period in sorted({bound.period for bound in path} | {base}, reverse=True):
            self.environment.process(self._base_clock() if period == base else self._clock(period))

    def _clock(self, period: Tick) -> Generator[Any, Any, None]:
        while True:
            self._due.add(period)
            yield self.environment.timeout(period)

    def _base_clock(self) -> Generator[Any, Any, None]:
        timeout = self.environment.timeout
        while True:
            now = int(self.environment.now)
            for step, state, inputs, out in self._plan():
                step(state, inputs, out, now)
            yield timeout(self._base)

    def _plan(self) -> Steps:
        due = frozenset(self._due | {self._base})
        self._due.clear()
        plan = self._plans.get(due)
        if plan is None:
            plan = [(b.layer.step, b.state, b.inputs, b.out) for b in self._path if b.period in due]
            self._plans[due] = plan
        return plan

    def run(self, until: Tick) -> None:
        """Run all ticks before `until` [ms]."""
        self.environment.run(until=until)
