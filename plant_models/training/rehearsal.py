"""Normal days of one plant behind every guard, run for many candidates at once and paid for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plant_models.training.candidates import Bind, sharing
from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel
from simulator.core.moment import NOW
from simulator.core.states import MODE
from simulator.engine.layer import Bound
from simulator.scenario.build import Case, build
from simulator.scenario.plants import physics
from simulator.scenario.schema.check import check
from simulator.scenario.schema.plant import CostTerm, Plant
from simulator.scenario.schema.scenario import Scenario
from simulator.scenario.yaml_file import read

Reals = NDArray[np.float64]
PENALTY = 20.0  # cost of a tick out of the AI's mode, or too far
NEVER_FAR = np.inf


@kernel
def _charge(sums: Any, values: Any, about: Any, mode: Any, home: int, now: int, warm_up: int) -> None:
    for i in range(sums.shape[0]):
        cost, lost = 0.0, mode[i] != home
        for k in range(len(values)):
            apart = values[k][i] - about[k, 0]
            cost += (apart / about[k, 1]) * (apart / about[k, 1])
            lost = lost or not abs(apart) <= about[k, 2]
        if now >= warm_up:
            sums[i] += cost
        if lost:
            sums[i] += PENALTY


@dataclass(frozen=True)
class Bill(Stepped):
    """Adds up the cost of every replica.

    Parameters
    ----------
    sums : ndarray, shape (n,)
        The bill.
    home, warm_up : int
        Mode in which the AI acts, and the time that costs nothing [ms].
    about : ndarray, shape (n_terms, 3)
        Per term of the cost index: origin, what costs 1, and what is too far.
    """

    sums: Reals
    home: int
    warm_up: int
    about: Reals

    def initial(self, n: int) -> None:
        """The sums are its state."""

    def calls(self, state: None, inputs: Any, out: None) -> Calls:  # noqa: ARG002
        """Charge one base tick."""
        values, mode = inputs
        return call(_charge, self.sums, values, self.about, mode, self.home, NOW, self.warm_up)


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
        The variant in charge; None leaves the loops to the PIDs.
    far : mapping of str to float
        How far a quantity of the cost index may be from its origin before a tick costs as much as
        one out of mode, by the term's name.
    warm_up, minutes : float
        Length, and how much of its beginning costs nothing [min].
    """

    plant: Plant
    folder: Path
    ai: str | None
    far: Mapping[str, float]
    warm_up: float = 5.0
    minutes: float = 20.0

    def costs(self, seed: int, n: int, seeds: int, bind: Bind | None = None) -> Reals:
        """Mean cost index of each of `n` replicas, of which every `seeds` share their draws."""
        about = physics(self.plant.physics, self.folder)
        set_up = {k: v.to(about.parameters[k].unit) for k, v in self.plant.parameters.items()}
        bill: list[Bill] = []

        def mutate(path: tuple[Bound, ...]) -> tuple[Bound, ...]:
            bill.append(self._bill(n, dict(about.quantities)))
            shared = tuple(sharing(bound, seeds) for bound in path)
            return (*shared, self._charged(path, bill[0], list(about.quantities)))

        case = Case(
            self.plant, about.owner(**set_up), self.folder, self._scenario(), seed, 0, n,
            with_ai=self.ai is not None, mutate=mutate, bind=bind,
        )  # fmt: skip
        block = build(case)
        block.run({})
        ticks = (block.duration - bill[0].warm_up) // self.plant.scan.base
        return bill[0].sums / ticks

    def _scenario(self) -> Scenario:
        about = {
            "schema": 1,
            "id": "DAY-001",
            "question": "What does a normal day cost?",
            "plant": self.plant.plant,
            "duration": f"{round(self.minutes * 60)} s",
            "start": "nominal",
            "requirements": ["R-01"],
        }
        return Scenario.model_validate(about | ({"ai": self.ai} if self.ai else {}))

    def _bill(self, n: int, units: Mapping[str, str]) -> Bill:
        rows = [self._term(term, units) for term in self.plant.cost_index]
        home = MODE[self.plant.ai[self.ai].mode if self.ai else "AUTO"]
        return Bill(np.zeros(n), home, round(self.warm_up * 60_000), np.array(rows))

    def _term(self, term: CostTerm, units: Mapping[str, str]) -> tuple[float, float, float]:
        first, _, rest = term.of.partition(".")
        unit = units[rest] if first == "true" else "%"
        return term.from_.to(unit), term.per.to(unit), self.far.get(term.of, NEVER_FAR)

    def _charged(self, path: tuple[Bound, ...], bill: Bill, quantities: list[str]) -> Bound:
        named = {bound.name: bound for bound in path}
        moved = [loop.op for loop in self.plant.loops.values()]
        rows = {f"true.{name}": named["plant"].out.true[k] for k, name in enumerate(quantities)}
        rows |= {f"move.{op}": named["moves"].out.move[j] for j, op in enumerate(moved)}
        values = tuple(rows[term.of] for term in self.plant.cost_index)
        loop = self.plant.ai[self.ai].loops[0] if self.ai else next(iter(self.plant.loops))
        mode = named["final_clamp"].inputs.mode[list(self.plant.loops).index(loop)]
        return Bound("bill", bill, None, (values, mode), None, self.plant.scan.base)
