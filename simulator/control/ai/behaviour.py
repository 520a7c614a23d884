"""What a policy does on fixed rows: whether rows stand alone, whether it repeats, and a fingerprint."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.control.ai.session import Floats, answer

PROBE_ROWS = 64
DIGITS = 3
"""Of the rounded fingerprint: last bits that differ between machines are far below them."""


@dataclass(frozen=True)
class Behaviour:
    """Answers on the probe rows.

    Attributes
    ----------
    invariant : bool
        A row's answer is the same alone, in a batch, and elsewhere in the batch, bit for bit.
    repeatable : bool
        Asked twice, it answers the same, bit for bit.
    finite : int
        Rows, of `rows`, whose answers are numbers.
    exact : str
        SHA-256 of the answers' bits: equal files on equal machines have equal ones.
    rounded : str
        SHA-256 of the answers rounded to 0.001 of their scale. Two that differ are two behaviours,
        but for an answer that happens to lie on an edge of rounding.
    """

    invariant: bool
    repeatable: bool
    finite: int
    rows: int
    exact: str
    rounded: str


def probe_rows(shape: tuple[int, ...]) -> Floats:
    """The fixed rows: standard normal numbers, shape (64, *shape)."""
    numbers = np.random.Generator(np.random.Philox(key=7)).standard_normal((PROBE_ROWS, *shape))
    return numbers.astype(np.float32)


def behave(session: Any, shape: tuple[int, ...]) -> Behaviour:
    """Ask a policy the probe rows; `shape` is that of one row."""
    probe = probe_rows(shape)
    alone, again = _alone(session, probe), _alone(session, probe)
    invariant = batch_invariant(session, shape)
    finite = int(np.isfinite(alone).all(axis=1).sum())
    rounded = np.round(alone.astype(np.float64), DIGITS) + 0.0  # no negative zero
    return Behaviour(invariant, same(alone, again), finite, len(probe), _digest(alone), _digest(rounded))


def batch_invariant(session: Any, shape: int | tuple[int, ...]) -> bool:
    """Whether a row's answer is the same alone, in a batch, and elsewhere in the batch, bit for bit."""
    probe = probe_rows(shape if isinstance(shape, tuple) else (shape,))
    try:
        batched = answer(session, probe)
        backwards = answer(session, np.ascontiguousarray(probe[::-1]))[::-1]
        alone = _alone(session, probe)
    except Exception:  # a model of fixed batch size [1, k] cannot be batched at all
        return False
    return same(batched, alone) and same(batched, backwards)


def same(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Whether two arrays are equal; numbers that are none are equal to each other."""
    return one.shape == other.shape and bool(np.array_equal(one, other, equal_nan=True))


def _alone(session: Any, probe: Floats) -> Floats:
    return np.concatenate([answer(session, probe[k : k + 1]) for k in range(len(probe))])


def _digest(answers: NDArray[Any]) -> str:
    kept = np.where(np.isnan(answers), np.nan, answers)  # one bit pattern of NaN
    return sha256(np.ascontiguousarray(kept).astype(answers.dtype.newbyteorder("<")).tobytes()).hexdigest()
