"""The figures and the page of searches for counterexamples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.report.campaigns import doubts_of
from simulator.report.drawn import inline
from simulator.report.figures import course, progress
from simulator.report.figures.canvas import Picture
from simulator.report.folder import DAMAGED, Folder
from simulator.report.hunts import Hunt, hunt, hunts
from simulator.report.shown import NONE, at, number

Data = Mapping[str, Any]
Row = dict[str, Any]
_NAMES = {"fresh_noises": "fresh noises"}


def of_folder(folder: Folder) -> Iterator[Picture]:
    """Every figure of a falsify folder."""
    one = hunt(folder.layout)
    yield progressed(one)
    yield from map(course.picture, one.courses())


def progressed(one: Hunt) -> Picture:
    """The running best of every requirement."""
    drawn = [
        progress.Progress(r["id"], r["unit"], [(n, v) for n, v in r["history"]], r["n"], r["first"])
        for r in one.told["requirements"]
    ]
    title = f"{one.question}: the least margin so far"
    return progress.picture(one.question, title, drawn, dict(one.told["methods"]))


def searches(folder: Folder) -> list[Row]:
    """One block per question that was searched; one that is damaged is noted as missing."""
    found = []
    for one in hunts(folder):
        try:
            found.append(_block(folder, one))
        except DAMAGED:
            folder.missing.append(f"falsify {one.folder.name}: the files it is made of are damaged")
    return found


def _block(folder: Folder, one: Hunt) -> Row:
    told = one.told
    return {
        "id": one.question, "text": told["text"], "verdict": told["verdict"], "why": told["why"],
        "folder": one.folder.name, "budget": told["budget"], "seed": told["seed"],
        "counts": [(_NAMES.get(name, name), n) for name, n in told["simulations"].items()],
        "undecided": told["undecided"], "requirements": [_requirement(r) for r in told["requirements"]],
        "axes": list(told["coverage"]), "controls": [_control(c) for c in told["controls"]],
        "counterexamples": [_counterexample(c) for c in told["counterexamples"]],
        "progress": inline(iter([progressed(one)])),
        "courses": inline(map(course.picture, one.courses())),
        "doubts": doubts_of(folder, one.folder.layout),
    }  # fmt: skip


def _requirement(told: Data) -> Row:
    where = ", ".join(f"{name} {value}" for name, value in told["at"].items())
    worst = number(told["worst"], told["unit"]) if told["worst"] is not None else NONE
    return {
        "id": told["id"], "by": told["searched"], "verdict": told["verdict"], "n": told["n"],
        "violations": told["violations"], "undecided": told["undecided"], "worst": worst,
        "why": told["why"], "where": where or NONE,
    }  # fmt: skip


def _control(told: Data) -> Row:
    found = ", ".join(f"{name} in simulation {k}" for name, k in told["first"].items())
    least = ", ".join(f"{name} {number(value)}" for name, value in told["least"].items())
    head = {"removed": ", ".join(told["removed"]), "found": found or "nothing", "n": told["simulations"]}
    return head | {"least": least or NONE}


def _counterexample(told: Data) -> Row:
    fresh = told["fresh"]
    same = "repeats it bit for bit" if told["identical"] else "DOES NOT repeat it"
    if "tcp" in told:
        same += "; over Modbus TCP " + ("the same" if told["tcp"]["identical"] else "NOT the same")
    return {
        "id": told["id"], "sentence": told["sentence"], "file": told["file"], "same": same,
        "fresh": f"{fresh['violated']} of {fresh['n']}", "undecided": fresh["undecided"],
        "least": f"{100 * fresh['at_least']:.1f} %", "alike": told["alike"], "when": at(told["witness"]),
    }  # fmt: skip
