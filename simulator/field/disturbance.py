"""What a normal day does to the plant's inputs: first-order random wander about their rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel
from simulator.core.moment import scan_of
from simulator.core.param import param
from simulator.core.seeds import Numbers, normal_from, origins, stream

Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Wander:
    """A stationary first-order (Ornstein-Uhlenbeck) process on one plant input."""

    wander: float = param(0.0, "input", at_least=0, source="standard deviation")
    over: int = param(300_000, "ms", above=0, source="correlation time")


class DisturbanceOut(NamedTuple):
    """`drive` has shape (n_inputs, n)."""

    drive: Reals


class DisturbanceState(NamedTuple):
    """Deviations and origins of their draws (n_wandering, n), and the set-up values of each."""

    deviation: Reals
    begun: NDArray[np.uint64]
    about: Any


_ABOUT = np.dtype([("row", "i8"), ("rest", "f8"), ("keep", "f8"), ("kick", "f8"), ("key", "u8")])


@kernel
def _scan(deviation: Any, about: Any, begun: Any, tick: int, drive: Any) -> None:
    for j in range(deviation.shape[0]):
        unit = about[j]
        row, rest, keep, kick = unit.row, unit.rest, unit.keep, unit.kick
        for i in range(deviation.shape[1]):
            deviation[j, i] = keep * deviation[j, i] + kick * normal_from(begun[j, i], tick)
            drive[row, i] = rest + deviation[j, i]


@dataclass(frozen=True)
class Disturbances(Stepped):
    """Wander of the plant's inputs.

    Parameters
    ----------
    wanders : mapping of str to Wander
        By input name; the name is the stream.
    rows : mapping of str to int
        Row of each input.
    rest : mapping of str to float
        Nominal value of each input.
    period : int
        Scan period [ms].
    seed : int
        Seed of the run.
    replicas : ndarray of int, shape (n,)
        Numbers of the block's replicas.
    """

    wanders: dict[str, Wander]
    rows: dict[str, int]
    rest: dict[str, float]
    period: int
    seed: int
    replicas: Numbers

    def initial(self, n: int) -> DisturbanceState:
        """Deviations drawn from the stationary distribution would start off nominal: start at rest."""
        about = np.array([self._about(name) for name in self.wanders], _ABOUT)
        begun = origins(about["key"], self.replicas)
        return DisturbanceState(np.zeros((len(about), n)), begun, about)

    def _about(self, name: str) -> tuple[Any, ...]:
        one = self.wanders[name]
        keep = float(np.exp(-self.period / one.over))
        kick = one.wander * float(np.sqrt(1.0 - keep * keep))
        return (self.rows[name], self.rest[name], keep, kick, stream(self.seed, f"wander/{name}"))

    def calls(self, state: DisturbanceState, inputs: None, out: DisturbanceOut) -> Calls:
        """Move every wandering input by one scan."""
        return call(_scan, state.deviation, state.about, state.begun, scan_of(self.period), out.drive)
