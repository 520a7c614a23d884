"""What a search comes to: what was found, and when nothing was, what that is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.falsify.aims import FAR, NEAR, STATES, Aim
from simulator.campaign.falsify.control import Control, shown_to_find
from simulator.campaign.falsify.trials import Trials
from simulator.campaign.search import Searched
from simulator.core.clock import show
from simulator.core.verdict import Exit

Reals = NDArray[np.float64]
FAIL, NONE_FOUND, INCONCLUSIVE, VOID = "FAIL", "NONE FOUND", "INCONCLUSIVE", "VOID"
TENTHS = 10


def requirement(
    aim: Aim, k: int, done: Searched, trials: Trials, nominal: Reals, controls: Sequence[Control]
) -> dict[str, Any]:
    """What the search says of one requirement, the k-th."""
    margins = done.margins[:, k]
    violated, undecided = int((margins < 0).sum()), int(np.isnan(margins).sum())
    best = done.best[k]
    told: dict[str, Any] = {
        "id": aim.requirement, "by": aim.by, "unit": aim.unit, "searched": aim.told,
        "n": len(margins), "violations": violated, "undecided": undecided,
        "first": done.first(k) + 1, "nominal": number(nominal[k]), "fails_at_nominal": bool(nominal[k] < 0),
        "worst": number(best.margin, aim), "method": best.method, "simulation": best.evaluation,
        "at": values(trials, best.point) if best.evaluation >= 0 else {},
        "history": history(done.history[:, k]),
    }  # fmt: skip
    question = trials.experiment.question
    told["exercised"] = int((trials.rows[f"{aim.requirement}.exercised"] > 0).sum())
    lenient = question.requirements[aim.requirement].if_unexercised is not None
    told["unexercised"] = not told["exercised"] and not lenient
    control = shown_to_find(controls, aim.requirement)
    told["control"] = control.told() if control else None
    told["verdict"], told["why"] = _verdict(told, control)
    return told


def _verdict(told: Mapping[str, Any], control: Control | None) -> tuple[str, str]:
    n = told["n"]
    if told["fails_at_nominal"]:
        return FAIL, "fails at nominal: nothing needs to be searched"
    if told["violations"]:
        return (
            FAIL,
            f"{told['violations']} of {n} simulations violate it, the first was number {told['first']}",
        )
    none = f"no counterexample in {n} simulations: this is no proof"
    if told["unexercised"]:
        return INCONCLUSIVE, f"{none}, and its condition never occurred in them"
    if told["undecided"]:
        return INCONCLUSIVE, f"{none}; {told['undecided']} of them decided nothing"
    if control is None:
        return INCONCLUSIVE, f"{none}, and no control has shown that this search could find one"
    without = " and ".join(control.removed)
    return NONE_FOUND, f"{none}; without {without} the same search finds one"


def overall(found: Sequence[Mapping[str, Any]], controls: Sequence[Control], asked: bool) -> tuple[str, str]:
    """The verdict on the whole, and why; `asked`: whether controls were to be run."""
    verdicts = [one["verdict"] for one in found]
    failed = [one["id"] for one in found if one["verdict"] == FAIL]
    if failed:
        return FAIL, f"violated: {', '.join(failed)}"
    n = max(one["n"] for one in found)
    if asked and not any(one.first for one in controls):
        return (
            VOID,
            f"no harm was found on any build of the control: that none was found in {n} means nothing",
        )
    if INCONCLUSIVE in verdicts:
        whys: dict[str, list[str]] = {}
        for one in found:
            whys.setdefault(one["why"], []).extend([one["id"]] if one["verdict"] == INCONCLUSIVE else [])
        return INCONCLUSIVE, "; ".join(f"{', '.join(ids)}: {why}" for why, ids in whys.items() if ids)
    return NONE_FOUND, f"no counterexample in {n} simulations: this is no proof"


def exit_of(verdict: str) -> Exit:
    """Exit code: 0 says that none was found, and no more."""
    return {FAIL: Exit.FAILED, NONE_FOUND: Exit.PASSED}.get(verdict, Exit.NOT_DECIDED)


def number(margin: float, aim: Aim | None = None) -> float | None:
    """A margin as it is told; None for one that is no number or has no end."""
    told = aim is None or aim.by != STATES
    return float(margin) if np.isfinite(margin) and abs(margin) < FAR and told else None


def history(best: Reals) -> list[list[float | None]]:
    """The running best where it changes: how many simulations, and the margin."""
    changes = [k for k in range(len(best)) if k == 0 or (best[k] != best[k - 1] and not np.isnan(best[k]))]
    kept = sorted({*changes, len(best) - 1} if len(best) else set(changes))
    return [[k + 1, number(best[k])] for k in kept]


def values(trials: Trials, point: Reals) -> dict[str, str]:
    """The values of a point with their units, by axis."""
    space = trials.experiment.space
    found = space.values(np.asarray(point)[None])
    return {axis.name: told(float(found[axis.name][0]), axis.source.unit) for axis in space.axes}


def told(value: float, unit: str) -> str:
    """One value with its unit; times as people say them."""
    if unit == "ms":
        return show(round(value))
    return f"{value:.6g}" + ("" if unit == "1" else f" {unit}")


def coverage(trials: Trials) -> list[dict[str, Any]]:
    """How much of each axis was tried: the tenths of its range in which some point was, and its ends."""
    points = trials.points
    found = []
    for k, axis in enumerate(trials.experiment.space.axes):
        u = points[:, k]
        tenths = len(set(np.minimum((u * TENTHS).astype(int), TENTHS - 1).tolist()))
        low, high = (told(end, axis.source.unit) for end in axis.source.bounds)
        ends = [int((u <= NEAR).sum()), int((u >= 1.0 - NEAR).sum())]
        found.append({"axis": axis.name, "low": low, "high": high, "tenths": tenths, "at_ends": ends})
    return found


def rungs(trials: Trials) -> dict[str, int]:
    """How many simulations ended on each rung of the verdict ladder."""
    names, counts = np.unique(trials.rows["held"], return_counts=True)
    return {str(name): int(n) for name, n in zip(names, counts, strict=True)}
