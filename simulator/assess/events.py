"""Events of a recorded replica: the edges of its state channels, derived, never stored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.core.traces import Signal, Traces


@dataclass(frozen=True)
class Event:
    """One state that changed.

    Attributes
    ----------
    time : int
        When the new state was first recorded [ms].
    signal, before, after : str
        The channel and the names of its states.
    """

    time: int
    signal: str
    before: str
    after: str


def events(traces: Traces, replica: int = 0) -> list[Event]:
    """Edges of every state channel of one replica, in the order of time, then name."""
    found = []
    for name in sorted(traces.signals):
        signal = traces.signals[name]
        if signal.states:
            found += _edges(signal, traces, replica)
    return sorted(found, key=lambda event: (event.time, event.signal))


def _edges(signal: Signal, traces: Traces, replica: int) -> list[Event]:
    samples = traces.samples(signal.name)[:, replica]
    names = {number: name for name, number in signal.states.items()}

    def called(sample: np.float32) -> str:
        return names.get(int(sample), "UNKNOWN") if np.isfinite(sample) else "UNKNOWN"

    both_lost = np.isnan(samples[1:]) & np.isnan(samples[:-1])
    changed = np.flatnonzero((samples[1:] != samples[:-1]) & ~both_lost) + 1
    return [
        Event(int(k) * traces.period, signal.name, called(samples[k - 1]), called(samples[k]))
        for k in changed
    ]
