"""Virtual time: SimPy tells which periods are due; within a tick the tuple's order rules."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any

import simpy

from simulator.core.calls import Calls, chained
from simulator.core.clock import Tick
from simulator.engine.layer import Bound

Steps = list[Callable[[int], None]]
Halves = list[Steps]
"""A tick in the pieces between which it waits; one piece where nothing does."""


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
        self._calls: list[Calls] = [
            bound.layer.calls(bound.state, bound.inputs, bound.out) for bound in self._path
        ]
        self._due: set[Tick] = set()
        self._plans: dict[frozenset[Tick], Halves] = {}
        self.environment = simpy.Environment()
        self._awaited: Any = None
        # the slower clocks are started first, so that at a common tick they have spoken before the base
        periods = sorted({bound.period for bound in path} | {base}, reverse=True)
        self._clocks = [self._base_clock() if period == base else self._clock(period) for period in periods]
        for clock in self._clocks:
            self.environment.process(clock)

    def _clock(self, period: Tick) -> Generator[Any, Any, None]:
        while True:
            self._due.add(period)
            yield self.environment.timeout(period)

    def _base_clock(self) -> Generator[Any, Any, None]:
        timeout = self.environment.timeout
        while True:
            now = int(self.environment.now)
            first, *others = self._plan()
            for step in first:
                step(now)
            for half in others:
                self._awaited = self.environment.event()
                yield self._awaited
                for step in half:
                    step(now)
            yield timeout(self._base)

    def _plan(self) -> Halves:
        due = frozenset(self._due | {self._base})
        self._due.clear()
        plan = self._plans.get(due)
        if plan is None:
            plan = self._plans[due] = [list(chained(half)) for half in self._halves(due)]
        return plan

    def _halves(self, due: frozenset[Tick]) -> list[list[Callable[[int], None]]]:
        halves: list[list[Callable[[int], None]]] = [[]]
        for bound, calls in zip(self._path, self._calls, strict=True):
            if bound.period in due:
                if bound.waits:
                    halves.append([])
                halves[-1] += calls
        return halves

    def end(self) -> None:
        """Let go of every array; else the rings in a finished run keep them until Python looks for rings."""
        for clock in self._clocks:
            clock.close()
        self._path, self._calls = (), []
        self._plans.clear()

    def run(self, until: Tick) -> None:
        """Run all ticks before `until` [ms]."""
        self.environment.run(until=until)

    def questions(self, until: Tick) -> Iterator[Tick]:
        """Run all ticks before `until` [ms], standing still in each before what waits.

        What was published is read, and what is awaited put in place, between two items; a caller that
        takes no further item leaves the run where it stands.

        Yields
        ------
        Tick
            The time of the tick that stands between its halves [ms].
        """
        while self.environment.peek() < until:
            self.environment.step()
            if self._awaited is not None:
                awaited, self._awaited = self._awaited, None
                yield int(self.environment.now)
                awaited.succeed()
