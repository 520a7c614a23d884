"""The figures of the report as files: PNG and SVG, from a results folder alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from simulator.core.errors import InputError, Problem
from simulator.record.layout import Layout
from simulator.record.reader import FIGURES
from simulator.record.writer import put
from simulator.report import (
    demands,
    drift,
    handovers,
    hunted,
    lopa,
    parametric,
    spreads,
    surveyed,
    system,
    tables,
    variants,
)  # fmt: skip
from simulator.report.envelope import panels
from simulator.report.figures import (
    adequacy,
    blocks,
    envelope,
    forms,
    glance,
    held,
    parameters,
    portrait,
    steps,
    strips,
)
from simulator.report.figures import demands as figure_of_demands
from simulator.report.figures import drift as drifts
from simulator.report.figures.canvas import MAKER, Picture, png, svg, together
from simulator.report.folder import DAMAGED, Folder
from simulator.report.portrait import portraits

_HEAD = f'<?xml version="1.0" encoding="utf-8"?>\n<!-- made by {MAKER} -->\n'


def plot(folder: Folder, out: Path | None = None, dpi: int = 200) -> list[Path]:
    """Write every figure of a results folder as PNG and SVG.

    Parameters
    ----------
    folder : Folder
        Judged results; what is missing in it is noted there.
    out : Path, optional
        Where to; ``figures`` inside the results folder when absent.
    dpi : int
        Resolution of the PNG files.

    Returns
    -------
    list of Path
        The files: the same bytes for the same results.

    Raises
    ------
    InputError
        When there is nothing to draw, or a file that is not ours would be mixed with or overwritten.
    """
    target = out or folder.layout.root / FIGURES
    drawn = named(folder)
    files = {target / f"{name}.{kind}": (one, kind) for name, one in drawn.items() for kind in ("png", "svg")}
    if not files:
        raise InputError(Problem("nothing that can be drawn", "a run with results", str(folder.layout.root)))
    _refuse(folder.layout, target, set(files), mixed=out is None)
    for path, (one, kind) in files.items():
        put(path, png(one, dpi) if kind == "png" else f"{_HEAD}{svg(one)}".encode(), replace=True)
    return list(files)


def named(folder: Folder) -> dict[str, Picture]:
    """Every picture of a folder by the name of its file; what is damaged is noted as missing."""
    found: dict[str, Picture] = {}
    for name, make in _CAMPAIGNS.get(folder.start.get("kind", ""), _MAKERS).items():
        try:
            for picture in make(folder):
                found[_free(picture.name, found)] = picture
        except DAMAGED:
            folder.missing.append(f"figure of {name}: the files it is made of are damaged")
    return found


def at_a_glance(folder: Folder) -> Iterator[Picture]:
    """The verdict of every requirement in every scenario."""
    checks = folder.verdicts.get("design_checks", ())
    if any(s["requirements"] for s in folder.scenarios) or checks:
        yield glance.picture(folder.scenarios, checks)


def block_diagrams(folder: Folder) -> Iterator[Picture]:
    """The layers of every plant, and where scenarios strike; alike plants are drawn once."""
    seen: list[object] = []
    for key, one in system.systems(folder):
        if (one.boxes, one.taps) not in seen:
            seen.append((one.boxes, one.taps))
            yield blocks.picture(one, f"system-{key}")


def which_held(folder: Folder) -> Iterator[Picture]:
    """The outermost layer that had to act."""
    rows = [row for row in tables.held(folder) if row["n"]]
    if rows:
        yield held.picture(rows)


def against_time(folder: Folder) -> Iterator[Picture]:
    """The safety functions against every initiating event."""
    at_most = folder.resolved.get("criteria", {}).get("response", {}).get("at_most")
    names = {key: str(one.get("plant", key)) for key, one in folder.resolved.get("plants", {}).items()}
    studies = adequacy.studies(folder.adequacy, at_most, names)
    if studies:
        yield adequacy.picture(studies)


def phase_portraits(folder: Folder) -> Iterator[Picture]:
    """Two quantities against each other, per plant."""
    yield from map(portrait.picture, portraits(folder))


def fallback_times(folder: Folder) -> Iterator[Picture]:
    """From the fault of the AI to the shed: distributions, then a strip per scenario."""
    panels = spreads.fallbacks(folder)
    for k in range(0, len(panels), 2):
        name = "fallback" if k == 0 else f"fallback-{k}"
        yield steps.picture(name, "From the fault of the AI to the shed", panels[k : k + 2])
    yield from map(strips.picture, spreads.sheds(folder))


def alarm_load(folder: Folder) -> Iterator[Picture]:
    """Most alarms in ten minutes."""
    yield from map(strips.picture, spreads.alarms(folder))


def changes_of_mode(folder: Folder) -> Iterator[Picture]:
    """Bumps where the mode changed."""
    yield from map(strips.picture, spreads.bumps(folder))


def take_over(folder: Folder) -> Iterator[Picture]:
    """From an operator's order to its effect."""
    panels = spreads.takeovers(folder)
    if panels:
        yield steps.picture("takeover", "From an operator's order to its effect", panels)


def off_design(folder: Folder) -> Iterator[Picture]:
    """Hazard verdicts on plants that are not as designed: the map, then the worst point by point."""
    found = parametric.ordered(folder)
    if found:
        varied = folder.resolved["suite"]["robustness"]["parameters"]
        yield parameters.picture(found, varied)
        yield parameters.details(found[: parametric.DETAILED], varied)


def drift_monitors(folder: Folder) -> Iterator[Picture]:
    """False alarms against delay, per commissioned plant."""
    found = drift.monitors(folder)
    for plant in dict.fromkeys(one.plant for one in found):
        yield drifts.picture(plant, [one for one in found if one.plant == plant])


def demand_rates(folder: Folder) -> Iterator[Picture]:
    """Demands per plant-year, with the AI and without, from the campaign beside the suite."""
    lines = demands.lines(folder)
    if lines:
        yield figure_of_demands.picture(lines)


def variants_of_the_ai(folder: Folder) -> Iterator[Picture]:
    """The same questions put to two variants of the AI."""
    found = variants.found(folder)
    for k in range(0, len(found), _ROWS):
        one = forms.picture(found[k : k + _ROWS])
        yield replace(one, name=f"{one.name}-{k // _ROWS + 1}") if k else one


def _envelopes(folder: Folder) -> Iterator[Picture]:
    fans = [envelope.picture(panel) for panel in panels(folder)]
    if len(fans) > 1:
        yield together("envelope", "The safety envelope of every scenario.", fans[:_TOGETHER])
    yield from fans


_ROWS = 6
"""Questions of one figure of the variants."""
_TOGETHER = 24
"""Panels of the combined figure; further ones have their own files only."""
_MAKERS: Mapping[str, Callable[[Folder], Iterator[Picture]]] = {
    "the system": block_diagrams,
    "the verdicts": at_a_glance,
    "which layer held": which_held,
    "the safety functions": against_time,
    "the phase portrait": phase_portraits,
    "fallback times": fallback_times,
    "the robustness study": off_design,
    "the drift monitor": drift_monitors,
    "the variants of the AI": variants_of_the_ai,
    "demands per plant-year": demand_rates,
    "alarms": alarm_load,
    "bumps": changes_of_mode,
    "take-over": take_over,
    "the layers taken away": lopa.worth,
    "the hand-over": handovers.stacked,
    "the envelope": _envelopes,
}
_CAMPAIGNS: Mapping[str, Mapping[str, Callable[[Folder], Iterator[Picture]]]] = {
    "ablate": {"the layers taken away": lopa.worth},
    "envelope": {"the envelope": surveyed.of_folder},
    "handover": {"the hand-over": handovers.stacked},
    "falsify": {"the search": hunted.of_folder},
    "campaign": {"demands per plant-year": demand_rates},
}
"""What is drawn of the folder of a campaign, by its kind."""


def _free(name: str, taken: Mapping[str, Picture]) -> str:
    """A name for a file, of harmless letters, not taken by another."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:80].replace("fan-", "envelope-", 1)
    known = {one.lower() for one in taken}
    numbered = (f"{plain}-{k}" for k in range(2, len(taken) + 3))
    return next(one for one in (plain, *numbered) if one.lower() not in known)


def _refuse(layout: Layout, target: Path, files: set[Path], mixed: bool) -> None:
    """Refuse to mix with, or overwrite, what this command did not make."""
    root, there = layout.root.resolve(), target.resolve()
    if there.is_relative_to(root) and there != root / FIGURES:
        wanted = f"a folder outside of the results, or none for {layout.root / FIGURES}"
        raise InputError(Problem("a folder inside the results, whose files are sealed", wanted, str(target)))
    if target.exists() and not target.is_dir():
        raise InputError(Problem("a file", "a folder for the figures", str(target)))
    present = set(target.iterdir()) if target.is_dir() else set()
    strange = {path for path in present & files if not _ours(path)} | (set() if mixed else present - files)
    if strange:
        names = ", ".join(sorted(path.name for path in strange)[:3])
        got = f"a folder that holds what plot did not write: {names}"
        raise InputError(Problem(got, "a new or empty folder", str(target), hint="nothing was written"))


def _ours(path: Path) -> bool:
    """Whether an image says that it was made here."""
    try:
        with path.open("rb") as file:
            return MAKER.encode() in file.read(200)
    except OSError:
        return False
