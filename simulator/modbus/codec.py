"""Quantities as 16-bit register words: always in the path, so that its resolution and limits are.

A word from 0 to 65534 spans the range and 5 % of it on either side; 65535 says that there is no
value. Out of that span the word saturates, and a reader can tell: the ends lie outside the range.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel, rule

Reals = NDArray[np.float64]
Words = NDArray[np.uint16]
NO_VALUE = 65535
_TOP = 65534.0
_MARGIN = 0.05


class LinkInputs(NamedTuple):
    """`value` has shape (n_points, n)."""

    value: Reals


class LinkOut(NamedTuple):
    """`value` (n_points, n): what the reader decodes."""

    value: Reals


class LinkState(NamedTuple):
    """Words on the wire (n_points, n), scale and zero of each quantity; counters have none."""

    words: Words
    low: Reals
    resolution: Reals


@rule
def encode(value: float, low: float, resolution: float) -> int:
    """Register word of a value; infinities saturate, NaN becomes NO_VALUE."""
    # NaN is told apart first: a NaN cast to an integer is undefined in compiled code
    counts = min(max((value - low) / resolution, 0.0), 65534.0)
    return int(counts + 0.5) if value == value else 65535


@rule
def decode(word: int, low: float, resolution: float) -> float:
    """Value of a register word; NO_VALUE becomes NaN."""
    return low + word * resolution if word != 65535 else np.nan


@kernel
def _transmit(words: Any, low: Any, resolution: Any, value: Any, received: Any) -> None:
    for j in range(low.shape[0]):
        zero, step = low[j], resolution[j]
        for i in range(words.shape[1]):
            word = encode(value[j, i], zero, step)
            words[j, i] = word
            received[j, i] = decode(word, zero, step)
    for j in range(low.shape[0], words.shape[0]):
        for i in range(words.shape[1]):
            if np.isfinite(value[j, i]):
                words[j, i] = np.uint16(np.int64(value[j, i]) & 0xFFFF)
            received[j, i] = float(words[j, i])


@dataclass(frozen=True)
class Link(Stepped):
    """A conduit that carries points as words.

    Parameters
    ----------
    spans : tuple of (float, float)
        Range of each quantity, in its unit.
    counters : int
        Points after the quantities that are counts: a word each, which wraps at 65536.
    """

    spans: tuple[tuple[float, float], ...]
    counters: int = 0

    def scales(self) -> tuple[Reals, Reals]:
        """Zero and resolution of each point, shape (n_points,)."""
        low, high = np.array(self.spans).T
        margin = _MARGIN * (high - low)
        return low - margin, (high - low + 2 * margin) / _TOP

    def initial(self, n: int) -> LinkState:
        """An idle wire."""
        words = np.zeros((len(self.spans) + self.counters, n), np.uint16)
        return LinkState(words, *self.scales())

    def calls(self, state: LinkState, inputs: LinkInputs, out: LinkOut) -> Calls:
        """Encode, carry, decode."""
        return call(_transmit, state.words, state.low, state.resolution, inputs.value, out.value)
