"""The figures as the page shows them: inline, with their captions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from simulator.report import tables
from simulator.report.envelope import Panel, panels
from simulator.report.folder import Folder
from simulator.report.shown import number

if TYPE_CHECKING:
    from simulator.report.figures.canvas import Picture


def held(folder: Folder) -> dict[str, Any]:
    """Which layer held: the rows and their figure."""
    from simulator.report.plot import which_held

    return {"rows": [row for row in tables.held(folder) if row["n"]], "figure": inline(which_held(folder))}


def glance(folder: Folder) -> str:
    """The map of verdicts."""
    from simulator.report.plot import at_a_glance

    return inline(at_a_glance(folder))


def diagrams(folder: Folder) -> str:
    """The system under test."""
    from simulator.report.plot import block_diagrams

    return inline(block_diagrams(folder))


def bars(folder: Folder) -> str:
    """Safety functions against time."""
    from simulator.report.plot import against_time

    return inline(against_time(folder))


def planes(folder: Folder) -> str:
    """The phase portrait of every plant."""
    from simulator.report.plot import phase_portraits

    return inline(phase_portraits(folder))


def times(folder: Folder) -> str:
    """From the fault of the AI to the shed."""
    from simulator.report.plot import fallback_times

    return inline(fallback_times(folder))


def alarms(folder: Folder) -> str:
    """Most alarms in ten minutes."""
    from simulator.report.plot import alarm_load

    return inline(alarm_load(folder))


def bumps(folder: Folder) -> str:
    """Moves of valves at changes of mode."""
    from simulator.report.plot import changes_of_mode

    return inline(changes_of_mode(folder))


def takeovers(folder: Folder) -> str:
    """From an operator's order to its effect."""
    from simulator.report.plot import take_over

    return inline(take_over(folder))


def drifts(folder: Folder) -> str:
    """False alarms of the drift monitors against their delay."""
    from simulator.report.plot import drift_monitors

    return inline(drift_monitors(folder))


def off_design(folder: Folder) -> str:
    """Hazard verdicts on plants that are not as designed."""
    from simulator.report.plot import off_design as pictures

    return inline(pictures(folder))


def variants_of_the_ai(folder: Folder) -> str:
    """The same questions put to two variants of the AI."""
    from simulator.report.plot import variants_of_the_ai as pictures

    return inline(pictures(folder))


def inline(pictures: Iterator[Picture]) -> str:
    """Pictures as elements of the page."""
    from markupsafe import Markup

    from simulator.report.figures.canvas import svg

    return Markup().join(map(svg, pictures))


def fans(folder: Folder) -> list[dict[str, Any]]:
    """The envelope of every scenario, each with its caption; of many limits the one it came nearest to."""
    from simulator.report.figures.canvas import svg
    from simulator.report.figures.envelope import picture

    found: dict[str, list[Panel]] = {}
    for panel in panels(folder):
        found.setdefault(panel.scenario, []).append(panel)
    return [
        {"figure": svg(picture(panel)), "caption": f"{_caption(panel)}{_others(several)}"}
        for several in found.values()
        for panel in (several if len(several) <= SEVERAL else [min(several, key=lambda one: one.left)])
    ]


SEVERAL = 2
"""Limits of a scenario that are all drawn on the page."""


def _others(several: list[Panel]) -> str:
    more = f" Drawn is the limit it came nearest to, of {len(several)}; plantproof plot draws all."
    return more if len(several) > SEVERAL else ""


def _caption(panel: Panel) -> str:
    kinds = Counter(curve.why for curve in panel.curves)
    told = ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items())) or "none"
    head = f"{panel.scenario}: {len(panel.curves)} of {panel.planned} replicas are stored ({told})."
    if panel.fan is None:
        trips = Counter(name for curve in panel.curves for name in curve.trips)
        acted = [f"{name} trips in {n} of these" for name, n in sorted(trips.items())]
        return " ".join([head, "No bands: the run did not record all replicas.", *(f"{x}." for x in acted)])
    acted = [
        f"{name} in {one.n} of {panel.fan.n}, {number(one.first)} to {number(one.last)} s"
        for name, one in panel.fan.acted.items()
    ]
    return " ".join([f"Bands: all {panel.fan.n} replicas.", head, *(f"{x}." for x in acted)])
