"""The variants of the AI against each other: the same question, replica by replica, printed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.assess.pairs import Demands, Form, Pair, pairs
from simulator.record.reader import rows
from simulator.report.folder import Folder
from simulator.report.shown import NONE, number, seconds, share
from simulator.report.words import RUNGS

Row = dict[str, Any]


def found(folder: Folder) -> list[Pair]:
    """Every pair of the folder."""
    if not folder.resolved.get("scenarios"):
        return []
    return list(pairs(folder.resolved, lambda scenario, variant: rows(folder.layout, scenario, variant)))


def compared(folder: Folder) -> list[Row]:
    """A block per question: a line for each form, and what the pairing says."""
    return [_block(pair, folder) for pair in found(folder)]


def _block(pair: Pair, folder: Folder) -> Row:
    phase = f" in phase {pair.phase}" if pair.phase not in ("", "RUN") else ""
    return {
        "id": f"{pair.base}{phase}", "question": pair.question, "plant": pair.plant, "n": pair.n,
        "lines": [_line(pair, form) for form in (pair.first, pair.second)],
        "told": _told(pair, str(share(folder.resolved["criteria"]["confidence"]))),
    }  # fmt: skip


def _line(pair: Pair, form: Form) -> Row:
    worst = _worst(form.peak, pair.below)
    margin = None if worst is None else abs(pair.lines["limit"] - worst) * _side(pair, worst)
    shed = form.fallback[np.isfinite(form.fallback)]
    return {
        "scenario": form.scenario, "mode": form.mode,
        "held": ", ".join(f"{form.held[rung]} {rung}" for rung in RUNGS if form.held.get(rung)) or NONE,
        "peak": _tenths(worst, pair.unit), "margin": _tenths(margin, pair.unit),
        "fallback": f"{seconds(_largest(shed))}, {len(shed)} of {pair.n} shed" if len(shed) else "never shed",
        "demands": _count(form.tripped), "beyond": seconds(_largest(form.beyond)),
    }  # fmt: skip


def _tenths(value: float | None, unit: str) -> str:
    """To a tenth, as peaks are printed elsewhere: what matters is told by the difference."""
    return NONE if value is None else f"{value:.1f} {unit}"


def _side(pair: Pair, worst: float) -> float:
    inside = worst < pair.lines["limit"] if pair.below else worst > pair.lines["limit"]
    return 1.0 if inside else -1.0


def _worst(values: NDArray[Any], below: bool) -> float | None:
    if not len(values):
        return None
    return float(values.max() if below else values.min())


def _largest(values: NDArray[Any]) -> float | None:
    return float(values.max()) if len(values) and np.isfinite(values).all() else None


def _count(tripped: NDArray[Any]) -> str:
    return f"{int(tripped.sum())} of {len(tripped)}" if np.isfinite(tripped).all() and len(tripped) else NONE


def _told(pair: Pair, confidence: str) -> str:
    first, second = pair.first, pair.second
    nearer = (second.peak > first.peak) if pair.below else (second.peak < first.peak)
    head = (
        f"In {int(nearer.sum())} of {pair.n} pairs {second.mode} comes nearer to the limit than {first.mode}"
    )
    middle = float(np.median(second.peak - first.peak)) if pair.n else None
    peaks = f"{head}; the median difference of the peaks is {number(middle, pair.unit)}."
    return f"{peaks} {_demanded(pair.demands, first.mode, second.mode, confidence)}"


def _demanded(demands: Demands | None, first: str, second: str, confidence: str) -> str:
    if demands is None:
        return "Demands on safety functions are not recorded of every replica."
    split = (
        f"Safety functions are called upon by both in {demands.both}, by {first} alone in {demands.first}, "
        f"by {second} alone in {demands.second}, by neither in {demands.neither}"
    )
    bounds = f"{100 * demands.low:.0f} % to {100 * demands.high:.0f} %"
    return (
        f"{split}: {second} less {first} {bounds} of the runs (exact bounds, {confidence}; "
        f"McNemar p = {demands.p:.2g})."
    )


def reasons(folder: Folder) -> list[str]:
    """What the suite's file says of why the variants differ."""
    crossed = folder.resolved.get("suite", {}).get("cross", ())
    return list(dict.fromkeys(str(one["why"]) for one in crossed if one.get("ai") and one.get("why")))
