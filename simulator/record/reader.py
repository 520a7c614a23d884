"""Reads a results folder back, whatever state it was left in."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.core.errors import InputError, Problem
from simulator.core.traces import ArrayTraces, Signal
from simulator.record.layout import Layout
from simulator.record.writer import sha256

Columns = dict[str, NDArray[Any]]
_TEXT = ("digest", "held", "variant", "kind")
FIGURES = "figures"
"""Folder of the figures inside a results folder."""


def opened(folder: Path) -> Layout:
    """The layout of an existing results folder.

    Raises
    ------
    InputError
        When it is none.
    """
    layout = Layout(folder)
    if not folder.is_dir() or not layout.start.exists() or not layout.resolved.exists():
        wanted = "a results folder such as results/<suite>/0001-1a2b3c4d"
        got = "a folder without start.json and resolved.json" if folder.is_dir() else "no folder"
        raise InputError(Problem(got, wanted, file=str(folder)))
    return layout


def get_json(path: Path) -> Any:
    """Plain data of a JSON file, or None when it is absent.

    Raises
    ------
    InputError
        When it is no JSON.
    """
    if not path.exists():
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(Problem(str(error), "a JSON file as the run wrote it", file=str(path))) from None


def rows(layout: Layout, scenario: str, variant: str) -> Columns:
    """Rows of every block of a scenario and variant, in replica order; empty when there is none."""
    columns: dict[str, list[Any]] = defaultdict(list)
    for path in sorted(_blocks(layout.rows(scenario, variant, 0).parent, variant)):
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                for name, value in row.items():
                    columns[name].append(_cell(path, name, value))
    found = {name: np.array(values) for name, values in columns.items()}
    if not found:
        return {}
    order = np.argsort(found["replica"], kind="stable")
    return {name: values[order] for name, values in found.items()}


def _cell(path: Path, name: str, value: str | None) -> str | float:
    try:
        return str(value) if name in _TEXT else float(value or "")
    except (TypeError, ValueError):
        raise InputError(Problem(f"'{value}' as {name}", "rows as the run wrote them", str(path))) from None


def _blocks(folder: Path, variant: str) -> list[Path]:
    return [path for path in folder.glob("*.csv") if re.fullmatch(rf"{re.escape(variant)}-\d+", path.stem)]


def kept_traces(layout: Layout, scenario: str) -> tuple[int, ...]:
    """Replicas of a scenario whose traces are kept."""
    folder = layout.trace(scenario, 0).parent
    return tuple(sorted(int(p.stem) for p in folder.glob("*.npz"))) if folder.is_dir() else ()


def trace(
    layout: Layout,
    scenario: str,
    replica: int,
    signals: Mapping[str, Signal],
    wanted: Callable[[str], bool] | None = None,
) -> ArrayTraces:
    """One kept trace, as a block of one replica; of its channels those that are wanted, or all.

    Raises
    ------
    InputError
        When the file is damaged or absent.
    """
    path = layout.trace(scenario, replica)
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            about = json.loads(bytes(archive["_about"]).decode())
            data = {
                name: archive[name].reshape(-1, 1)
                for name in archive.files
                if name != "_about" and (wanted is None or wanted(name))
            }
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(Problem(str(error), "a trace as the run wrote it", file=str(path))) from None
    known = {name: signals.get(name, Signal(name)) for name in data}
    return ArrayTraces(about["period"], known, data, np.array([about["complete"]]))


def why_kept(layout: Layout, scenario: str, replica: int) -> str:
    """Why a trace was kept: failed, worst or random."""
    path = layout.trace(scenario, replica)
    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        return str(json.loads(bytes(archive["_about"]).decode())["why"])


def changed(layout: Layout) -> list[str]:
    """Files of a finished run that are not as its manifest says: altered, lost or added.

    What is derived from the others (verdicts, report, figures) may be made again and is not compared.
    """
    manifest = get_json(layout.manifest)
    if manifest is None:
        return ["manifest.json"] if layout.stop.exists() else []
    derived = {layout.manifest, layout.verdicts, layout.report}

    def compared(path: Path) -> bool:
        return path not in derived and layout.root / FIGURES not in path.parents

    files = [p for p in layout.root.rglob("*") if p.is_file() and compared(p)]
    now = {path.relative_to(layout.root).as_posix(): sha256(path) for path in files}
    then = {k: v for k, v in manifest["sha256"].items() if compared(layout.root / k)}
    return sorted(name for name in now.keys() | then.keys() if now.get(name) != then.get(name))
