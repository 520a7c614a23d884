"""Calls of compiled kernels past numba's type dispatch, for as long as the same arrays are passed.

At one replica, working out the types of the same named tuples of arrays costs more than most layers
do: 6.1 us of a call of the mode table's kernel, 1.7 us when its entry point is called. A run passes
the very same objects at every tick, so the types are worked out once a run. What is not the very
same object, or not a number of the same type, goes through numba's dispatch as ever: a wrong layout
is never computed with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from operator import is_, itemgetter
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.extending import typeof_impl

_NUMBERS = (bool, int, float, np.number, np.bool_)
_HELD = (np.ndarray, tuple)


class _Call(NamedTuple):
    """What a kernel was called with: objects that must be the same, numbers that must be of a type."""

    code: Callable[..., Any]
    fixed: Callable[[Any], Any]
    known: tuple[Any, ...]
    free: Callable[[Any], Any]
    kinds: tuple[type, ...]

    def fits(self, args: tuple[Any, ...]) -> bool:
        """Whether these are the arguments that it was learnt with, but for the values of numbers."""
        return all(map(is_, self.fixed(args), self.known)) and tuple(map(type, self.free(args))) == self.kinds


class Kernel:
    """A compiled function that remembers, within `repeating`, how it is called.

    Parameters
    ----------
    compiled : Dispatcher
        What numba made of the function.
    """

    _open = 0
    _used: list[Kernel] = []  # noqa: RUF012 - what is forgotten when the last run ends

    def __init__(self, compiled: Any) -> None:
        self.compiled = compiled
        self.__doc__, self.__name__, self.__module__ = (
            compiled.__doc__, compiled.__name__, compiled.__module__,
        )  # fmt: skip
        self._calls: dict[int, _Call] = {}

    def __call__(self, *args: Any) -> Any:
        if not Kernel._open:
            return self.compiled(*args)
        call = self._calls.get(id(args[0]))
        if call is not None:
            return call.code(*args) if call.fits(args) else self.compiled(*args)
        result = self.compiled(*args)
        self._learn(args)
        return result

    def __getattr__(self, name: str) -> Any:
        return getattr(self.compiled, name)

    def _learn(self, args: tuple[Any, ...]) -> None:
        if not all(isinstance(value, (*_NUMBERS, *_HELD)) for value in args):
            return
        if not self._calls:
            Kernel._used.append(self)
        overload = self.compiled.overloads[tuple(self.compiled.typeof_pyval(value) for value in args)]
        held = [k for k, value in enumerate(args) if isinstance(value, _HELD)]
        free = [k for k in range(len(args)) if k not in held]
        fixed, rest = _picks(held), _picks(free)
        kinds = tuple(map(type, rest(args)))
        self._calls[id(args[0])] = _Call(overload.entry_point, fixed, fixed(args), rest, kinds)


def _picks(positions: Sequence[int]) -> Callable[[Any], Any]:
    """Takes the arguments at these positions, always as a tuple."""
    if len(positions) > 1:
        return itemgetter(*positions)
    return lambda args: tuple(args[k] for k in positions)


@contextmanager
def repeating() -> Iterator[None]:
    """While open, kernels remember the objects that they are called with; at the end all is forgotten."""
    Kernel._open += 1
    try:
        yield
    finally:
        Kernel._open -= 1
        if not Kernel._open:
            for kernel in Kernel._used:
                kernel._calls.clear()
            Kernel._used.clear()


@typeof_impl.register(Kernel)
def _typeof(value: Kernel, _: Any) -> types.Dispatcher:
    """Within another kernel it is the compiled function."""
    return types.Dispatcher(value.compiled)
