"""Searches side by side on one task: ours, two of its methods alone, and those of psy-taliro."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.search import Pattern, search
from simulator.campaign.search.cmaes import cma_es
from simulator.campaign.search.draws import Draws
from simulator.campaign.search.entropy import cross_entropy
from simulator.campaign.search.portfolio import Entrant
from simulator.campaign.search.race import Race

Reals = NDArray[np.float64]
BUDGET, RANDOM = 3000, 50_000
ALONE = {"cross-entropy": cross_entropy, "cma-es": cma_es}
PEERS = ("UniformRandom", "DualAnnealing")
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Task:
    """One plant with one limit.

    Attributes
    ----------
    plant : str
        Module of the plant; its ``heights_of(parameters)`` gives a function of points.
    parameters : dict
        What differs from plant to plant.
    lengths : tuple of int
        Pieces of each course.
    limit : float
        Height that must not be exceeded.
    """

    plant: str
    parameters: dict[str, float]
    lengths: tuple[int, ...]
    limit: float = np.inf

    @cached_property
    def heights(self) -> Callable[[Reals], Reals]:
        """What must not be exceeded, shape (n,), at points (n, d)."""
        found: Callable[[Reals], Reals] = import_module(self.plant).heights_of(self.parameters)
        return found

    @property
    def d(self) -> int:
        """Numbers in a point."""
        return sum(self.lengths)

    @property
    def patterns(self) -> list[Pattern]:
        """Its courses over time."""
        ends = np.cumsum((0, *self.lengths))
        return [Pattern(tuple(range(a, b))) for a, b in itertools.pairwise(ends)]

    def margins(self, points: Reals) -> Reals:
        """Limit less height, shape (n, 1)."""
        return (self.limit - self.heights(points))[:, None]

    def told(self) -> dict[str, Any]:
        """As another process is told of it."""
        return {"plant": self.plant, "parameters": self.parameters, "d": self.d, "limit": self.limit}


def random_heights(task: Task, seed: int = 0) -> Reals:
    """Heights of 50,000 uniform points, least first."""
    points = np.random.Generator(np.random.Philox(seed)).random((RANDOM, task.d))
    return np.sort(task.heights(points))


def ours(task: Task, seed: int) -> int:
    """Simulations until the search violates the task, 0 when it does not."""
    return 1 + search(task.margins, task.d, 1, BUDGET, seed, task.patterns).first(0)


def alone(method: str, task: Task, seed: int) -> int:
    """The same for one method, without corners before it and without the structure in time."""
    race = Race(task.margins, task.d, 1, BUDGET)
    asking = ALONE[method](task.d, Draws(seed, method), lambda: race.lead(0))
    entrant = Entrant(method, 0, asking, task.d)
    while race.left and race.open(True):
        entrant.ask(race)
    return 1 + race.searched().first(0)


def peers(python: str, tasks: Sequence[Task], seeds: Sequence[int]) -> dict[str, list[int]]:
    """The same for psy-taliro's searches, run by the Python of its own environment."""
    runs = [task.told() | {"seed": seed} for task, seed in zip(tasks, seeds, strict=True)]
    paths = os.pathsep.join((str(HERE), str(HERE.parent)))
    answer = subprocess.run(
        [python, HERE / "peers/optimizers.py"], input=json.dumps({"budget": BUDGET, "runs": runs}),
        env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if answer.returncode:
        print(f"psy-taliro does not run with {python}: {answer.stderr.strip()[-100:]}")
        return {}
    found: dict[str, list[int]] = json.loads(answer.stdout)
    return found


def contest(title: str, tasks: Sequence[Task], seeds: Sequence[int], python: str | None) -> list[int]:
    """Run all and print a table; the counts of ours."""
    own = [ours(task, seed) for task, seed in zip(tasks, seeds, strict=True)]
    rows = {"plantproof": own}
    for name in ALONE:
        counts = [alone(name, task, seed) for task, seed in zip(tasks, seeds, strict=True)]
        rows[f"{name} alone"] = counts
    if python:
        rows |= peers(python, tasks, seeds)
    print(
        f"\n{title}\n{'':26}{'found':>10}{'mean':>8}{'most':>7}   (simulations; not found counts as {BUDGET})"
    )
    base = _mean(own)
    for name, counts in rows.items():
        found = sum(n > 0 for n in counts)
        share = f"{found} of {len(counts)}"
        most = max((n or BUDGET) for n in counts)
        print(f"{name:26}{share:>10}{_mean(counts):8.0f}{most:7}   {_mean(counts) / base:.1f} times ours")
    return own


def _mean(counts: Sequence[int]) -> float:
    return float(np.mean([n or BUDGET for n in counts]))


def verdict(name: str, counts: Sequence[int], least: int, mean: float = BUDGET) -> None:
    """Print what was asked and the ratio."""
    found, got = sum(n > 0 for n in counts), _mean(counts)
    print(
        f"asked: {name}: at least {least} of {len(counts)}, got {found}; "
        f"mean at most {mean:.0f}, got {got:.0f} (ratio {mean / got:.1f})"
    )
