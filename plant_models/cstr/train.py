"""Train the four policies of the two reactors: ``python -m plant_models.cstr.train``.

Each is searched for in the product's own closed loop, behind its guards, on the plant file's own
cost index; the same sources give the same files, byte for byte (``--check``).
"""

from __future__ import annotations

import argparse
import hashlib
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plant_models.cstr.model import Cstr
from plant_models.cstr.onnx_file import encode
from plant_models.cstr.search import Bind, Strategy, candidates, embed, network, sharing
from simulator.core.kernel import kernel
from simulator.core.states import MODE
from simulator.engine.layer import Bound
from simulator.scenario.build import Case, build
from simulator.scenario.schema.check import check
from simulator.scenario.schema.plant import Plant
from simulator.scenario.schema.scenario import Scenario
from simulator.scenario.yaml_file import read

Reals = NDArray[np.float64]
MODELS = Path(__file__).resolve().parents[1]
FAR, PENALTY = 2.0, 20.0  # K from the setpoint; cost of a tick out of its mode or too far
SEED = 20250


@dataclass(frozen=True)
class Recipe:
    """How one policy is trained; durations in minutes of the fast twin.

    Attributes
    ----------
    plant, ai : str
        Plant and variant in its file.
    start : mapping of str to tuple of float
        Gains of the linear law that the search starts from, by input, newest cycle first.
    reach : float
        Largest answer, in scales of the plant file's output.
    gains, weights : (int, float)
        Generations and first step of the search over the law's gains, then over all weights.
    """

    plant: str
    ai: str
    start: Mapping[str, tuple[float, ...]]
    reach: float
    gains: tuple[int, float]
    weights: tuple[int, float]
    units: int = 8
    population: int = 32
    seeds: int = 16
    warm_up: int = 5
    minutes: int = 20


# ROUT starts from 10 and 4 %/K on two cycles of the reactor, chosen; the rest by balances:
# UA / (V rho cp) = 0.035 1/s times 64 % s/K of derivative action is 2 %/K on the jacket; a kelvin of
# coolant, of feed and 0.005 mol/L in the reactor ask for 1.3, 0.9 and 0.9 % more coolant.
LAW = {
    "TT-101": (1.0, 0.4),
    "TT-102": (0.6,),
    "TT-103": (0.13,),
    "TT-104": (0.09,),
    "AT-105": (0.015,) * 6,
}
QUICK = {
    "TT-101": (0.2,) * 8,
    "TT-102": (0.1,) * 8,
    "TT-103": (0.02,) * 8,
    "TT-104": (0.02,) * 8,
    "FT-101": (0.02,) * 8,
    "AT-105": (0.01,) * 8,
}
"""The law for a policy that is asked at every scan of the PLC: eight samples share each gain."""
RECIPES = (
    Recipe("cstr", "rcas", {}, 1.6, (80, 0.05), (60, 0.01)),
    Recipe("cstr", "rout", QUICK, 4.0, (80, 0.02), (20, 0.004)),
    Recipe("cstr_slow", "rcas", {}, 1.6, (40, 0.05), (20, 0.01), seeds=8),
    Recipe("cstr_slow", "rout", LAW, 4.0, (90, 0.03), (20, 0.005), seeds=8),
)


@kernel
def _charge(sums: Any, temperature: Any, move: Any, mode: Any, home: int, warm: bool, per: Any) -> None:
    for i in range(sums.shape[0]):
        error, moved = (temperature[i] - per[0]) / per[1], move[i] / per[2]
        if warm:
            sums[i] += error * error + moved * moved
        if mode[i] != home or not abs(temperature[i] - per[0]) <= FAR:
            sums[i] += PENALTY


@dataclass(frozen=True)
class Bill:
    """Adds up the cost of every replica; `per`: setpoint, K and % that cost 1."""

    sums: Reals
    home: int
    warm_up: int
    per: Reals

    def initial(self, n: int) -> None:
        """The sums are its state."""

    def step(self, state: None, inputs: Any, out: None, now: int) -> None:  # noqa: ARG002
        """Charge one base tick."""
        temperature, move, mode = inputs
        _charge(self.sums, temperature, move, mode, self.home, now >= self.warm_up, self.per)


def load(folder: Path) -> Plant:
    """The plant file of a folder, checked for its shape."""
    return check(read(folder / "plant.yaml"), Plant)


def coarse(plant: Plant) -> Plant:
    """The plant with every layer at the PLC's period: a slow plant's physics need no finer tick."""
    scan = plant.scan.model_copy(update={"base": plant.scan.plc, "sif": plant.scan.plc})
    return plant.model_copy(update={"scan": scan})


@dataclass(frozen=True)
class Rehearsal:
    """Normal days of one plant, run and paid for.

    Attributes
    ----------
    plant : Plant
        The plant as its file says.
    folder : Path
        Where its policies are.
    ai : str or None
        The variant in charge; None leaves the loop to the PID.
    warm_up, minutes : float
        Length, and how much of its beginning costs nothing, in minutes of the fast twin.
    """

    plant: Plant
    folder: Path
    ai: str | None
    warm_up: float = 5.0
    minutes: float = 20.0

    def costs(self, seed: int, n: int, seeds: int, bind: Bind | None = None) -> Reals:
        """Mean cost index of each of `n` replicas, of which every `seeds` share their draws."""
        bill: list[Bill] = []

        def mutate(path: tuple[Bound, ...]) -> tuple[Bound, ...]:
            bill.append(self._bill(n))
            shared = tuple(sharing(bound, seeds) for bound in path)
            return (*shared, self._charged(path, bill[0]))

        case = Case(
            self.plant, Cstr(time_scale=self._slower), self.folder, self._scenario(), seed, 0, n,
            with_ai=self.ai is not None, mutate=mutate, bind=bind,
        )  # fmt: skip
        block = build(case)
        block.run({})
        ticks = (block.duration - bill[0].warm_up) // self.plant.scan.base
        return bill[0].sums / ticks

    @property
    def _slower(self) -> float:
        return float(self.plant.parameters["time_scale"].to("1"))

    def _minutes(self, fast: float) -> int:
        return round(fast * self._slower * 60_000)

    def _scenario(self) -> Scenario:
        about = {
            "schema": 1,
            "id": "DAY-001",
            "question": "What does a normal day cost?",
            "plant": self.plant.plant,
            "duration": f"{self._minutes(self.minutes) // 1000} s",
            "start": "nominal",
            "requirements": ["R-01"],
        }
        return Scenario.model_validate(about | ({"ai": self.ai} if self.ai else {}))

    def _bill(self, n: int) -> Bill:
        temperature, move = self.plant.cost_index
        per = np.array([temperature.from_.to("K"), temperature.per.to("K"), move.per.to("%")])
        home = MODE[self.plant.ai[self.ai].mode if self.ai else "AUTO"]
        return Bill(np.zeros(n), home, self._minutes(self.warm_up), per)

    def _charged(self, path: tuple[Bound, ...], bill: Bill) -> Bound:
        named = {bound.name: bound for bound in path}
        mode = named["final_clamp"].inputs.mode
        wires = (named["plant"].out.true[1], named["moves"].out.move[0], mode[0])
        return Bound("bill", bill, None, wires, None, self.plant.scan.base)


def train(recipe: Recipe) -> bytes:
    """The policy of a recipe, as the bytes of its file."""
    ai = load(MODELS / recipe.plant).ai[recipe.ai]
    cost, (generations, step), (more, finer) = _cost(recipe), recipe.gains, recipe.weights

    def lawful(gains: Reals) -> Reals:
        return np.array([embed(row, recipe.units, recipe.reach) for row in gains])

    law = _law(recipe, [point.tag for point in ai.inputs], ai.history)
    search = Strategy(recipe.population, generations, SEED)
    law = search.improve(law, step, lambda rows, generation: cost(lawful(rows), generation))
    search = Strategy(recipe.population, more, SEED + 1)
    weights = search.improve(lawful(law[None])[0], finer, cost)
    return encode(network(weights, law.size - 1))


def _law(recipe: Recipe, tags: Sequence[str], history: int) -> Reals:
    """Bias and gains of the law that the search starts from, as `embed` reads them."""
    gains = np.zeros((history, len(tags)))
    for tag, row in recipe.start.items():
        gains[: len(row), tags.index(tag)] = row
    return np.concatenate([[0.0], gains.ravel()])


def _cost(recipe: Recipe) -> Callable[[Reals, int], Reals]:
    """Mean cost of each candidate of a generation; the days return every eight generations."""
    seeds, n = recipe.seeds, recipe.population * recipe.seeds
    plant = coarse(load(MODELS / recipe.plant))
    rehearsal = Rehearsal(plant, MODELS, recipe.ai, recipe.warm_up, recipe.minutes)

    def cost(weights: Reals, generation: int) -> Reals:
        costs = rehearsal.costs(SEED + generation % 8, n, seeds, candidates(weights, seeds))
        return np.array([math.fsum(row) / seeds for row in costs.reshape(-1, seeds)])

    return cost


def main(arguments: Sequence[str] | None = None) -> int:
    """Train what is asked for; with ``--check`` compare with the files instead of writing them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--plant", choices=sorted({recipe.plant for recipe in RECIPES}))
    parser.add_argument("--ai", choices=sorted({recipe.ai for recipe in RECIPES}))
    parser.add_argument("--check", action="store_true", help="compare with the files, write nothing")
    asked = parser.parse_args(arguments)
    chosen = [r for r in RECIPES if asked.plant in (None, r.plant) and asked.ai in (None, r.ai)]
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


if __name__ == "__main__":
    raise SystemExit(main())
