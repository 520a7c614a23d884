"""Runs in psy-taliro's own environment (with numba): its searches on our benchmarks' plants.

Reads ``{"budget": n, "runs": [{plant, parameters, d, limit, seed}]}``, prints for each search the number
of simulations until the first violation of each run, 0 when there was none.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

from staliro.optimizers import DualAnnealing, ObjFunc, Optimizer, Sample, UniformRandom
from staliro.signals import Interval


class Counted(ObjFunc[float, Sample]):
    """An objective that remembers when it was first below zero."""

    def __init__(self, heights: Any, limit: float) -> None:
        self.heights, self.limit, self.asked, self.first = heights, limit, 0, 0

    def eval_sample(self, sample: Sample) -> float:
        """Margin of one sample."""
        margin = float(self.limit - self.heights(sample.values[None])[0])
        self.asked += 1
        if margin < 0.0 and not self.first:
            self.first = self.asked
        return margin


def counted(optimizer: Any, run: dict[str, Any], budget: int) -> int:
    """Simulations of one run until its first violation."""
    heights = importlib.import_module(run["plant"]).heights_of(run["parameters"])
    objective = Counted(heights, run["limit"])
    bounds = [Interval(0.0, 1.0)] * run["d"]
    optimizer.optimize(objective, Optimizer.Params(seed=run["seed"], budget=budget, input_bounds=bounds))
    return objective.first if objective.first <= budget else 0


def main() -> None:
    """Run all and print."""
    asked = json.load(sys.stdin)
    found = {
        f"psy-taliro {kind.__name__}": [
            counted(kind(min_cost=0.0), run, asked["budget"]) for run in asked["runs"]
        ]
        for kind in (UniformRandom, DualAnnealing)
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
