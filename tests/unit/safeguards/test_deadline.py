"""The AI's deadline: late answers are refused, and too many unanswered cycles shed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.safeguards.deadline import Deadline, DeadlineInputs, DeadlineOut, ones

PERIOD = 200


def run(echoes, count=3, of=10, scans=5):
    """Per cycle (timely, late) at its end; cycle k is answered with echo `echoes[k]`, None: not at all."""
    layer = Deadline(count, of)
    state, out = layer.initial(1), DeadlineOut(np.ones(1, np.int8), np.zeros(1, np.int8))
    sequence, echo, found = 0.0, 0.0, []
    for k, answer in enumerate(echoes):
        if answer is not None:
            sequence, echo = sequence + 1.0, float(answer)
        for _ in range(scans):
            wires = DeadlineInputs(np.array([sequence]), np.array([echo]), np.array([float(k + 1)]))
            layer.step(state, wires, out, 0)
        found.append((int(out.timely[0]), int(out.late[0])))
    return found


def test_an_ai_that_answers_every_cycle_is_always_in_time():
    assert run(range(1, 200)) == [(1, 0)] * 199


def test_an_answer_to_an_older_request_is_late_until_one_in_time_arrives():
    assert [timely for timely, _ in run([1, 1, 3])] == [1, 0, 1]


@pytest.mark.parametrize("number", [math.nan, math.inf, -1.0, 65536.0])
def test_an_echo_that_is_no_request_is_no_answer(number):
    assert run([1, number])[-1][0] == 0


@pytest.mark.parametrize("count", [1, 3, 5])
def test_the_ai_is_late_once_so_many_cycles_went_unanswered(count):
    late = [flag for _, flag in run([1] + [None] * 8, count=count)]
    # cycle k is known to be missed when cycle k + 1 begins
    assert late.index(1) == count + 1


def test_misses_further_apart_than_the_window_do_not_add_up():
    echoes = [None if k % 5 == 4 else k + 1 for k in range(100)]
    assert max(flag for _, flag in run(echoes, count=3, of=10)) == 0
    assert max(flag for _, flag in run(echoes, count=2, of=10)) == 1


def test_a_late_answer_counts_as_a_missed_cycle():
    late = [flag for _, flag in run([1, 1, 2, 3, 4, 5, 6])]
    assert late.index(1) == 4


def test_ones_counts_bits():
    assert [ones(b) for b in (0, 1, 0b1011, 2**32 - 1)] == [0, 1, 3, 32]
