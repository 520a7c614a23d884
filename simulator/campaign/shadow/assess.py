"""A history assessed: shown to the layers, ruled on, and kept in a folder that stands alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256 as sha256_of
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from simulator.campaign.shadow.account import account, events
from simulator.campaign.shadow.grid import stretches
from simulator.campaign.shadow.judge import Ruling, rule
from simulator.campaign.shadow.play import Stretch, played
from simulator.campaign.shadow.setup import Asked, Setup, set_up
from simulator.campaign.shadow.table import read
from simulator.control.ai.session import beside
from simulator.core.errors import InputError, Problem
from simulator.core.kernel import PRODUCT, source_digest
from simulator.core.verdict import Exit, Verdict, exit_code
from simulator.record.layout import Layout, create
from simulator.record.reader import FIGURES
from simulator.record.writer import copy_inputs, put, put_json, put_manifest, put_trace, sha256
from simulator.report.figures.canvas import png, svg
from simulator.report.figures.shadow import Drawn, picture
from simulator.scenario.resolved import ResolvedPlant
from simulator.scenario.schema.check import check
from simulator.scenario.schema.requirements import Requirement, Requirements
from simulator.scenario.yaml_file import read as read_yaml

LIBRARIES = ("numpy", "numba", "onnxruntime")


@dataclass(frozen=True)
class Shadow:
    """What is assessed.

    Attributes
    ----------
    plant : ResolvedPlant
        With the policy that is asked.
    data : Path
        The recorded values.
    requirements : Path or None
        What is to hold; without it only the account is given.
    results : Path
        Folder of all results.
    asked : Asked
        How the data are to be read.
    """

    plant: ResolvedPlant
    data: Path
    requirements: Path | None
    results: Path
    asked: Asked


def assess_data(shadow: Shadow) -> tuple[Layout, dict[str, Any]]:
    """Show the past to the AI and its guards, judge, and write the results folder.

    Returns
    -------
    Layout, dict
        The folder, and its ``verdicts.json``.

    Raises
    ------
    InputError
        With everything that is wrong with the data, the requirements or the mapping.
    """
    problems: list[Problem] = []
    book: Mapping[str, Requirement] = {}
    try:
        book = _book(shadow)
    except InputError as error:
        problems += error.problems
    try:
        setup = set_up(shadow.plant, read(shadow.data), shadow.asked)
    except InputError as error:
        raise InputError(*problems, *error.problems) from None
    if problems:
        raise InputError(*problems)
    pieces = stretches(setup.grid.known(setup.needed))
    shown = [played(setup, first, end, shadow.asked.rearm) for first, end in pieces]
    rulings = rule(setup, shown, book, shadow.asked.mapped)
    return _kept(shadow, setup, shown, rulings)


def _book(shadow: Shadow) -> Mapping[str, Requirement]:
    if shadow.requirements is None:
        return {}
    source = read_yaml(shadow.requirements, str(shadow.requirements))
    found = check(source, Requirements)
    if found.plant != shadow.plant.name:
        wanted = f"the plant of the data, {shadow.plant.name}"
        raise InputError(source.problem(("plant",), repr(found.plant), wanted))
    return found.requirements


def _kept(
    shadow: Shadow, setup: Setup, shown: Sequence[Stretch], rulings: Sequence[Ruling]
) -> tuple[Layout, dict[str, Any]]:
    files = _files(shadow)
    digest = sha256_of(",".join(sha256(path) for path in files).encode()).hexdigest()
    layout = create(shadow.results, f"shadow-{shadow.plant.name}", digest)
    put_json(layout.start, _start(shadow, setup, copy_inputs(layout, files), digest))
    for one in shown:
        put_trace(layout.trace("SHADOW", one.first), one.traces, 0, "recorded data")
    happened = events(setup, shown)
    put(layout.root / "events.csv", _table(happened))
    verdicts = _verdicts(setup, shown, rulings) | {"events": len(happened)}
    put_json(layout.verdicts, verdicts)
    for loop in setup.ai.loops:
        drawn = picture(_drawn(setup, shown, loop))
        put(layout.root / FIGURES / f"{drawn.name}.png", png(drawn, 150))
        put(layout.root / FIGURES / f"{drawn.name}.svg", svg(drawn).encode())
    put_json(layout.stop, {"format": 1, "jobs": len(shown), "ticks": setup.grid.n_ticks})
    put_manifest(layout)
    return layout, verdicts


def _files(shadow: Shadow) -> list[Path]:
    plant, foreign = shadow.plant, shadow.plant.foreign
    given = (shadow.data, shadow.requirements, plant.file, *((foreign.policy, foreign.io) if foreign else ()))
    policy = plant.policies[shadow.asked.variant]
    files = (*given, policy, *beside(policy), *plant.physics.sources)
    return list(dict.fromkeys(path.resolve() for path in files if path))


def _start(shadow: Shadow, setup: Setup, inputs: dict[str, str], digest: str) -> dict[str, Any]:
    return {
        "format": 1,
        "kind": "shadow",
        "suite": f"shadow-{shadow.plant.name}",
        "inputs": inputs,
        "digest": digest,
        "data": {"sha256": sha256(shadow.data), "start": setup.past.start, "length_ms": setup.past.length},
        "policy": {
            "variant": shadow.asked.variant, "sha256": sha256(shadow.plant.policies[shadow.asked.variant]),
        },
        "asked": asdict(shadow.asked),
        "scan_ms": setup.grid.period,
        "held_at_most_ms": dict(setup.grid.limits),
        "plantproof": version("plantproof"),
        "code": source_digest(PRODUCT),
        "libraries": {name: version(name) for name in LIBRARIES},
    }  # fmt: skip


def _verdicts(setup: Setup, shown: Sequence[Stretch], rulings: Sequence[Ruling]) -> dict[str, Any]:
    found = [Verdict(ruling.verdict) for ruling in rulings]
    code = exit_code(found)
    names = {Exit.PASSED: "PASS", Exit.FAILED: "FAIL"}
    return {
        "format": 1,
        "kind": "shadow",
        "finding": f"SHADOW {names.get(code, 'INCONCLUSIVE') if found else 'NOT ASSESSED'}",
        "open_loop": "the plant did not feel the AI: what follows from its actions is not shown",
        "requirements": [asdict(ruling) for ruling in rulings],
        "account": account(setup, shown),
        "left_out": list(setup.told),
        "ignored": list(setup.past.ignored),
    }


def exit_of(verdicts: Mapping[str, Any]) -> Exit:
    """Exit code of a shadow assessment; without requirements nothing is decided."""
    return exit_code([Verdict(one["verdict"]) for one in verdicts["requirements"]])


def _table(rows: Sequence[Mapping[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, ("at", "what", "of", "why"), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _drawn(setup: Setup, shown: Sequence[Stretch], loop: str) -> Drawn:
    kind = "sp" if setup.ai.mode == "RCAS" else "op"
    names = {
        "measured": setup.plant.spec.loops[loop].pv, "stood": f"{kind}.{loop}", "asked": f"target.{loop}",
        "admitted": f"admitted.{loop}", "in_charge": f"ai_active.{loop}",
    }  # fmt: skip
    second = setup.grid.period / 1000.0
    return Drawn(
        loop, setup.signals[f"target.{loop}"].unit, setup.signals[names["measured"]].unit, setup.ai.mode,
        [
            {"time": np.arange(one.first, one.end) * second}
            | {key: one.traces.data[name][:, 0] for key, name in names.items()}
            for one in shown
        ],
        setup.grid.n_ticks * second,
    )  # fmt: skip
