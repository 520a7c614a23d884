"""Cause and effect: what is required of each layer, and what it did, over all replicas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.core.states import MODE_REASON
from simulator.report.folder import Folder
from simulator.report.observed import Seen, column
from simulator.report.scope import injected
from simulator.report.shown import NONE, seconds
from simulator.report.words import SYMBOLS

Data = Mapping[str, Any]
Row = dict[str, Any]
Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Effect:
    """One column of the matrix: moments of the rows that tell it, and formulas that demand it."""

    title: str
    column: str
    demanded: str
    forbidden: str = r"\Z."


EFFECTS = (
    Effect("input marked BAD", "at.bad", r"quality\.\S+ == BAD"),
    Effect("AI's value refused, last good held", "at.hold", r"admitted\."),
    Effect("AI shed to PID", "at.shed", r"mode\.\S+ (?:!= AI|== AUTO|== MAN)", r"mode\.\S+ == AI"),
    Effect("alarm", "at.alarm", r"\balarm\."),
    Effect("trip", "at.trip.", r"sif\.\S+ == TRIPPED|safe\.", r"sif\.\S+ == NORMAL"),
)
"""In the order of the signal path."""

CAUSES = {
    "STALE": "AI silent: heartbeat or sequence stands", "OUTPUT": "AI's output refused by its guard",
    "INPUT": "an input of the AI is BAD", "READBACK": "valve does not follow",
    "SIF": "a safety function trips", "OPERATOR": "operator takes the loop",
    "PHASE": "phase does not allow the AI", "LATE": "AI late, k of n", "CONFIG": "configuration altered",
    "NOVELTY": "inputs unlike those of commissioning", "GUARD": "output guard stopped",
    "REARM": "operator gives the loop back",
}  # fmt: skip


def effects(_: Folder) -> tuple[Effect, ...]:
    """Columns of the matrix; the same for every folder."""
    return EFFECTS


def injections(folder: Folder) -> list[Row]:
    """A row per scenario: what was injected, and each effect with its demand, count and worst time."""
    return [_injection(folder, scenario) for scenario in folder.scenarios]


def _injection(folder: Folder, scenario: Data) -> Row:
    key, about = str(scenario["id"]), folder.about(scenario["id"])
    verdicts = {str(r["id"]): str(r["verdict"]) for r in scenario["requirements"]}
    texts = {name: str(f.get("text", "")) for name, f in about.get("formulas", {}).items()}
    cells = [_cell(folder, key, effect, texts, verdicts) for effect in EFFECTS]
    slowest = max((c["seen"] for c in cells if c["seen"]), key=lambda seen: seen.value, default=None)
    return {
        "id": key, "injected": injected(about) or "nothing", "cells": cells,
        "command": slowest.command(folder) if slowest else "",
    }  # fmt: skip


def _cell(
    folder: Folder, key: str, effect: Effect, texts: Mapping[str, str], verdicts: Mapping[str, str]
) -> Row:
    wanted = [(n, _then(t)) for n, t in texts.items() if n in verdicts]
    demands = [n for n, then in wanted if re.search(effect.demanded, then)]
    forbids = [n for n, then in wanted if re.search(effect.forbidden, then)]
    times = _since_onset(folder, key, effect.column)
    told, seen = _observed(folder, key, times)
    return {
        "required": _cited(demands, verdicts), "forbidden": _cited(forbids, verdicts),
        "observed": told, "seen": seen, "happened": seen is not None,
    }  # fmt: skip


def _then(text: str) -> str:
    """What a formula demands: its right side, where it is an implication."""
    return text.rpartition("->")[2]


def _cited(names: list[str], verdicts: Mapping[str, str]) -> str:
    return ", ".join(f"{SYMBOLS.get(verdicts[name], '!')} {name}" for name in names)


def _since_onset(folder: Folder, key: str, name: str) -> Reals | None:
    """First moments [s] after the onset, a number a replica; of a beginning the first of all columns."""
    names = [c for c in folder.rows(key) if (c.startswith(name) if name.endswith(".") else c == name)]
    moments = [column(folder, key, one) for one in names]
    onset = column(folder, key, "at.onset")
    if onset is None or not moments:
        return None
    first = moments[0]
    for one in moments[1:]:
        first = np.fmin(first, one)  # type: ignore[arg-type]
    return first - np.nan_to_num(onset)  # type: ignore[operator]


def _observed(folder: Folder, key: str, times: Reals | None) -> tuple[str, Seen | None]:
    if times is None:
        return "not recorded", None
    happened = np.isfinite(times)
    if not happened.any():
        return f"0 / {len(times)}", None
    worst = int(np.nanargmax(times))
    seen = Seen(float(times[worst]), key, int(folder.rows(key)["replica"][worst]))
    return f"{int(happened.sum())} / {len(times)}, by {seconds(seen.value)}", seen


def transitions(folder: Folder) -> list[Row]:
    """The mode table: per cause the mode and start it demands, and how often runs exercised it."""
    table = folder.resolved.get("mode_table", {})
    return [_transition(folder, event, about) for event, about in table.items() if event != "NONE"]


def _transition(folder: Folder, event: str, about: Data) -> Row:
    after = about.get("after", {})
    moves = [f"{a} → {b}" for a, b in after.items() if a != b]
    seen = list(_sheds(folder, MODE_REASON.get(event, -1)))
    n, slowest = sum(k for k, _ in seen), max((one for _, one in seen if one), key=_value, default=None)
    where = ", ".join(dict.fromkeys(one.scenario for _, one in seen if one))
    return {
        "event": event, "cause": CAUSES.get(event, ""), "moves": ", ".join(moves),
        "start": about.get("start", "") if moves else NONE, "n": n if event != "REARM" else NONE,
        "where": where, "slowest": seconds(slowest.value) if slowest else NONE,
        "command": slowest.command(folder) if slowest else "",
    }  # fmt: skip


def _value(seen: Seen) -> float:
    return seen.value


def _sheds(folder: Folder, reason: int) -> Iterator[tuple[int, Seen | None]]:
    """Sheds for a reason, by scenario: how many, and the slowest after the onset or fault."""
    for scenario in folder.scenarios:
        key = scenario["id"]
        reasons, shed, late = (column(folder, key, c) for c in ("shed.reason", "at.shed", "fallback"))
        if reasons is None or shed is None or late is None:
            continue
        mine = reasons == reason
        if not mine.any():
            continue
        times = np.where(mine, np.where(np.isfinite(late), late, shed), -1.0)
        worst = int(times.argmax())
        yield int(mine.sum()), Seen(float(times[worst]), key, int(folder.rows(key)["replica"][worst]))
