"""Where an envelope is one of states: a few runs of all layers are kept whole, for the phase portrait."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulator.campaign.envelope.survey import Survey
from simulator.campaign.envelope.verdicts import ORDER
from simulator.record.layout import Layout
from simulator.record.writer import put_trace

EACH = 3
"""Runs that are kept of each rung: those with the least margin."""


def keep(layout: Layout, survey: Survey) -> list[int]:
    """Write the traces of the worst runs of each rung; numbers of the rows they belong to.

    None where an axis is no state of the plant.
    """
    asked = survey.plane.asked
    signals = tuple(f"true.{axis.draw.removeprefix('start/')}" for axis in survey.plane.axes)
    if any(name not in asked.question.signals for name in signals):
        return []
    chosen = _chosen(survey)
    if not chosen:
        return []
    again = replace(asked, removed=survey.build.removed, also=signals)
    noise = survey.rows["noise"][chosen]
    places = survey.points[np.array(chosen) // survey.replicas] / survey.tree.finest
    traces = again.traces(survey.plane.points(places, noise), noise)
    for k, row in enumerate(chosen):
        put_trace(layout.trace(asked.scenario, row), traces, k, str(survey.rows["kind"][row]))
    return chosen


def _chosen(survey: Survey) -> list[int]:
    kinds, margins = survey.rows["kind"], survey.measured.margins(survey.rows)
    found: list[int] = []
    for kind in map(str, ORDER):
        mine = np.flatnonzero((kinds == kind) & np.isfinite(margins))
        found += [int(k) for k in mine[np.argsort(margins[mine], kind="stable")][:EACH]]
    return found
