"""What is kept of a study: its repeats as plain data, and its likeliest failure as a scenario."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.campaign.experiment import Experiment
from simulator.campaign.rare.draws import to_uniform
from simulator.campaign.rare.levels import Climb
from simulator.campaign.rare.options import Options
from simulator.campaign.rare.population import Population
from simulator.record.layout import Layout
from simulator.record.writer import put
from simulator.scenario.written import written


def repeat_data(one: Climb) -> dict[str, Any]:
    """A repeat as plain data."""
    failing = one.failures
    some = len(failing) > 0
    first = {
        "n": one.levels[0].n,
        "failed": one.failed_first,
        "undecided": one.undecided_first,
    }
    return {
        "p": one.probability, "ended": one.ended, "simulations": one.simulations,
        "undecided": one.undecided, "first": first, "failures": len(failing),
        "formula_variation": one.variation, "ceiling": one.ceiling,
        "centre": failing.z.mean(axis=0).tolist() if some else [],
        "spread": failing.z.std(axis=0).tolist() if some else [],
        "levels": [vars(level) for level in one.levels],
    }  # fmt: skip


def nearest_failure(climbs: list[Climb]) -> Population | None:
    """The failure that is most probable among all that were kept: the one nearest to the middle."""
    kept = [one.failures for one in climbs if len(one.failures)]
    if not kept:
        return None
    best = min(kept, key=lambda some: float((some.z**2).sum(axis=1).min()))
    return best.at(np.array([int(np.argmin((best.z**2).sum(axis=1)))]))


def keep(layout: Layout, experiment: Experiment, options: Options, failure: Population) -> dict[str, Any]:
    """Write the scenario of a failure; what a reader needs to know of it."""
    space, noise, point = experiment.space, int(failure.noise[0]), to_uniform(failure.z)
    name = f"{options.scenario}.RARE"
    spec = space.at(point[0], name, f"The likeliest failure found of {options.requirement}", noise)
    head = f"found by plantproof rare: {options.requirement} fails, margin {failure.margin[0]:.6g}"
    put(layout.root / f"{name}.yaml", written(spec, (head,)).encode())
    values = {key: float(value[0]) for key, value in space.values(point).items()}
    return {
        "file": f"{name}.yaml", "margin": float(failure.margin[0]), "noise": noise,
        "values": values, "units": {axis.name: axis.source.unit for axis in space.axes},
        "distance": float(np.sqrt((failure.z**2).sum())),
    }  # fmt: skip
