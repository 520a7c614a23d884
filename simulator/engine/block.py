"""A block of replicas: its board, its path, and the record of its run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.core.clock import Tick
from simulator.core.traces import ArrayTraces, Signal
from simulator.engine.board import Board
from simulator.engine.layer import Bound, Periods
from simulator.engine.recorder import Recorder, RecorderInputs
from simulator.engine.run import Engine


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
        begun = self.begin(channels)
        begun.engine.run(self.duration)
        begun.engine.end()
        return begun.traces()

    def begin(self, channels: Mapping[str, Channel]) -> Begun:
        """The run before its first tick, for a driver that answers what waits."""
        if self.duration % self.periods.base:
            raise ValueError(f"{self.duration} ms are no whole number of ticks of {self.periods.base} ms")
        places = [self.board.place(channel.block, channel.row) for channel in channels.values()]
        n_ticks = self.duration // self.periods.base
        recorder = Recorder(places, n_ticks, self.periods.base)
        state = recorder.initial(self.board.n)
        wires = RecorderInputs(self.board.reals, self.board.states)
        last = Bound("recorder", recorder, state, wires, None, self.periods.base)
        engine = Engine((*self.path, last), self.periods.base)
        return Begun(engine, channels, state.record, self.periods.base)

    def layer(self, name: str) -> Bound:
        """A layer of the path by its name."""
        return next(bound for bound in self.path if bound.name == name)


@dataclass(frozen=True)
class Begun:
    """A run that has begun.

    Attributes
    ----------
    engine : Engine
        What steps it.
    channels : mapping of str to Channel
        What is recorded.
    record : ndarray, shape (n_ticks, n_channels, n)
        NaN where no tick has been recorded.
    period : Tick
        Base tick [ms].
    """

    engine: Engine
    channels: Mapping[str, Channel]
    record: NDArray[np.float32]
    period: Tick

    def traces(self, complete: bool = True) -> ArrayTraces:
        """The record; one that is not `complete` did not reach the planned end."""
        signals = {name: channel.signal for name, channel in self.channels.items()}
        data = {name: self.record[:, k, :] for k, name in enumerate(self.channels)}
        return ArrayTraces(self.period, signals, data, np.full(self.record.shape[2], complete))
