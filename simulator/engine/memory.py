"""Memory of records, kept from block to block: to fetch it anew took a fifth of a block's time."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
_spare: list[Bytes] = []
"""Memory of the record that was let go last, or none: as much as one record, in each process."""


def blank(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """A record in which nothing is written yet: NaN everywhere."""
    size = 4 * math.prod(shape)
    try:
        memory = _spare.pop()
    except IndexError:
        memory = np.empty(size, np.uint8)
    if not size <= memory.nbytes <= 2 * size:
        memory = np.empty(size, np.uint8)
    record: NDArray[np.float32] = np.asarray(_Loan(memory, shape))
    record.fill(np.nan)
    return record


class _Loan:
    """Memory that is given back when the last array that looks at it is gone.

    Every view of the record leads to the record and the record to this, so Python itself knows.

    Parameters
    ----------
    memory : ndarray of uint8
        At least as much as is asked for.
    shape : tuple of int
        Shape of the record, float32.
    """

    def __init__(self, memory: Bytes, shape: tuple[int, ...]) -> None:
        self._memory = memory
        where = memory.__array_interface__["data"]
        self.__array_interface__ = {"data": where, "shape": shape, "typestr": "<f4", "version": 3}

    def __del__(self, spare: list[Bytes] = _spare) -> None:
        spare[:] = [self._memory]  # its own name for the list: a module's are gone when Python ends
