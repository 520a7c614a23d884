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
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.compiler_lock import global_compiler_lock

from simulator.core.moment import FIRST, SCAN, Moment

_WORD = ir.IntType(64)
_WORDS = _WORD.as_pointer()


class Shape(NamedTuple):
    """What a trampoline depends on: numba's context, the function's native type, and which words tell times.

    `timed` has (place, what) of every moment, the first argument's word being at 0.
    """

    context: Any
    function: ir.FunctionType
    timed: tuple[tuple[int, int], ...]


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
    shape : Shape
        Of the trampoline that calls it.
    words : ndarray of int64
        The function's own address and its arguments.

    Raises
    ------
    TypeError
        When the function returns something, or an argument is none of these.
    """

    def __init__(self, function: Any, args: Sequence[Any]) -> None:
        self.shape, entry, kinds = _entry(function, tuple(map(_key, args)), args)
        words = [entry]
        for value, kind in zip(args, kinds, strict=True):
            words += [value.period] if isinstance(value, Moment) else _words(value, kind)
        self.words = np.array(words, np.int64)
        self._kept = args


_entries: dict[Any, tuple[Shape, int, tuple[Any, ...]]] = {}


def _entry(function: Any, key: Any, args: Sequence[Any]) -> tuple[Shape, int, tuple[Any, ...]]:
    """Shape and address of a function compiled for such arguments, and numba's types of them."""
    found = _entries.get((function, key))
    if found is None:
        kinds = tuple(function.typeof_pyval(one.at(0) if isinstance(one, Moment) else one) for one in args)
        function.compile(kinds)
        overload = function.overloads[kinds]
        if overload.signature.return_type != types.none:
            raise TypeError(f"{function.__name__} returns {overload.signature.return_type}, not nothing")
        address = overload.library.get_pointer_to_function(overload.fndesc.llvm_func_name)
        found = _entries[(function, key)] = _shape(overload, _timed(args, kinds)), address, kinds
    return found


def _shape(overload: Any, timed: Iterator[tuple[int, int]]) -> Shape:
    context, about = overload.target_context, overload.fndesc
    function = context.call_conv.get_function_type(about.restype, about.argtypes)
    return Shape(context, function, tuple(timed))


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
        at = value.__array_interface__["data"][0]
        yield from (0, 0, value.size, value.itemsize, at, *value.shape, *value.strides)
    elif isinstance(value, tuple):
        for one, its in zip(value, kind.types, strict=True):
            yield from _words(one, its)
    elif isinstance(kind, types.Integer | types.Boolean):
        yield np.array(value).astype(np.int64).item()
    elif kind == types.float64:
        yield struct.unpack("q", struct.pack("d", value))[0]
    else:
        raise TypeError(f"{value!r} of numba's type {kind} is no array, tuple or number")


def _timed(args: Sequence[Any], kinds: Sequence[Any]) -> Iterator[tuple[int, int]]:
    at = 0
    for value, kind in zip(args, kinds, strict=True):
        if isinstance(value, Moment):
            yield at, value.what
        at += 1 if isinstance(value, Moment) else sum(1 for _ in _words(value, kind))


_jumps: dict[Shape, int] = {}
_libraries: list[Any] = []
"""Native code that is called for as long as the process lives."""


def jumps(shapes: Iterable[Shape]) -> list[int]:
    """Addresses of native ``int32 jump(words, now)``, one a shape: anything but 0 is an error.

    What is missing is compiled together: forty by themselves take half a second.
    """
    wanted = list(shapes)
    with global_compiler_lock:
        missing = [one for one in dict.fromkeys(wanted) if one not in _jumps]
        if missing:
            _compile(missing)
    return [_jumps[one] for one in wanted]


def _compile(missing: list[Shape]) -> None:
    library = missing[0].context.codegen().create_library("trampolines")
    module = library.create_ir_module("trampolines")
    names = {one: f"jump_{len(_jumps) + k}" for k, one in enumerate(missing)}
    for one, name in names.items():
        _write(ir.Function(module, ir.FunctionType(ir.IntType(32), [_WORDS, _WORD]), name), one)
    library.add_ir_module(module)
    library.finalize()
    _libraries.append(library)
    _jumps.update({one: library.get_pointer_to_function(name) for one, name in names.items()})


def _write(jump: Any, shape: Shape) -> None:
    builder, timed = ir.IRBuilder(jump.append_basic_block()), dict(shape.timed)
    (words, now), function = jump.args, shape.function
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
