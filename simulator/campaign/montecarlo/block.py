"""One block of a campaign: its runs as rows, one value a run in every column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from simulator.assess.measure import Columns, measure
from simulator.campaign.experiment import Experiment
from simulator.campaign.jobs import MAIN, Job
from simulator.campaign.montecarlo.plan import Asked, Piece
from simulator.campaign.work import Workshop
from simulator.core.seeds import uniforms_of
from simulator.core.states import RCAS, TRIPPED
from simulator.core.traces import ArrayTraces
from simulator.scenario.build import Case, build
from simulator.scenario.build.channels import channels
from simulator.scenario.build.names import Names
from simulator.scenario.resolved import ResolvedScenario
from simulator.scenario.space import Axis, space_of

NEVER = -1
"""Time of a trip that did not come [ms]."""
_OF_THE_PLANT = ("true.", "sif.")


def run(shop: Workshop, piece: Piece) -> Columns:
    """Run a block and measure it.

    Parameters
    ----------
    shop : Workshop
        The suite.
    piece : Piece
        Which replicas of which question.

    Returns
    -------
    dict of str to ndarray, shape (n,)
        As `measure`; ``drawn.<name>`` in the unit of its file; ``trip.<SIF>``, its first demand [ms]
        (`NEVER` where there was none); ``exposure``, time until the first of them or to the end [ms];
        ``in_charge``, how much of that the AI had the loop [ms].
    """
    asked = piece.asked
    experiment = experiment_of(shop, asked)
    case = shop.case(Job(asked.scenario, asked.variant, piece.first, piece.n, asked.duration))
    question = experiment.question
    places = channels(Names(case.plant, case.physics), question.ai, question.signals, experiment.signals)
    traces = build(case).run(places)
    rows = measure(traces, experiment.sticks, piece.first, digested=False)
    return rows | dict(_drawn(question, case)) | demands(traces, experiment.sticks.loop)


def experiment_of(shop: Workshop, asked: Asked) -> Experiment:
    """What is measured of a question: without its AI, what says something of the plant alone."""
    formulas = shop.suite.scenarios[asked.scenario].formulas
    plain = tuple(k for k, f in formulas.items() if all(n.startswith(_OF_THE_PLANT) for n in f.signals))
    return Experiment(
        shop, asked.scenario, asked.variant, tuple(formulas) if asked.variant == MAIN else plain
    )


def _drawn(question: ResolvedScenario, case: Case) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """What each replica has drawn, by the name of its axis."""
    for axis in axes(question):
        yield f"drawn.{axis.name}", axis.values(uniforms_of(case.stream_seed, axis.draw, case.numbers))


def axes(question: ResolvedScenario) -> tuple[Axis, ...]:
    """What a question draws; ranges that only a search uses are not among it."""
    plain = tuple(replace(threat, search={}) for threat in question.threats)
    return space_of(replace(question, threats=plain)).axes


def demands(traces: ArrayTraces, loop: str) -> Columns:
    """When each safety function was called upon, and for how long none was; see `run`."""
    n, period = traces.n_replicas, traces.period
    names = [name for name in traces.signals if name.startswith("sif.")]
    trips = {name: _first(traces.samples(name) == TRIPPED) for name in names}
    length = len(traces.samples(names[0])) if names else len(traces.times())
    ends = np.minimum.reduce([np.where(t < 0, length, t) for t in trips.values()] or [np.full(n, length)])
    charge = traces.samples(f"mode.{loop}") >= RCAS
    before = np.arange(length)[:, None] < ends
    found = {f"trip.{k.removeprefix('sif.')}": np.where(t < 0, NEVER, t * period) for k, t in trips.items()}
    return found | {"exposure": ends * period, "in_charge": (charge & before).sum(axis=0) * period}


def _first(holds: NDArray[np.bool_]) -> NDArray[np.int64]:
    """First sample of each replica at which it holds; -1 for none."""
    return np.where(holds.any(axis=0), holds.argmax(axis=0), -1)
