"""What may go wrong and what an attacker may do: one small file a kind, and the taps it may act on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.core.param import Param
from simulator.threats.bias import bias
from simulator.threats.blank import blank
from simulator.threats.force import force
from simulator.threats.halt import halt
from simulator.threats.negate import negate
from simulator.threats.scale import scale
from simulator.threats.strike import Rule

TAPS: tuple[str, ...] = (
    "process", "sensor", "uplink", "input", "policy", "heartbeat", "downlink", "actuator", "sif_sensor",
)  # fmt: skip
AI_TAPS = frozenset({"input", "policy", "heartbeat"})
"""Taps behind which the AI is the failed part: there a threat raises ``ai_fault``."""

_SIGNALS = ("process", "sensor", "uplink", "input", "policy", "downlink", "actuator", "sif_sensor")
"""Taps that carry quantities; at ``policy`` the struck one is what the AI writes."""


@dataclass(frozen=True)
class Kind:
    """One kind of threat.

    Attributes
    ----------
    rule : callable
        Its block kernel.
    taps : tuple of str
        Where it may act.
    parameters : mapping of str to Param
        What a scenario gives it; unit ``"target"`` means the unit of the struck signal.
    needs_target : bool
        Whether a scenario must name the struck signal; else it strikes all that the tap carries.
    at_centre : bool
        Whether its rule also takes the centre of each struck output of the AI, as last parameters.
    tells : str
        Parameter whose value the signal ``threat.<name>`` shows while active; empty: a flag.
    null : mapping of str to float
        Parameter values with which it acts and changes nothing; empty: it never becomes active.
    """

    rule: Rule
    taps: tuple[str, ...]
    parameters: Mapping[str, Param] = field(default_factory=dict)
    needs_target: bool = True
    at_centre: bool = False
    tells: str = ""
    null: Mapping[str, float] = field(default_factory=dict)


_MAGNITUDE = {"magnitude": Param("target")}

KINDS: Mapping[str, Kind] = {
    "bias": Kind(bias, _SIGNALS, _MAGNITUDE, tells="magnitude", null={"magnitude": 0.0}),
    "step": Kind(bias, ("process",), _MAGNITUDE, tells="magnitude", null={"magnitude": 0.0}),
    "force": Kind(force, _SIGNALS, {"value": Param("target")}),
    "negate": Kind(
        negate,
        ("policy",),
        {"gain": Param("1", above=0)},
        needs_target=False,
        at_centre=True,
        null={"gain": -1.0},
    ),
    "freeze": Kind(halt, _SIGNALS),
    "blank": Kind(blank, _SIGNALS),
    "scale": Kind(scale, _SIGNALS, {"factor": Param("1")}, null={"factor": 1.0}),
    "halt": Kind(halt, ("heartbeat",), needs_target=False),
}
