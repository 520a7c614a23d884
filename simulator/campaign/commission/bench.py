"""Runs of a plant for commissioning: built as any case, sampled at the PLC's scans."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulator.engine.layer import Bound
from simulator.engine.recorder import Recorder, RecorderInputs
from simulator.engine.run import Engine
from simulator.scenario.build import Case, build
from simulator.scenario.build.control_parts import Bind
from simulator.scenario.build.names import Names
from simulator.scenario.resolved import ResolvedPlant
from simulator.scenario.schema.scenario import NO_AI, Scenario
from simulator.testing.mutants import Mutation

Floats = NDArray[np.float32]
Reals = NDArray[np.float64]
Row = tuple[str, str]
T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Run:
    """One block to run.

    Attributes
    ----------
    stream : str
        Whose draws these are: two streams share none.
    duration : int
        Length [ms].
    n, first : int
        Replicas.
    variant : str or None
        The AI; None leaves the loops to the fallback.
    phase : str
        Phase at the start.
    begin : mapping of str to ndarray
        States and valve positions at the start that are not nominal, shape (n,).
    threats : sequence of dict
        Threats, as a scenario file writes them.
    mutate, bind : callable or None
        As for `Case`.
    """

    stream: str
    duration: int
    n: int
    first: int = 0
    variant: str | None = None
    phase: str = "RUN"
    begin: Mapping[str, Reals] = field(default_factory=dict)
    threats: Sequence[Mapping[str, Any]] = ()
    mutate: Mutation | None = None
    bind: Bind | None = None


@dataclass(frozen=True)
class Bench:
    """One plant on the bench.

    Parameters
    ----------
    plant : ResolvedPlant
        The plant; neither its monitor nor its novelty is built.
    seed : int
        Seed of all draws.
    workers : int
        Blocks at a time.
    """

    plant: ResolvedPlant
    seed: int
    workers: int

    @property
    def names(self) -> Names:
        """Rows of the board."""
        return Names(self.plant.spec, self.plant.physics.owner(**self.plant.parameters))

    def ticks(self, duration: int) -> int:
        """Base ticks of a run."""
        return duration // self.plant.spec.scan.base

    def sampled(self, run: Run, rows: Sequence[Row]) -> Floats:
        """Rows (block, name) of the board at every scan of the PLC, shape (n_scans, n_rows, n)."""
        block, period = build(self._case(run)), self.plant.spec.scan.plc
        if run.duration % period:
            raise ValueError(f"{run.duration} ms are no whole number of scans of {period} ms")
        board = block.board
        recorder = Recorder([board.place(*row) for row in rows], run.duration // period, period)
        state = recorder.initial(board.n)
        wires = RecorderInputs(board.reals, board.states)
        last = Bound("recorder", recorder, state, wires, None, period)
        Engine((*block.path, last), block.periods.base).run(run.duration)
        return state.record

    def _case(self, run: Run) -> Case:
        plant = self.plant
        asked = {
            "schema": 1, "id": "COMMISSION", "question": "what is normal", "plant": plant.name,
            "ai": run.variant or NO_AI, "duration": f"{run.duration} ms", "phase": run.phase,
            "threats": [dict(threat) for threat in run.threats], "requirements": ["R-01"],
        }  # fmt: skip
        return Case(
            plant=plant.spec, physics=plant.physics.owner(**plant.parameters), folder=plant.folder,
            scenario=Scenario.model_validate(asked), seed=self.seed, first=run.first, n=run.n,
            streams=f"commission/{run.stream}", mutate=run.mutate, bind=run.bind, begin=run.begin,
        )  # fmt: skip

    def each(self, work: Callable[[T], U], runs: Sequence[T]) -> list[U]:
        """Do all, some at a time, in order; the kernels let go of the interpreter."""
        with ThreadPoolExecutor(self.workers) as pool:
            return list(pool.map(work, runs))


def altered(name: str, change: Callable[[Any], Any]) -> Mutation:
    """The build with other set-up values in one layer."""

    def of(bound: Bound) -> Bound:
        if bound.name != name:
            return bound
        layer = change(bound.layer)
        n = np.shape(bound.out[0])[-1]
        return Bound(name, layer, layer.initial(n), bound.inputs, bound.out, bound.period, bound.passes)

    return lambda path: tuple(of(bound) for bound in path)
