"""The watch of the output guard: it asks at every scan, and a guard that does not answer has stopped."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.core.states import GUARD_SCANS
from simulator.safeguards.guard_watch import GuardWatch, GuardWatchInputs, GuardWatchOut


def watch(answers, n=1, start=0.0):
    """Whether it has stopped, scan by scan, for a guard that answers in these scans."""
    layer = GuardWatch()
    state = layer.initial(n)
    asked, answered, stopped = np.full(n, start), np.full(n, start), np.zeros(n, np.int8)
    found = []
    for runs in answers:
        if runs:
            answered[:] = asked
        layer.step(state, GuardWatchInputs(answered), GuardWatchOut(asked, stopped), 0)
        found.append(int(stopped[0]))
    return found


def test_a_guard_that_runs_is_never_taken_for_stopped_not_even_when_the_counter_wraps():
    assert watch([1] * 40, start=65_520.0) == [0] * 40


def test_a_guard_that_never_ran_has_stopped():
    assert watch([0] * 5) == [0] * (GUARD_SCANS) + [1] * (5 - GUARD_SCANS)


@pytest.mark.parametrize("missed", range(1, 6))
def test_it_has_stopped_after_so_many_scans_without_an_answer_and_until_it_answers(missed):
    found = watch([1, 1, *[0] * missed, 1, 1])
    assert found == [0, 0, *(int(k >= GUARD_SCANS) for k in range(1, missed + 1)), 0, 0]
