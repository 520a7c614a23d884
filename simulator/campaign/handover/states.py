"""The table of states: those in which the override was pressed, those that no rule leads to, and the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from simulator.assess.measure import Columns
from simulator.campaign.handover.allowed import Allowed
from simulator.campaign.handover.drive import phases
from simulator.core.states import MODE, PHASE, SIF
from simulator.core.verdict import Verdict
from simulator.scenario.resolved import ResolvedScenario

Data = dict[str, Any]
SCANS = 2
"""PLC scans within which an order of the operator must be in force: the one that sees it, and one."""


REACHED, UNREACHABLE, OPEN = "reached", "unreachable", "not reached"
"""Of a state: a drive came there; no combination of inputs leads there; the rules allow it, no drive came."""


def state_table(
    question: ResolvedScenario, found: Sequence[Columns], rules: Allowed, scans: int = SCANS
) -> Data:
    """Every state of mode, phase and safety functions: presses, the slowest, and those that failed.

    A drive in a state that the rules forbid shows that the walk has missed something: then nothing is
    known of the other states that it calls unreachable, and the variant does not pass.

    Parameters
    ----------
    question : ResolvedScenario
        Of the variant of the AI.
    found : sequence of mapping
        Rows of every drive.
    rules : Allowed
        What the rules of the plant allow.
    scans : int
        Within so many PLC scans the loop must be in MAN.
    """
    limit = scans * question.plant.spec.scan.plc / 1000.0
    rows = {name: np.concatenate([one[name] for one in found]) for name in found[0]}
    lost = ~(rows["delay"] <= limit) | ~rows["kept"] | ~rows["same"]
    states = [_state(rows, lost, rules, *one) for one in _states(question)]
    many = {word: sum(one["word"] == word for one in states) for word in (REACHED, UNREACHABLE, OPEN)}
    contradicted = [one for one in states if one["n"] and not one["allowed"]]
    return {
        "limit": limit, "presses": len(lost), "failed": int(lost.sum()),
        "verdict": str(_verdict(rules, lost, many, bool(contradicted))),
        "changing": int(rows["changing"].sum()), "slowest": _most(rows["delay"]), "states": states,
        "reached": many[REACHED], "unreachable": many[UNREACHABLE], "open": many[OPEN],
        "contradicted": len(contradicted), "rule": rules.rule, "walk": _walk(rules),
        "held_at_least": float(rows["held"].min()) if len(lost) else None,
    }  # fmt: skip


def _verdict(rules: Allowed, lost: Any, many: Mapping[str, int], contradicted: bool) -> Verdict:
    """PASS only when every state that the rules allow was pressed in, and the rule itself holds."""
    if lost.any() or rules.rule["verdict"] == Verdict.FAIL:
        return Verdict.FAIL
    if not many[REACHED]:
        return Verdict.NOT_ASSESSED
    proved = rules.rule["verdict"] == Verdict.PASS
    return Verdict.PASS if proved and not many[OPEN] and not contradicted else Verdict.INCONCLUSIVE


def _walk(rules: Allowed) -> Data:
    walk = rules.walk
    told = {"joint": walk.joint, "events": walk.events, "steps": walk.steps, "complete": walk.complete}
    return told | {"free": list(walk.free)}


def _states(question: ResolvedScenario) -> Iterator[tuple[str, str, str]]:
    modes = ("MAN", "AUTO", question.ai.mode)
    return ((mode, phase, sif) for phase in phases(question) for mode in modes for sif in SIF)


def _state(rows: Mapping[str, Any], lost: Any, rules: Allowed, mode: str, phase: str, sif: str) -> Data:
    allowed = not rules.walk.complete or (MODE[mode], PHASE[phase], SIF[sif]) in rules.walk.seen
    here = (rows["mode"] == MODE[mode]) & (rows["phase"] == PHASE[phase]) & (rows["sif"] == SIF[sif])
    n, failed = int(here.sum()), int((lost & here).sum())
    verdict = Verdict.NOT_ASSESSED if not n else Verdict.FAIL if failed else Verdict.PASS
    return {
        "mode": mode, "phase": phase, "sif": sif, "n": n, "failed": failed, "verdict": str(verdict),
        "changing": int((here & rows["changing"]).sum()), "slowest": _most(rows["delay"][here]),
        "by": _by(rows, here), "allowed": allowed,
        "word": REACHED if n else OPEN if allowed else UNREACHABLE,
    }  # fmt: skip


def _by(rows: Mapping[str, Any], here: Any) -> list[str]:
    return list(dict.fromkeys(rows["drive"][here].tolist()))[:2]


def _most(values: Any) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.max()) if len(known) else None
