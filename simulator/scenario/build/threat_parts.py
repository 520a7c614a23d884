"""Threats and the operator from the scenario: what is drawn for each replica, and where it strikes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.control.operator import Operator, Order
from simulator.core.clock import on_grid
from simulator.core.quantity import Distribution
from simulator.core.seeds import Numbers, uniforms_of
from simulator.core.states import ACTIONS
from simulator.engine.scan import Periods, Struck
from simulator.scenario.build.control_parts import write_unit
from simulator.scenario.build.names import Names
from simulator.scenario.schema.plant import Ai
from simulator.scenario.schema.scenario import Desk, Threat
from simulator.threats import AI_TAPS, KINDS
from simulator.threats.strike import FOREVER, Strike

Reals = NDArray[np.float64]
Ticks = NDArray[np.int64]


class Draws:
    """Draws of one run's replicas, by name.

    Parameters
    ----------
    seed : int
        Seed of the scenario's run.
    replicas : ndarray of int, shape (n,)
        Numbers of the block's replicas.
    """

    def __init__(self, seed: int, replicas: Numbers) -> None:
        self.seed, self.replicas, self.n = seed, replicas, len(replicas)

    def of(self, name: str, source: Distribution) -> Reals:
        """Values in the unit of `source`, shape (n,)."""
        return source.sample(uniforms_of(self.seed, name, self.replicas))

    def ticks(self, name: str, source: Distribution, base: int) -> Ticks:
        """Times on the base grid [ms], shape (n,)."""
        return np.array([on_grid(round(t), base) for t in self.of(name, source.to("ms"))], np.int64)


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
    if threat.tap == "policy" and ai:
        return write_unit(names, ai, target or ai.loops[0])
    if threat.tap == "process":
        return names.inputs[target]
    if threat.tap in ("downlink", "actuator"):
        return "%"
    return names.unit(target) if target else "1"


def struck(names: Names, threat: Threat, ai: Ai | None, draws: Draws, periods: Periods, null: bool) -> Struck:
    """One threat as a layer; `null` wires it in with no effect."""
    kind, n = KINDS[threat.kind], draws.n
    unit = target_unit(names, threat, ai)
    values = []
    for name, about in kind.parameters.items():
        wanted = unit if about.unit == "target" else about.unit
        drawn = draws.of(f"threat/{threat.name}/{name}", threat.parameters[name].to(wanted))
        values.append(np.full(n, kind.null[name]) if null and name in kind.null else drawn)
    told = values[list(kind.parameters).index(kind.tells)] if kind.tells else np.ones(n)
    rows = _rows(names, threat, ai)
    if kind.at_centre and ai:
        values += [np.full(n, _centre(names, ai, row)) for row in rows]
    onset = draws.ticks(f"threat/{threat.name}/onset", threat.onset, periods.base)
    if null and not kind.null:
        onset = np.full(n, FOREVER, np.int64)
    layer = Strike(
        rule=kind.rule, rows=rows, onset=onset, end=_end(threat, onset, draws, periods),
        parameters=np.array(values).reshape(-1, n), told=told, blames_ai=threat.tap in AI_TAPS,
        period=_period(threat.tap, periods),
    )  # fmt: skip
    return Struck(threat.tap, threat.name, layer)


def _end(threat: Threat, onset: Ticks, draws: Draws, periods: Periods) -> Ticks:
    if threat.lasts is None:
        return np.full(draws.n, FOREVER, np.int64)
    return onset + draws.ticks(f"threat/{threat.name}/lasts", threat.lasts, periods.base)


def _centre(names: Names, ai: Ai, row: int) -> float:
    loop = list(names.plant.loops)[row]
    return ai.outputs[loop].centre.to(write_unit(names, ai, loop))


def _period(tap: str, periods: Periods) -> int:
    if tap in AI_TAPS:
        return periods.ai
    if tap in ("uplink", "downlink"):
        return periods.plc
    return periods.sif if tap == "sif_sensor" else periods.base


def _rows(names: Names, threat: Threat, ai: Ai | None) -> tuple[int, ...]:
    loops = list(names.plant.loops)
    if threat.tap == "policy":
        struck = (threat.target,) if threat.target else ai.loops if ai else ()
        return tuple(loops.index(loop) for loop in struck)
    if threat.tap == "heartbeat":
        return tuple(range(len(loops) + 2))
    order = {
        "process": tuple(names.inputs),
        "downlink": tuple(names.valves),
        "actuator": tuple(names.valves),
        "sif_sensor": names.sis_transmitters,
    }.get(threat.tap, names.measured)
    return (order.index(str(threat.target)),)
