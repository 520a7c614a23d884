"""Runs in the peers' own environment and prints their rates as JSON: CPU time, best of rounds.

psy-taliro 3.2.0 draws six pieces of a bias of the thermometer and three of the feed's temperature, a reactor
under a PID takes 300 steps of one second, and rtamt says how far from 400 K it stayed: no AI, no
instruments, no safeguards. pcgym 0.1.8 steps its own `cstr`, the same textbook reactor.
"""

from __future__ import annotations

import argparse
import json
import math
import time
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any

import numpy as np

STEPS = 300
GAIN, RESET, RATE = 7.6, 31.0, 8.4
VALVE = 51.38989001497454


def best(work: Callable[[], int], rounds: int = 3) -> float:
    """Most units of work per CPU second, of several rounds."""
    rates = []
    for _ in range(rounds):
        start = time.process_time()
        done = work()
        rates.append(done / (time.process_time() - start))
    return max(rates)


def slope(c: float, t: float, tj: float, coolant: float, feed: float) -> tuple[float, float, float]:
    """The balances of plant_models/cstr at nominal flow, per second."""
    k = 7.2e10 * math.exp(-8750.0 / t)
    dc = 1.0 - c - k * c
    dt = feed - t + 5e4 / 239.0 * k * c + 5e4 / (100.0 * 239.0) * (tj - t)
    dj = coolant / 5.0 * (280.0 - tj) + 5e4 / (5.0 * 4186.0) * (t - tj)
    return dc / 60.0, dt / 60.0, dj / 60.0


def reactor(bias: list[float], feed: list[float], substeps: int = 2) -> list[float]:
    """Temperatures of 300 s under a PID whose thermometer is lied to."""
    c, t, tj = 0.499918, 350.006, 300.0
    integral, before, temperatures = VALVE, 350.0, []
    for step in range(STEPS):
        seen = t + bias[step]
        error = seen - 350.0
        valve = min(max(integral + GAIN * (error + RATE * (seen - before)), 5.0), 100.0)
        integral += GAIN / RESET * error if 5.0 < valve < 100.0 else 0.0
        before, coolant = seen, 200.0 * 50.0 ** (valve / 100.0 - 1.0)
        h = 1.0 / substeps
        for _ in range(substeps):
            k1 = slope(c, t, tj, coolant, feed[step])
            k2 = slope(c + h / 2 * k1[0], t + h / 2 * k1[1], tj + h / 2 * k1[2], coolant, feed[step])
            k3 = slope(c + h / 2 * k2[0], t + h / 2 * k2[1], tj + h / 2 * k2[2], coolant, feed[step])
            k4 = slope(c + h * k3[0], t + h * k3[1], tj + h * k3[2], coolant, feed[step])
            c += h / 6 * (k1[0] + 2 * k2[0] + 2 * k3[0] + k4[0])
            t += h / 6 * (k1[1] + 2 * k2[1] + 2 * k3[1] + k4[1])
            tj += h / 6 * (k1[2] + 2 * k2[2] + 2 * k3[2] + k4[2])
        temperatures.append(t)
    return temperatures


def taliro(seeds: int, iterations: int) -> Iterator[tuple[str, float]]:
    """Simulations of the falsification benchmark per CPU second, by seed."""
    import staliro
    from staliro import decorators, models, optimizers
    from staliro.signals import piecewise_constant
    from staliro.specifications import rtamt

    @decorators.blackbox(step_size=1.0)
    def model(inputs: Any) -> models.Trace[dict[str, float]]:
        rows = list(inputs.times.values())[:STEPS]
        found = reactor([row["bias"] for row in rows], [row["feed"] for row in rows])
        return models.Trace({float(k): {"t": value} for k, value in enumerate(found)})

    signals = {
        "bias": staliro.SignalInput(control_points=[(-2.5, 2.5)] * 6, factory=piecewise_constant),
        "feed": staliro.SignalInput(control_points=[(345.0, 355.0)] * 3, factory=piecewise_constant),
    }
    wanted = rtamt.parse_discrete("always (t < 400)")
    for seed in range(1, seeds + 1):
        options = staliro.TestOptions(
            tspan=(0.0, float(STEPS)), signals=signals, iterations=iterations, runs=1, seed=seed
        )

        def search(options: Any = options) -> int:
            runs = staliro.staliro(model, wanted, optimizers.UniformRandom(), options)
            return sum(len(run.evaluations) for run in runs)

        yield f"seed {seed}", best(search)


def gym(steps: int) -> float:
    """Steps of pcgym's `cstr` per CPU second, a proportional policy in the loop."""
    from pcgym import make_env

    spaces = {
        "o_space": {"low": np.array([0.7, 300.0, 0.8]), "high": np.array([1.0, 350.0, 0.9])},
        "a_space": {"low": np.array([295.0]), "high": np.array([302.0])},
    }
    plain = {"normalise_a": True, "normalise_o": True, "noise": False, "done_on_cons_vio": False}
    length = {"N": steps, "tsim": 25.0 * steps / 60.0, "SP": {"Ca": [0.85] * steps}, "r_scale": {"Ca": 1e3}}
    start = {"model": "cstr", "x0": np.array([0.8, 330.0, 0.8]), "integration_method": "casadi"}
    environment = make_env(start | length | spaces | plain)

    def episode() -> int:
        seen, _ = environment.reset()
        for step in range(steps - 1):
            seen, _, over, cut, _ = environment.step(np.clip(np.array([-2.0 * (seen[0] - seen[2])]), -1, 1))
            if over or cut:
                return step + 1
        return steps - 1

    return best(episode)


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=3)
    asked.add_argument("--iterations", type=int, default=100)
    given = asked.parse_args()
    warnings.simplefilter("ignore")
    found = {
        "simulations_per_s": dict(taliro(given.seeds, given.iterations)),
        "steps_per_s": gym(300),
        "versions": {name: version(name) for name in ("psy-taliro", "rtamt", "pcgym", "casadi", "numpy")},
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
