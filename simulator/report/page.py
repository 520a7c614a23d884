"""The one-page report: a self-contained HTML file made from a results folder alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.record.layout import Layout
from simulator.record.writer import put
from simulator.report import identity, protection, safeguards, scope, tables, words
from simulator.report.envelope import Panel, panels
from simulator.report.folder import DAMAGED, Folder, load
from simulator.report.shown import share

if TYPE_CHECKING:
    from simulator.report.figures.canvas import Picture

_HERE = Path(__file__).parent


def write(layout: Layout) -> Path:
    """Write ``report.html`` of a results folder, whatever state the folder is in.

    Parameters
    ----------
    layout : Layout
        The folder; judged first when it has no verdicts.

    Returns
    -------
    Path
        The report: one file, no network, no script; the same bytes for the same results.
    """
    put(layout.report, render(load(layout)).encode(), replace=True)
    return layout.report


def render(folder: Folder) -> str:
    """The page as text."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    return environment.get_template("page.html.j2").render(_content(folder), style=style)


def _content(folder: Folder) -> dict[str, Any]:
    """Everything the template prints; what cannot be made of a damaged folder is said to be missing."""
    made = {name: _part(folder, name, make, other) for name, (make, other) in _PARTS.items()}
    cover = _part(folder, "finding", tables.finding, {"said": "NOT READY", "judged": "", "rule": ""})
    suite = folder.verdicts.get("suite") or folder.start.get("suite") or folder.name
    return made | {
        "words": words, "folder": folder.name, "suite": suite, "cover": cover,
        "missing": list(dict.fromkeys(folder.missing)),
        "finished": folder.finished, "exploratory": bool(folder.start.get("exploratory")),
        "void": list(folder.verdicts.get("void", ())),
        "fingerprint": str(folder.start.get("digest", "not recorded")),
        "plants": ", ".join(folder.resolved.get("plants", {})) or "not recorded",
    }  # fmt: skip


def _part(folder: Folder, name: str, make: Callable[[Folder], Any], other: Any) -> Any:
    try:
        return make(folder)
    except DAMAGED:
        folder.missing.append(f"{name.replace('_', ' ')}: the files it is made of are damaged")
        return other


def _held(folder: Folder) -> dict[str, Any]:
    from simulator.report.plot import which_held

    return {"rows": [row for row in tables.held(folder) if row["n"]], "figure": _inline(which_held(folder))}


def _glance(folder: Folder) -> str:
    from simulator.report.plot import at_a_glance

    return _inline(at_a_glance(folder))


def _bars(folder: Folder) -> str:
    from simulator.report.plot import against_time

    return _inline(against_time(folder))


def _inline(pictures: Iterator[Picture]) -> str:
    from markupsafe import Markup

    from simulator.report.figures.canvas import svg

    return Markup().join(map(svg, pictures))


def _fans(folder: Folder) -> list[dict[str, Any]]:
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


def _confidence(folder: Folder) -> str:
    return share(folder.resolved.get("criteria", {}).get("confidence"))


def _notices(folder: Folder) -> dict[str, Any]:
    return {"attack": scope.attack_versions(folder), "atlas": scope.atlas_version(folder)}


_NO_CONTROLS: dict[str, Any] = {"judged": [], "unchallenged": [], "known": False}
_PARTS: dict[str, tuple[Callable[[Folder], Any], Any]] = {
    "counts": (tables.counts, []),
    "punch": (tables.punch, []),
    "questions": (tables.questions, []),
    "confidence": (_confidence, "the stated"),
    "glance": (_glance, ""),
    "held": (_held, {"rows": [], "figure": ""}),
    "fans": (_fans, []),
    "adequacy": (protection.adequacy, []),
    "bars": (_bars, ""),
    "controls": (protection.controls, _NO_CONTROLS),
    "layers": (safeguards.layers, []),
    "outside": (scope.outside, []),
    "unassessed": (scope.unassessed, []),
    "notes": (scope.notes, []),
    "techniques": (scope.techniques, []),
    "versions": (_notices, {"attack": [], "atlas": ""}),
    "identity": (identity.identity, []),
    "inputs": (identity.inputs, []),
    "manifest": (identity.manifest, {"n": 0, "changed": []}),
}
"""Parts of the page: how each is made, and what stands in for it when its files are damaged."""
