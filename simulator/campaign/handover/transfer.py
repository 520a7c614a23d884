"""Puts a failure of the AI's path at every phase of its cycle, in every degree, and times the hand-over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.assess.handover import Places, transfer
from simulator.assess.measure import Columns, Yardsticks, measure
from simulator.campaign.experiment import Experiment
from simulator.campaign.handover.modes import AT, Failure
from simulator.campaign.work import Workshop, limits_of
from simulator.core.clock import SECOND, Tick
from simulator.core.quantity import Distribution, Fixed, Quantity, Uniform
from simulator.core.states import GROUNDS
from simulator.core.traces import Signal
from simulator.engine.block import Channel
from simulator.scenario.build import build
from simulator.scenario.build.channels import channels
from simulator.scenario.build.names import Names
from simulator.scenario.resolved import ResolvedScenario, ResolvedSuite
from simulator.scenario.schema.scenario import Drawn, Scenario, Threat
from simulator.scenario.space import Axis, Space, replaced

Reals = NDArray[np.float64]
EARLIEST = int(Quantity.parse(AT).to("ms"))
WITHIN, SETTLED = 600 * SECOND, 60 * SECOND
"""How long a plant may take to be back, and how long it must stay, where its file does not say."""
_WORDS = 65534.0 / 1.1  # of a valve's 0 to 100 %, which stands on its wire with 5 % on either side


@dataclass(frozen=True)
class Transfer(Experiment):
    """An experiment whose rows tell of hand-overs."""

    @cached_property
    def sticks(self) -> Yardsticks:
        """Limits alone: the formulas are those of the question that lends its plant."""
        return Yardsticks({}, dict(limits_of(self.question)), self.question.ai.loops[0])

    def run(self, points: Reals, noise: Sequence[int] | NDArray[np.int64]) -> Columns:
        """Rows of points (n, n_axes): ``held``, peaks, and what `transfer` finds."""
        case = self.case(points, noise)
        names, question = Names(case.plant, case.physics), self.question
        wanted = places(question)
        found = {*wanted.channels, *self.signals, "ai_fault"}
        signals = [name for name in question.signals if name in found]
        extra = {name: place for name, place in inner(question).items() if name in found}
        there = channels(names, question.ai, question.signals, signals) | extra
        traces = build(case).run(there)
        rows = measure(traces, self.sticks, 0, digested=False)
        del rows["replica"]
        return {"noise": np.asarray(noise, np.int64)} | rows | transfer(traces, wanted)


def inner(question: ResolvedScenario) -> dict[str, Channel]:
    """Channels inside the PLC that questions do not record: grounds, the guard's say, the valve's wire."""
    loops = question.ai.loops
    valve = question.plant.spec.loops[loops[0]].op
    found = {f"ground.{name}": ("grounds", name) for name in GROUNDS}
    found |= {f"shed.{loop}": ("shed", loop) for loop in loops}
    found |= {f"demand.{valve}": ("demand", valve), "timely": ("timely", "flag")}
    return {name: Channel(Signal(name), *place) for name, place in found.items()}


def places(question: ResolvedScenario) -> Places:
    """Where a hand-over shows on a plant."""
    spec, loops = question.plant.spec, question.ai.loops
    starts = ("quality.", "alarm.", "reason.output_guard")
    units = question.plant.physics.quantities
    envelope = {
        f"true.{name}": (low.to(units[name]), high.to(units[name]))
        for name, (low, high) in spec.operating_envelope.items()
    }
    valve = spec.loops[loops[0]].op
    return Places(
        mode=f"mode.{loops[0]}",
        signs=tuple(name for name in question.signals if name.startswith(starts)),
        timely="timely",
        grounds=(*(f"ground.{name}" for name in GROUNDS), *(f"shed.{loop}" for loop in loops)),
        command=f"op.{loops[0]}",
        demand=f"demand.{valve}",
        resolution=100.0 / _WORDS,
        envelope=envelope,
        settled=spec.recovery.settled if spec.recovery else SETTLED,
    )


def carrier(suite: ResolvedSuite, plant: str, variant: str) -> ResolvedScenario | None:
    """A question of a variant of a plant's AI that lends a failure its plant and signals; None: not asked."""
    return next(
        (
            one
            for one in suite.scenarios.values()
            if one.spec.plant == plant and one.variant == variant and not one.spec.fallback_only
        ),
        None,
    )


def spec_of(question: ResolvedScenario, failure: Failure, noise: str) -> Scenario:
    """The failure as a question of its own, its threats where they may be placed."""
    spec = question.plant.spec
    within = spec.recovery.within if spec.recovery else WITHIN
    settled = spec.recovery.settled if spec.recovery else SETTLED
    shifts = max(part.shift for part in failure.parts) * max(failure.degrees)
    lasts = max(failure.degrees) if failure.unit == "ms" else 0.0
    base = spec.scan.base
    ends = EARLIEST + hyperperiod(question) + round(shifts + lasts) + within + settled
    threats = tuple(Threat.model_validate(dict(part.raw)) for part in failure.parts)
    protecting = [name for name, one in question.requirements.items() if one.protects]
    return question.spec.model_copy(
        update={
            "id": f"HANDOVER.{failure.name.replace(' ', '_')}.{question.variant}",
            "question": f"{failure.text}: has the fallback the loop in time?",
            "requirements": tuple(protecting) or question.spec.requirements,
            "ai": question.variant, "phase": "RUN", "start": {}, "operator": None, "threats": threats,
            "duration": -(-ends // base) * base, "draws": Drawn(of=noise),
        }
    )  # fmt: skip


def hyperperiod(question: ResolvedScenario) -> Tick:
    """After this time all clocks of the plant stand to each other as before [ms]."""
    scan = question.plant.spec.scan
    return lcm(question.ai.cycle or scan.ai, scan.plc, scan.sif, scan.base)


@dataclass(frozen=True)
class Grid:
    """Where a failure is put: at every phase of the clocks in turn, in every degree, each on its noise."""

    onset: Reals
    degree: Reals
    noise: NDArray[np.int64]


def grid(question: ResolvedScenario, failure: Failure, replicas: int) -> Grid:
    """`replicas` of each degree; their onsets go round the phases, on every base tick."""
    base = question.plant.spec.scan.base
    phases = EARLIEST + np.arange(0, hyperperiod(question), base)
    k = np.arange(replicas)
    onset = np.tile(phases[k % len(phases)], len(failure.degrees)).astype(float)
    degree = np.repeat(np.array(failure.degrees), replicas)
    return Grid(onset, degree, np.tile(k, len(failure.degrees)))


def experiment(
    shop: Workshop, question: ResolvedScenario, failure: Failure, at: Grid
) -> tuple[Transfer, Reals]:
    """The experiment of a failure, and its points (n, n_axes)."""
    spec = spec_of(question, failure, f"HANDOVER.{question.variant}")
    space, points = placed(spec, failure.numbers(at.onset, at.degree), question.plant.spec.scan.base)
    return Transfer(shop, question.id, requirements=(), duration=spec.duration, given=space), points


def placed(spec: Scenario, numbers: Any, base: Tick) -> tuple[Space, Reals]:
    """A space whose axes span these numbers, and the points at which they stand.

    Parameters
    ----------
    spec : Scenario
        What is built.
    numbers : iterable of (str, ndarray, str)
        Draw, its values (n,) and their unit.
    base : Tick
        Times fall on multiples of this [ms].
    """
    axes, columns = [], []
    sources: dict[str, Distribution] = {}
    for draw, values, unit in numbers:
        low, high = float(values.min()), float(values.max())
        sources[draw] = Uniform(low, high, unit) if low < high else Fixed(low, unit)
        if low < high:
            axes.append(Axis(draw, sources[draw], base if unit == "ms" else 0))
            columns.append((values - low) / (high - low))
    space = Space(replaced(spec, sources), tuple(axes))
    n = len(values)
    return space, np.stack(columns, axis=1) if columns else np.zeros((n, 0))


def scenario_at(space: Space, points: Reals, k: int, noise: int) -> Scenario:
    """The point as a scenario without anything left to draw."""
    return space.at(points[k], space.spec.id, space.spec.question, noise)


def kept(rows: Mapping[str, NDArray[Any]], at: Grid) -> Columns:
    """Rows as they go to the folder: where each stands first."""
    return {"onset_ms": at.onset, "degree": at.degree} | dict(rows)
