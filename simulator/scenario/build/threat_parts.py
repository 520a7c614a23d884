"""Threats and the operator from the scenario: what is drawn for each replica, and where it strikes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from simulator.control.operator import Operator, Order
from simulator.core.clock import nearest
from simulator.core.param import of_target
from simulator.core.quantity import Distribution
from simulator.core.seeds import Numbers, stream, uniforms_of
from simulator.core.states import ACTIONS
from simulator.engine.layer import Periods
from simulator.engine.taps import Struck
from simulator.scenario.build.control_parts import write_unit
from simulator.scenario.build.names import Names
from simulator.scenario.schema.plant import Ai
from simulator.scenario.schema.scenario import Desk, Threat
from simulator.threats import AI_TAPS, WIRED_TAPS, Kind
from simulator.threats.known import Known
from simulator.threats.strike import FOREVER, Strike
from simulator.threats.wired import EVERY

Reals = NDArray[np.float64]
Ticks = NDArray[np.int64]


class Threats(Enum):
    """What becomes of a scenario's threats."""

    AS_WRITTEN = "as written"
    NULL = "wired in, without effect"
    ABSENT = "absent"


class Draws:
    """Draws of one run's replicas, by name.

    Parameters
    ----------
    seed : int
        Seed of the scenario's run.
    replicas : ndarray of int, shape (n,)
        Numbers of the block's replicas.
    given : mapping of str to ndarray, shape (n,)
        Uniform numbers in [0, 1) by name that are not drawn: a search has chosen them.
    """

    def __init__(self, seed: int, replicas: Numbers, given: Mapping[str, Reals] | None = None) -> None:
        self.seed, self.replicas, self.n, self.given = seed, replicas, len(replicas), given or {}

    def of(self, name: str, source: Distribution) -> Reals:
        """Values in the unit of `source`, shape (n,)."""
        chosen = self.given.get(name)
        return source.sample(uniforms_of(self.seed, name, self.replicas) if chosen is None else chosen)

    def keys(self, name: str, rows: tuple[int, ...]) -> tuple[int, ...]:
        """Streams of a threat's draws while it acts: of its chance, and of each struck row."""
        return tuple(int(stream(self.seed, f"threat/{name}/acts/{k}")) for k in range(1 + len(rows)))

    def ticks(self, name: str, source: Distribution, base: int) -> Ticks:
        """Times on the base grid [ms], shape (n,)."""
        return nearest(self.of(name, source.to("ms")), base)


def operator(names: Names, desk: Desk | None, draws: Draws, periods: Periods) -> Operator | None:
    """The operator of a scenario, or nobody."""
    if desk is None:
        return None
    duties = tuple((names.alarms.index(a), ACTIONS.index(do)) for a, do in desk.acts_on.items())
    orders = tuple(
        Order(
            ACTIONS.index(order.do),
            draws.ticks(f"operator/order/{k}", order.at, periods.plc),
            order.every or 0,
        )
        for k, order in enumerate(desk.orders)
    )
    if desk.reaction is None:
        return Operator((), np.zeros(draws.n, np.int64), orders)
    return Operator(duties, draws.ticks("operator/reaction", desk.reaction, periods.base), orders)


def target_unit(names: Names, threat: Threat, ai: Ai | None) -> str:
    """Unit of the signal that a threat strikes; that of no quantity where it strikes several."""
    target = threat.target or ""
    if threat.tap in ("policy", "ai_write", "network", "link") and ai:
        return write_unit(names, ai, target or ai.loops[0])
    if threat.tap == "process":
        return names.inputs[target]
    if threat.tap in ("downlink", "actuator"):
        return "%"
    plain = threat.tap in ("operator", "config", "runtime", "guard", *WIRED_TAPS) or not target
    return "1" if plain else names.unit(target)


def struck(
    names: Names, threat: Threat, ai: Ai | None, draws: Draws, periods: Periods, null: bool,
    known: Known | None = None,
) -> Struck:  # fmt: skip
    """One threat as a layer; `null` wires it in with no effect; a kind that asks is told `known`."""
    kind, n = EVERY[threat.kind], draws.n
    given = _given(kind, threat, target_unit(names, threat, ai), draws, null)
    values = [value for name, value in given.items() if name != "probability"]
    rows, period = _rows(names, threat, ai), _period(threat.tap, periods)
    if kind.at_centre and ai:
        values += [np.full(n, _centre(names, ai, row)) for row in rows]
    parameters = np.array(values).reshape(-1, n)
    onset = draws.ticks(f"threat/{threat.name}/onset", threat.onset, periods.base)
    if null and not kind.null:
        onset = np.full(n, FOREVER, np.int64)
    layer = Strike(
        rule=kind.rule, rows=rows, onset=onset, end=_end(threat, onset, draws, periods),
        parameters=parameters, told=given.get(kind.tells, np.ones(n)), blames_ai=threat.tap in AI_TAPS,
        period=period, looks_back=kind.looks_back, depth=kind.depth(parameters, period) if kind.depth else 1,
        chance=given.get("probability"), growth=given.get(kind.grows), keys=draws.keys(threat.name, rows),
        replicas=draws.replicas, known=known if kind.knows else None,
    )  # fmt: skip
    return Struck(threat.tap, threat.name, layer)


def unarmed(threat: Struck) -> Struck:
    """The same threat, keeping time and telling the truth, while the signal passes as it is."""
    return replace(threat, layer=replace(threat.layer, rule=None))


def _given(kind: Kind, threat: Threat, unit: str, draws: Draws, null: bool) -> dict[str, Reals]:
    """Parameters of a threat by name, shape (n,) each."""
    found = {}
    for key, source in sorted(threat.parameters.items(), key=lambda one: _place(kind, one[0])):
        name = key.split(".")[0]
        drawn = draws.of(f"threat/{threat.name}/{key}", source.to(of_target(kind.about(key).unit, unit)))
        found[key] = np.full(draws.n, kind.null[name]) if null and name in kind.null else drawn
    return found


def _place(kind: Kind, key: str) -> tuple[int, int]:
    """Where a parameter stands among those of its kind."""
    name, _, k = key.partition(".")
    return list(kind.parameters).index(name), int(k or 0)


def _end(threat: Threat, onset: Ticks, draws: Draws, periods: Periods) -> Ticks:
    if threat.lasts is None:
        return np.full(draws.n, FOREVER, np.int64)
    return onset + draws.ticks(f"threat/{threat.name}/lasts", threat.lasts, periods.base)


def _centre(names: Names, ai: Ai, row: int) -> float:
    loop = list(names.plant.loops)[row]
    return ai.outputs[loop].centre.to(write_unit(names, ai, loop))


def _period(tap: str, periods: Periods) -> int:
    if tap in ("operator", "uplink", "config", "guard", "ai_write", "downlink", *WIRED_TAPS):
        return periods.plc
    if tap in AI_TAPS:
        return periods.ai
    return periods.sif if tap == "sif_sensor" else periods.base


def _rows(names: Names, threat: Threat, ai: Ai | None) -> tuple[int, ...]:
    if threat.tap in WIRED_TAPS:
        return ()
    if threat.tap in ("policy", "ai_write"):
        return _written(names, threat, ai)
    if threat.tap == "heartbeat":
        return tuple(range(len(names.plant.loops) + 3))
    if threat.tap in ("runtime", "guard"):
        return (0,)
    if threat.target is None and EVERY[threat.kind].knows:
        return tuple(names.measured.index(point.tag) for point in ai.inputs) if ai else ()
    order = {
        "operator": ACTIONS,
        "process": tuple(names.inputs),
        "config": names.tuning,
        "downlink": tuple(names.valves),
        "actuator": tuple(names.valves),
        "sif_sensor": names.sis_transmitters,
    }.get(threat.tap, names.measured)
    return (order.index(str(threat.target)),)


def _written(names: Names, threat: Threat, ai: Ai | None) -> tuple[int, ...]:
    """Rows of what the AI writes; an answer that is late brings the number of its question with it."""
    loops = list(names.plant.loops)
    struck = (threat.target,) if threat.target else ai.loops if ai else ()
    number = (len(loops),) if threat.kind == "late" else ()
    return (*(loops.index(loop) for loop in struck), *number)
