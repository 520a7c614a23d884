"""The override at the rule itself: from every state, under every combination of what the rule reads."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.handover.free import Stage
from simulator.campaign.handover.reach import MOST
from simulator.campaign.handover.rules import Rules
from simulator.core.states import MAN, MODE, SIF
from simulator.core.verdict import Verdict

Data = dict[str, Any]
WRITES = (0.0, 1e9)
"""Two values that the AI may have had admitted; the output of a loop in MAN must not know which."""


def prove(rules: Rules) -> Data:
    """Whether the rule of the modes gives the operator every loop, and nothing takes one back from MAN.

    From every mode of every loop, state of the safety functions and ground of the phase, with every
    combination of the other inputs: those reached and those that no plant will ever be in.

    Returns
    -------
    dict
        ``n`` combinations with the override pressed and ``failed`` of them; ``held_n`` combinations from
        MAN in every loop, pressed or not, and ``held_failed`` of them; ``verdict``, which is
        NOT ASSESSED where the combinations are too many to be tried.
    """
    stage = next(one for one in rules.stages if one.bound.name == "modes")
    if _many(rules) * stage.combinations > MOST:
        return {"n": 0, "failed": 0, "held_n": 0, "held_failed": 0, "verdict": str(Verdict.NOT_ASSESSED)}
    which = [free.name for free in stage.free].index("override")
    counts = np.zeros(4, np.int64)
    for bits, new in rules.every(stage, _everywhere(rules)):
        pressed, manual = bits[which, new], (rules.block.board.state("mode")[:, new] == MAN).all(axis=0)
        lost = ~_won(rules, stage)[new]
        counts += [pressed.sum(), (pressed & lost).sum(), manual.sum(), (manual & lost).sum()]
    n, failed, held_n, held_failed = counts.tolist()
    verdict = Verdict.FAIL if failed or held_failed or not n else Verdict.PASS
    return {"n": n, "failed": failed, "held_n": held_n, "held_failed": held_failed, "verdict": str(verdict)}


def _many(rules: Rules) -> int:
    """How many states `_everywhere` has."""
    board = rules.block.board
    modes, functions = len(board.names("mode")), len(board.names("status"))
    return 2 * int(len(MODE) ** modes) * int(len(SIF) ** functions)


def _everywhere(rules: Rules) -> NDArray[np.int8]:
    """Every mode of every loop with every state of every function and the phase's ground, (n_kept, n)."""
    kept = rules.kept[:, :1]
    varied = {"mode": tuple(MODE.values()), "status": tuple(SIF.values()), "grounds": (0, 1)}
    rows = [row for block in varied for row in range(kept.shape[0])[rules.rows(block)]]
    values = [values for block, values in varied.items() for _ in range(kept.shape[0])[rules.rows(block)]]
    combinations = np.array(list(product(*values)), np.int8).T
    found = np.repeat(kept, combinations.shape[1], axis=1)
    found[rows] = combinations
    return found


def _won(rules: Rules, stage: Stage) -> NDArray[np.bool_]:
    """In which replicas every loop is in MAN, without AI and controller, whatever the AI had admitted."""
    before, out, outputs = rules.kept, stage.bound.out, []
    won: NDArray[np.bool_] = np.ones(rules.block.board.n, np.bool_)
    for written in WRITES:
        rules.put(before)
        stage.bound.inputs.admitted[:] = written
        stage.step()
        outputs.append(out.selected.copy())
        won &= ((out.mode == MAN) & (out.ai_active == 0) & (out.in_charge == 0)).all(axis=0)
    first, second = (one.view(np.int64) for one in outputs)
    won &= (first == second).all(axis=0)
    return won
