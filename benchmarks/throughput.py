"""How many runs a second, judged: one core in blocks, two processes, and peers measured in the same call.

The plant is `benchmarks/plants/cstr_second`: every layer of the shipped reactor, scanned once a second, so
that 300 steps are 300 s and the policy is asked at each. A run counts when it is simulated, recorded and
measured: robustness of R-01, peak, and which layer held. One core: CPU time of this process, the best of the
rounds. Two processes: wall time with their start, and CPU time: on a busy machine half of that is what two
free cores take.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from simulator.campaign.experiment import Experiment
from simulator.campaign.lab import Lab
from simulator.campaign.work import Workshop
from simulator.scenario.resolve import resolve_suite

HERE = Path(__file__).parent
SUITE = HERE / "throughput/suite.yaml"
COURSE, DAY = "ADV-011", "CTL-001"
STEPS = 300
ZERO_FAILURES = 29_956  # runs without a failure that show p <= 1e-4 at 95 %
KNOWN = {"simulations_per_s": {"as published": 78.0}, "steps_per_s": 982.0}


def points(experiment: Experiment, n: int, seed: int) -> np.ndarray:
    """Uniform draws from the space, shape (n, n_axes)."""
    return np.random.Generator(np.random.Philox(key=seed)).random((n, len(experiment.space.axes)))


def on_one_core(shop: Workshop, n: int, seeds: int, rounds: int) -> Iterator[float]:
    """Judged 300-step runs per CPU second in a block of `n`, one figure a seed."""
    experiment = Experiment(shop, COURSE)
    for seed in range(seeds):
        drawn, best = points(experiment, n, seed), np.inf
        for _ in range(rounds):
            start = time.process_time()
            rows = experiment.run(drawn, np.arange(n))
            best = min(best, time.process_time() - start)
        assert np.isfinite(rows["R-01.margin"]).all()
        yield n / best


class Took(NamedTuple):
    """Wall and CPU time [s]."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall:.1f} s, CPU {self.cpu:.1f} s"


def spent() -> float:
    """CPU time of this process and of its children that have ended [s]."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def on_processes(shop: Workshop, question: str, n: int, workers: int, block: int) -> Took:
    """What `n` judged runs take, with the start of the workers."""
    start, used = time.perf_counter(), spent()
    with Lab(shop.suite, workers, block) as lab:
        experiment = Experiment(lab.shop, question)
        rows = lab.run(experiment, points(experiment, n, 7), np.arange(n))
    assert len(rows["R-01.margin"]) == n and np.isfinite(rows["R-01.margin"]).all()
    return Took(time.perf_counter() - start, spent() - used)


def peers(python: str | None) -> tuple[str, dict[str, Any]]:
    """What the peers do: measured now in their environment, or what was published."""
    if python is None or not Path(python).exists():
        return "not measured here", KNOWN
    command = [python, "-W", "ignore", str(HERE / "peers/measure.py")]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return ", ".join(f"{name} {number}" for name, number in found["versions"].items()), found


def told(name: str, figure: str, asked: str) -> None:
    """One line of the table."""
    print(f"{name:46} {figure:>26}   ({asked})", flush=True)


def one_core(shop: Workshop, given: argparse.Namespace) -> None:
    """Figures of one core, and their ratios to the peers'."""
    for n in (256, 1024):
        rates = list(on_one_core(shop, n, given.seeds, given.rounds))
        spread = f"{min(rates):,.0f} to {max(rates):,.0f} runs/s"
        told(f"300 steps, policy, R-01, block of {n}", spread, "at least 4,700 at 1024")
    about, found = peers(given.peers)
    print(f"peers: {about}")
    taliro, gym = max(found["simulations_per_s"].values()), found["steps_per_s"]
    told("psy-taliro + rtamt, 300 steps, no policy", f"{taliro:,.0f} simulations/s", "78 published")
    told("block of 1024 : psy-taliro + rtamt", f"{np.median(rates) / taliro:,.1f} x", "at least 60")
    told("pcgym cstr, casadi", f"{gym:,.0f} steps/s", "982 published")
    told("steps of the block of 1024 : pcgym", f"{STEPS * np.median(rates) / gym:,.0f} x", "at least 100")


def two_processes(shop: Workshop, given: argparse.Namespace) -> None:
    """Figures of a pool."""
    short = on_processes(shop, COURSE, ZERO_FAILURES, 2, given.block)
    told(f"{ZERO_FAILURES:,} runs of 300 steps, 2 processes", str(short), "at most 10 s")
    one, two = (on_processes(shop, DAY, 10_240, k, given.block) for k in (1, 2))
    told("10,240 runs of two hours, 2 processes", str(two), "under 90 s, aim 30 s")
    told("10,240 runs of two hours, 1 process", str(one), "for the ratio")
    told("two workers : one, wall time", f"{one.wall / two.wall:.2f} x", "at least 1.8")
    told("two workers : one, where both cores are free", f"{2 * one.cpu / two.cpu:.2f} x", "from CPU times")


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--peers", help="Python of the environment that has benchmarks/peers/requirements.txt")
    asked.add_argument("--seeds", type=int, default=3)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--block", type=int, default=1024)
    given = asked.parse_args()
    shop = Workshop(resolve_suite(SUITE))
    first = Experiment(shop, COURSE, duration=10_000)
    first.run(points(first, 8, 0), np.arange(8))  # compiles what is not in the cache
    print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}")
    one_core(shop, given)
    two_processes(shop, given)


if __name__ == "__main__":
    main()
