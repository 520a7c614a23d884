"""What an envelope comes to in numbers and sentences: shares of the plane with their bounds, no score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from simulator.assess.ladder import Held
from simulator.assess.measure import Columns
from simulator.campaign.envelope.plane import Plane
from simulator.campaign.envelope.survey import MIXED, Survey
from simulator.campaign.envelope.verdicts import ORDER, UNSAFE
from simulator.core.clock import SECOND

_NOTHING = ORDER.index(Held.NO_DEMAND)


def account(survey: Survey, cells: Columns) -> dict[str, Any]:
    """One build: shares of the plane by what holds there, and what the boundary leaves open."""
    area = cells["u.width"] ** 2
    shares = {kind: float(area[cells["kind"] == kind].sum()) for kind in (*map(str, ORDER), MIXED)}
    crossed = (cells["kind"] == MIXED) & (cells["unsafe"] == 1)
    widths = cells["u.width"][crossed]
    return {
        "key": survey.build.key,
        "title": survey.build.title,
        "removed": list(survey.build.removed),
        "points": len(survey.points),
        "runs": len(survey.points) * survey.replicas,
        "shares": shares,
        "unsafe": [shares[str(Held.UNSAFE)], shares[str(Held.UNSAFE)] + float(area[crossed].sum())],
        "points_by_kind": {str(kind): int((survey.kinds == k).sum()) for k, kind in enumerate(ORDER)},
        "boundary_cell": float(widths.max()) if len(widths) else None,
        "exhausted": any(survey.tree.mixed(c) and c.width > 1 for c in survey.tree.cells),
        "worst": _worst(survey),
    }


def _worst(survey: Survey) -> dict[str, Any] | None:
    """The run with the least margin; None where no margin is known."""
    margins = survey.measured.margins(survey.rows)
    if not np.isfinite(margins).any():
        return None
    k = int(np.nanargmin(np.where(np.isfinite(margins), margins, np.nan)))
    told = {name: float(survey.rows[name][k]) for name in ("x", "y")}
    return told | {
        "row": k, "noise": int(survey.rows["noise"][k]), "margin": float(margins[k]),
        "kind": str(survey.rows["kind"][k]),
    }  # fmt: skip


def compared(surveys: Sequence[Survey]) -> list[dict[str, Any]]:
    """Points known to two builds in a row, and at how many of them the layers between make a difference.

    ``worse``: UNSAFE with them only; ``better``: UNSAFE without them only; ``needless``: a layer acts, where
    without them nothing had to.
    """
    found = []
    for less, more in pairwise(surveys):
        kinds = {tuple(map(int, p)): int(k) for p, k in zip(less.points, less.kinds, strict=True)}
        both = [
            (kinds[tuple(map(int, p))], int(k))
            for p, k in zip(more.points, more.kinds, strict=True)
            if tuple(map(int, p)) in kinds
        ]
        worse = sum(a < UNSAFE and b == UNSAFE for a, b in both)
        better = sum(a == UNSAFE and b < UNSAFE for a, b in both)
        needless = sum(a == _NOTHING and b > _NOTHING for a, b in both)
        told = {"from": less.build.key, "to": more.build.key, "points": len(both)}
        found.append(told | {"worse": worse, "better": better, "needless": needless})
    return found


def findings(surveys: Sequence[Survey], accounts: Sequence[dict[str, Any]], coarse: int) -> Iterator[str]:
    """What an engineer must not miss, in sentences."""
    for one in accounts:
        yield f"{one['title']}: {_unsafe(one)}"
        if one["exhausted"]:
            yield f"{one['title']}: the budget ended before every boundary was as fine as wanted"
        unknown = one["shares"][str(Held.UNKNOWN)]
        if unknown:
            yield f"{one['title']}: nothing is known of {_percent(unknown)} of the plane"
    for pair, (less, more) in zip(compared(surveys), pairwise(surveys), strict=True):
        of = f"of {pair['points']} points known to both"
        if pair["worse"]:
            yield (
                f"{more.build.title}: UNSAFE at {pair['worse']} {of} at which '{less.build.title}' is not: "
                "a layer makes it worse there"
            )
        if pair["needless"]:
            yield (
                f"{more.build.title}: at {pair['needless']} {of} a layer acts, and nothing would be lost "
                f"without it ('{less.build.title}' is safe there, and no layer of it acts)"
            )
    if not any(_acted(one) for one in accounts):
        yield (
            "nothing fails and no layer acts anywhere in this plane: it shows no boundary; "
            "widen the ranges, or choose other axes"
        )
    yield from cut_short(surveys[0].plane)
    yield f"an island narrower than 1/{coarse} of an axis, between the corners of coarse cells, may be missed"


def cut_short(flat: Plane) -> Iterator[str]:
    """Threats that may still act when the record ends: what follows them is in no point of the plane."""
    question = flat.asked.question
    begun = {axis.draw: axis.source.bounds for axis in flat.asked.space.axes}
    for threat in question.threats:
        place = f"threat/{threat.name}/"
        latest = begun.get(f"{place}onset", threat.onset.bounds)[1]
        lasts = begun.get(f"{place}lasts", threat.lasts.bounds if threat.lasts else (0.0, 0.0))[1]
        if threat.lasts and latest + lasts >= question.duration:
            length, since = question.duration / SECOND, max(question.duration - lasts, 0.0) / SECOND
            yield (
                f"{threat.name} lasts {lasts / SECOND:g} s and the record ends at {length:g} s: "
                f"where it begins about {since:g} s or later, what follows its end is not seen"
            )


def _acted(one: dict[str, Any]) -> bool:
    return any(n for kind, n in one["points_by_kind"].items() if kind != str(Held.NO_DEMAND))


def _unsafe(one: dict[str, Any]) -> str:
    low, high = one["unsafe"]
    if not one["points_by_kind"][str(Held.UNSAFE)]:
        return f"UNSAFE at none of {one['points']} points"
    between = _percent(low) if low == high else f"{_percent(low)} to {_percent(high)}"
    return (
        f"UNSAFE in {between} of the plane "
        f"({one['points_by_kind'][str(Held.UNSAFE)]} of {one['points']} points)"
    )


def _percent(share: float) -> str:
    return f"{100.0 * share:.3g} %"
