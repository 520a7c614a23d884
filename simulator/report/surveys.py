"""Envelopes of the same input: what their figures and pages are made of, without drawing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.core.errors import InputError, Problem
from simulator.record.layout import Layout
from simulator.record.reader import Columns, get_json, rows
from simulator.report.campaigns import every
from simulator.report.folder import Folder, load_campaign

Data = Mapping[str, Any]
Reals = NDArray[np.float64]
KIND = "envelope"


@dataclass(frozen=True)
class Survey:
    """One envelope folder.

    Attributes
    ----------
    folder : Folder
        The folder, as sections read one; it has no verdicts.
    told : mapping
        Its ``envelope.json``.
    """

    folder: Folder
    told: Data

    @property
    def scenario(self) -> str:
        """Id of the question."""
        return str(self.told["scenario"])

    @property
    def name(self) -> str:
        """Question, axes and requirement, in the names of files."""
        axes = (str(axis["name"]) for axis in self.told["axes"])
        return "-".join([self.scenario, *axes, self.requirement])

    @property
    def builds(self) -> list[Data]:
        """What each build came to, the one with the fewest layers first."""
        return list(self.told["builds"])

    @property
    def requirement(self) -> str:
        """Id of the requirement that was measured."""
        return str(self.told["requirement"]["id"])

    def cells(self, build: str) -> Columns:
        """The cells of a build."""
        return rows(self.folder.layout, self.scenario, f"cells-{build}")

    def runs(self, build: str) -> Columns:
        """The runs of a build at the points of the plane."""
        return self._runs[build]

    def sizes(self, curve: int, build: str) -> Columns:
        """The runs of a build along a robustness curve."""
        return rows(self.folder.layout, self.scenario, f"curve{curve}-{build}")

    @cached_property
    def _runs(self) -> dict[str, Columns]:
        return {one["key"]: rows(self.folder.layout, self.scenario, one["key"]) for one in self.builds}


def surveys(folder: Folder) -> list[Survey]:
    """The newest envelope of each question, pair of axes and requirement, of the same input files."""
    found: dict[str, Survey] = {}
    for layout in every(folder, KIND):
        try:
            one = survey(layout)
            found.setdefault(one.name, one)
        except (InputError, LookupError, TypeError):
            folder.missing.append(f"{layout.root.name} of {layout.root.parent.name}: it is damaged")
    return [found[key] for key in sorted(found)]


def survey(layout: Layout) -> Survey:
    """One envelope folder; raises `InputError` when its files are damaged or the run has not ended."""
    told = get_json(layout.root / f"{KIND}.json")
    if not isinstance(told, dict):
        raise InputError(Problem("an envelope that did not end", f"{KIND}.json", str(layout.root)))
    return Survey(load_campaign(layout), told)


def limit_of(one: Survey) -> tuple[str, Data] | None:
    """The safety limit that the measured requirement protects; None where it protects none."""
    about = one.folder.resolved.get("requirements", {}).get(one.requirement, {})
    limits = one.folder.plant(one.scenario).get("safety_limits", {})
    key = str(about.get("protects") or "")
    return (key, limits[key]) if key in limits else None


def struck_by(one: Survey) -> Iterator[tuple[str, NDArray[np.float64], int]]:
    """By build: fallback latencies of every run in which the AI failed [s], and how many those were."""
    for build in one.builds:
        tables = [one.runs(build["key"])]
        tables += [one.sizes(k, build["key"]) for k in range(len(one.told["curves"]))]
        fault = np.concatenate([table["at.fault"] for table in tables])
        latency = np.concatenate([table["fallback"] for table in tables])[np.isfinite(fault)]
        if len(latency):
            yield str(build["title"]), latency[np.isfinite(latency)], len(latency)
