"""Arguments of a compiled kernel laid out once in memory, and a native call that takes them from there.

numba takes the arguments of a Python call apart at every call. In a run the arrays never change, so
they are laid out once, as the machine's words in which numba's calling convention passes them [1]_,
and a trampoline of a few instructions hands them over. What depends on the time of the tick is worked
out from it by the trampoline.

References
----------
.. [1] `numba.core.callconv` and `numba.core.datamodel` of the installed version.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.compiler_lock import global_compiler_lock

from simulator.core.moment import FIRST, SCAN, Moment

_WORD = ir.IntType(64)
_WORDS = _WORD.as_pointer()
_libraries: list[Any] = []
"""Native code that is called for as long as the process lives."""


class Packed:
    """A compiled function with its arguments in place.

    Parameters
    ----------
    function : Dispatcher
        A compiled function that returns nothing.
    args : sequence
        Arrays, tuples of them, numbers, and moments.

    Attributes
    ----------
    jump : int
        Address of a native ``int32 jump(words, now)``; it returns anything but 0 for an error.
    words : ndarray of int64
        The function's own address and its arguments.

    Raises
    ------
    TypeError
        When the function returns something, or an argument is none of these.
    """

    def __init__(self, function: Any, args: Sequence[Any]) -> None:
        self.jump, entry, kinds = _entry(function, tuple(map(_key, args)), args)
        words = [entry]
        for value, kind in zip(args, kinds, strict=True):
            words += [value.period] if isinstance(value, Moment) else _words(value, kind)
        self.words = np.array(words, np.int64)
        self._kept = args


_entries: dict[Any, tuple[int, int, tuple[Any, ...]]] = {}


def _entry(function: Any, key: Any, args: Sequence[Any]) -> tuple[int, int, tuple[Any, ...]]:
    """Trampoline and address of a function compiled for such arguments, and numba's types of them."""
    found = _entries.get((function, key))
    if found is None:
        kinds = tuple(function.typeof_pyval(one.at(0) if isinstance(one, Moment) else one) for one in args)
        function.compile(kinds)
        overload = function.overloads[kinds]
        if overload.signature.return_type != types.none:
            raise TypeError(f"{function.__name__} returns {overload.signature.return_type}, not nothing")
        found = _trampoline(overload, _timed(args, kinds)), _address(overload), kinds
        _entries[(function, key)] = found
    return found


def _address(overload: Any) -> int:
    address: int = overload.library.get_pointer_to_function(overload.fndesc.llvm_func_name)
    return address


def _key(value: Any) -> Any:
    """What numba's type of a value depends on; as cheap as can be, since it is asked for every array."""
    if isinstance(value, np.ndarray):
        flags = value.flags
        return value.dtype, value.ndim, flags.c_contiguous, flags.f_contiguous, flags.writeable, flags.aligned
    if isinstance(value, Moment):
        return value.what
    if isinstance(value, tuple):
        return type(value), *map(_key, value)
    return type(value)


def _words(value: Any, kind: Any) -> Iterator[int]:
    """The words of one argument, as numba's data models flatten it."""
    if isinstance(kind, types.Array):
        # no counted reference: who packs the arrays keeps them
        yield from (0, 0, value.size, value.itemsize, value.ctypes.data, *value.shape, *value.strides)
    elif isinstance(value, tuple):
        for one, its in zip(value, kind.types, strict=True):
            yield from _words(one, its)
    elif isinstance(kind, types.Integer | types.Boolean):
        yield np.array(value).astype(np.int64).item()
    elif kind == types.float64:
        yield struct.unpack("q", struct.pack("d", value))[0]
    else:
        raise TypeError(f"{value!r} of numba's type {kind} is no array, tuple or number")


def _timed(args: Sequence[Any], kinds: Sequence[Any]) -> dict[int, int]:
    """Which moment stands at which place of the words, the first argument's being 0."""
    places, at = {}, 0
    for value, kind in zip(args, kinds, strict=True):
        if isinstance(value, Moment):
            places[at] = value.what
        at += 1 if isinstance(value, Moment) else sum(1 for _ in _words(value, kind))
    return places


def _trampoline(overload: Any, timed: dict[int, int]) -> int:
    context = overload.target_context
    function = context.call_conv.get_function_type(overload.fndesc.restype, overload.fndesc.argtypes)
    return _written(context, function, tuple(timed.items()))


@cache
def _written(context: Any, function: ir.FunctionType, timed: tuple[tuple[int, int], ...]) -> int:
    """Address of a native function that loads arguments from words; one for each list of their types."""
    library = context.codegen().create_library("trampoline")
    module = library.create_ir_module("trampoline")
    jump = ir.Function(module, ir.FunctionType(ir.IntType(32), [_WORDS, _WORD]), "jump")
    _write(ir.IRBuilder(jump.append_basic_block()), jump.args, function, dict(timed))
    with global_compiler_lock:
        library.add_ir_module(module)
        library.finalize()
    _libraries.append(library)
    address: int = library.get_pointer_to_function("jump")
    return address


def _write(builder: Any, given: Any, function: ir.FunctionType, timed: dict[int, int]) -> None:
    words, now = given
    results = [builder.alloca(pointer.pointee) for pointer in function.args[:2]]
    arguments = []
    for k, kind in enumerate(function.args[2:]):
        word = builder.load(builder.gep(words, [ir.Constant(_WORD, 1 + k)]))
        arguments.append(_as(builder, _moment(builder, timed[k], word, now) if k in timed else word, kind))
    entry = builder.inttoptr(builder.load(words), function.as_pointer())
    builder.ret(builder.call(entry, results + arguments))


def _moment(builder: Any, what: int, period: Any, now: Any) -> Any:
    """As `Moment.at`; no time is before the start, so that both divisions round alike."""
    if what == FIRST.what:
        return builder.zext(builder.icmp_signed("==", now, ir.Constant(_WORD, 0)), _WORD)
    if what == SCAN:
        return builder.sdiv(now, period)
    return builder.sub(now, builder.srem(now, period))


def _as(builder: Any, word: Any, kind: Any) -> Any:
    """A word as an argument of its type."""
    if isinstance(kind, ir.PointerType):
        return builder.inttoptr(word, kind)
    if isinstance(kind, ir.DoubleType):
        return builder.bitcast(word, kind)
    return builder.trunc(word, kind) if kind.width < _WORD.width else word
