"""Where on the board each named signal of a scenario stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from simulator.core.traces import Signal
from simulator.engine.block import Channel
from simulator.scenario.build.names import Names
from simulator.scenario.schema.plant import Ai

# First part of a signal's name -> block whose row the rest names.
_BLOCKS = {
    "true": "true",
    "quality": "quality",
    "mode": "mode",
    "sp": "sp",
    "op": "op",
    "slew": "slew",
    "target": "answer",
    "admitted": "admitted",
    "age": "age",
    "ai_active": "ai_active",
    "sif": "status",
    "safe": "safe",
    "alarm": "alarm_active",
    "operator": "actions",
    "threat": "threat",
    "cusum": "cusum",
    "novelty": "novelty",
    "network": "network",
    "hmi": "hmi",
}
_SINGLE = {
    "alarms.in_10_min": ("flood", "count"),
    "ai_fault": ("ai_fault", "flag"),
    "phase": ("phase", "flag"),
}
_OF_VALVE = ("move", "bump")


def channels(
    names: Names, ai: Ai, signals: Mapping[str, Signal], wanted: Iterable[str]
) -> dict[str, Channel]:
    """Channels of the wanted signals, in their order.

    Parameters
    ----------
    names : Names
        Rows of the board.
    ai : Ai
        The variant that acts; ``reason.<layer>`` speaks of its loops.
    signals : mapping of str to Signal
        The scenario's signals.
    wanted : iterable of str
        Which of them to record.
    """
    return {name: Channel(signals[name], *_place(names, ai, name)) for name in wanted}


def _place(names: Names, ai: Ai, name: str) -> tuple[str, str]:
    if name in _SINGLE:
        return _SINGLE[name]
    if name in names.measured:
        return "received", name
    if name in names.sis_transmitters:
        return "sis_read", name
    first, _, rest = name.partition(".")
    if first in _OF_VALVE:
        return first, next(tag for tag, loop in names.plant.loops.items() if loop.op == rest)
    if first == "reason":
        return _reason(names, ai, rest)
    return _BLOCKS[first], rest


def _reason(names: Names, ai: Ai, about: str) -> tuple[str, str]:
    layer, _, named = about.partition(".")
    loop = named or ai.loops[0]
    places = {
        "input_guard": ("input_reason", names.plant.loops[loop].pv),
        "output_guard": ("output_reason", loop),
        "mode": ("mode_reason", loop),
    }
    return places[layer]
