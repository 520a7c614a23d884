"""What an attacker on the AI's line is given: how the AI is wired, its answers, and its weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.control.ai.asked import asked
from simulator.control.ai.chain import Unreadable
from simulator.control.ai.layout import Layout
from simulator.control.ai.weights import weights
from simulator.core.mlp import Net
from simulator.safeguards.novelty import Novelty
from simulator.scenario.build.control_parts import layout_of
from simulator.scenario.build.names import Names
from simulator.scenario.schema.plant import Ai, Loop
from simulator.threats.known import Inputs, Known, Watch, unwatched

Reals = NDArray[np.float64]


def known(names: Names, ai: Ai, folder: Path, cycle: int, novelty: Novelty | None) -> Known:
    """What is known of the AI of a plant file, or of the policy that took its place.

    Its answers are given the sign with which more of them is more of the hazard.

    Raises
    ------
    InputError
        When the policy file is missing or refused.
    """
    path, layout = folder / ai.model, layout_of(ai)
    sides = np.array([hazardous(names.plant.loops[loop], ai.mode) for loop in ai.loops])
    ask, signs = asked(path, layout, len(ai.loops)), sides.astype(np.float32)
    inputs, net = _inputs(names, ai), _net(path, layout, sides)
    watch = _watch(inputs, novelty) if novelty else unwatched(len(ai.inputs))
    return Known(inputs, ai.history, cycle, lambda rows: signs * ask(rows), net, watch)


def _watch(inputs: Inputs, novelty: Novelty) -> Watch:
    """The detector with its inputs in the order of the AI's; another one's tags are not its own."""
    plane, own = novelty.plane, inputs.rows.tolist()
    order = [plane.rows.index(row) for row in own]
    axes = np.array(plane.axes).reshape(-1, len(plane.rows))
    limits = np.array([plane.t2, plane.spe])
    return Watch(
        np.array(plane.centre)[order], np.array(plane.scale)[order], np.ascontiguousarray(axes[:, order]),
        np.array(plane.variances), limits,
    )  # fmt: skip


def hazardous(loop: Loop, mode: str) -> float:
    """Sign of what is written to a loop that moves its final element out of the safe direction."""
    output = -1.0 if loop.safe_direction == "up" else 1.0
    if mode == "ROUT":
        return output
    return -output if loop.action == "direct" else output


def _net(path: Path, layout: Layout, sides: Reals) -> Net | None:
    try:
        net = weights(path, layout)
    except Unreadable:
        return None
    last = net.sizes[-2] * len(sides)
    signed = (net.weights[-last:].reshape(-1, len(sides)) * sides).ravel()
    return net._replace(
        weights=np.concatenate([net.weights[:-last], signed]),
        biases=np.concatenate([net.biases[: -len(sides)], net.biases[-len(sides) :] * sides]),
    )


def _inputs(names: Names, ai: Ai) -> Inputs:
    units = [names.unit(point.tag) for point in ai.inputs]
    spans = [names.span(point.tag) for point in ai.inputs]
    return Inputs(
        np.array([names.measured.index(point.tag) for point in ai.inputs], np.int64),
        np.array([point.centre.to(unit) for point, unit in zip(ai.inputs, units, strict=True)]),
        np.array([point.scale.to(unit) for point, unit in zip(ai.inputs, units, strict=True)]),
        np.array([high - low for low, high in spans]),
    )
