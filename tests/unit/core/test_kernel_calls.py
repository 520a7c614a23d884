"""A kernel called past numba's dispatch computes what it does through it, and never with a wrong layout."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from numba.core.errors import TypingError

from simulator.core.calls import Kernel, repeating
from simulator.core.kernel import kernel


class Wires(NamedTuple):
    """Two signals."""

    left: np.ndarray
    right: np.ndarray


@kernel
def add(out, wires, factor):
    """Sum of two signals, one of them weighted."""
    for i in range(out.shape[0]):
        out[i] = wires.left[i] + factor * wires.right[i]


@kernel
def twice(out, wires, factor):
    """Calls another kernel."""
    add(out, wires, factor)
    add(out, wires, 2 * factor)


@pytest.fixture
def wires():
    return Wires(np.arange(3.0), np.ones(3))


def remembered(called: Kernel) -> int:
    """How many lists of arguments it remembers."""
    return len(called._calls)


def test_the_second_call_with_the_same_objects_takes_the_entry_point(wires, monkeypatch):
    out = np.zeros(3)
    with repeating():
        add(out, wires, 1.0)
        monkeypatch.setattr(add, "compiled", None)  # a call through the dispatcher would fail
        for factor in (1.0, 2.0, 3.0):
            add(out, wires, factor)
            np.testing.assert_array_equal(out, wires.left + factor)
        assert remembered(add) == 1
    assert remembered(add) == 0


@pytest.mark.parametrize(
    ("other", "factor"),
    [
        (Wires(np.arange(3), np.ones(3, np.int8)), 1.0),  # another type
        (Wires(np.arange(6.0)[::2], np.ones(3)), 1.0),  # another layout
        (Wires(np.arange(3.0), np.ones(3)), 2),  # a number of another type
    ],
)
def test_what_is_not_the_very_same_goes_through_the_dispatcher(wires, other, factor):
    out = np.zeros(3)
    with repeating():
        add(out, wires, 1.0)
        add(out, other, factor)
        np.testing.assert_allclose(out, np.asarray(other.left, float) + factor * other.right)
        add(out, wires, 5)
        np.testing.assert_allclose(out, wires.left + 5)


def test_nothing_is_remembered_outside_a_run_nor_after_the_outermost_of_two(wires):
    out = np.zeros(3)
    add(out, wires, 1.0)
    assert remembered(add) == 0
    with repeating():
        with repeating():
            add(out, wires, 1.0)
        assert remembered(add) == 1
    assert remembered(add) == 0


def test_a_kernel_calls_a_kernel(wires):
    out = np.zeros(3)
    with repeating():
        for _ in range(2):
            twice(out, wires, 1.0)
            np.testing.assert_array_equal(out, wires.left + 2.0)


def test_what_it_cannot_know_again_is_not_remembered(wires):
    with repeating(), pytest.raises(TypingError):
        add(object(), wires, 1.0)
    assert remembered(add) == 0
