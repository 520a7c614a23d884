"""From a recipe to the bytes of a policy file, and the command that writes or checks it."""

from __future__ import annotations

import argparse
import hashlib
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plant_models.training.candidates import candidates, embed, network
from plant_models.training.onnx_file import encode
from plant_models.training.rehearsal import Rehearsal, coarse, load
from plant_models.training.strategy import Strategy

Reals = NDArray[np.float64]
Law = Mapping[str, Sequence[float]]
MODELS = Path(__file__).resolve().parents[1]
SEED = 20250


@dataclass(frozen=True)
class Recipe:
    """How one policy is trained.

    Attributes
    ----------
    plant, ai : str
        Plant and variant in its file.
    start : sequence of mapping of str to floats
        The linear law that the search starts from: per output, gains by input, newest cycle first.
    reach : float
        Largest answer, in scales of the plant file's outputs.
    far : mapping of str to float
        See `Rehearsal`.
    gains, weights : (int, float)
        Generations and first step of the search over the law's gains, then over all weights.
    seeds : int
        Normal days of each candidate.
    day : (float, float)
        How much of the beginning of a day costs nothing, and its length [min].
    units, population : int
        Hidden units of each output, candidates of a generation.
    """

    plant: str
    ai: str
    start: Sequence[Law]
    reach: float
    far: Mapping[str, float]
    gains: tuple[int, float]
    weights: tuple[int, float]
    seeds: int = 16
    day: tuple[float, float] = (5.0, 20.0)
    units: int = 8
    population: int = 32


def train(recipe: Recipe) -> bytes:
    """The policy of a recipe, as the bytes of its file."""
    ai = load(MODELS / recipe.plant).ai[recipe.ai]
    outputs = len(ai.loops)
    cost, (generations, step), (more, finer) = _cost(recipe, outputs), recipe.gains, recipe.weights

    def lawful(laws: Reals) -> Reals:
        split = laws.reshape(len(laws), outputs, -1)
        embedded = [[embed(law, recipe.units, recipe.reach) for law in row] for row in split]
        return np.array([np.concatenate(row) for row in embedded])

    law = _law(recipe, [point.tag for point in ai.inputs], ai.history)
    search = Strategy(recipe.population, generations, SEED)
    law = search.improve(law, step, lambda rows, generation: cost(lawful(rows), generation))
    search = Strategy(recipe.population, more, SEED + 1)
    weights = search.improve(lawful(law[None])[0], finer, cost)
    return encode(network(weights, len(ai.inputs) * ai.history, outputs))


def _law(recipe: Recipe, tags: Sequence[str], history: int) -> Reals:
    """Bias and gains of the law that the search starts from, output after output, as `embed` reads them."""
    rows = np.zeros((len(recipe.start), 1 + history * len(tags)))
    for k, law in enumerate(recipe.start):
        for tag, gains in law.items():
            rows[k, 1 + tags.index(tag) :: len(tags)][: len(gains)] = gains
    return rows.ravel()


def _cost(recipe: Recipe, outputs: int) -> Callable[[Reals, int], Reals]:
    """Mean cost of each candidate of a generation; the days return every eight generations."""
    seeds, n, folder = recipe.seeds, recipe.population * recipe.seeds, MODELS / recipe.plant
    rehearsal = Rehearsal(coarse(load(folder)), folder, recipe.ai, recipe.far, *recipe.day)

    def cost(weights: Reals, generation: int) -> Reals:
        costs = rehearsal.costs(SEED + generation % 8, n, seeds, candidates(weights, seeds, outputs))
        return np.array([math.fsum(row) / seeds for row in costs.reshape(-1, seeds)])

    return cost


def main(recipes: Sequence[Recipe], about: str, arguments: Sequence[str] | None = None) -> int:
    """Train what is asked for; with ``--check`` compare with the files instead of writing them."""
    parser = argparse.ArgumentParser(description=about.partition("\n")[0])
    parser.add_argument("--plant", choices=sorted({recipe.plant for recipe in recipes}))
    parser.add_argument("--ai", choices=sorted({recipe.ai for recipe in recipes}))
    parser.add_argument("--check", action="store_true", help="compare with the files, write nothing")
    asked = parser.parse_args(arguments)
    chosen = [r for r in recipes if asked.plant in (None, r.plant) and asked.ai in (None, r.ai)]
    return max(_deliver(recipe, asked.check) for recipe in chosen)


def _deliver(recipe: Recipe, compare: bool) -> int:
    folder = MODELS / recipe.plant
    path = folder / load(folder).ai[recipe.ai].model
    content = train(recipe)
    differs = compare and content != path.read_bytes()
    if not compare:
        path.write_bytes(content)
    state = "DIFFERS" if differs else "same" if compare else "written"
    sys.stdout.write(f"{hashlib.sha256(content).hexdigest()}  {path.name} of {recipe.plant}: {state}\n")
    return 1 if differs else 0
