"""Calls made in native code do what the same calls do from Python, at every time, for every argument."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from numba import njit

from simulator.core import calls, packed
from simulator.core.calls import Call, Chain, Stepped, call, chained, prove
from simulator.core.errors import InputError
from simulator.core.kernel import kernel
from simulator.core.moment import FIRST, NOW, begun, scan_of
from simulator.core.packed import Packed

TIMES = (0, 200, 999, 1000, 1200, 2**40)


class Wires(NamedTuple):
    """Two signals, one of them of many rows."""

    left: np.ndarray
    right: np.ndarray


class Deep(NamedTuple):
    """A tuple in a tuple, beside numbers and nothing."""

    wires: Wires
    weight: float
    none: tuple


@kernel
def add(out, wires, factor):
    """Sum of two signals, one of them weighted."""
    for i in range(out.shape[0]):
        out[i] = wires.left[i] + factor * wires.right[i]


@kernel
def look(out, now, start, scan, first):
    """What it is told of the time."""
    out[0], out[1], out[2], out[3] = now, start, scan, 1 if first else 0


@kernel
def gather(out, deep, flag, key, records):
    """A bit of everything that a layer passes: a row of a row, unsigned numbers, records, flags."""
    row = deep.wires.right[1]
    for i in range(out.shape[0]):
        out[i] = deep.wires.left[i] + row[i] * deep.weight + records[0].share + float(key >> np.uint64(60))
        if flag:
            out[i] = -out[i]


@kernel
def fails(out, size):
    """Asks for an array of a size that there is none of."""
    out[0] = np.empty(size).shape[0]


@kernel
def answers(out):
    """Returns something, which no layer's kernel does."""
    return out[0]


def both(function, *args, out, every=1):
    """What stands in `out` after each time: natively, and from Python."""
    found = []
    for make in (lambda one: Chain([one]), lambda one: one):
        out[:] = -1
        run, seen = make(Call(function, args, every)), []
        for now in TIMES:
            run(now)
            seen.append(out.copy())
        found.append(np.array(seen))
    return found


@pytest.mark.parametrize("every", [1, 200, 1000])
def test_moments_are_worked_out_as_from_python(every):
    out = np.zeros(4, np.int64)
    native, python = both(look, out, NOW, begun(200), scan_of(200), FIRST, out=out, every=every)
    np.testing.assert_array_equal(native, python)
    np.testing.assert_array_equal(python[0], [0, 0, 0, 1])
    seen = [1000, 1000, 5, 0] if every == 1000 else [1200, 1200, 6, 0]  # at 1,200 ms
    assert native[-2].tolist() == seen


@pytest.mark.parametrize("flag", [False, True, np.bool_(True)])
def test_every_kind_of_argument_arrives(flag):
    out, records = np.zeros(3), np.array([(7, 0.25)], [("row", "i8"), ("share", "f8")])
    deep = Deep(Wires(np.arange(3.0), np.arange(12.0).reshape(4, 3)), 0.1, ())
    native, python = both(gather, out, deep, flag, np.uint64(0xF << 60), records, out=out)
    np.testing.assert_array_equal(native, python)
    expected = deep.wires.left + deep.wires.right[1] * 0.1 + 0.25 + 15.0
    np.testing.assert_array_equal(python[0], -expected if flag else expected)


@pytest.mark.parametrize(
    "left",
    [np.arange(3.0), np.arange(3), np.arange(3, dtype=np.int8), np.arange(6.0)[::2], np.arange(3.0)[::-1]],
    ids=["real", "whole", "state", "every second", "backwards"],
)
def test_layout_and_type_of_an_array_are_its_own(left):
    out = np.zeros(3)
    native, python = both(add, out, Wires(left, np.ones(3)), 2, out=out)
    np.testing.assert_array_equal(native, python)
    np.testing.assert_array_equal(native[0], left + 2.0)


def test_an_array_that_may_not_be_written_stays_as_it_is():
    left, out = np.arange(3.0), np.zeros(3)
    left.flags.writeable = False
    np.testing.assert_array_equal(*both(add, out, Wires(left, left), 1.0, out=out))


def test_calls_that_stand_together_are_made_in_order_around_what_needs_python():
    out, seen = np.zeros(3), []
    one, two = Wires(out, np.ones(3)), Wires(out, np.full(3, 10.0))
    calls = (*call(add, out, one, 1.0), *call(add, out, two, 1.0), seen.append, *call(add, out, one, -1.0))
    steps = list(chained(calls))
    assert [type(step) for step in steps] == [Chain, type(seen.append), Chain]
    for step in steps:
        step(7)
    assert seen == [7]
    np.testing.assert_array_equal(out, 10.0)


def test_a_function_that_is_not_compiled_is_called_from_python():
    seen = []
    (step,) = chained(call(lambda *args: seen.append(args), NOW, "text", every=10))
    for now in (0, 5, 10):
        step(now)
    assert seen == [(0, "text"), (10, "text")]


def test_a_layer_is_stepped_by_hand_as_the_engine_does_it():
    class Doubles(Stepped):
        def calls(self, state, inputs, out):
            return call(add, out, Wires(inputs, inputs), 1.0)

    out = np.zeros(3)
    Doubles().step(None, np.arange(3.0), out, 0)
    np.testing.assert_array_equal(out, [0.0, 2.0, 4.0])


def test_an_error_of_compiled_code_ends_the_run():
    with pytest.raises(RuntimeError, match="the compiled kernel fails ended with an error"):
        Chain([Call(fails, (np.zeros(1), -1))])(0)


def test_what_returns_something_is_refused():
    with pytest.raises(TypeError, match="answers returns float64, not nothing"):
        Packed(answers, [np.zeros(1)])


def test_what_no_word_holds_is_refused():
    @njit
    def names(out, text):
        out[0] = len(text)

    with pytest.raises(TypeError, match="'text' of numba's type unicode_type is no array, tuple or number"):
        Packed(names, [np.zeros(1), "text"])


def test_the_arrays_of_a_call_live_as_long_as_it():
    def made():
        return Chain([Call(add, (out, Wires(np.full(3, 5.0), np.full(3, 2.0)), 1.0))])

    out = np.zeros(3)
    chain = made()
    junk = [np.zeros(3) for _ in range(100)]
    chain(0)
    np.testing.assert_array_equal(out, 7.0)
    assert len(junk) == 100


def test_two_layers_of_the_same_types_keep_their_own_numbers():
    first, second = np.zeros(3), np.zeros(3)
    wires = Wires(np.zeros(3), np.ones(3))
    chain = Chain([Call(add, (first, wires, 2.0)), Call(add, (second, wires, 3.0))])
    chain(0)
    assert (first[0], second[0]) == (2.0, 3.0)


def test_a_numba_that_passes_arguments_in_another_way_is_found_out(monkeypatch):
    """Here one that passes reals as integers; one that shifts a word ends the process, and so the run."""
    words = packed._words

    def otherwise(value, kind):
        return [int(value)] if isinstance(value, float) else words(value, kind)

    prove()
    calls.prove.cache_clear()
    monkeypatch.setattr(packed, "_words", otherwise)
    monkeypatch.setattr(packed, "_entries", {})
    with pytest.raises(InputError, match=r"numba .*, whose native calls arrive as"):
        Chain([Call(add, (np.zeros(3), Wires(np.zeros(3), np.zeros(3)), 1.0))])
    calls.prove.cache_clear()
