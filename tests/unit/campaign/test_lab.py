"""Workers put questions at points: as one process would, whatever the number of workers and the block."""

from __future__ import annotations

import numpy as np
import pytest
from questions import asked

from simulator.campaign.lab import Lab, Request


@pytest.fixture(scope="module")
def question(tmp_path_factory):
    return asked(tmp_path_factory.mktemp("lab"))


def points(question, n, key):
    return np.random.Generator(np.random.Philox(key=key)).random((n, len(question.space)))


def test_rows_do_not_depend_on_workers_and_blocks(question):
    two = [Request(question, points(question, n, k), [k] * n) for k, n in enumerate((7, 20))]
    found = []
    for workers, block in ((1, 256), (1, 3), (2, 5)):
        with Lab(question.shop.suite, workers, block) as lab:
            found.append(list(lab.map(two)))
    for other in found[1:]:
        for one, again in zip(found[0], other, strict=True):
            assert one.keys() == again.keys()
            for name in one:
                np.testing.assert_array_equal(one[name], again[name])
    assert len(found[0][1]["R-01.margin"]) == 20


def test_a_block_is_no_larger_than_memory_allows(question):
    assert question.most(10**9) > question.most(10**7) >= 1
    assert question.most(1) == 1
