"""A real scheduler and real workers on this machine: what a cluster computes, loses and refuses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from questions import shop
from test_montecarlo import SHUT, quiet

from simulator.campaign.cluster import spread
from simulator.campaign.folder import digests_of
from simulator.campaign.montecarlo.campaign import Hands, Options, carry_on, start
from simulator.campaign.montecarlo.parts import Parts
from simulator.campaign.montecarlo.remote import differs, order_of
from simulator.core.errors import InputError, Interrupted

pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")  # another library's own
ROOT = Path(__file__).resolve().parents[3]
WORDS = ["--host", "127.0.0.1", "--no-dashboard"]


class Cluster:
    """A scheduler with workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.processes = folder, []
        self.file = folder / "scheduler.json"
        self.run("scheduler", "--port", "0", "--scheduler-file", str(self.file), *WORDS)
        while not self.file.exists():
            time.sleep(0.05)
        self.address = json.loads(self.file.read_text())["address"]

    def run(self, what: str, *words: str) -> subprocess.Popen[bytes]:
        """Start a part of it; the product is found where these tests found it."""
        call = [sys.executable, "-m", f"distributed.cli.dask_{what}", *words]
        found = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
        log = (self.folder / f"{what}-{len(self.processes)}.log").open("wb")
        self.processes.append(subprocess.Popen(call, cwd=self.folder, env=found, stdout=log, stderr=log))
        return self.processes[-1]

    def worker(self) -> subprocess.Popen[bytes]:
        """One worker of one thread."""
        words = ["--nthreads", "1", "--no-nanny", "--local-directory", str(self.folder), *WORDS]
        return self.run("worker", self.address, *words)


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    found = Cluster(folder)
    try:
        for _ in range(workers):
            found.worker()
        yield found
    finally:
        for process in found.processes:
            process.kill()
        for process in found.processes:
            process.wait()


@pytest.fixture
def work(tmp_path):
    (tmp_path / "shut.yaml").write_text(SHUT)
    return shop(tmp_path, tmp_path / "shut.yaml")


def present(address: str, n: int) -> None:
    """Wait until so many workers are there."""
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(n, timeout=60)


def test_a_worker_that_is_killed_loses_nothing_and_doubles_nothing(work, tmp_path):
    plan_of = Options(tmp_path / "results", {"SHUT": 240}, block=8)
    here = start(work.suite, replace(plan_of, results=tmp_path / "here", block=None))
    local = carry_on(work.suite, *here, Hands(), quiet)
    layout, plan = start(work.suite, plan_of)
    with cluster(tmp_path, 2) as there:
        present(there.address, 2)
        victim = there.processes[-1]

        def kill(text, done, total):
            if victim.poll() is None and len(list(layout.root.glob("rows/SHUT/*.parquet"))) >= 4:
                os.kill(victim.pid, signal.SIGKILL)
                victim.wait()

        outcome = carry_on(work.suite, layout, plan, Hands(cluster=there.address), kill)
        assert victim.poll() == -signal.SIGKILL
        order = order_of(work.suite, digests_of(work.suite))
        other = replace(order, code="0" * 64)
        with pytest.raises(InputError, match="the cluster runs another version"):
            next(spread(there.address, other, plan.pieces()))
        changed = replace(order, inputs=((order.inputs[0][0], "0" * 64),))
        with pytest.raises(InputError, match=r"another version of the input file .*suite\.yaml"):
            next(spread(there.address, changed, plan.pieces()))
        there.processes[1].kill()
        there.processes[1].wait()
        with pytest.raises((InputError, Interrupted), match=r"without workers|no worker left"):
            list(spread(there.address, order, plan.pieces(), patience=1.0))
    assert Parts(layout).missing(plan) == []
    assert outcome == local


def test_a_cluster_that_is_away_is_told(work):
    order = order_of(work.suite, digests_of(work.suite))
    for address in ("tcp://127.0.0.1:9", "nonsense://here"):
        with pytest.raises(InputError, match="a cluster that is away"):
            next(spread(address, order, [], answer=0.5))


def test_a_machine_says_what_it_has_not(work):
    order = order_of(work.suite, digests_of(work.suite))
    assert differs(order.data) == ""
    assert "another version of plantproof" in differs(replace(order, code="").data)
    lost = replace(order, inputs=(("/no/such/file.yaml", "0"),))
    assert "no input file /no/such/file.yaml" in differs(lost.data)
