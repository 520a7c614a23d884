"""What stands on the board before the first tick: the plant at its start, every signal settled on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.core.states import AUTO, MODE, PHASE, RCAS
from simulator.engine.board import Board
from simulator.scenario.build.names import Names
from simulator.scenario.schema.plant import Ai

Reals = NDArray[np.float64]
Positions = Mapping[str, float | Reals]

_MEASURED = ("sensed", "transmitted", "field", "received", "carried", "host", "shown")
_OUTPUTS = ("proposed", "restart", "selected", "op", "command", "commanded", "demand", "position")
_SETPOINTS = ("target_sp", "sp", "preset")


def put_at_rest(
    names: Names, board: Board, start: Reals, inputs: Reals, positions: Positions, phase: str
) -> None:
    """Settle every signal on the plant's start.

    Parameters
    ----------
    names : Names
        Rows of the board.
    board : Board
        The run's arrays.
    start : ndarray, shape (n_quantities, n)
        Quantities at the start.
    inputs : ndarray, shape (n_inputs, n)
        Inputs of the physics at rest.
    positions : mapping of str to float or ndarray
        Position of every control valve at the start [%].
    phase : str
        Phase at the start.
    """
    op = [positions[tag] for tag in names.valves]
    fields: dict[tuple[str, ...], Any] = {
        ("true",): start,
        ("wander", "programmed", "drive"): inputs,
        _MEASURED: [_shown(names, tag, start, positions) for tag in names.measured],
        ("sis_sensed", "sis_read"): [_shown(names, tag, start, positions) for tag in names.sis_transmitters],
        _OUTPUTS: op,
        _SETPOINTS: [_setpoint(names, tag, start, positions, phase) for tag in names.plant.loops],
        ("pv",): [_shown(names, loop.pv, start, positions) for loop in names.plant.loops.values()],
        ("sp_low", "sp_high"): np.zeros((len(names.plant.loops), 1)),
    }
    for blocks, value in fields.items():
        for block in blocks:
            for row, one in zip(board.quantity(block), value, strict=True):
                row[:] = one
    for k, loop in enumerate(names.plant.loops.values()):
        unit = names.unit(loop.pv)
        low, high = loop.setpoint.clamp
        board.quantity("sp_low")[k], board.quantity("sp_high")[k] = low.to(unit), high.to(unit)
    board.state("phase")[:] = PHASE[phase]
    board.state("timely")[:] = 1


def _setpoint(names: Names, tag: str, start: Reals, positions: Positions, phase: str) -> Any:
    """Setpoint of a loop: nominal, or where the plant is when the phase leads the loop from there."""
    about, loop = names.plant.phase(phase), names.plant.loops[tag]
    if about and tag in about.setpoint:
        return _shown(names, loop.pv, start, positions)
    return names.plant.nominal.setpoint[tag].to(names.unit(loop.pv))


def _shown(names: Names, tag: str, start: Reals, positions: Positions) -> Any:
    """What a row shows while the plant rests at its start: a number, or one a replica."""
    copy = names.plant.copies.get(tag)
    about = names.plant.measurements.get(copy.median_of[0] if copy else tag)
    if about:
        return start[list(names.quantities).index(about.quantity)]
    valve = next(t for t, v in names.valves.items() if v.readback == tag)
    return positions[valve]


def put_valves(names: Names, board: Board, positions: Mapping[str, Reals]) -> None:
    """Let valves stand elsewhere than they are told to, as a bad output or a hand may have left them.

    Parameters
    ----------
    names, board
        As for `put_at_rest`.
    positions : mapping of str to ndarray, shape (n,)
        Positions [%] by tag.
    """
    for k, (tag, valve) in enumerate(names.valves.items()):
        if tag not in positions:
            continue
        board.quantity("position")[k] = positions[tag]
        board.quantity("drive")[list(names.inputs).index(valve.drives)] = positions[tag]
        for block in _MEASURED:
            board.quantity(block)[names.measured.index(str(valve.readback))] = positions[tag]


def put_modes(names: Names, board: Board, ai: Ai | None, phase: str) -> None:
    """Give the loops to the AI, or to the PID where there is no AI or the phase forbids it."""
    board.state("mode")[:] = AUTO
    board.state("in_charge")[:] = 1
    board.quantity("admitted")[:] = board.quantity("sp")
    about = names.plant.phase(phase)
    if ai is None:
        return
    home, order = MODE[ai.mode], list(names.plant.loops)
    allowed = about is None or about.ai == "allowed"
    for j in (order.index(loop) for loop in ai.loops):
        written = board.quantity("sp" if home == RCAS else "op")[j]
        for block in ("reply", "answer", "sent", "write", "delivered", "mailbox", "admitted"):
            board.quantity(block)[j] = written
        if allowed:
            board.state("mode")[j] = home
            board.state("ai_active")[j] = 1
            board.state("in_charge")[j] = 1 if home == RCAS else 0
