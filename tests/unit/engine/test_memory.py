"""A record's memory is used again, but never while somebody looks at it, and nothing shines through."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from simulator.core.calls import call
from simulator.core.kernel import kernel
from simulator.engine import memory
from simulator.engine.layer import Bound
from simulator.engine.memory import blank
from simulator.engine.run import Engine

SHAPE = (50, 3, 7)


def address(record: np.ndarray) -> int:
    return record.__array_interface__["data"][0]


@pytest.fixture(autouse=True)
def nothing_kept():
    memory._spare.clear()


def test_memory_that_nobody_looks_at_is_used_again_and_holds_nothing_of_before():
    first = blank(SHAPE)
    first[:] = 7.0
    where = address(first)
    del first
    second = blank((49, 3, 7))
    assert address(second) == where
    assert second.shape == (49, 3, 7)
    assert second.dtype == np.float32
    assert np.isnan(second).all()


@pytest.mark.parametrize(
    "look", [lambda a: a, lambda a: a[:, 1, :], lambda a: a.T[2:], lambda a: a[3][1:].T[2:4], memoryview]
)
def test_memory_that_somebody_looks_at_is_left_alone(look):
    first = blank(SHAPE)
    first[:] = 7.0
    seen = look(first)
    del first
    second = blank(SHAPE)
    assert np.isnan(second).all()
    assert (np.asarray(seen) == 7.0).all()


def test_memory_much_too_large_is_let_go():
    where = address(blank((1000, 3, 7)))
    small = blank(SHAPE)
    assert address(small) != where
    assert memory._spare == []
    del small
    assert [one.nbytes for one in memory._spare] == [4 * 50 * 3 * 7]


def test_a_record_of_no_ticks_is_a_record():
    assert blank((0, 3, 7)).shape == (0, 3, 7)


def test_two_at_once_never_share():
    two = [blank(SHAPE) for _ in range(2)]
    two[0][:] = 1.0
    assert np.isnan(two[1]).all()


@kernel
def count(out, by):
    for i in range(out.shape[0]):
        out[i] += by


class Wires:
    """What a layer is bound to, and can be referred to weakly."""


class Counter:
    """Counts its scans."""

    def calls(self, state, inputs, out):
        return (*call(count, out, 1.0), lambda _, wires=inputs: setattr(wires, "seen", True))


def test_a_finished_run_lets_go_of_its_arrays_at_once():
    out, wires = np.zeros(3), Wires()
    engine = Engine([Bound("counter", Counter(), None, wires, out, 200)], 200)
    engine.run(1000)
    assert out.tolist() == [5.0] * 3
    assert wires.seen
    seen = weakref.ref(wires)
    gc.disable()
    try:
        del wires
        assert seen() is not None
        engine.end()
        assert seen() is None
    finally:
        gc.enable()
