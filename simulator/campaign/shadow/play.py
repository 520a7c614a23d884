"""Shows an unbroken stretch of the past to the AI and its guards: the layers of a run, without the plant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.shadow.known import checked, known
from simulator.campaign.shadow.layers import Hand, HandInputs, HandOut, Shown, ShownOut
from simulator.campaign.shadow.setup import Setup
from simulator.core.clock import Tick
from simulator.core.states import INPUT_REASON
from simulator.core.traces import ArrayTraces, Recorded, Signal
from simulator.engine.block import Channel
from simulator.engine.board import Board
from simulator.engine.layer import Bound
from simulator.scenario.build import Case, build
from simulator.scenario.build.channels import channels
from simulator.scenario.build.names import Names

PAST = (
    "operator", "procedure", "disturbances", "program", "sensors", "analysers", "copies", "uplink",
    "config_check", "final_clamp", "moves", "downlink", "valves", "sis_sensors", "deviation", "sifs",
    "elements", "plant",
)  # fmt: skip
"""Layers that are the past's: plant, field, people, safety system, and what only a closed loop moves."""
_AI_BLOCKS = ("reply", "answer", "sent", "write", "delivered", "mailbox", "admitted")
_MADE = "input_reason."


@dataclass(frozen=True)
class Stretch:
    """What came of one unbroken stretch.

    Attributes
    ----------
    first, end : int
        Its ticks in the history.
    traces : ArrayTraces
        One replica: recorded signals as recorded, and what the layers made of them.
    reasons : mapping of str to ndarray, shape (n_ticks,)
        Reason of the input guard by tag.
    """

    first: int
    end: int
    traces: ArrayTraces
    reasons: Mapping[str, Recorded]


def played(setup: Setup, first: int, end: int, rearm: Tick | None) -> Stretch:
    """Show the ticks from `first` to `end` to fresh layers, the AI in charge from the start."""
    names = Names(setup.plant.spec, setup.plant.physics.owner(**setup.plant.parameters))
    case = Case(
        plant=setup.plant.spec, physics=names.physics, folder=setup.plant.folder, scenario=setup.scenario,
        seed=0, first=0, n=1, commissioning=setup.plant.commissioning,
    )  # fmt: skip
    block = build(case)
    shown = _shown(setup, names, block.board, first, end)
    _settle(setup, block.board, first)
    period = setup.grid.period
    rows = tuple(list(setup.plant.spec.loops).index(loop) for loop in setup.ai.loops)
    board = block.board
    pressed = HandOut(board.state("actions")[board.row("actions", "rearm")])
    hand = Hand(rows, rearm, period)
    path = (
        Bound("shown", shown[0], None, None, shown[1], period),
        Bound("hand", hand, hand.initial(1), HandInputs(board.state("ai_active")), pressed, period),
        *(bound for bound in block.path if bound.name not in PAST and _acts(setup, bound.name)),
    )
    length = (end - first) * period
    traces = replace(block, path=path, duration=length).run(_channels(setup, names))
    return _stretch(setup, first, end, traces)


def _acts(setup: Setup, layer: str) -> bool:
    return layer != "readback" or all(checked(setup, loop) for loop in setup.plant.spec.loops)


def _places(names: Names, name: str) -> list[tuple[str, str]]:
    """Where on the board a recorded signal stands."""
    first, _, rest = name.partition(".")
    named = {"sp": ("sp", "preset"), "op": ("op",), "sif": ("status",), "safe": ("safe",)}.get(first)
    if name in names.measured:
        return [("received", name)]
    if name in names.sis_transmitters:
        return [("sis_read", name)]
    return [(block, rest) for block in named or ()]


def _shown(setup: Setup, names: Names, board: Board, first: int, end: int) -> tuple[Shown, ShownOut]:
    rows: dict[bool, list[tuple[int, NDArray[np.float64]]]] = {False: [], True: []}
    for name in setup.recorded:
        values = setup.grid.values[name][first:end]
        for place in _places(names, name):
            is_state, row = board.place(*place)
            rows[is_state].append((row, values))
    reals, states = rows[False], rows[True]
    n = end - first
    columns = np.column_stack([v for _, v in reals]) if reals else np.zeros((n, 0))
    flags = np.column_stack([np.nan_to_num(v) for _, v in states]) if states else np.zeros((n, 0))
    layer = Shown(np.ascontiguousarray(columns), flags.astype(np.int8), setup.grid.period)
    of = (np.array([row for row, _ in part], np.int64) for part in (reals, states))
    return layer, ShownOut(board.reals, board.states, *of)


def _settle(setup: Setup, board: Board, first: int) -> None:
    """The AI begins where the loops stood: nothing is a leap only because the record begins."""
    kind = "sp" if setup.ai.mode == "RCAS" else "op"
    for loop in setup.ai.loops:
        for block in _AI_BLOCKS:
            at = board.row(block, loop)
            board.quantity(block)[at] = setup.grid.values[f"{kind}.{loop}"][first]


def _channels(setup: Setup, names: Names) -> dict[str, Channel]:
    found = channels(names, setup.ai, setup.signals, known(setup))
    for tag in setup.plant.spec.input_guard:
        signal = Signal(f"{_MADE}{tag}", states=INPUT_REASON)
        found[signal.name] = Channel(signal, "input_reason", tag)
    return found


def _stretch(setup: Setup, first: int, end: int, traces: ArrayTraces) -> Stretch:
    recorded = {n: setup.grid.values[n][first:end, None].astype(np.float32) for n in setup.recorded}
    reasons = {n.removeprefix(_MADE): traces.data[n][:, 0] for n in traces.data if n.startswith(_MADE)}
    data = {n: recorded.get(n, d) for n, d in traces.data.items() if not n.startswith(_MADE)}
    signals = {name: traces.signals[name] for name in data}
    return Stretch(first, end, ArrayTraces(traces.period, signals, data, traces.complete), reasons)
