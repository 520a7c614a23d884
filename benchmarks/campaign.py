"""How long a campaign takes: rows written, counted and sealed, on one process and on two.

The questions are those of `benchmarks/throughput.py`, on the plant that is scanned once a second. Wall time
with the start of the workers, and CPU time of all processes: on a busy machine half of the CPU time of two
workers is what two free cores take. A plant-year of the shipped reactor is measured on a quarter of one.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from simulator.campaign.montecarlo.campaign import Hands, Options, carry_on, start
from simulator.campaign.montecarlo.sizes import YEAR, of_year
from simulator.scenario.resolve import resolve_suite
from simulator.scenario.resolved import ResolvedSuite

HERE = Path(__file__).parent
SECOND_SCAN = HERE / "throughput/suite.yaml"
REACTOR = HERE.parent / "scenarios/suites/cstr_demand.yaml"
ZERO_FAILURES = 29_956  # runs without a failure that show p <= 1e-4 at 95 %
SHARE, BLOCK = 0.25, 1024


class Took(NamedTuple):
    """Wall and CPU time [s], and what came of it."""

    wall: float
    cpu: float
    outcome: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.wall:.1f} s, CPU {self.cpu:.1f} s"


def spent() -> float:
    """CPU time of this process and of its children that have ended [s]."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def campaign(suite: ResolvedSuite, runs: dict[str, int], workers: int, without: bool = False) -> Took:
    """A whole campaign in a folder that is thrown away; blocks are as large as memory lets them."""
    with tempfile.TemporaryDirectory() as results:
        begun, used = time.perf_counter(), spent()
        layout, plan = start(suite, Options(Path(results), runs, without, BLOCK))
        outcome = carry_on(suite, layout, plan, Hands(workers), lambda *_: None)
        return Took(time.perf_counter() - begun, spent() - used, outcome)


def told(name: str, figure: str, asked: str) -> None:
    """One line of the table."""
    print(f"{name:52} {figure:>26}   ({asked})", flush=True)


def pools(suite: ResolvedSuite) -> None:
    """One process against two, and the two figures that are asked for."""
    campaign(suite, {"ADV-011": 8, "CTL-001": 8}, 1)  # compiles what is not in the cache
    one, two = (campaign(suite, {"ADV-011": ZERO_FAILURES}, workers) for workers in (1, 2))
    assert one.outcome == two.outcome, "rows depend on the number of workers"
    told(f"{ZERO_FAILURES:,} runs of 300 steps, 1 process", str(one), "for the ratio")
    told(f"{ZERO_FAILURES:,} runs of 300 steps, 2 processes", str(two), "at most 10 s")
    told("two workers : one, with their start", f"{one.wall / two.wall:.2f} x", "at least 1.8")
    told("10,240 runs of two hours, 2 processes", str(campaign(suite, {"CTL-001": 10_240}, 2)), "under 90 s")


def years(suite: ResolvedSuite) -> None:
    """What plant-years come to, with the AI and without."""
    year = suite.spec.year
    assert year is not None
    quiet = {name: n for name, n in of_year(suite, SHARE, 1).items() if name in year.quiet}
    campaign(suite, dict.fromkeys(quiet, 8), 1, without=True)
    took = campaign(suite, quiet, 2, without=True)
    lived = sum(n * suite.scenarios[name].duration for name, n in quiet.items()) / YEAR
    for wanted, asked in ((3, "a coffee"), (30, "an evening")):
        both = f"{wanted * took.cpu / lived / 2 / 60:.0f} min on two free cores"
        told(f"{wanted} plant-years, AI and fallback alone", both, asked)


def main() -> None:
    """Measure and print."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}")
    pools(resolve_suite(SECOND_SCAN))
    years(resolve_suite(REACTOR))


if __name__ == "__main__":
    main()
