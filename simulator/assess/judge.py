"""From rows to verdicts: the only place where PASS is said, and only on positive evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.assess.statistics import upper_bound
from simulator.core.units import quantity
from simulator.core.verdict import Verdict

Columns = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Ruling:
    """The verdict on one requirement in one scenario.

    Attributes
    ----------
    n, planned : int
        Replicas that count (exercised, where something had to be), and how many the plan wants.
    failed, undecided : int
        Replicas that violate the requirement, and that decide nothing.
    bound : float or None
        Upper bound of the failure probability; None where no bound is claimed.
    margin, unit : float or None, str
        Worst margin.
    time_margin, latency : float or None
        Worst time left and longest latency of a response [s].
    replica, witness : int
        Replica and time [ms] of the worst margin; -1 when there is none.
    why : str
        What a reader must know beside the verdict.
    """

    verdict: Verdict
    n: int = 0
    planned: int = 0
    failed: int = 0
    undecided: int = 0
    bound: float | None = None
    margin: float | None = None
    unit: str = ""
    time_margin: float | None = None
    latency: float | None = None
    replica: int = -1
    witness: int = -1
    why: str = ""
    warnings: tuple[str, ...] = field(default_factory=tuple)


@dataclass(frozen=True)
class Plan:
    """How much evidence is enough."""

    replicas: int
    failures_allowed: int
    confidence: float


def rule_formula(name: str, rows: Columns, plan: Plan, unit: str, lenient: bool, implies: bool) -> Ruling:
    """Rule on a formula.

    Parameters
    ----------
    name : str
        The requirement.
    rows : mapping of str to ndarray
        Rows of the scenario; may be empty.
    plan : Plan
        Sample size and failures allowed.
    unit : str
        Unit of the margin.
    lenient : bool
        ``if_unexercised: PASS``: nothing to answer for counts as satisfied.
    implies : bool
        Whether the formula can hold without having been exercised.
    """
    if f"{name}.truth" not in rows:
        return Ruling(Verdict.INCONCLUSIVE, planned=plan.replicas, why="nothing was recorded")
    if len(set(rows["replica"].tolist())) < len(rows["replica"]):
        return Ruling(Verdict.INCONCLUSIVE, planned=plan.replicas, why="a replica stands in the rows twice")
    truth, exercised = rows[f"{name}.truth"], rows[f"{name}.exercised"] > 0
    counted = np.ones(len(truth), bool) if lenient or not implies else exercised | ~(truth > 0)
    failed, undecided = int((truth < 0).sum()), int((~(truth < 0) & ~(truth > 0)).sum())
    n = int(counted.sum()) - undecided
    head: dict[str, Any] = {"n": n, "planned": plan.replicas, "failed": failed, "undecided": undecided}
    head |= {"bound": upper_bound(failed, n, plan.confidence) if plan.replicas > 1 else None}
    return Ruling(**_verdict(head, plan, implies and not lenient), **_margins(name, rows, unit))


def informed(ruling: Ruling) -> Ruling:
    """The same figures without a verdict: what is for information is never PASS and never FAIL."""
    if ruling.n == 0 and ruling.undecided == 0:
        return replace(ruling, verdict=Verdict.NOT_ASSESSED, why=f"for information: {ruling.why}")
    held = ruling.n - ruling.failed
    why = f"for information: held in {held} of {ruling.n}, undecided in {ruling.undecided}"
    return replace(ruling, verdict=Verdict.NOT_ASSESSED, why=why)


def _verdict(head: dict[str, Any], plan: Plan, must_be_exercised: bool) -> dict[str, Any]:
    if head["failed"] > plan.failures_allowed:
        return head | {"verdict": Verdict.FAIL, "why": f"{head['failed']} of {head['n']} violate it"}
    if head["undecided"]:
        return head | {"verdict": Verdict.INCONCLUSIVE, "why": f"{head['undecided']} undecided"}
    if must_be_exercised and head["n"] == 0:
        return head | {"verdict": Verdict.NOT_ASSESSED, "why": "its condition never occurred"}
    if head["n"] < plan.replicas:
        why = f"{head['n']} of the {plan.replicas} planned replicas" + (
            " exercise it" if must_be_exercised else ""
        )
        return head | {"verdict": Verdict.INCONCLUSIVE, "why": why}
    return head | {"verdict": Verdict.PASS}


def _margins(name: str, rows: Columns, unit: str) -> dict[str, Any]:
    margin, truth = rows[f"{name}.margin"].astype(float), rows[f"{name}.truth"]
    usable = np.where(np.isfinite(margin), margin, np.inf)
    violated = truth < 0
    among = (
        np.where(violated, np.where(np.isfinite(margin), margin, 0.0), np.inf) if violated.any() else usable
    )
    worst = int(np.argmin(among))
    out: dict[str, Any] = {"unit": unit}
    if np.isfinite(margin[worst]):
        out["margin"] = float(margin[worst])
    if np.isfinite(margin[worst]) or truth[worst] < 0:
        out |= {"replica": int(rows["replica"][worst]), "witness": int(rows[f"{name}.witness"][worst])}
    out["time_margin"] = _least(rows[f"{name}.time_margin"])
    latency = _least(-rows[f"{name}.latency"].astype(float))
    out["latency"] = -latency if latency is not None else None
    return out


def _least(values: NDArray[Any]) -> float | None:
    """Least value; None when there is none or it is not finite."""
    known = values.astype(float)
    known = known[~np.isnan(known)]
    return float(known.min()) if len(known) and np.isfinite(known.min()) else None


def rule_cost(mine: Columns, other: Columns, at_most: str, plan: Plan) -> Ruling:
    """Rule on a comparison of the cost index, paired replica by replica with the same disturbances."""
    if not {"cost_index"} <= mine.keys() & other.keys():
        return Ruling(Verdict.INCONCLUSIVE, planned=plan.replicas, why="nothing was recorded")
    shared, a, b = np.intersect1d(mine["replica"], other["replica"], return_indices=True)
    allowed = quantity(at_most, "%")
    share = 100.0 * mine["cost_index"][a] / other["cost_index"][b]
    whole = (mine["complete"][a] > 0) & (other["complete"][b] > 0) & np.isfinite(share)
    head: dict[str, Any] = {
        "n": int(whole.sum()), "planned": plan.replicas, "undecided": int((~whole).sum()),
        "failed": int((share[whole] > allowed * (1.0 + 1e-12)).sum()), "unit": "%",
    }  # fmt: skip
    head["bound"] = upper_bound(head["failed"], head["n"], plan.confidence) if plan.replicas > 1 else None
    if whole.any():
        worst = int(np.argmax(np.where(whole, share, -np.inf)))
        head |= {"margin": float(allowed - share[worst]), "replica": int(shared[worst])}
        mean = f"mean cost {float(np.mean(share[whole])):.1f} % of the comparison's"
    found = _verdict(head, plan, must_be_exercised=False)
    return Ruling(
        **(found | {"why": "; ".join(x for x in (found.get("why", ""), mean if whole.any() else "") if x)})
    )
