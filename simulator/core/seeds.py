"""Random numbers as a function of (seed, stream name, replica, tick) and of nothing else.

No generator holds a state, so replica k of a block draws what replica k alone draws, in any
order, in any process. Mixing is the finaliser of SplitMix64 (Steele, Lea, Flood, "Fast
splittable pseudorandom number generators", OOPSLA 2014, doi:10.1145/2660193.2660195), twice.
"""

from __future__ import annotations

import hashlib
import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.core.elementary import cos_turn, log
from simulator.core.kernel import kernel, rule

Numbers = NDArray[np.int64]
"""Numbers of the replicas of a block, shape (n,)."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_ODD = np.uint64(0xD1342543DE82EF95)


@lru_cache(maxsize=4096)
def stream(seed: int, name: str) -> np.uint64:
    """Key of a named stream; two names never share draws."""
    data = hashlib.blake2b(f"{seed}/{name}".encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(data, "little"))


@rule
def mix(x: np.uint64) -> np.uint64:
    """Finaliser of SplitMix64: 64 bits in, 64 well mixed bits out."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@rule
def origin(key: np.uint64, replica: int) -> np.uint64:
    """Where a stream begins in one replica: what of its bits no tick changes, and a layer may keep."""
    return mix(key + np.uint64(replica) * _GOLDEN)


@rule
def bits_from(begun: np.uint64, tick: int) -> np.uint64:
    """The 64 random bits at one tick of what begins there."""
    return mix(begun + np.uint64(tick) * _ODD)


@rule
def bits(key: np.uint64, replica: int, tick: int) -> np.uint64:
    """The 64 random bits of one replica at one tick of a stream."""
    return bits_from(origin(key, replica), tick)


@rule
def uniform(key: np.uint64, replica: int, tick: int) -> float:
    """A uniform draw in [0, 1) with 53 bits."""
    return float(bits(key, replica, tick) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@rule
def normal_from(begun: np.uint64, tick: int) -> float:
    """A standard normal draw by Box and Muller, tails to 6.6 standard deviations."""
    both = bits_from(begun, tick)
    radius = (float(both >> np.uint64(32)) + 0.5) * (1.0 / 4294967296.0)
    turn = float(both & np.uint64(0xFFFFFFFF)) * (1.0 / 4294967296.0)
    return math.sqrt(-2.0 * log(radius)) * cos_turn(turn)


@rule
def normal(key: np.uint64, replica: int, tick: int) -> float:
    """The standard normal draw of one replica at one tick of a stream."""
    return normal_from(origin(key, replica), tick)


@kernel
def _origins(keys: Any, replicas: Numbers, out: Any) -> None:
    for j in range(out.shape[0]):
        for i in range(out.shape[1]):
            out[j, i] = origin(keys[j], replicas[i])


@kernel
def _uniforms(key: np.uint64, replicas: Numbers, tick: int, out: NDArray[np.float64]) -> None:
    for i in range(out.shape[0]):
        out[i] = uniform(key, replicas[i], tick)


@kernel
def _normals(key: np.uint64, replicas: Numbers, tick: int, out: NDArray[np.float64]) -> None:
    for i in range(out.shape[0]):
        out[i] = normal(key, replicas[i], tick)


def origins(keys: NDArray[np.uint64], replicas: Numbers) -> NDArray[np.uint64]:
    """Where streams begin in each of these replicas, shape (n_streams, n)."""
    out = np.empty((len(keys), len(replicas)), np.uint64)
    _origins(keys, replicas, out)
    return out


def uniforms(seed: int, name: str, first: int, n: int) -> NDArray[np.float64]:
    """One uniform draw for each of the replicas `first` to `first + n - 1`, shape (n,)."""
    return uniforms_of(seed, name, np.arange(first, first + n))


def uniforms_of(seed: int, name: str, replicas: Numbers) -> NDArray[np.float64]:
    """The uniform draw of each of these replicas; one that stands twice draws the same twice."""
    out = np.empty(len(replicas))
    _uniforms(stream(seed, name), replicas, 0, out)
    return out


def normals(seed: int, name: str, first: int, n: int) -> NDArray[np.float64]:
    """One standard normal draw for each of the replicas from `first` on, shape (n,)."""
    return normals_at(stream(seed, name), first, 0, n)


def normals_at(key: np.uint64, first: int, tick: int, n: int) -> NDArray[np.float64]:
    """Standard normal draws of a stream at one tick, which may be before the start; shape (n,)."""
    return normals_of(key, np.arange(first, first + n), tick)


def normals_of(key: np.uint64, replicas: Numbers, tick: int) -> NDArray[np.float64]:
    """Standard normal draws of these replicas at one tick, which may be before the start."""
    out = np.empty(len(replicas))
    _normals(key, replicas, tick, out)
    return out
