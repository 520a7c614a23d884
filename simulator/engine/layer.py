"""The contract of a layer, and one bound layer as the engine runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from simulator.core.calls import Calls, Stepped
from simulator.core.clock import Tick


class Layer(Protocol):
    """One place on the signal path: parameters, a state of its own, and what it does in a scan.

    A layer reads `inputs`, writes only `out` and its `state`; all three are preallocated arrays
    (or named tuples of them) whose last axis is the replica.
    """

    def initial(self, n: int) -> Any:
        """State of `n` replicas at the start."""

    def calls(self, state: Any, inputs: Any, out: Any) -> Calls:
        """What it does in a scan: listed once a run, each called with the time [ms]."""


@dataclass(frozen=True)
class Bound:
    """A layer with its state and wires, ready to step.

    Attributes
    ----------
    name : str
        Name in the tuple; ablation and mutants speak of it.
    layer : Layer
        The rule and its parameters.
    state, inputs, out : Any
        Arrays of this run.
    period : Tick
        Scan period [ms].
    passes : tuple of (str, str)
        Input and output that become one wire when the layer is removed; a layer without such
        a pair simply leaves its outputs at rest.
    waits : bool
        Whether what it reads comes from outside: the tick stands still before it until it is there.
    """

    name: str
    layer: Layer
    state: Any
    inputs: Any
    out: Any
    period: Tick
    passes: tuple[tuple[str, str], ...] = ()
    waits: bool = False


@dataclass(frozen=True)
class Wire(Stepped):
    """What stands in for a removed layer that a signal passes through: a copy."""

    source: str
    target: str

    def initial(self, n: int) -> None:
        """A wire has no state."""

    def calls(self, state: None, inputs: Any, out: Any) -> Calls:
        """Copy the signal."""
        source, target = getattr(inputs, self.source), getattr(out, self.target)
        return (lambda _: np.copyto(target, source),)


@dataclass(frozen=True)
class Periods:
    """Scan periods [ms]; each is a multiple of the base tick.

    `day` is that of the disturbances, which do not depend on who has the loop.
    """

    base: int
    plc: int
    ai: int
    sif: int
    day: int
