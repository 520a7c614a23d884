"""The whole commissioning of one plant, and the file that it writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from simulator.campaign.adequacy import adequacy
from simulator.campaign.commission import drift, plane
from simulator.campaign.commission.bench import Bench
from simulator.campaign.commission.days import Day, Days
from simulator.campaign.commission.excursion import excursions
from simulator.campaign.commission.findings import ai_envelope, envelope, findings
from simulator.campaign.commission.linear import rounded
from simulator.campaign.commission.region import Region
from simulator.campaign.commission.trials import Trials
from simulator.core.errors import InputError, Problem
from simulator.scenario.build.names import Names
from simulator.scenario.commissioned import digests
from simulator.scenario.resolved import ResolvedPlant
from simulator.scenario.schema.commissioning import parsed
from simulator.scenario.source import Source

FITTED, LEVELLED, CHECKED = 96, 2048, 512
Progress = Callable[[str, int, int], None]
Data = dict[str, Any]


def commission(plant: ResolvedPlant, source: Source, seed: int, workers: int, progress: Progress) -> Data:
    """Measure a plant.

    Parameters
    ----------
    plant : ResolvedPlant
        The plant, without a commissioning file.
    source : Source
        Its file.
    seed : int
        Seed of every draw.
    workers : int
        Blocks at a time; the result does not depend on it.
    progress : callable
        Told what is done.

    Returns
    -------
    dict
        What the file holds; see ``simulator/scenario/schema/commissioning.py``.
    """
    bench, names, stages = Bench(plant, seed, workers), Bench(plant, seed, 1).names, len(plant.spec.ai) + 3
    variants: Data = {}
    seen = []
    sizes: Data = {}
    for k, variant in enumerate(plant.spec.ai):
        progress(f"normal days of {variant}", k, stages)
        variants[variant], ends, sizes[variant] = _variant(Days(bench, variant))
        seen.append(ends)
    progress("recoverable region", stages - 3, stages)
    region = Region(bench, plant.spec.recovery).study() if plant.spec.recovery else {}
    progress("trials of limits", stages - 2, stages)
    inside = _envelope(names, np.array(seen))
    proposals = [*(ai_envelope(names, region, inside) if region else ()), *_trials(bench, plant)]
    progress("initiating events", stages - 1, stages)
    found: Data = {
        "format": 1, "plant": plant.name, "plantproof": version("plantproof"), "seed": seed,
        "sizes": {f"runs_{name}": n for name, n in sizes.items()},
        "digests": digests(source.data, plant.spec, plant.physics, plant.folder).model_dump(),
        "variants": variants, "envelope": inside, "region": region,
        "safety_times": _plain(list(adequacy(plant.spec, names.physics))), "proposals": _plain(proposals),
        "findings": findings(names, region, inside, proposals),
    }  # fmt: skip
    parsed(json.dumps(found))
    return found


def _variant(days: Days) -> tuple[Data, Any, int]:
    """Planes and monitors of one variant of the AI; least and greatest values; how many runs."""
    spec, bench = days.bench.plant.spec, days.bench
    sets = {
        name: bench.each(days.day, days.runs(name, days.many(n)))
        for name, n in (("fit", FITTED), ("levels", LEVELLED), ("check", CHECKED))
    }
    found: Data = {"novelty": None, "monitor": {}}
    if spec.novelty:
        found["novelty"] = _plane(days, sets["fit"], sets["levels"])
    if spec.monitor:
        found["monitor"] = drift.fit(spec.monitor, sets["fit"], sets["levels"])
        for model in found["monitor"].values():
            model["measured"] |= drift.check(model, sets["check"])
    every = [day.seen for group in sets.values() for day in group]
    ends = np.stack([np.min(every, axis=0)[:, 0], np.max(every, axis=0)[:, 1]], axis=1)
    return found, ends, sum(day.shown.shape[2] for group in sets.values() for day in group)


def _plane(days: Days, fitted: list[Day], levelled: list[Day]) -> Data:
    spec, names = days.bench.plant.spec, days.bench.names
    about, ai = spec.novelty, spec.ai[days.variant]
    assert about is not None
    units = [names.unit(point.tag) for point in ai.inputs]
    points = [(p.tag, p.centre.to(u), p.scale.to(u)) for p, u in zip(ai.inputs, units, strict=True)]
    found = plane.fit(points, fitted)
    highest = np.concatenate([plane.peaks(found, day, about.cycles) for day in levelled], axis=1)
    # two statistics share the false sheds that are allowed
    chance = 0.5 * days.length / about.false_alarms
    limits = [rounded(plane.limit(row, chance)) for row in highest]
    told = {"t2_seen": float(highest[0].max()), "spe_seen": float(highest[1].max())}
    hours = days.length * highest.shape[1] / 3.6e6
    found["measured"] |= {k: rounded(v) for k, v in told.items()} | {"hours": rounded(hours)}
    return found | {"t2": limits[0], "spe": limits[1]}


def _envelope(names: Names, seen: Any) -> Data:
    ends = np.stack([seen[:, :, 0].min(axis=0), seen[:, :, 1].max(axis=0)], axis=1)
    about = names.plant.watchdog
    silence = max(about.heartbeat, about.sequence) + 2 * names.plant.scan.plc
    places = (*names.plant.operating_envelope, *names.valves)
    shown = {name: (float(a), float(b)) for name, (a, b) in zip(places, ends, strict=True)}
    return envelope(names, shown, excursions(names, silence, {tag: shown[tag] for tag in names.valves}))


def _trials(bench: Bench, plant: ResolvedPlant) -> list[Data]:
    if plant.spec.recovery is None:
        return []
    return list(Trials(bench, plant.spec.recovery.within).all())


def _plain(value: Any) -> Any:
    """Plain data with rounded numbers."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, bool | str | int) or value is None:
        return value
    return rounded(float(value))


def refuse_to_replace(path: Path, force: bool) -> None:
    """Raise `InputError` when there is a file already, and `force` is not given."""
    if path.exists() and not force:
        got, wanted = "a file that is there already", "a name that is free"
        raise InputError(Problem(got, wanted, str(path), hint="--force replaces it"))


def write(found: Data, path: Path) -> None:
    """Write the file, whole or not at all."""
    text = json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text + "\n", encoding="utf-8", newline="\n")
    partial.replace(path)
