"""How fast the loop runs: one replica, a block of 256, and the scalar baseline, in one run.

CPU time of this process; the best of several rounds. Prints figures and ratios.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import scalar

from simulator.campaign.jobs import MAIN, Job
from simulator.campaign.work import Workshop
from simulator.engine.run import Engine
from simulator.scenario.build import build
from simulator.scenario.resolve import resolve_suite

SUITE = Path(__file__).parents[1] / "scenarios/suites/cstr_predeployment.yaml"
ROUNDS = 5


def cpu(work: Callable[[], object]) -> float:
    """Least CPU time of several rounds [s]."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def ticks_per_second(shop: Workshop, n: int, ticks: int) -> float:
    """Replica-ticks per CPU second of a block of `n` with every layer and the policy."""
    scenario = shop.suite.scenarios["NET-003"]
    block = build(shop.case(Job(scenario.id, MAIN, 0, n, scenario.duration)))
    engine, base = Engine(block.path, block.periods.base), block.periods.base
    done = 100
    engine.run(done * base)

    def more() -> None:
        nonlocal done
        done += ticks
        engine.run(done * base)

    return n * ticks / cpu(more)


def main() -> None:
    """Measure and print."""
    shop = Workshop(resolve_suite(SUITE))
    policy = shop.suite.plant.policies["rcas"]
    one = ticks_per_second(shop, 1, 3000)
    block = ticks_per_second(shop, 256, 500)
    large = ticks_per_second(shop, 1024, 200)
    base = 3000 / cpu(lambda: scalar.run(policy, 3000))
    print(f"one replica, all layers and policy   {1e6 / one:8.1f} us/tick      (at most 50, aim 35)")
    print(f"block of 256                         {block / 1e6:8.3f} M ticks/s/core (at least 0.8, aim 1.5)")
    print(f"block of 1024                        {large / 1e6:8.3f} M ticks/s/core")
    print(f"scalar baseline                      {base / 1e3:8.1f} k ticks/s/core")
    print(f"block of 256 : scalar baseline       {block / base:8.1f} x            (at least 40)")


if __name__ == "__main__":
    main()
