"""A counterexample as an ordinary scenario file: written, read again, replayed, and tried in fresh noises."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.assess.measure import Columns
from simulator.campaign.experiment import Experiment
from simulator.campaign.falsify.candidate import Candidate
from simulator.campaign.falsify.trials import NOISE
from simulator.campaign.jobs import FIGURES, MAIN, Job
from simulator.campaign.lab import Lab
from simulator.campaign.transport import Link, opened
from simulator.campaign.work import Workshop
from simulator.core.traces import ArrayTraces
from simulator.record.writer import put
from simulator.scenario.build import build
from simulator.scenario.build.channels import channels
from simulator.scenario.build.names import Names
from simulator.scenario.resolve import resolve_scenario
from simulator.scenario.resolved import ResolvedScenario, ResolvedSuite
from simulator.scenario.schema.scenario import Drawn, Scenario
from simulator.scenario.written import written

Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Replayed:
    """What came of a file that was read again.

    Attributes
    ----------
    identical : bool
        Whether it repeats what was found, every judged signal bit for bit.
    fresh, violated, undecided : int
        Other noises in which it was run, and what it did to the requirement there.
    traces : ArrayTraces
        The record in the noise in which it was found.
    rows : mapping of str to ndarray
        Rows of that one.
    """

    identical: bool
    fresh: int
    violated: int
    undecided: int
    traces: ArrayTraces
    rows: Columns


def named(candidate: Candidate, question: ResolvedScenario, name: str, asks: str) -> Scenario:
    """The scenario of a fixed candidate, with an id, a question, and the requirements it can be asked."""
    spec = candidate.space.spec
    begun = spec.draws or Drawn(of=spec.id)
    drawn = begun.model_copy(update={"first": begun.first + NOISE})
    return spec.model_copy(
        update={"id": name, "question": asks, "draws": drawn, "requirements": _askable(question, spec)}
    )


def _askable(question: ResolvedScenario, spec: Scenario) -> tuple[str, ...]:
    """Formulas that speak of no threat that was taken away."""
    gone = {f"threat.{one.name}" for one in question.threats} - {f"threat.{one.name}" for one in spec.threats}
    return tuple(name for name, formula in question.formulas.items() if not formula.signals & gone)


def put_file(file: Path, spec: Scenario, question: ResolvedScenario, head: Sequence[str]) -> None:
    """Write it; a plant that is named by its path is named from there."""
    if spec.plant.endswith(".yaml"):
        away = os.path.relpath(question.plant.file.resolve(), file.resolve().parent)
        spec = spec.model_copy(update={"plant": Path(away).as_posix()})
    put(file, written(spec, tuple(head)).encode())


def read_again(file: Path, suite: ResolvedSuite) -> ResolvedSuite:
    """The suite with the scenario of this file as its only question.

    Raises
    ------
    InputError
        When the file is not what a suite could list.
    """
    here, spec = suite.file.parent, suite.spec
    found = resolve_scenario(file, here / spec.requirements, here / spec.criteria)
    return replace(suite, scenarios={found.id: found})


def replayed(
    suite: ResolvedSuite, experiment: Experiment, candidate: Candidate, requirement: str, fresh: int
) -> Replayed:
    """Run a file that was read again, and hold it against the candidate that was written.

    Parameters
    ----------
    suite : ResolvedSuite
        From `read_again`.
    experiment : Experiment
        The question that was searched.
    candidate : Candidate
        What was written.
    requirement : str
        Which it violates.
    fresh : int
        How many other noises.
    """
    (question,) = suite.scenarios.values()
    found = replace(experiment, given=candidate.space, duration=candidate.duration).traces(
        candidate.point[None], [NOISE]
    )
    shop = Workshop(suite)
    traces = shop.traces(Job(question.id, MAIN, 0, 1, question.duration), everything=True)
    same = all(
        np.array_equal(traces.samples(name), found.samples(name), equal_nan=True) for name in found.signals
    )
    one = Experiment(shop, question.id)
    with Lab(suite) as lab:
        rows = lab.run(one, np.empty((1 + fresh, 0)), np.arange(1 + fresh))
    truth = rows[f"{requirement}.truth"][1:]
    alone = {name: values[:1] for name, values in rows.items()}
    return Replayed(same, fresh, int((truth < 0).sum()), int((truth == 0).sum()), _shown(traces), alone)


def drawn(experiment: Experiment, point: Reals) -> ArrayTraces:
    """The record of one point, with what a figure of it may draw."""
    question = experiment.question
    case = experiment.case(point[None], [NOISE])
    names = tuple(name for name in question.signals if _wanted(name))
    return build(case).run(channels(Names(case.plant, case.physics), question.ai, question.signals, names))


def _wanted(name: str) -> bool:
    return name.startswith(("true.", "target.", "admitted.")) or name.partition(".")[0] in FIGURES


def _shown(traces: ArrayTraces) -> ArrayTraces:
    """What a figure of it may draw."""
    kept = [name for name in traces.signals if _wanted(name)]
    signals, data = {n: traces.signals[n] for n in kept}, {n: traces.data[n] for n in kept}
    return ArrayTraces(traces.period, signals, data, traces.complete)


def over_tcp(suite: ResolvedSuite) -> tuple[bool, tuple[str, ...]]:
    """Whether a counterexample is the same with its AI behind Modbus TCP, and what went wrong on the wire."""
    (question,) = suite.scenarios.values()
    job = Job(question.id, MAIN, 0, 1, question.duration)
    inside = Workshop(suite).traces(job, everything=True)
    with opened(Link("tcp")) as transport:
        outside = Workshop(suite, transport=transport).traces(job, everything=True)
        incidents = transport.told() if transport else ()
    same = bool(outside.complete.all()) and all(
        np.array_equal(inside.samples(n), outside.samples(n), equal_nan=True) for n in inside.signals
    )
    return same, incidents
