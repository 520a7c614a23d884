"""Physics of first-order blocks with dead time: what step tests on a plant give, advanced exactly.

Every output is its nominal value and the sum of its blocks. A block is a gain, a first-order lag and a
dead time from one input; inputs are held over a tick, so that the step is exact whatever its length:
``x' = a x + (1 - a) gain u``, ``a = exp(-dt / time_constant)``. The dead time is a line of past inputs,
one a base tick.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.core.elementary import exp

Reals = NDArray[np.float64]
_TINY = 1e-9


@dataclass(frozen=True)
class End:
    """An input or output: name, unit, nominal value and bounds."""

    name: str
    unit: str
    nominal: float
    low: float
    high: float


@dataclass(frozen=True)
class Block:
    """From one input to one output: gain [output unit / input unit], time constant [s], dead time [ticks]."""

    output: int
    input: int
    gain: float
    time_constant: float
    dead: int


@dataclass(frozen=True)
class Design:
    """A plant of blocks; `base` is the tick of its delay lines [s]."""

    base: float
    inputs: tuple[End, ...]
    outputs: tuple[End, ...]
    blocks: tuple[Block, ...]

    @property
    def rows(self) -> tuple[tuple[int, int], ...]:
        """First row of each block's state and of what follows it: the lag, then its line of past inputs."""
        found, row = [], 1
        for block in self.blocks:
            found.append((row, row + 1 + block.dead))
            row += 1 + block.dead
        return tuple(found)

    @property
    def n_states(self) -> int:
        """Clock of the lines, lags, and past inputs."""
        return 1 + sum(1 + block.dead for block in self.blocks)


class Blocks:
    """The physics of one design; a class of its own has it as `DESIGN`."""

    DESIGN: ClassVar[Design]
    STATES: ClassVar[tuple[tuple[str, str], ...]]
    QUANTITIES: ClassVar[tuple[tuple[str, str], ...]]
    INPUTS: ClassVar[tuple[tuple[str, str, float], ...]]

    def __init__(self) -> None:
        d = self.DESIGN
        self._nominal = np.array([end.nominal for end in d.inputs])[:, None]
        self._ends = np.array([(end.low, end.high) for end in d.inputs])[:, :, None]

    def initial(self, n: int) -> Reals:
        """The nominal point, shape (n_quantities, n)."""
        true = np.zeros((len(self.QUANTITIES), n))
        self._show(true)
        return true

    def advance(self, true: Reals, inputs: Reals, dt: float) -> None:
        """Advance over `dt` seconds with `inputs` (n_inputs, n) held, in place; exact for any `dt`."""
        d = self.DESIGN
        moved = np.clip(inputs, self._ends[:, 0], self._ends[:, 1]) - self._nominal
        left = dt
        while left > _TINY:
            step = min(left, d.base - float(true[0, 0]))
            for block, (first, end) in zip(d.blocks, d.rows, strict=True):
                entering = true[end - 1] if block.dead else moved[block.input]
                kept = _kept(step, block.time_constant)
                true[first] = kept * true[first] + (1.0 - kept) * (block.gain * entering)
            self._tick(true, moved, float(true[0, 0]) + step)
            left -= step
        self._show(true)

    def _tick(self, true: Reals, moved: Reals, clock: float) -> None:
        """Move the lines on when a whole tick is over."""
        d = self.DESIGN
        over = clock >= d.base - _TINY
        true[0] = 0.0 if over else clock
        if over:
            for block, (first, end) in zip(d.blocks, d.rows, strict=True):
                if block.dead:
                    true[first + 2 : end] = true[first + 1 : end - 1].copy()
                    true[first + 1] = moved[block.input]

    def _show(self, true: Reals) -> None:
        """Refresh the outputs."""
        d = self.DESIGN
        for k, end in enumerate(d.outputs):
            total = np.full(true.shape[1], end.nominal)
            for block, (first, _) in zip(d.blocks, d.rows, strict=True):
                if block.output == k:
                    total += true[first]
            true[d.n_states + k] = np.clip(total, end.low, end.high)


@cache
def _kept(step: float, time_constant: float) -> float:
    """What of a lag's state is left after a step."""
    return float(exp(-step / time_constant)) if time_constant > 0.0 else 0.0


def physics_of(design: Design) -> type[Blocks]:
    """The class of a design. Rows that begin with ``_`` are memory: no signal shows them."""
    states = [("_clock", "s")]
    for block in design.blocks:
        given, made = design.inputs[block.input], design.outputs[block.output]
        name = f"_{made.name}.{given.name}"
        states += [(name, made.unit), *((f"{name}.{k}", given.unit) for k in range(block.dead))]
    tables = {
        "DESIGN": design,
        "STATES": tuple(states),
        "QUANTITIES": (*states, *((end.name, end.unit) for end in design.outputs)),
        "INPUTS": tuple((end.name, end.unit, end.nominal) for end in design.inputs),
    }
    return type("FirstOrderBlocks", (Blocks,), tables)
