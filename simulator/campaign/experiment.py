"""A scenario at chosen points of its space: what a search, an envelope or a rare-event study asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce

import numpy as np
from numpy.typing import NDArray

from simulator.assess.marks import sheds
from simulator.assess.measure import Columns, Yardsticks, measure
from simulator.campaign.jobs import LADDER, MAIN, Job
from simulator.campaign.work import Workshop, limits_of
from simulator.core.clock import Tick
from simulator.core.traces import ArrayTraces
from simulator.scenario.build import Case, build
from simulator.scenario.build.channels import channels
from simulator.scenario.build.names import Names
from simulator.scenario.resolved import ResolvedScenario
from simulator.scenario.space import Space, space_of
from simulator.testing.mutants import Mutation, removed

Reals = NDArray[np.float64]
Noise = Sequence[int] | NDArray[np.int64]


@dataclass(frozen=True)
class Experiment:
    """One question of a suite, to be put at any point of its space.

    Parameters
    ----------
    shop : Workshop
        The suite.
    scenario : str
        Id of the question.
    variant : str
        ``main``, ``without-ai`` or a mutant such as ``remove:output_guard``.
    requirements : tuple of str
        Formulas that are measured; all of the question when empty.
    duration : Tick or None
        A shorter end [ms].
    given : Space or None
        Another space; that of the question when None.
    removed : tuple of str
        Layers and safety functions that are taken away, beside what the variant takes.
    also : tuple of str
        Signals that are recorded beside what is measured.
    timed : bool
        Whether the moments of fault and shed are told as well, as `sheds` has them.
    """

    shop: Workshop
    scenario: str
    variant: str = MAIN
    requirements: tuple[str, ...] = ()
    duration: Tick | None = None
    given: Space | None = None
    removed: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    timed: bool = False

    @property
    def question(self) -> ResolvedScenario:
        """The question as its file says."""
        return self.shop.suite.scenarios[self.scenario]

    @cached_property
    def space(self) -> Space:
        """What may be varied."""
        return space_of(self.question) if self.given is None else self.given  # one may have no axes

    @cached_property
    def sticks(self) -> Yardsticks:
        """What is measured."""
        scenario = self.question
        limits = dict(limits_of(scenario))
        asked = self.requirements or tuple(scenario.formulas)
        formulas = {name: scenario.formulas[name] for name in asked}
        return Yardsticks(formulas, limits, scenario.ai.loops[0])

    @cached_property
    def signals(self) -> tuple[str, ...]:
        """What is recorded: what is measured, and what the ladder is told from."""
        found = {*self.sticks.signals, f"mode.{self.sticks.loop}", *self.also}
        begins = (*LADDER, "sif.", *(("threat.", "ai_fault") if self.timed else ()))
        return tuple(n for n in self.question.signals if n in found or n.startswith(begins))

    def most(self, memory: int) -> int:
        """How many replicas fit in half of a worker's memory [bytes]."""
        ticks = (self.duration or self.question.duration) // self.question.plant.spec.scan.base
        return max(memory // (8 * ticks * len(self.signals)), 1)

    def case(self, points: Reals, noise: Noise) -> Case:
        """What to build for points of shape (n, n_axes), each in the noise of a replica, shape (n,)."""
        ends = self.duration or self.question.duration
        case = self.shop.case(Job(self.scenario, self.variant, 0, len(points), ends))
        drawn = self.space.spec.draws
        numbers = np.asarray(noise, np.int64) + (drawn.first if drawn else 0)
        return replace(
            case,
            scenario=self.space.spec.model_copy(update={"duration": ends}),
            streams=drawn.of if drawn else case.streams,
            given=self.space.given(points),
            drawn_as=numbers,
            mutate=_without(self.removed, tuple(case.plant.sifs), case.mutate),
        )

    def traces(self, points: Reals, noise: Noise) -> ArrayTraces:
        """The record of points (n, n_axes), each in the noise of a replica, shape (n,)."""
        case, question = self.case(points, noise), self.question
        places = channels(Names(case.plant, case.physics), question.ai, question.signals, self.signals)
        return build(case).run(places)

    def run(self, points: Reals, noise: Noise) -> Columns:
        """Rows as of `measure`, without digests, for points (n, n_axes) in the noise of replicas (n,)."""
        traces = self.traces(points, noise)
        rows = measure(traces, self.sticks, 0, digested=False)
        del rows["replica"]  # which is a place in a block, and says nothing
        rows |= sheds(traces, self.sticks.loop) if self.timed else {}
        return {"noise": np.asarray(noise, np.int64)} | rows


def _without(names: tuple[str, ...], sifs: tuple[str, ...], first: Mutation | None) -> Mutation | None:
    """A change of the tuple of layers after another: every one of these taken away."""
    changes = [*((first,) if first else ()), *(removed(name, sifs) for name in names)]
    return (lambda path: reduce(lambda built, change: change(built), changes, path)) if changes else None
