"""A block of replicas: its board, its path, and the record of its run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.core.clock import Tick
from simulator.core.traces import ArrayTraces, Signal
from simulator.engine.board import Board
from simulator.engine.layer import Bound
from simulator.engine.recorder import Recorder, RecorderInputs
from simulator.engine.run import Engine
from simulator.engine.scan import Periods


@dataclass(frozen=True)
class Channel:
    """A recorded signal and where on the board it stands."""

    signal: Signal
    block: str
    row: str


@dataclass(frozen=True)
class Block:
    """Replicas that run together.

    Attributes
    ----------
    board : Board
        Their signals.
    path : tuple of Bound
        Their layers.
    periods : Periods
        Scan periods [ms].
    duration : Tick
        Planned length [ms].
    """

    board: Board
    path: tuple[Bound, ...]
    periods: Periods
    duration: Tick

    def run(self, channels: Mapping[str, Channel]) -> ArrayTraces:
        """Run to the planned end and return what was recorded at every base tick.

        Parameters
        ----------
        channels : mapping of str to Channel
            What to record.
        """
        if self.duration % self.periods.base:
            raise ValueError(f"{self.duration} ms are no whole number of ticks of {self.periods.base} ms")
        places = [self.board.place(channel.block, channel.row) for channel in channels.values()]
        n_ticks = self.duration // self.periods.base
        recorder = Recorder(places, n_ticks, self.periods.base)
        state = recorder.initial(self.board.n)
        wires = RecorderInputs(self.board.reals, self.board.states)
        last = Bound("recorder", recorder, state, wires, None, self.periods.base)
        Engine((*self.path, last), self.periods.base).run(self.duration)
        return self._traces(channels, state.record)

    def _traces(self, channels: Mapping[str, Channel], record: NDArray[np.float32]) -> ArrayTraces:
        signals = {name: channel.signal for name, channel in channels.items()}
        data = {name: record[:, k, :] for k, name in enumerate(channels)}
        return ArrayTraces(self.periods.base, signals, data, np.ones(self.board.n, np.bool_))
