"""A campaign under a sequential test: it ends where the replicas say, whatever workers, blocks and breaks."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from questions import shop
from test_montecarlo import SHUT

from simulator.assess.sequential import SequentialTest, decide
from simulator.campaign.folder import plan_digest
from simulator.campaign.montecarlo.campaign import Hands, Options
from simulator.campaign.montecarlo.parts import Parts
from simulator.campaign.montecarlo.plan import Asked
from simulator.campaign.montecarlo.resume import broken_off
from simulator.campaign.montecarlo.sequential import Wanted, planned, start, walked
from simulator.campaign.montecarlo.walk import UnderTest, Walk
from simulator.core.errors import InputError

R2 = Wanted("R-02", 0.30, 0.02)
MOST = 60


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tests")
    (folder / "shut.yaml").write_text(SHUT)
    return shop(folder, folder / "shut.yaml").suite


def options(results, block=8, runs=MOST):
    return Options(results, {"SHUT": runs}, block=block)


def run(suite, results, block=8, wanted=R2, workers=1):
    layout, plan = start(suite, options(results, block), [wanted])
    return layout, walked(suite, layout, plan, Hands(workers), lambda *_: None)


def test_it_ends_at_the_same_replica_whatever_the_blocks_and_workers(suite, tmp_path):
    layout, found = run(suite, tmp_path / "a")
    told = found["sequential"][0]
    assert told["verdict"] in ("PASS", "FAIL")
    assert told["n"] < MOST
    rows = np.concatenate([r["R-02.truth"] for r in Parts(layout).of(_as_run(layout))])
    test = SequentialTest(0.30, 0.02, 0.05, 0.05, MOST)
    alone = decide(test, rows < 0, rows == 0, 0.95)
    assert (told["n"], told["failed"], told["verdict"]) == (alone.n, alone.failed, str(alone.verdict))
    for block, workers in ((5, 1), (16, 2)):
        again = run(suite, tmp_path / f"b{block}", block, workers=workers)[1]
        assert again == found


def _as_run(layout):
    """The question as far as there are blocks."""
    plan = json.loads(layout.start.read_text())["plan"]
    asked = Asked(**plan["asked"][0])
    there = len(list((layout.root / "rows" / "SHUT").glob("*.parquet")))
    return replace(asked, runs=min(there * asked.block, asked.runs))


def test_blocks_that_are_not_needed_are_not_run_and_not_counted(suite, tmp_path):
    layout, found = run(suite, tmp_path)
    told = found["sequential"][0]
    question = found["questions"][0]
    assert question["runs"] == told["replicas"] == told["n"]
    ruling = question["requirements"]["R-02"]
    assert (ruling["failed"], ruling["low"], ruling["high"]) == (told["failed"], told["low"], told["high"])
    assert len(list(layout.root.glob("rows/SHUT/*.parquet"))) == -(-told["n"] // 8)
    assert layout.stop.exists()


def test_the_test_is_in_the_plan_that_is_hashed_before_the_run(suite, tmp_path):
    layout, _ = start(suite, options(tmp_path), [R2])
    begun = json.loads(layout.start.read_text())
    one = begun["plan"]["sequential"][0]
    assert begun["plan_sha256"] == plan_digest(begun["plan"])
    assert one["test"] == {
        "unacceptable": 0.30, "acceptable": 0.02, "alpha": pytest.approx(0.05),
        "beta": pytest.approx(0.05), "most": MOST,
    }  # fmt: skip
    assert one["odds"]["acceptable"]["fails"] <= 0.05
    assert one["odds"]["unacceptable"]["passes"] <= 0.05
    assert planned(layout)[0].test.most == MOST


def test_what_was_broken_off_goes_on_to_the_same_end(suite, tmp_path):
    layout, plan = start(suite, options(tmp_path / "a"), [R2])

    def breaks(text, done, total):
        if done >= 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        walked(suite, layout, plan, Hands(), breaks)
    assert not layout.stop.exists()
    again, layout, plan = broken_off(layout.root)
    found = walked(again, layout, plan, Hands(), lambda *_: None)
    assert found == run(suite, tmp_path / "b")[1]


def test_what_can_never_pass_or_is_not_asked_is_refused(suite, tmp_path):
    with pytest.raises(InputError, match="at least 332, fewer can never PASS"):
        start(suite, options(tmp_path), [Wanted("R-01", 0.01, 0.001)])
    with pytest.raises(InputError, match="--sequential R-77"):
        start(suite, options(tmp_path), [R2, Wanted("R-77", 0.01, 0.001)])
    assert not list(tmp_path.iterdir())


def test_blocks_that_come_in_another_order_wait_for_those_before_them(suite):
    asked = Asked("SHUT", "main", 40, 40_000, 10)
    test = UnderTest("SHUT", "R-02", SequentialTest(0.5, 0.05, 0.05, 0.05, 40))

    def block(first):
        truth = np.where(np.arange(first, first + 10) >= 12, -1, 1)
        return {"R-02.truth": truth, "R-02.exercised": np.ones(10, np.int8)}

    walk = Walk(suite.scenarios["SHUT"], asked, [test], 0.95)
    for first in (20, 30, 10):
        walk.add(first, block(first))
        assert not walk.over
    walk.add(0, block(0))
    assert walk.over
    ended = walk.ended["R-02"]
    alone = decide(test.test, np.arange(40) >= 12, np.zeros(40, bool), 0.95)
    assert ended == alone
    assert walk.used == alone.n < 40
