"""One tick, in order: the tuple of layers, each with its place on the signal path.

This order is the argument of the whole product; nothing runs that is not listed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from simulator.control.ai.policy import Policy, PolicyInputs, PolicyOut
from simulator.control.alarm import AlarmInputs, AlarmOut, Alarms
from simulator.control.annunciation import Annunciation, AnnunciationInputs, AnnunciationOut
from simulator.control.mode import ModeInputs, ModeOut, Modes
from simulator.control.operator import Operator, OperatorInputs, OperatorOut
from simulator.control.pid import PidBank, PidInputs, PidOut
from simulator.control.procedure import Procedure, ProcedureInputs, ProcedureOut
from simulator.engine.board import Board
from simulator.engine.layer import Bound, Layer, Periods
from simulator.engine.moves import MoveInputs, MoveOut, Moves
from simulator.engine.physics import Plant, PlantInputs, PlantOut
from simulator.engine.taps import Struck, Taps
from simulator.field.analyser import Analysers, AnalyserWires
from simulator.field.block_valve import BlockValves, ElementInputs, ElementOut
from simulator.field.control_valve import ControlValves, ValveInputs, ValveOut
from simulator.field.copies import Copies, CopyInputs, CopyOut
from simulator.field.disturbance import DisturbanceOut, Disturbances
from simulator.field.program import Program, ProgramInputs, ProgramOut
from simulator.field.sensor import SensorInputs, SensorOut, Sensors
from simulator.modbus.codec import Link, LinkInputs, LinkOut
from simulator.modbus.remote import RemoteAi
from simulator.safeguards.config_check import ConfigCheck, ConfigWires
from simulator.safeguards.deadline import Deadline, DeadlineInputs, DeadlineOut
from simulator.safeguards.final_clamp import ClampInputs, ClampOut, FinalClamp
from simulator.safeguards.guard_watch import GuardWatch, GuardWatchInputs, GuardWatchOut
from simulator.safeguards.input_guard import InputGuard, InputGuardInputs, InputGuardOut
from simulator.safeguards.late_counter import CycleNumber, CycleOut
from simulator.safeguards.monitor import Monitor, MonitorInputs, MonitorOut
from simulator.safeguards.novelty import Novelty, NoveltyInputs, NoveltyOut
from simulator.safeguards.output_guard import OutputGuard, OutputGuardInputs, OutputGuardOut
from simulator.safeguards.readback import Readback, ReadbackInputs, ReadbackOut
from simulator.safeguards.watchdog import Watchdog, WatchdogInputs, WatchdogOut
from simulator.sis.deviation import Deviation, DeviationInputs, DeviationOut
from simulator.sis.sif import SafetyFunctions, SifInputs, SifOut


@dataclass(frozen=True)
class Parts:
    """The layers of one plant with one AI, as `path` puts them in order; None is absent."""

    disturbances: Disturbances
    sensors: Sensors
    analysers: Analysers
    copies: Copies
    uplink: Link
    input_guard: InputGuard
    pid: PidBank
    host_link: Link
    write_link: Link
    watchdog: Watchdog
    output_guard: OutputGuard
    guard_watch: GuardWatch
    modes: Modes
    final_clamp: FinalClamp
    downlink: Link
    valves: ControlValves
    readback: Readback
    annunciation: Annunciation
    alarms: Alarms
    sis_sensors: Sensors
    sifs: SafetyFunctions
    elements: BlockValves
    plant: Plant
    policy: Policy | RemoteAi | None = None
    operator: Operator | None = None
    procedure: Procedure | None = None
    deadline: Deadline | None = None
    config_check: ConfigCheck | None = None
    deviation: Deviation | None = None
    monitor: Monitor | None = None
    novelty: Novelty | None = None
    threats: tuple[Struck, ...] = field(default_factory=tuple)


def path(parts: Parts, board: Board, periods: Periods) -> tuple[Bound, ...]:
    """Every layer, bound to the board, in the order in which it steps."""
    return tuple(_Wiring(parts, board, periods).walk())


class _Wiring:
    """Binds layers to blocks of the board; a generator of the order."""

    def __init__(self, parts: Parts, board: Board, periods: Periods) -> None:
        self.parts, self.board, self.at = parts, board, periods
        self.taps = Taps(parts.threats, board)

    def walk(self) -> Iterator[Bound]:
        """The order."""
        yield from self._operate()
        yield from self._measure()
        yield from self._propose()
        if self.parts.policy:
            yield from self._ask_the_ai(self.parts.policy)
        yield from self._decide()
        yield from self._act()
        yield from self._protect()
        yield self._bind("plant", self.parts.plant, PlantInputs(self.q("drive")), PlantOut(self.q("true")))

    def q(self, block: str) -> Any:
        """Quantities of a block."""
        return self.board.quantity(block)

    def s(self, block: str) -> Any:
        """States of a block."""
        return self.board.state(block)

    def ground(self, name: str) -> Any:
        """States of one ground on which the AI loses its loops."""
        return self.s("grounds")[self.board.row("grounds", name)]

    def _bind(
        self, name: str, layer: Layer, inputs: Any, out: Any, period: int = 0, passes: Any = ()
    ) -> Bound:
        state = layer.initial(self.board.n)
        waits = isinstance(layer, RemoteAi)
        return Bound(name, layer, state, inputs, out, period or self.at.base, passes, waits)

    def _tap(self, tap: str, period: int) -> Iterator[Bound]:
        for name, layer, before, after in self.taps.at(tap, period):
            yield self._bind(name, layer, before, after)

    def _operate(self) -> Iterator[Bound]:
        if self.parts.operator:
            out = OperatorOut(self.s("actions"), self.s("acknowledge")[0])
            # at the PLC's pace, so that every scan of the PLC sees what was pressed
            inputs = OperatorInputs(self.s("alarms"))
            yield self._bind("operator", self.parts.operator, inputs, out, self.at.plc)
        yield from self._tap("operator", self.at.plc)
        if self.parts.procedure:
            yield self._bind("procedure", self.parts.procedure, *self._phases(), self.at.plc)

    def _phases(self) -> tuple[ProcedureInputs, ProcedureOut]:
        q, s = self.q, self.s
        out = ProcedureOut(
            s("phase")[0], s("follow")[0], self.ground("PHASE"), s("bypass"), q("preset"), q("sp_low"),
            q("sp_high"), q("offset"),
        )  # fmt: skip
        return ProcedureInputs(s("status"), s("pressed"), q("pv"), q("received")), out

    def _measure(self) -> Iterator[Bound]:
        p, at = self.parts, self.at
        yield self._bind("disturbances", p.disturbances, None, DisturbanceOut(self.q("wander")), at.day)
        if p.procedure:
            offset = ProgramInputs(self.q("wander"), self.q("offset"))
            yield self._bind("program", Program(), offset, ProgramOut(self.q("programmed")), at.plc)
        yield from self._tap("process", at.base)
        sensed = self.q("sensed")
        yield self._bind("sensors", p.sensors, SensorInputs(self.q("true")), SensorOut(sensed))
        if p.analysers.lines:
            wires = AnalyserWires(sensed)
            yield self._bind("analysers", p.analysers, wires, wires)
        if p.copies.rows:
            yield self._bind("copies", p.copies, CopyInputs(self.q("sis_read")), CopyOut(sensed))
        yield from self._tap("sensor", at.base)
        link = LinkInputs(self.q("transmitted")), LinkOut(self.q("field"))
        yield self._bind("uplink", p.uplink, *link, at.plc)
        yield from self._tap("uplink", at.plc)

    def _propose(self) -> Iterator[Bound]:
        received, quality = self.q("received"), self.s("quality")
        guard_out = InputGuardOut(quality, self.s("input_reason"))
        yield self._bind(
            "input_guard", self.parts.input_guard, InputGuardInputs(received), guard_out, self.at.plc
        )
        if self.parts.monitor:
            watched = MonitorInputs(received, self.ground("PHASE"), self.s("ai_active"))
            told = MonitorOut(self.q("cusum"), self.s("drift"))
            yield self._bind("monitor", self.parts.monitor, watched, told, self.at.plc)
        yield from self._tap("config", self.at.plc)
        if self.parts.config_check:
            checked = ConfigWires(self.q("tuning"), self.ground("CONFIG"))
            yield self._bind("config_check", self.parts.config_check, checked, checked, self.at.plc)
        inputs = PidInputs(
            received, quality, self.q("sp"), self.q("op"), self.s("in_charge"), self.s("start"),
            self.q("tuning"),
        )  # fmt: skip
        out = PidOut(self.q("pv"), self.q("proposed"), self.q("restart"))
        yield self._bind("pid", self.parts.pid, inputs, out, self.at.plc)

    def _ask_the_ai(self, policy: Policy | RemoteAi) -> Iterator[Bound]:
        p, ai = self.parts, self.at.ai
        yield self._bind("cycle", CycleNumber(ai), None, CycleOut(self.q("cycle")), ai)
        if self.taps.struck("input"):
            # whoever lies to the AI finds words on the wire, as the relay does
            carried = LinkInputs(self.q("received")), LinkOut(self.q("carried"))
            yield self._bind("tapped_link", p.host_link, *carried, ai)
        yield from self._tap("input", ai)
        yield self._bind("host_link", p.host_link, LinkInputs(self.q("host")), LinkOut(self.q("shown")), ai)
        yield from self._tap("runtime", ai)
        for outside in ("link", "network", "panel"):
            yield from self._tap(outside, self.at.plc)
        heard = self.at.plc if isinstance(policy, RemoteAi) and policy.any_scan else ai
        asked = PolicyInputs(self.q("shown"), self.q("cycle")[0], self.s("failing")[0])
        yield self._bind("ai", policy, asked, PolicyOut(self.q("reply")), heard)
        # what leaves the AI is words: taps behind it strike what travels, over a wire or in process
        yield self._bind(
            "answer_link", p.write_link, LinkInputs(self.q("reply")), LinkOut(self.q("answer")), heard
        )
        yield from self._tap("policy", ai)
        yield from self._tap("heartbeat", ai)
        write = LinkInputs(self.q("write")), LinkOut(self.q("delivered"))
        yield self._bind("write_link", p.write_link, *write, heard)
        yield from self._tap("ai_write", self.at.plc)
        mailbox = self.q("mailbox")
        fresh = WatchdogInputs(mailbox[-2], mailbox[-1]), WatchdogOut(self.ground("STALE"))
        yield self._bind("watchdog", p.watchdog, *fresh, self.at.plc)
        if p.deadline:
            answered = DeadlineInputs(mailbox[-1], mailbox[-3], self.q("cycle")[0])
            found = DeadlineOut(self.s("timely")[0], self.ground("LATE"))
            yield self._bind("deadline", p.deadline, answered, found, self.at.plc)
        if p.novelty:
            novel = NoveltyOut(self.ground("NOVELTY"), self.q("novelty"))
            yield self._bind("novelty", p.novelty, NoveltyInputs(self.q("received")), novel, ai)
        pv, sp, active = self.q("pv"), self.q("sp"), self.s("ai_active")
        yield from self._tap("guard", self.at.plc)
        asked, answered = self.q("asked")[0], self.q("answered")[0]
        guard = OutputGuardInputs(
            mailbox[:-3], mailbox[-1], self.s("timely")[0], pv, sp, active, mailbox[-3], self.q("cycle")[0],
            asked, self.s("killed")[0],
        )  # fmt: skip
        out = OutputGuardOut(
            self.q("admitted"), self.s("shed"), self.s("output_reason"), self.q("age"), answered
        )
        # a build without the guard is one in which nothing misses it
        through = (("value", "admitted"), ("asked", "answered"))
        yield self._bind("output_guard", p.output_guard, guard, out, self.at.plc, through)
        watch = GuardWatchInputs(answered), GuardWatchOut(asked, self.ground("GUARD"))
        yield self._bind("guard_watch", p.guard_watch, *watch, self.at.plc)

    def _decide(self) -> Iterator[Bound]:
        q, s, plc = self.q, self.s, self.at.plc
        override, rearm = s("pressed")[0], s("pressed")[1]
        inputs = ModeInputs(
            s("grounds"), s("shed"), s("quality"), s("mismatch"), s("status"), override, rearm,
            s("follow")[0], q("preset"), q("admitted"), q("pv"), q("proposed"), q("restart"), q("sp"),
            q("op"),
        )  # fmt: skip
        out = ModeOut(
            s("mode"), s("mode_reason"), s("start"), s("in_charge"), s("ai_active"), q("target_sp"),
            q("selected"), s("changed"),
        )  # fmt: skip
        yield self._bind("modes", self.parts.modes, inputs, out, plc)
        limits = q("sp_low"), q("sp_high")
        clamp = ClampInputs(s("mode"), q("target_sp"), *limits, q("selected")), ClampOut(q("sp"), q("op"))
        through = (("target_sp", "sp"), ("selected", "op"))
        yield self._bind("final_clamp", self.parts.final_clamp, *clamp, plc, through)
        moves = MoveInputs(q("sp"), q("op"), s("changed")), MoveOut(q("slew"), q("move"), q("bump"))
        yield self._bind("moves", Moves(q("sp"), q("op")), *moves, plc)

    def _act(self) -> Iterator[Bound]:
        p, q, s, plc = self.parts, self.q, self.s, self.at.plc
        yield self._bind("downlink", p.downlink, LinkInputs(q("op")), LinkOut(q("command")), plc)
        yield from self._tap("downlink", plc)
        yield from self._tap("actuator", self.at.base)
        yield self._bind(
            "valves", p.valves, ValveInputs(q("demand")), ValveOut(q("position"), q("drive"), q("sensed"))
        )
        readback = ReadbackInputs(q("op"), q("received")), ReadbackOut(s("mismatch"))
        yield self._bind("readback", p.readback, *readback, plc)
        gathered = AnnunciationInputs(
            s("mode"), s("mode_reason"), s("mismatch"), s("quality"), s("status"), s("drift"),
            s("deviating"), self.ground("CONFIG"),
        )  # fmt: skip
        yield self._bind("annunciation", p.annunciation, gathered, AnnunciationOut(s("causes")), plc)
        alarm = AlarmInputs(q("received"), s("causes"), s("acknowledge")[0])
        out = AlarmOut(s("alarms"), s("alarm_active"), q("flood"))
        yield self._bind("alarms", p.alarms, alarm, out, plc)

    def _protect(self) -> Iterator[Bound]:
        p, q, s = self.parts, self.q, self.s
        yield self._bind(
            "sis_sensors", p.sis_sensors, SensorInputs(q("true")), SensorOut(q("sis_sensed")), self.at.sif
        )
        yield from self._tap("sif_sensor", self.at.sif)
        if p.deviation:
            apart = DeviationInputs(q("sis_read")), DeviationOut(s("deviating"))
            yield self._bind("deviation", p.deviation, *apart, self.at.sif)
        sif = (
            SifInputs(q("sis_read"), s("safe"), s("pressed")[2], s("bypass")),
            SifOut(s("status"), s("demanded")),
        )
        yield self._bind("sifs", p.sifs, *sif, self.at.sif)
        element = ElementInputs(s("demanded")), ElementOut(q("travel"), s("safe"), q("drive"))
        yield self._bind("elements", p.elements, *element)
