"""A handful of replicas, as many as fit the processor's cache, with what is known of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from simulator.assess.stl.formula import Formula
from simulator.assess.stl.wave import Bool, Float
from simulator.core.traces import Recorded, Signal, Traces

# Samples of one signal in one block: a float64 array of it takes 2 MB.
_SAMPLES = 1 << 18


@dataclass(frozen=True)
class Block:
    """Samples of some replicas.

    Attributes
    ----------
    period : int
        Sampling period [ms].
    samples : mapping of str to ndarray of float64, shape (n_replicas, n_ticks)
        The recorded float32 numbers, exactly.
    known : ndarray of bool, same shape
        False from the first sample on at which any signal of the formula is not finite, or is
        in no state that exists: what follows such a sample is no evidence.
    complete : ndarray of bool, shape (n_replicas,)
        Whether the record reaches the planned end.
    """

    period: int
    samples: Mapping[str, Float]
    known: Bool
    complete: Bool


def blocks(formula: Formula, traces: Traces) -> Iterator[Block]:
    """Cut a record into blocks; each replica is in exactly one, in order.

    Raises
    ------
    ValueError
        When the signals of the record differ in shape.
    """
    arrays = {name: traces.samples(name) for name in sorted(formula.signals)}
    shapes = {array.shape for array in arrays.values()}
    if len(shapes) != 1:
        raise ValueError(f"got signals of shapes {sorted(shapes)}, wanted one shape")
    n_ticks, n_replicas = shapes.pop()
    step = max(_SAMPLES // max(n_ticks, 1), 1)
    for first in range(0, n_replicas, step):
        picked = slice(first, first + step)
        yield _block(formula.channels, arrays, picked, traces)


def _block(
    channels: Mapping[str, Signal], arrays: Mapping[str, Recorded], picked: slice, traces: Traces
) -> Block:
    samples = {name: array[:, picked].T.astype(np.float64, order="C") for name, array in arrays.items()}
    sound = np.logical_and.reduce([_sound(samples[name], channels[name]) for name in samples])
    known = sound if sound.all() else np.logical_and.accumulate(sound, axis=1)
    return Block(traces.period, samples, known, traces.complete[picked])


def _sound(samples: Float, signal: Signal) -> Bool:
    """Whether each sample is a finite number, and one of the codes of a state signal."""
    if not signal.states:
        return np.isfinite(samples)
    sound = np.zeros(samples.shape, np.bool_)
    for code in signal.states.values():
        sound |= samples == code
    return sound
