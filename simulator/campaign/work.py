"""Runs one job: builds the block, records, measures, keeps what is to be kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulator.assess.ladder import Limit
from simulator.assess.marks import marks
from simulator.assess.measure import Columns, Term, Yardsticks, measure, pick
from simulator.campaign.jobs import ABSENT, MAIN, NULL, REPEAT, Job, comparisons, recorded
from simulator.campaign.opened import OPEN
from simulator.campaign.routes import Serve, lock_step
from simulator.campaign.sweep import judged, labelled, plants
from simulator.campaign.transport import Transport
from simulator.core.seeds import Numbers
from simulator.core.traces import ArrayTraces
from simulator.record.layout import Layout
from simulator.record.writer import put_rows, put_trace
from simulator.scenario.build import Case, Threats, build
from simulator.scenario.build.channels import channels
from simulator.scenario.build.names import Names
from simulator.scenario.resolved import ResolvedScenario, ResolvedSuite
from simulator.scenario.vary import Variation
from simulator.testing.mutants import BROKEN, Mutation, removed

_THREATS = {NULL: Threats.NULL, ABSENT: Threats.ABSENT}


@dataclass(frozen=True)
class Done:
    """What came of a job: its rows, how many ticks it ran, and what went wrong on the wire."""

    job: Job
    columns: Columns
    ticks: int
    incidents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Workshop:
    """Runs jobs of one suite.

    Parameters
    ----------
    suite : ResolvedSuite
        The suite.
    layout : Layout or None
        Where kept jobs write; None keeps nothing.
    transport : Transport or None
        How an AI that is a process of its own is reached; None calls it as a function.
    """

    suite: ResolvedSuite
    layout: Layout | None = None
    transport: Transport | None = None

    def run(self, job: Job) -> Done:
        """Run a job and measure it."""
        scenario = self.suite.scenarios[job.scenario]
        traces = self.traces(job)
        sticks = self.yardsticks(scenario, traces, job.variant)
        columns = measure(traces, sticks, job.first)
        if job.variant == MAIN:
            columns |= marks(traces, sticks.limits, sticks.loop)
        varied = plants(self.suite.spec.robustness, job.variant)
        if varied:
            case = self.case(job)
            columns = labelled(columns, varied, case.numbers, case.rest.found)
        if job.keep and self.layout:
            self._keep(self.layout, job, traces, columns, sticks)
        incidents = self.transport.told() if self.transport else ()
        return Done(job, columns, len(next(iter(traces.data.values()))) * job.n, incidents)

    def traces(self, job: Job, everything: bool = False) -> ArrayTraces:
        """The record of a job's block; `everything` records every signal of the scenario."""
        scenario = self.suite.scenarios[job.scenario]
        case = self.case(job)
        names = tuple(scenario.signals) if everything else recorded(self.suite, scenario, job.variant)
        if case.threats is Threats.ABSENT:
            names = tuple(name for name in names if not name.startswith("threat."))
        places = channels(Names(case.plant, case.physics), scenario.ai, scenario.signals, names)
        # the repeat is called in process: it is held against the run over the wire, bit for bit
        if self.transport and case.ai and (job.variant != REPEAT or case.scenario.wired):
            return self.transport.run(scenario.plant, case, places, _server(job.variant))
        return build(case).run(places)

    def case(self, job: Job) -> Case:
        """What to build for a job."""
        scenario = self.suite.scenarios[job.scenario]
        plant = scenario.plant
        varied = plants(self.suite.spec.robustness, job.variant)
        return Case(
            plant=plant.spec,
            physics=plant.physics.owner(**plant.parameters),
            folder=plant.folder,
            scenario=scenario.spec.model_copy(update={"duration": job.duration}),
            seed=self.suite.spec.seed,
            first=job.first,
            n=job.n,
            with_ai=job.variant != "without-ai",
            threats=_THREATS.get(job.variant, Threats.AS_WRITTEN),
            streams=scenario.streams,
            drawn_as=_noise(scenario, job),
            plants=tuple(one.of(plant.spec) for one in varied or [Variation()]),
            mutate=_mutation(job.variant, tuple(plant.spec.sifs)),
            # a plant that is not as designed would have been commissioned as it is
            commissioning=None if varied else plant.commissioning,
        )

    def yardsticks(self, scenario: ResolvedScenario, traces: ArrayTraces, variant: str = MAIN) -> Yardsticks:
        """What can be measured on these traces of a scenario."""
        spec, units = scenario.plant.spec, scenario.signals
        study = self.suite.spec.robustness
        swept = study is not None and bool(plants(study, variant))
        asked = judged(study, scenario) if study and swept else scenario.formulas
        formulas = {
            k: scenario.formulas[k] for k in asked if scenario.formulas[k].signals <= set(traces.signals)
        }
        cost = [
            Term(t.of, t.from_.to(units[t.of].unit), t.per.difference(units[t.of].unit))
            for t in spec.cost_index
            if comparisons(scenario) and not swept
        ]
        return Yardsticks(formulas, dict(limits_of(scenario)), scenario.ai.loops[0], cost)

    def _keep(
        self, layout: Layout, job: Job, traces: ArrayTraces, columns: Columns, sticks: Yardsticks
    ) -> None:
        kept = self.suite.spec.record.traces
        if job.variant == MAIN:
            chosen = pick(traces, columns, sticks.limits, kept.worst, kept.failed, kept.random)
            for k, why in chosen.items():
                put_trace(layout.trace(job.scenario, job.first + k), traces, k, why)
        put_rows(layout.rows(job.scenario, job.variant, job.first), columns)


def _noise(scenario: ResolvedScenario, job: Job) -> Numbers | None:
    """Numbers of the replicas whose draws a job has, where its question has those of another one."""
    drawn = scenario.spec.draws
    return np.arange(job.n) + job.first + drawn.first if drawn else None


def limits_of(scenario: ResolvedScenario) -> Iterator[tuple[str, Limit]]:
    """The safety limits of a question's plant, in recorded units."""
    for name, limit in scenario.plant.spec.safety_limits.items():
        signal = f"true.{limit.quantity}"
        unit = scenario.signals[signal].unit
        beyond = limit.no_return.to(unit) if limit.no_return else None
        yield name, Limit(signal, limit.limit.to(unit), limit.below is not None, beyond)


def _mutation(variant: str, sifs: tuple[str, ...]) -> Mutation | None:
    kind, _, name = variant.partition(":")
    if kind == "remove":
        return removed(name, sifs)
    return BROKEN.get(name) if kind == "break" else None


def _server(variant: str) -> Serve:
    """Makes the PLC's server; the one of a mutant lets in whom it should not."""
    kind, _, name = variant.partition(":")
    return OPEN.get(name, lock_step) if kind == "break" else lock_step
