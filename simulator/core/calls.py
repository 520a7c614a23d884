"""Calls of compiled kernels past numba's type dispatch, for as long as the same arrays are passed.

At one replica, working out the types of the same named tuples of arrays costs more than most layers
do: 6.1 us of a call of the mode table's kernel, 1.7 us when its entry point is called. A run passes
the very same objects at every tick, so the types are worked out once a run. What is not the very
same object, or not a number of the same type, goes through numba's dispatch as ever: a wrong layout
is never computed with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
from numba import types
from numba.extending import typeof_impl

_NUMBERS = (bool, int, float, np.number, np.bool_)
_HELD = (np.ndarray, tuple)


@cache
def _checked(held: tuple[bool, ...]) -> Callable[..., Callable[..., Any]]:
    """Makes calls that check their arguments: the very objects where `held`, else the very types.

    The check is written out for each list of arguments: loops over them cost four times the call itself.

    Parameters
    ----------
    held : tuple of bool
        Which arguments must be the same objects.

    Returns
    -------
    callable
        Given the entry point, what is called otherwise, and an object or a type for each argument.
    """
    count = range(len(held))
    known, given = (", ".join(f"{letter}{k}" for k in count) for letter in "ka")
    tests = " and ".join(f"a{k} is k{k}" if held[k] else f"type(a{k}) is k{k}" for k in count)
    source = f"lambda code, other, {known}: lambda {given}: (code if {tests} else other)({given})"
    made: Callable[..., Callable[..., Any]] = eval(source)
    return made


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
        self._calls: dict[int, Callable[..., Any]] = {}

    def __call__(self, *args: Any) -> Any:
        call = self._calls.get(id(args[0]))
        if call is not None:
            return call(*args)
        result = self.compiled(*args)
        if Kernel._open:
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
        held = tuple(isinstance(value, _HELD) for value in args)
        known = [value if one else type(value) for one, value in zip(held, args, strict=True)]
        self._calls[id(args[0])] = _checked(held)(overload.entry_point, self.compiled, *known)


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
