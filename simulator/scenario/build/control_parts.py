"""Control-side layers from the plant file: PID, guards, watchdog, modes, clamps, alarms, AI."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from simulator.control.ai.behaviour import batch_invariant
from simulator.control.ai.layout import Layout
from simulator.control.ai.policy import Policy
from simulator.control.ai.session import Caller, load
from simulator.control.alarm import Alarms
from simulator.control.mode import LoopModes, Modes
from simulator.control.pid import Pid, PidBank
from simulator.control.transitions import table
from simulator.core.states import MODE
from simulator.engine.layer import Periods
from simulator.modbus.codec import Link
from simulator.modbus.remote import RemoteAi
from simulator.safeguards.config_check import ConfigCheck
from simulator.safeguards.deadline import Deadline
from simulator.safeguards.final_clamp import Clamp, FinalClamp
from simulator.safeguards.input_guard import InputCheck, InputGuard
from simulator.safeguards.output_guard import OutputCheck, OutputGuard
from simulator.safeguards.readback import Readback, ReadbackCheck
from simulator.safeguards.watchdog import Watchdog
from simulator.scenario.build.names import Names
from simulator.scenario.schema.plant import Ai, Loop

UNCHECKED = ReadbackCheck(within=1e300)


def pid(names: Names, periods: Periods) -> PidBank:
    """The conventional controllers."""
    rows = []
    for loop in names.plant.loops.values():
        spare = names.measured.index(loop.spare_pv) if loop.spare_pv else -1
        rows.append((names.measured.index(loop.pv), spare))
    built = tuple(_pid(loop, names.unit(loop.pv)) for loop in names.plant.loops.values())
    return PidBank(built, tuple(rows), periods.plc)


def _pid(loop: Loop, pv: str) -> Pid:
    low, high = loop.output
    return Pid(
        gain=loop.gain.to(f"%/{pv}"),
        reset=loop.reset,
        rate=loop.rate,
        pv_filter=loop.filter,
        rate_filter=loop.rate_filter or 1000,
        direct=1.0 if loop.action == "direct" else -1.0,
        low=low.to("%"),
        high=high.to("%"),
        safe=(high if loop.safe_direction == "up" else low).to("%"),
        good_within=loop.last_good.within.to(pv),
        good_over=loop.last_good.over,
    )


def input_guard(names: Names, periods: Periods) -> InputGuard:
    """Validation of the PLC's inputs."""
    checks, rows = [], []
    for tag, about in names.plant.input_guard.items():
        unit = names.unit(tag)
        low, high = about.range
        check = InputCheck(
            low.to(unit),
            high.to(unit),
            rate=about.rate.to(f"{unit}/s"),
            frozen=about.frozen,
            recover=about.recover,
        )
        if about.agree:
            check = replace(check, within=about.agree.within.to(unit), lasting=about.agree.for_)
        checks.append(check)
        spare = names.measured.index(about.agree.with_) if about.agree else -1
        rows.append((names.measured.index(tag), spare))
    return InputGuard(tuple(checks), tuple(rows), periods.plc)


def watchdog(names: Names, periods: Periods) -> Watchdog:
    """Freshness of the AI's mailbox."""
    about = names.plant.watchdog
    return Watchdog(periods.plc, about.heartbeat, about.sequence)


def deadline(names: Names) -> Deadline | None:
    """How many cycles may go unanswered; None where the plant file does not say."""
    about = names.plant.watchdog.late
    return Deadline(about.count, about.of) if about else None


def config_check(names: Names, periods: Periods) -> ConfigCheck | None:
    """The comparison of the PLC's tuning; None where the plant file does not ask for it."""
    about = names.plant.config_check
    return ConfigCheck(tuple(pid(names, periods).image()), about.every) if about else None


def write_unit(names: Names, ai: Ai, loop: str) -> str:
    """Unit of what the AI writes to a loop: that of its PV (RCAS) or percent of output (ROUT)."""
    return names.unit(names.plant.loops[loop].pv) if ai.mode == "RCAS" else "%"


def output_guard(names: Names, ai: Ai, periods: Periods) -> OutputGuard:
    """The guard of the loops that the AI writes to, wide open on the others."""
    open_wide = OutputCheck(low=-1e300, high=1e300)
    loops = names.plant.loops
    checks = tuple(_output_check(names, ai, tag) if tag in ai.loops else open_wide for tag in loops)
    return OutputGuard(checks, periods.plc)


def _output_check(names: Names, ai: Ai, loop: str) -> OutputCheck:
    about, unit = names.plant.output_guard[ai.mode], write_unit(names, ai, loop)
    pv = names.unit(names.plant.loops[loop].pv)
    low, high = about.range
    return OutputCheck(
        low=low.to(unit), high=high.to(unit), step=about.step.to(unit), strikes=about.strikes,
        not_finite=about.not_finite,
        window=about.window, above=about.envelope.above.to(pv), below=about.envelope.below.to(pv),
        within=about.deviation.within.to(pv), lasting=about.deviation.for_,
    )  # fmt: skip


def modes(names: Names, ai: Ai | None) -> Modes:
    """Mode logic; without an AI the loops have no home to return to."""
    built = []
    for tag, loop in names.plant.loops.items():
        mine = ai if ai and tag in ai.loops else None
        unit = names.unit(loop.pv)
        watched = [names.measured.index(point.tag) for point in mine.inputs] if mine else []
        low, high = loop.output
        safe = high if loop.safe_direction == "up" else low
        built.append(
            LoopModes(
                home=MODE[mine.mode] if mine else 0,
                safe=safe.to("%"),
                near=2.0 * loop.last_good.within.to(unit),
                watched=tuple(watched),
            )
        )
    return Modes(tuple(built), *table())


def final_clamp(names: Names, periods: Periods) -> FinalClamp:
    """The last limits before the field."""
    built = []
    for loop in names.plant.loops.values():
        unit, (op_low, op_high) = names.unit(loop.pv), loop.output
        built.append(
            Clamp(
                sp_rate=loop.setpoint.rate.to(f"{unit}/s"),
                op_low=op_low.to("%"), op_high=op_high.to("%"),
                unsafe_rate=names.plant.final_clamp.unsafe_rate.to("%/s"),
                safe_up=1.0 if loop.safe_direction == "up" else -1.0,
            )
        )  # fmt: skip
    return FinalClamp(tuple(built), periods.plc)


def readback(names: Names, periods: Periods) -> Readback:
    """Command against position of every control valve that is checked."""
    checks, rows = [], []
    for tag, valve in names.valves.items():
        about = names.plant.readback.get(tag)
        checks.append(ReadbackCheck(about.within.to("%"), about.for_) if about else UNCHECKED)
        rows.append(names.measured.index(str(valve.readback)))
    return Readback(tuple(checks), tuple(rows), periods.plc)


def alarms(names: Names) -> Alarms:
    """The alarm system."""
    return Alarms(tuple(names.alarm_limits.values()))


def write_link(names: Names, ai: Ai | None) -> Link:
    """The conduit from the AI to its mailbox: a value at the range of each loop, and three counters."""
    spans = []
    for tag, loop in names.plant.loops.items():
        remote_output = ai is not None and tag in ai.loops and ai.mode == "ROUT"
        spans.append((0.0, 100.0) if remote_output else names.span(loop.pv))
    return Link(tuple(spans), counters=3)


Bind = Callable[[np.ndarray[Any, Any]], Any]


def policy(names: Names, ai: Ai, folder: Path, bind: Bind | None, fallible: bool) -> Policy:
    """The AI of the plant file; `bind` replaces the ONNX session (training does).

    One that is `fallible` raises when a threat says so.
    """
    units = [names.unit(point.tag) for point in ai.inputs]
    return Policy(
        rows=tuple(names.measured.index(point.tag) for point in ai.inputs),
        centre=tuple(point.centre.to(u) for point, u in zip(ai.inputs, units, strict=True)),
        scale=tuple(point.scale.to(u) for point, u in zip(ai.inputs, units, strict=True)),
        history=ai.history,
        writes=_writes(names, ai),
        outputs=_outputs(names, ai),
        bind=bind or bound(folder / ai.model, layout_of(ai), len(ai.loops)),
        fallible=fallible and bind is None,
    )


def remote_ai(names: Names, ai: Ai, any_scan: bool) -> RemoteAi:
    """What stands for the AI of the plant file when it is a process of its own."""
    return RemoteAi(write_link(names, ai), _writes(names, ai), _outputs(names, ai), any_scan)


def _writes(names: Names, ai: Ai) -> tuple[int, ...]:
    return tuple(list(names.plant.loops).index(loop) for loop in ai.loops)


def _outputs(names: Names, ai: Ai) -> tuple[tuple[float, float], ...]:
    written = [(about, write_unit(names, ai, loop)) for loop, about in ai.outputs.items()]
    return tuple((about.centre.to(unit), about.scale.to(unit)) for about, unit in written)


def layout_of(ai: Ai) -> Layout:
    """How a policy wants its features."""
    return Layout(len(ai.inputs), ai.history, ai.order == "oldest first", ai.grouped_by == "tag")


_invariant: WeakKeyDictionary[Any, dict[tuple[int, ...], bool]] = WeakKeyDictionary()


def _together(session: Any, shape: tuple[int, ...]) -> bool:
    """Whether a session may be asked a whole block at once; tried out once for each that is kept."""
    known = _invariant.setdefault(session, {})
    if shape not in known:
        known[shape] = batch_invariant(session, shape)
    return known[shape]


def bound(path: Path, layout: Layout, outputs: int) -> Bind:
    """What answers for a policy file, given the features that it is to read."""
    session = load(path, layout.width, outputs, layout)
    together = _together(session, layout.shape(len(session.get_inputs()[0].shape)))
    return lambda shown: Caller(session, shown, together, outputs, layout)
