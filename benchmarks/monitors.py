"""How well the monitors keep what is asked of them, on days they have never seen: asked and measured.

Run lengths between false alarms at 1,500 samples, the delay with which a shift of one sigma is found
there, and how often the shipped limits of novelty and drift monitor alarm on normal days.
"""

from __future__ import annotations

import argparse
import math

import numpy as np

from simulator.campaign.commission import drift, plane
from simulator.campaign.commission.arl import SLACK, limit_for, measured
from simulator.campaign.commission.bench import Bench
from simulator.campaign.commission.days import Day, Days
from simulator.campaign.execute import processors
from simulator.scenario.resolve_plant import resolve_plant
from simulator.scenario.schema.commissioning import parsed

ASKED = 1500.0


def delay(white: np.ndarray, limit: float, onset: int = 30) -> float:
    """Mean samples until a shift of one sigma is found, charts that had alarmed before left out."""
    up = down = np.zeros(white.shape[1])
    found = np.zeros(white.shape[1], int)
    early = np.zeros(white.shape[1], bool)
    for t, row in enumerate(white):
        e = row + (1.0 if t >= onset else 0.0)
        up, down = np.maximum(up + e - SLACK, 0.0), np.maximum(down - e - SLACK, 0.0)
        over = (up > limit) | (down > limit)
        early |= over & (t < onset)
        found = np.where((found == 0) & over & (t >= onset), t - onset + 1, found)
    return float(found[~early & (found > 0)].mean())


def _drift(name: str, signal: str, model: dict, days: list[Day]) -> None:
    white = np.concatenate([drift.whitened(model, day) for day in days], axis=1)
    limit = model["measured"]["inflation"] * limit_for(ASKED)
    got, alarms = measured(white, limit)
    rough = got / math.sqrt(max(alarms, 1))
    late = delay(white, limit)
    print(
        f"{name:6} {signal:16} run length asked {ASKED:.0f}, got {got:5.0f} +- {rough:.0f} "
        f"({100 * (got / ASKED - 1):+.0f} %, at most 15); one sigma after {late:.1f} samples (at most 13)"
    )
    _, false = measured(white, model["limit"])
    print(f"{'':23} shipped limit {model['limit']:.2f} sigma: {false} alarms in {white.size} samples")


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("plant", nargs="?", default="cstr")
    asked.add_argument("--runs", type=int, default=1024)
    asked.add_argument("--seed", type=int, default=77)
    given = asked.parse_args()
    found, _ = resolve_plant(given.plant)
    file = parsed((found.folder / str(found.spec.commissioning)).read_bytes())
    bench, novelty = Bench(found, given.seed, processors()), found.spec.novelty
    for name, variant in file.variants.items():
        days = Days(bench, name)
        fresh = bench.each(days.day, days.runs("benchmark", given.runs))
        for signal, model in variant.monitor.items():
            _drift(name, signal, model.model_dump(), fresh)
        if variant.novelty and novelty:
            one = variant.novelty.model_dump()
            highest = np.concatenate([plane.peaks(one, day, novelty.cycles) for day in fresh], axis=1)
            shed = int(((highest[0] > one["t2"]) | (highest[1] > one["spe"])).sum())
            hours = highest.shape[1] * days.length / 3.6e6
            print(f"{name:6} novelty          {shed} of {highest.shape[1]} runs shed in {hours:.0f} h")


if __name__ == "__main__":
    main()
