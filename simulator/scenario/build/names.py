"""Row names of every block of the board, read off the plant file and the scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.control.alarm import Limit
from simulator.core.states import ACTIONS, GROUNDS, NETWORK, TUNING
from simulator.engine.physics import Physics
from simulator.scenario.schema.plant import FinalElement, Plant


@dataclass(frozen=True)
class Names:
    """Everything that has a row, in row order."""

    plant: Plant
    physics: Physics

    @cached_property
    def quantities(self) -> dict[str, str]:
        """Unit of each quantity of the physics."""
        return dict(self.physics.QUANTITIES)

    @cached_property
    def inputs(self) -> dict[str, str]:
        """Unit of each input of the physics."""
        return {name: unit for name, unit, _ in self.physics.INPUTS}

    @cached_property
    def nominal(self) -> dict[str, float]:
        """Nominal value of each input of the physics."""
        return {name: value for name, _, value in self.physics.INPUTS}

    @cached_property
    def rest(self) -> NDArray[np.float64]:
        """Quantities of the plant at its nominal point, shape (n_quantities,)."""
        return self.physics.initial(1)[:, 0].copy()

    @cached_property
    def transmitters(self) -> tuple[str, ...]:
        """Tags of the control system's own transmitters."""
        return tuple(t for t, m in self.plant.measurements.items() if not m.wired_to)

    @cached_property
    def sis_transmitters(self) -> tuple[str, ...]:
        """Tags wired to safety functions."""
        return tuple(t for t, m in self.plant.measurements.items() if m.wired_to)

    @cached_property
    def valves(self) -> dict[str, FinalElement]:
        """Control valves and pump drives, in the order of the loops that move them."""
        elements = self.plant.final_elements
        return {loop.op: elements[loop.op] for loop in self.plant.loops.values()}

    @cached_property
    def elements(self) -> dict[str, FinalElement]:
        """On-off final elements."""
        return {t: e for t, e in self.plant.final_elements.items() if not e.modulates}

    @cached_property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Elements that set one input together, by their common tag (XV-101 of XV-101A and B)."""
        groups: dict[str, tuple[str, ...]] = {}
        for drives in dict.fromkeys(e.drives for e in self.elements.values()):
            members = tuple(t for t, e in self.elements.items() if e.drives == drives)
            common = f"{members[0]}.alone" if len(members) == 1 else members[0][:-1]
            groups[common] = members
        return groups

    @cached_property
    def measured(self) -> tuple[str, ...]:
        """Rows of the control system: transmitters, readbacks, copies."""
        readbacks = tuple(str(v.readback) for v in self.valves.values())
        return (*self.transmitters, *readbacks, *self.plant.copies)

    def span(self, tag: str) -> tuple[float, float]:
        """Range of a measured row in its unit."""
        if tag in self.plant.copies:
            tag = self.plant.copies[tag].median_of[0]
        if tag in self.plant.measurements:
            low, high = self.plant.measurements[tag].span
            return low.to(self.unit(tag)), high.to(self.unit(tag))
        return 0.0, 100.0

    def unit(self, tag: str) -> str:
        """Unit of a measured row."""
        if tag in self.plant.copies:
            tag = self.plant.copies[tag].median_of[0]
        if tag in self.plant.measurements:
            return self.quantities[self.plant.measurements[tag].quantity]
        return "%"

    def at(self, inputs: NDArray[np.float64]) -> dict[str, NDArray[np.float64] | float]:
        """Position of every control valve [%] when the inputs of the physics are these (n_inputs, n)."""
        order = list(self.inputs)
        return {tag: inputs[order.index(valve.drives)] for tag, valve in self.valves.items()}

    @cached_property
    def tuning(self) -> tuple[str, ...]:
        """Words of the PLC's tuning image, in row order."""
        return tuple(f"{loop}.{word}" for loop in self.plant.loops for word in TUNING)

    @cached_property
    def alarm_limits(self) -> dict[str, Limit]:
        """Analogue alarms by name (TT-101.H); the dead band is 1 % of span."""
        limits = {}
        for tag in self.transmitters:
            low, high = self.span(tag)
            for name, value in self.plant.measurements[tag].alarms.items():
                row, point = self.measured.index(tag), value.to(self.unit(tag))
                limits[f"{tag}.{name}"] = Limit(row, point, name.startswith("H"), 0.01 * (high - low))
        return limits

    @cached_property
    def causes(self) -> tuple[str, ...]:
        """Conditions alarmed as states, in the order in which they are gathered."""
        sheds = (f"shed.{loop}" for loop in self.plant.loops)
        mismatches = (f"readback.{valve}" for valve in self.valves)
        bad = (f"bad.{tag}" for tag in self.measured)
        trips = (f"trip.{sif}" for sif in self.plant.sifs)
        drifts = (f"drift.{signal}" for signal in self.monitored)
        deviations = (f"deviation.{sif}" for sif in self.plant.sifs)
        return (*sheds, *mismatches, *bad, *trips, *drifts, *deviations, "config")

    @cached_property
    def monitored(self) -> tuple[str, ...]:
        """Signals of the drift monitor."""
        return tuple(self.plant.monitor.signals) if self.plant.monitor else ()

    @cached_property
    def alarms(self) -> tuple[str, ...]:
        """Every alarm, in row order."""
        return (*self.alarm_limits, *self.causes)


def quantity_blocks(names: Names, threats: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Rows of every block of quantities."""
    loops, valves, measured = tuple(names.plant.loops), tuple(names.valves), names.measured
    writes = (*loops, "cycle", "heartbeat", "sequence")
    by_rows = {
        tuple(names.quantities): ("true",),
        tuple(names.inputs): ("wander", "offset", "programmed", "drive"),
        measured: ("sensed", "transmitted", "field", "received", "carried", "host", "shown"),
        writes: ("reply", "answer", "sent", "write", "delivered", "mailbox"),
        names.sis_transmitters: ("sis_sensed", "sis_read"),
    }
    blocks = {block: rows for rows, group in by_rows.items() for block in group}
    for block in (
        "admitted",
        "pv",
        "proposed",
        "restart",
        "target_sp",
        "selected",
        "bump",
        "sp",
        "op",
        "move",
        "slew",
        "age",
        "preset",
        "sp_low",
        "sp_high",
    ):
        blocks[block] = loops
    for block in ("command", "commanded", "demand", "position"):
        blocks[block] = valves
    blocks |= {
        "tuning": names.tuning,
        "cycle": ("count",),
        "asked": ("count",),
        "answered": ("count",),
        "cusum": names.monitored,
        "novelty": ("t2", "spe"),
        "network": NETWORK,
    }
    return blocks | {"travel": tuple(names.elements), "flood": ("count",), "threat": threats}


def state_blocks(names: Names) -> Mapping[str, tuple[str, ...]]:
    """Rows of every block of states."""
    loops = tuple(names.plant.loops)
    blocks: dict[str, tuple[str, ...]] = dict.fromkeys(("quality", "input_reason"), names.measured)
    for block in ("shed", "output_reason", "mode", "mode_reason", "start", "in_charge", "ai_active"):
        blocks[block] = loops
    for block in ("changed", "mismatch"):
        blocks[block] = loops
    for block in (
        "acknowledge",
        "ai_fault",
        "phase",
        "follow",
        "timely",
        "sound",
        "failing",
        "going",
        "killed",
    ):
        blocks[block] = ("flag",)
    blocks |= {"causes": names.causes, "alarms": names.alarms, "alarm_active": names.alarms}
    blocks |= {
        "actions": ACTIONS,
        "pressed": ACTIONS,
        "status": tuple(names.plant.sifs),
        "bypass": tuple(names.plant.sifs),
        "deviating": tuple(names.plant.sifs),
        "demanded": tuple(names.elements),
        "drift": names.monitored,
        "hmi": tuple(f"mode.{loop}" for loop in loops),
    }
    return blocks | {"safe": (*names.elements, *names.groups), "grounds": GROUNDS}
