"""What may go wrong and what an attacker may do: one small file a kind, and the taps it may act on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from simulator.core.param import Param
from simulator.threats import delay as delayed
from simulator.threats import late as overdue
from simulator.threats import replay as recorded
from simulator.threats.adversary import adversary
from simulator.threats.bias import bias
from simulator.threats.blank import blank
from simulator.threats.fail import fail
from simulator.threats.force import force
from simulator.threats.greedy import greedy
from simulator.threats.halt import halt
from simulator.threats.known import MOST_STEPS
from simulator.threats.mute import mute
from simulator.threats.negate import negate
from simulator.threats.noise import noise
from simulator.threats.press import press
from simulator.threats.profile import offsets, profile, ramps
from simulator.threats.ramp import ramp
from simulator.threats.scale import scale
from simulator.threats.spsa import spsa
from simulator.threats.stealthy import stealthy
from simulator.threats.stick import stick
from simulator.threats.strike import Rule
from simulator.threats.tamper import tamper

TAPS: tuple[str, ...] = (
    "operator", "process", "sensor", "uplink", "config", "input", "runtime", "policy", "heartbeat",
    "ai_write", "guard", "downlink", "actuator", "sif_sensor", "link", "network", "panel",
)  # fmt: skip
AI_TAPS = frozenset({"input", "runtime", "policy", "heartbeat", "ai_write", "link"})
"""Taps behind which the AI is the failed part: there a threat raises ``ai_fault``."""
WIRED_TAPS = frozenset({"link", "network", "panel"})
"""Places outside the PLC: the conduit of the AI host, any other client, and an operator's panel."""

_SIGNALS = (
    "process",
    "sensor",
    "uplink",
    "input",
    "policy",
    "ai_write",
    "downlink",
    "actuator",
    "sif_sensor",
)
"""Taps that carry quantities; at ``policy`` and ``ai_write`` the struck one is what the AI writes."""

LONGEST = 3_600_000.0
"""No threat remembers more than an hour [ms]."""


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
        What a scenario gives it; unit ``"target"`` means the unit of the struck signal. One that is
        called ``probability`` is the chance with which it acts in a scan of its tap.
    needs_target : bool
        Whether a scenario must name the struck signal; else it strikes all that the tap carries.
    at_centre : bool
        Whether its rule also takes the centre of each struck output of the AI, as last parameters.
    tells : str
        Parameter whose value the signal ``threat.<name>`` shows while active; empty: a flag.
    grows : str
        Parameter that says how fast the told value is reached; empty: at once.
    null : mapping of str to float
        Parameter values with which it acts and changes nothing; empty: it never becomes active.
    looks_back : bool
        Whether its rule takes the past too.
    many : str
        Its last parameter, of which a scenario gives a list; empty: one value each.
    knows : str
        What its rule takes of the AI, as last argument: ``answers`` to any question, ``weights`` too where
        they can be read, or ``weights only``; empty: nothing. One that knows strikes the input that is
        named, or all of them.
    depth : callable or None
        Given parameters and period, the scans its memory must hold.
    trial : mapping of str to float
        Parameter values with which it shows what it does.
    """

    rule: Rule
    taps: tuple[str, ...]
    parameters: Mapping[str, Param] = field(default_factory=dict)
    needs_target: bool = True
    at_centre: bool = False
    tells: str = ""
    grows: str = ""
    null: Mapping[str, float] = field(default_factory=dict)
    looks_back: bool = False
    many: str = ""
    knows: Literal["", "answers", "weights", "weights only"] = ""
    depth: Callable[[Any, int], int] | None = None
    trial: Mapping[str, float] = field(default_factory=dict)

    def about(self, name: str) -> Param:
        """What is said of a parameter, or of one value of a list, such as ``levels.3``."""
        return self.parameters[name.split(".", maxsplit=1)[0]]


_MAGNITUDE = {"magnitude": Param("target")}
_CHANCE = {"probability": Param("1", at_least=0, at_most=1)}
_TIME = Param("ms", at_least=0, at_most=LONGEST)
_PIECES = {"piece": Param("ms", above=0, at_most=LONGEST)}
_SEARCH = {
    "budget": Param("%", at_least=0, at_most=100),
    "towards": Param("1", at_least=-1, at_most=1),
    "held": Param("1", at_least=1, at_most=1000),
    "steps": Param("1", at_least=1, at_most=MOST_STEPS),
}
"""Bound on each move, of the span of its input; whether the sum of the AI's answers is pushed towards the
hazard (1) or away from it (-1); cycles for which a move counts as held, this one included; steps, sweeps or
pairs of questions in each cycle."""
_DRIFT = {"limit": Param("target"), "rate": Param("target/s", above=0)}

_SEARCHED: tuple[tuple[str, Rule, Literal["answers", "weights"]], ...] = (
    ("adversary", adversary, "weights"),
    ("greedy", greedy, "answers"),
    ("spsa", spsa, "answers"),
)

KINDS: Mapping[str, Kind] = {
    "bias": Kind(
        bias, _SIGNALS, _MAGNITUDE, tells="magnitude", null={"magnitude": 0.0}, trial={"magnitude": 3.0}
    ),
    "step": Kind(
        bias, ("process",), _MAGNITUDE, tells="magnitude", null={"magnitude": 0.0}, trial={"magnitude": -2.5}
    ),
    "ramp": Kind(
        ramp,
        _SIGNALS,
        _DRIFT,
        tells="limit",
        grows="rate",
        null={"limit": 0.0},
        looks_back=True,
        trial={"limit": -2.0, "rate": 4.0},
    ),
    "noise": Kind(
        noise,
        _SIGNALS,
        {"sd": Param("target", at_least=0)},
        null={"sd": 0.0},
        looks_back=True,
        trial={"sd": 2.0},
    ),
    "spike": Kind(
        bias,
        _SIGNALS,
        {**_MAGNITUDE, **_CHANCE},
        tells="magnitude",
        null={"magnitude": 0.0, "probability": 0.0},
        trial={"magnitude": 5.0, "probability": 0.5},
    ),
    "force": Kind(force, _SIGNALS, {"value": Param("target")}, trial={"value": 7.0}),
    "profile": Kind(
        profile,
        _SIGNALS,
        {**_PIECES, "levels": Param("target")},
        looks_back=True,
        many="levels",
        trial={"piece": 1000.0, "levels": 7.0},
    ),
    "offsets": Kind(
        offsets,
        _SIGNALS,
        {**_PIECES, "levels": Param("target")},
        null={"levels": 0.0},
        looks_back=True,
        many="levels",
        trial={"piece": 1000.0, "levels": 3.0},
    ),
    "ramps": Kind(
        ramps,
        _SIGNALS,
        {**_PIECES, "rate": Param("target/s", above=0), "levels": Param("target")},
        looks_back=True,
        many="levels",
        trial={"piece": 1000.0, "rate": 5.0, "levels": 7.0},
    ),
    "negate": Kind(
        negate,
        ("policy",),
        {"gain": Param("1", above=0)},
        needs_target=False,
        at_centre=True,
        null={"gain": -1.0},
        trial={"gain": 2.0},
    ),
    "freeze": Kind(halt, _SIGNALS),
    "blank": Kind(blank, _SIGNALS),
    "scale": Kind(scale, _SIGNALS, {"factor": Param("1")}, null={"factor": 1.0}, trial={"factor": 1.8}),
    "delay": Kind(
        delayed.delay,
        (*_SIGNALS, "heartbeat"),
        {"by": _TIME},
        null={"by": 0.0},
        looks_back=True,
        depth=delayed.depth,
        trial={"by": 600.0},
    ),
    "replay": Kind(
        recorded.replay,
        _SIGNALS,
        {"length": _TIME},
        looks_back=True,
        depth=recorded.depth,
        trial={"length": 600.0},
    ),
    "stick": Kind(
        stick,
        ("downlink", "actuator"),
        {"band": Param("target", at_least=0)},
        null={"band": 0.0},
        trial={"band": 8.0},
    ),
    "late": Kind(
        overdue.late,
        ("policy",),
        {"cycles": Param("1", at_least=1, at_most=1000), **_CHANCE},
        needs_target=False,
        null={"probability": 0.0},
        looks_back=True,
        depth=overdue.depth,
        trial={"cycles": 2.0, "probability": 0.5},
    ),
    "raise": Kind(
        fail,
        ("runtime",),
        _CHANCE,
        needs_target=False,
        null={"probability": 0.0},
        trial={"probability": 0.5},
    ),
    "kill": Kind(fail, ("guard",), needs_target=False),
    "halt": Kind(halt, ("heartbeat",), needs_target=False),
    "press": Kind(press, ("operator",), {"every": _TIME}, looks_back=True, trial={"every": 400.0}),
    "mute": Kind(mute, ("operator",)),
    "tamper": Kind(
        tamper,
        ("config",),
        {"factor": Param("1")},
        null={"factor": 1.0},
        looks_back=True,
        trial={"factor": -1.0},
    ),
    **{
        name: Kind(
            found,
            ("input",),
            _SEARCH,
            needs_target=False,
            tells="budget",
            null={"budget": 0.0},
            looks_back=True,
            knows=knows,
            trial={"budget": 3.0, "towards": 1.0, "held": 1.0, "steps": 4.0},
        )
        for name, found, knows in _SEARCHED
    },
    "stealthy": Kind(
        stealthy,
        ("uplink",),
        {**_SEARCH, "over": _TIME, "below": Param("1", above=0, at_most=1)},
        needs_target=False,
        tells="budget",
        null={"budget": 0.0},
        looks_back=True,
        knows="weights only",
        trial={"budget": 3.0, "towards": 1.0, "held": 1.0, "steps": 4.0, "over": 400.0, "below": 0.9},
    ),
}
