"""What a layer does in a scan, as calls of compiled kernels that the engine makes without Python.

A layer lists its calls once a run. Those that stand side by side in a tick are made by one native
loop: at one replica, calling forty kernels from Python costs many times what they compute.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core.dispatcher import Dispatcher
from numba.extending import intrinsic

from simulator.core.errors import InputError, Problem
from simulator.core.kernel import kernel
from simulator.core.moment import NOW, Moment
from simulator.core.packed import Packed, jumps


@dataclass(frozen=True)
class Call:
    """A function with its arguments, to be called in every scan, or in one of several.

    Attributes
    ----------
    kernel : callable
        A compiled one returns nothing; one that is not is called from Python.
    args : tuple
        Arrays, tuples of them, numbers, and moments, which stand for the time.
    every : int
        Only at whole multiples of this [ms].
    """

    kernel: Callable[..., None]
    args: tuple[Any, ...]
    every: int = 1

    @property
    def native(self) -> bool:
        """Whether the function is compiled."""
        return isinstance(self.kernel, Dispatcher)

    def __call__(self, now: int) -> None:
        """Make the call from Python."""
        if now % self.every == 0:
            self.kernel(*(one.at(now) if isinstance(one, Moment) else one for one in self.args))


def call(kernel: Callable[..., None], *args: Any, every: int = 1) -> tuple[Call]:
    """The calls of a layer that has one."""
    return (Call(kernel, args, every),)


Calls = tuple[Callable[[int], None], ...]
"""What a layer does in a scan, in order: each takes the time [ms]; a compiled `Call` needs no Python."""


class Stepped(ABC):
    """A layer that can be stepped by hand: what the engine does natively, from Python."""

    @abstractmethod
    def calls(self, state: Any, inputs: Any, out: Any) -> Calls:
        """What the layer does in a scan."""

    def step(self, state: Any, inputs: Any, out: Any, now: int) -> None:
        """Advance by one scan at time `now` [ms]."""
        for one in self.calls(state, inputs, out):
            one(now)


def chained(calls: Iterable[Callable[[int], None]]) -> Iterator[Callable[[int], None]]:
    """The same calls in the same order, those that need no Python joined where they stand side by side."""
    for native, group in groupby(calls, lambda one: isinstance(one, Call) and one.native):
        if native:
            yield Chain(group)  # type: ignore[arg-type]
        else:
            yield from group


class Chain:
    """Calls that are made one after another in native code.

    Parameters
    ----------
    calls : iterable of Call
        In order.
    proved : bool
        Whether calls of this process are known to arrive as they are written.

    Raises
    ------
    InputError
        When they do not: see `prove`.
    """

    def __init__(self, calls: Iterable[Call], proved: bool = False) -> None:
        if not proved:
            prove()
        self._calls = tuple(calls)
        self._packed = [Packed(one.kernel, one.args) for one in self._calls]
        both = zip(jumps(one.shape for one in self._packed), self._packed, self._calls, strict=True)
        self._table = np.array([(jump, p.words.ctypes.data, c.every) for jump, p, c in both], np.int64)

    def __call__(self, now: int) -> None:
        """Make every call.

        Raises
        ------
        RuntimeError
            When compiled code ends with an error.
        """
        failed = _make(self._table, now)
        if failed >= 0:
            name = self._calls[failed].kernel.__name__
            raise RuntimeError(f"the compiled kernel {name} ended with an error")


def _jump(_: Any, entry: Any, words: Any, now: Any) -> Any:
    def write(_: Any, builder: Any, __: Any, args: Any) -> Any:
        word = ir.IntType(64)
        function = ir.FunctionType(ir.IntType(32), [word.as_pointer(), word])
        called = builder.inttoptr(args[0], function.as_pointer())
        return builder.call(called, [builder.inttoptr(args[1], word.as_pointer()), args[2]])

    return types.int32(entry, words, now), write


_jumped: Any = intrinsic(_jump)


@kernel
def _make(table: Any, now: int) -> int:
    """Make the calls of a table of (trampoline, words, every); return the place of one that fails, or -1."""
    for k in range(table.shape[0]):
        if now % table[k, 2] == 0 and _jumped(table[k, 0], table[k, 1], now) != 0:
            return k
    return -1


class _Probe(NamedTuple):
    """A tuple of arrays, as layers pass them."""

    states: Any
    matrix: Any


@kernel
def _tell(out: Any, probe: _Probe, flag: bool, real: float, whole: int, records: Any, now: int) -> None:
    out[0], out[1], out[2] = probe.states[1], probe.matrix[2, 1], 1.0 if flag else 0.0
    out[3], out[4], out[5], out[6] = real, whole, records[1].share, now


@cache
def prove() -> None:
    """Make one native call of every kind of argument, and look at what arrived; once in a process.

    Raises
    ------
    InputError
        When it is not what was written: the installed numba passes arguments in another way.
    """
    out, matrix = np.zeros(7), np.arange(12.0).reshape(4, 3)[::-1]
    records = np.array([(1, 0.5), (2, 0.75)], [("row", "i8"), ("share", "f8")])
    probe = _Probe(np.array([3, -4], np.int8), matrix)
    Chain([Call(_tell, (out, probe, True, 0.125, -7, records, NOW))], proved=True)(5)
    wanted = [-4.0, matrix[2, 1], 1.0, 0.125, -7.0, 0.75, 5.0]
    if out.tolist() != wanted:
        got = f"numba {numba.__version__}, whose native calls arrive as {out.tolist()}"
        hint = "install another numba in this environment; tests/unit/core/test_calls.py tells which will do"
        raise InputError(Problem(got, f"one whose calls arrive as written, {wanted}", hint=hint))
