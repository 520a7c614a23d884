"""Two variants of the AI asked the same question, replica by replica, with the same draws.

A question and its crossings share their streams, so that replica k of both meets the same day, the
same onset and the same noise: what differs is the variant's doing. No single score is made of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.assess.statistics import lower_bound, mcnemar, upper_bound
from simulator.core.units import quantity

Data = Mapping[str, Any]
Columns = Mapping[str, NDArray[Any]]
Rows = Callable[[str, str], Columns]
Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Form:
    """One variant's side of a pair; arrays are paired replica by replica, NaN where nothing is recorded.

    Attributes
    ----------
    scenario, ai, mode : str
        Id of the question in this form, variant and mode of its AI.
    held : mapping of str to int
        Replicas by the outermost layer that had to act.
    peak : ndarray, shape (n,)
        Value nearest to the limit.
    fallback : ndarray, shape (n,)
        From the fault to the shed [s]; NaN when the AI was never shed.
    tripped : ndarray, shape (n,)
        1 where a safety function was called upon, 0 where none was.
    beyond : ndarray, shape (n,)
        Time beyond the point of no return [s].
    """

    scenario: str
    ai: str
    mode: str
    held: Mapping[str, int]
    peak: Reals
    fallback: Reals
    tripped: Reals
    beyond: Reals


@dataclass(frozen=True)
class Demands:
    """Calls upon safety functions, paired.

    Attributes
    ----------
    both, first, second, neither : int
        Replicas in which both forms, only the first, only the second, and neither made one.
    p : float
        Exact two-sided McNemar test: how likely so uneven a split is if neither form makes more.
    low, high : float
        Bounds of the difference of probabilities, second less first.
    """

    both: int
    first: int
    second: int
    neither: int
    p: float
    low: float
    high: float


@dataclass(frozen=True)
class Pair:
    """Two forms of one question.

    Attributes
    ----------
    base, question, phase, plant : str
        Of the question's file.
    limit, unit : str
        The safety limit whose quantity is compared, and its unit.
    below : bool
        Whether the quantity must stay below it.
    lines : mapping of str to float
        Limit, trip point and point of no return, as far as the plant names them.
    n : int
        Replicas of which both forms are recorded whole.
    first, second : Form
        The plant's default variant first.
    demands : Demands or None
        None when it is not recorded whether a function was called upon.
    """

    base: str
    question: str
    phase: str
    plant: str
    limit: str
    unit: str
    below: bool
    lines: Mapping[str, float]
    n: int
    first: Form
    second: Form
    demands: Demands | None


def pairs(resolved: Data, rows: Rows) -> Iterator[Pair]:
    """Every question that was asked of two variants of the AI, in the same phase of the same plant.

    Parameters
    ----------
    resolved : mapping
        ``resolved.json``.
    rows : callable
        Rows of (scenario, variant).
    """
    asked: dict[tuple[str, str, str], dict[str, Data]] = {}
    for about in resolved["scenarios"].values():
        key = (about.get("base", about["id"]), about.get("phase", ""), about["plant"])
        asked.setdefault(key, {}).setdefault(about["ai"], about)
    for forms in asked.values():
        order = [ai for ai in resolved["plants"][next(iter(forms.values()))["plant"]]["ai"] if ai in forms]
        for other in order[1:]:
            found = _pair(resolved, forms[order[0]], forms[other], rows)
            if found:
                yield found


def _pair(resolved: Data, one: Data, other: Data, rows: Rows) -> Pair | None:
    plant = resolved["plants"][one["plant"]]
    mine, theirs = rows(one["id"], "main"), rows(other["id"], "main")
    if not mine or not theirs:
        return None
    limit, about = next(iter(plant["safety_limits"].items()))
    unit = str(plant["quantities"][about["quantity"]])
    whole = [np.isfinite(x[f"peak.{limit}"].astype(float)) & (x["complete"] > 0) for x in (mine, theirs)]
    numbers = [x["replica"][w] for x, w in zip((mine, theirs), whole, strict=True)]
    shared = np.intersect1d(*numbers)
    first, second = (
        _form(form, limit, {k: v[np.isin(x["replica"], shared)] for k, v in x.items()})
        for form, x in ((one, mine), (other, theirs))
    )
    points = {"limit": about.get("below") or about.get("above")}
    points |= {key: about[key] for key in ("trip_point", "no_return") if key in about}
    demands = _demands(first.tripped, second.tripped, resolved["criteria"]["confidence"])
    return Pair(
        str(one.get("base", one["id"])), str(one["question"]), str(one.get("phase", "")), str(one["plant"]),
        limit, unit, "below" in about, {key: quantity(str(text), unit) for key, text in points.items()},
        len(shared), first, second, demands,
    )  # fmt: skip


def _form(about: Data, limit: str, rows: Columns) -> Form:
    n = len(rows["replica"])

    def of(name: str) -> Reals:
        return rows[name].astype(float) if name in rows else np.full(n, np.nan)

    trips = [of(name) for name in rows if name.startswith("at.trip.")]
    tripped = np.any(np.isfinite(trips), axis=0).astype(float) if trips else np.full(n, np.nan)
    held = dict(Counter(str(rung) for rung in rows.get("held", ())))
    return Form(
        str(about["id"]), str(about["ai"]), str(about["mode"]), held, of(f"peak.{limit}"), of("fallback"),
        tripped, of(f"beyond.{limit}"),
    )  # fmt: skip


def _demands(first: Reals, second: Reals, confidence: float) -> Demands | None:
    known = np.isfinite(first) & np.isfinite(second)
    n = int(known.sum())
    if not n or n < len(known):
        return None
    a, b = first > 0, second > 0
    only_a, only_b = int((a & ~b).sum()), int((~a & b).sum())
    low, high = difference(only_a, only_b, n, confidence)
    both = int((a & b).sum())
    return Demands(both, only_a, only_b, n - both - only_a - only_b, mcnemar(only_a, only_b), low, high)


def difference(first: int, second: int, n: int, confidence: float) -> tuple[float, float]:
    """Bounds of the difference of two paired probabilities, second less first.

    From exact bounds of both discordant shares, each at a quarter of the risk on each side: the
    interval covers the difference at least as often as asked, and is wider than it need be.

    Parameters
    ----------
    first, second : int
        Pairs in which only the first, and only the second, had the event.
    n : int
        All pairs.
    confidence : float
        Such as 0.95.

    Examples
    --------
    >>> [round(bound, 3) for bound in difference(0, 59, 59, 0.95)]
    [0.858, 1.0]
    """
    each = 1.0 - (1.0 - confidence) / 4.0
    low = lower_bound(second, n, each) - upper_bound(first, n, each)
    return low, upper_bound(second, n, each) - lower_bound(first, n, each)
