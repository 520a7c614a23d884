"""The proof of hand-over: parts of the slowest hand-over of each failure, and the override by state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from simulator.report import campaigns
from simulator.report.drawn import inline
from simulator.report.folder import Folder
from simulator.report.shown import NONE, at, number, seconds, share

if TYPE_CHECKING:
    from simulator.report.figures.canvas import Picture

Data = Mapping[str, Any]
Row = dict[str, Any]
KIND = "handover"


def proof(folder: Folder) -> Row:
    """The newest proof of the same input; empty where there is none."""
    told = campaigns.told(folder, KIND)
    if not told:
        return {}
    times = told["times"]
    return {
        "limit": seconds(times["limit"]), "pst": seconds(times["pst"]), "event": times["event"],
        "shortest": seconds(times["shortest"]), "parts": told["parts"], "n": told["replicas"],
        "failures": [_failure(one, told["parts"]) for one in told["failures"]],
        "override": [_override(name, one) for name, one in told["override"].items()],
        "doubts": campaigns.doubts(folder, KIND),
    }  # fmt: skip


def _failure(one: Data, parts: list[str]) -> Row:
    worst = one["worst"]
    return {
        "variant": one["variant"], "failure": one["failure"], "text": one["text"], "verdict": one["verdict"],
        "n": one["n"], "failed": one["failed"], "bound": share(one["bound"]), "why": one["why"],
        "parts": [seconds(worst["parts"][part]) if worst else NONE for part in parts],
        "phase": number(worst["phase"], "ms") if worst else NONE, "file": worst["file"] if worst else NONE,
        "degrees": "; ".join(_degree(d) for d in one["degrees"] if d["unit"]) or NONE,
    }  # fmt: skip


def _degree(one: Data) -> str:
    unit = one["unit"]
    degree = at(one["degree"]) if unit == "ms" else number(one["degree"], "" if unit == "1" else unit)
    return f"{degree}: {one['handed_over']} of {one['n']}, by {seconds(one['slowest'])}"


def _override(variant: str, one: Data) -> Row:
    before = {"walk": None, "rule": None, "contradicted": 0}  # of a proof whose rules were not walked
    return (
        before
        | dict(one)
        | {
            "states": [{"word": ""} | state for state in one["states"]],
            "variant": variant,
            "told": ", ".join(_told(one)),
            "limit": seconds(one["limit"]),
            "slowest": seconds(one["slowest"]),
        }
    )


def _told(one: Data) -> Iterator[str]:
    yield f"{one['reached']} of {len(one['states'])} states reached"
    if "walk" in one:
        yield f"{one['unreachable']} shown unreachable"
        yield f"{one['open']} not assessed"
    else:
        yield "which of the others the rules allow was not asked"


def stacked(folder: Folder) -> Iterator[Picture]:
    """Parts of the slowest hand-over of each failure, against the limit."""
    from simulator.report.figures import handover

    told = campaigns.told(folder, KIND)
    if told:
        yield handover.picture(told)


def figure(folder: Folder) -> str:
    """The same, as an element of the page."""
    return inline(stacked(folder))
