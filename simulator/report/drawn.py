"""The figures as the page shows them: inline, with their captions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from simulator.report import tables
from simulator.report.envelope import Panel, panels
from simulator.report.folder import Folder

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


def bars(folder: Folder) -> str:
    """Safety functions against time."""
    from simulator.report.plot import against_time

    return inline(against_time(folder))


def inline(pictures: Iterator[Picture]) -> str:
    """Pictures as elements of the page."""
    from markupsafe import Markup

    from simulator.report.figures.canvas import svg

    return Markup().join(map(svg, pictures))


def fans(folder: Folder) -> list[dict[str, Any]]:
    """The envelope of every scenario, each with its caption."""
    from simulator.report.figures.canvas import svg
    from simulator.report.figures.envelope import picture

    return [{"figure": svg(picture(panel)), "caption": _caption(panel)} for panel in panels(folder)]


def _caption(panel: Panel) -> str:
    kinds = Counter(curve.why for curve in panel.curves)
    told = ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items()))
    trips = Counter(name for curve in panel.curves for name in curve.trips)
    tripped = "; ".join(f"{name} trips in {n} of these" for name, n in sorted(trips.items()))
    head = f"{panel.scenario}: {len(panel.curves)} of {panel.planned} replicas are stored ({told})."
    return f"{head} {tripped}." if tripped else head
