"""A record holds what stood on the board at each tick, and nothing is written beside it."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.engine.layer import Bound
from simulator.engine.recorder import Recorder, RecorderInputs
from simulator.engine.run import Engine

PERIOD = 200


@pytest.fixture
def board():
    return RecorderInputs(np.arange(6.0).reshape(3, 2), np.arange(4, dtype=np.int8).reshape(2, 2))


def bound(board, n_ticks):
    recorder = Recorder([(False, 2), (True, 1)], n_ticks, PERIOD)
    return Bound("recorder", recorder, recorder.initial(2), board, None, PERIOD)


def test_chosen_rows_of_both_matrices_are_kept_tick_by_tick(board):
    one = bound(board, 3)
    engine = Engine([one], PERIOD)
    engine.run(PERIOD)
    board.reals[2] = 7.5
    engine.run(2 * PERIOD)
    record = one.state.record
    np.testing.assert_array_equal(record[0], [[4.0, 5.0], [2.0, 3.0]])
    np.testing.assert_array_equal(record[1], [[7.5, 7.5], [2.0, 3.0]])
    assert np.isnan(record[2]).all()


def test_a_run_longer_than_its_record_ends_with_an_error(board):
    """Compiled code would write behind the array."""
    with pytest.raises(RuntimeError, match="ended with an error"):
        Engine([bound(board, 3)], PERIOD).run(4 * PERIOD)
