"""What the judge is given: named, sampled signals of many replicas, wherever they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Recorded = NDArray[np.float32]


@dataclass(frozen=True)
class Signal:
    """One recorded channel.

    Attributes
    ----------
    name : str
        As requirements write it: ``true.reactor_temperature``, ``mode.TIC-101``.
    unit : str
        Unit of the recorded numbers; empty for flags and states.
    states : mapping of str to int
        Names of the numbers of a state signal, such as ``{"MAN": 0, "AUTO": 1}``; a flag is
        ``{"FALSE": 0, "TRUE": 1}``; empty for a quantity.
    groups : mapping of str to tuple of str
        Names for several states at once: ``{"AI": ("RCAS", "ROUT")}``.
    """

    name: str
    unit: str = ""
    states: Mapping[str, int] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


FLAG: Mapping[str, int] = {"FALSE": 0, "TRUE": 1}


def flag(name: str) -> Signal:
    """A signal that is either true or false."""
    return Signal(name, states=FLAG)


class Traces(Protocol):
    """Recorded signals of `n_replicas` replicas, sampled every `period` milliseconds."""

    @property
    def period(self) -> int:
        """Sampling period [ms]."""

    @property
    def n_replicas(self) -> int:
        """How many replicas are recorded."""

    @property
    def signals(self) -> Mapping[str, Signal]:
        """The recorded channels by name."""

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Shape (n_replicas,): whether a replica's record reaches the planned end."""

    def samples(self, name: str) -> Recorded:
        """Samples of one channel, shape (n_ticks, n_replicas); NaN where nothing is known."""


@dataclass(frozen=True)
class ArrayTraces:
    """Traces kept in memory, one array a channel.

    Parameters
    ----------
    period : int
        Sampling period [ms].
    signals : mapping of str to Signal
        The channels.
    data : mapping of str to ndarray, shape (n_ticks, n_replicas), float32
        Samples by channel name.
    complete : ndarray of bool, shape (n_replicas,)
        Whether a replica's record reaches the planned end.
    """

    period: int
    signals: Mapping[str, Signal]
    data: Mapping[str, Recorded]
    complete: NDArray[np.bool_]

    @property
    def n_replicas(self) -> int:
        return int(self.complete.shape[0])

    def samples(self, name: str) -> Recorded:
        return self.data[name]

    def times(self) -> NDArray[np.int64]:
        """Time of each sample [ms], shape (n_ticks,)."""
        n_ticks = len(next(iter(self.data.values()), ()))
        return np.arange(n_ticks, dtype=np.int64) * self.period

    def replica(self, index: int) -> ArrayTraces:
        """The same record for one replica only."""
        picked = {name: array[:, index : index + 1] for name, array in self.data.items()}
        return ArrayTraces(self.period, self.signals, picked, self.complete[index : index + 1])


def catalogue(signals: Iterable[Signal]) -> dict[str, Signal]:
    """Signals by name."""
    return {signal.name: signal for signal in signals}
