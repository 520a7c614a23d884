"""Workers put questions at points: as one process would, whatever the number of workers and the block."""

from __future__ import annotations

import subprocess
import sys

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


_ASKED = """
import sys, threading
import numpy as np
from pathlib import Path
from simulator.campaign.experiment import Experiment
from simulator.campaign.lab import Lab
from simulator.scenario.resolve import resolve_suite

def rows(suite, workers):
    with Lab(suite, workers, 8) as lab:
        one = Experiment(lab.shop, sys.argv[2], duration=2_000)
        found = lab.run(one, np.full((16, len(one.space.axes)), 0.5), np.arange(16))
        how = lab._pool._mp_context.get_start_method() if lab._pool else "here"
    return how, repr({name: column.tolist() for name, column in found.items()})

if __name__ == "__main__":
    suite = resolve_suite(Path(sys.argv[1]))
    found = [rows(suite, 1), rows(suite, 2)]
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    found.append(rows(suite, 2))
    assert len({rows for _, rows in found}) == 1
    print(*(how for how, _ in found))
"""


def test_workers_are_forked_where_nothing_else_is_under_way_and_do_the_same(question, tmp_path):
    """Beside threads they start anew, and a runner of tests has some: a process of its own is asked."""
    script = tmp_path / "asked.py"
    script.write_text(_ASKED)
    words = [sys.executable, str(script), str(question.shop.suite.file), question.scenario]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    assert done.stdout.split() == ["here", "fork" if sys.platform == "linux" else "spawn", "spawn"], (
        done.stderr
    )
