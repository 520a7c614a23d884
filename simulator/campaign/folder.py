"""The folder of a run: made before anything is computed, closed when all is; in between it proves nothing."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from hashlib import sha256 as sha256_of
from importlib.metadata import version
from pathlib import Path
from typing import Any

from simulator.core.errors import InputError, Problem
from simulator.core.kernel import PRODUCT, source_digest
from simulator.record.layout import Layout, create
from simulator.record.writer import copy_inputs, put_json, put_manifest, sha256
from simulator.scenario.plain import suite_data
from simulator.scenario.resolved import Foreign, ResolvedSuite

LIBRARIES = ("simpy", "numpy", "numba", "llvmlite", "onnxruntime", "pymodbus", "pydantic", "ruamel.yaml")
CAMPAIGNS = ("campaign", "falsify", "envelope", "ablate", "handover", "rare")
"""Kinds of runs beside the suite's own; each has a folder ``results/<suite>.<kind>/<NNNN>-<digest8>/``."""


def digests_of(suite: ResolvedSuite) -> dict[Path, str]:
    """SHA-256 of every input file."""
    return {path: sha256(path) for path in suite.files}


def inputs_digest(digests: Mapping[Path, str]) -> str:
    """One digest of all input files, which names the folder."""
    return sha256_of(",".join(digests.values()).encode()).hexdigest()


def begin(
    suite: ResolvedSuite, results: Path, digests: Mapping[Path, str], told: Mapping[str, Any], kind: str = ""
) -> Layout:
    """Make the folder of a run and write what identifies it.

    Parameters
    ----------
    suite : ResolvedSuite
        What is run.
    results : Path
        Folder of all results.
    digests : mapping of Path to str
        From `digests_of`.
    told : mapping of str to Any
        What else ``start.json`` says; plain data.
    kind : str
        One of `CAMPAIGNS`, or empty for the suite itself. A campaign says its ``plan`` in `told`; it is
        hashed before the first run.

    Raises
    ------
    InputError
        When there is too little room, or the folder cannot be made.
    """
    _room(suite, results)
    digest = inputs_digest(digests)
    layout = create(results, f"{suite.spec.suite}.{kind}" if kind else suite.spec.suite, digest)
    copied = copy_inputs(layout, suite.files)
    put_json(layout.resolved, suite_data(suite))
    head = {"format": 1, "suite": suite.spec.suite} | ({"kind": kind} if kind else {})
    head |= {"suite_file": str(suite.file), "seed": suite.spec.seed, "inputs": copied, "digest": digest}
    plan = {"plan_sha256": plan_digest(told["plan"])} if "plan" in told else {}
    put_json(layout.start, head | _foreign(suite.foreign) | dict(told) | plan | _environment())
    return layout


def end(layout: Layout, kind: str, outcome: Mapping[str, Any], ran: Mapping[str, Any]) -> None:
    """Close the folder of a campaign: ``<kind>.json``, then ``stop.json`` and the manifest."""
    put_json(layout.root / f"{kind}.json", {"format": 1} | dict(outcome))
    put_json(layout.stop, {"format": 1} | dict(ran))
    put_manifest(layout)


def plan_digest(plan: Any) -> str:
    """SHA-256 of a plan, of its canonical JSON."""
    return sha256_of(json.dumps(plan, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _room(suite: ResolvedSuite, results: Path) -> None:
    """Refuse to begin what the disk cannot hold."""
    there = next(folder for folder in (results, *results.absolute().parents) if folder.is_dir())
    free, wanted = shutil.disk_usage(there).free, suite.spec.budget.disk
    if free < wanted:
        got = f"{free / 1e6:.0f} MB free"
        raise InputError(Problem(got, f"the {wanted / 1e6:.0f} MB of the suite's budget.disk", str(there)))


def _environment() -> dict[str, Any]:
    return {
        "plantproof": version("plantproof"),
        "code": source_digest(PRODUCT),
        "commit": _commit(),
        "python": sys.version.split()[0],
        "libraries": {name: version(name) for name in LIBRARIES},
        "machine": {
            "system": platform.system(),
            "processor": platform.machine(),
            "cores": os.cpu_count(),
        },
        "vector_mathematics": "own elementary functions; vendor vector mathematics off",
    }


def _foreign(given: Foreign | None) -> dict[str, Any]:
    """Which policy took the place of the plants' own, if one did."""
    files = {"policy": given.policy, "io": given.io} if given else {}
    told = {name: {"file": str(file.resolve()), "sha256": sha256(file)} for name, file in files.items()}
    return {"foreign": told} if told else {}


def _commit() -> dict[str, Any]:
    """Commit of the working tree the product runs from; empty when it is installed."""
    head, state = _git("rev-parse", "HEAD"), _git("status", "--porcelain")
    return {"id": head, "dirty": bool(state)} if head else {}


def _git(*words: str) -> str:
    command = ["git", "-C", str(PRODUCT.parent), *words]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""
