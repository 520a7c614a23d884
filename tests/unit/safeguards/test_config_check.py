"""The PLC's tuning against the approved image: found at the next check, put back, told."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.safeguards.config_check import ConfigCheck, ConfigWires

PERIOD, EVERY, APPROVED = 200, 2000, (7.6, 31_000.0, 8_400.0)


def run(changed, scans=30, every=EVERY, word=0):
    """Per scan: (word in force, whether it differs); the word is changed before scan k."""
    layer = ConfigCheck(APPROVED, every)
    state = layer.initial(1)
    wires, found = ConfigWires(np.array(APPROVED).reshape(3, 1), np.zeros(1, np.int8)), []
    for k in range(scans):
        if k in changed:
            wires.tuning[word] = changed[k]
        layer.step(state, wires, wires, k * PERIOD)
        found.append((float(wires.tuning[word, 0]), int(wires.differs[0])))
    return found


def test_an_approved_tuning_is_left_alone_and_nothing_is_told():
    assert run({}) == [(7.6, 0)] * 30


@pytest.mark.parametrize("word", range(3))
@pytest.mark.parametrize("value", [152.0, 0.0, -7.6, math.inf])
def test_a_changed_word_acts_until_the_next_check_and_no_longer(value, word):
    found = run({3: value}, word=word)
    assert found[3:10] == [(value, 0)] * 7
    assert found[10:20] == [(APPROVED[word], 1)] * 10


def test_the_smallest_change_is_a_change():
    assert run({3: 7.6 + 2**-50})[10] == (7.6, 1)


def test_a_word_that_is_no_number_differs_and_is_put_back():
    assert run({0: math.nan})[0] == (7.6, 1)


def test_it_is_told_until_the_next_check_finds_all_in_order():
    found = run({3: 152.0})
    assert [differs for _, differs in found] == [0] * 10 + [1] * 10 + [0] * 10


def test_a_word_changed_again_and_again_is_found_every_time():
    found = run(dict.fromkeys(range(30), 152.0))
    assert [differs for _, differs in found] == [1] * 30
