"""One case: a scenario's replicas on a plant, with or without its AI and its threats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.control.ai.policy import Policy
from simulator.control.annunciation import Annunciation
from simulator.core.seeds import Numbers, stream
from simulator.engine.block import Block
from simulator.engine.board import Board
from simulator.engine.layer import Bound, Periods
from simulator.engine.physics import Physics, Plant
from simulator.engine.scan import Parts, path
from simulator.engine.taps import TAPPED, Struck
from simulator.modbus.remote import RemoteAi
from simulator.safeguards.guard_watch import GuardWatch
from simulator.scenario.build import (
    attack_parts,
    control_parts,
    field_parts,
    monitor_parts,
    phase_parts,
    sis_parts,
    threat_parts,
)
from simulator.scenario.build.balance import Altered, Rest, balanced
from simulator.scenario.build.names import Names, quantity_blocks, state_blocks
from simulator.scenario.build.rest import put_at_rest, put_modes, put_valves
from simulator.scenario.build.threat_parts import Threats
from simulator.scenario.schema.commissioning import Commissioning
from simulator.scenario.schema.plant import Ai
from simulator.scenario.schema.plant import Plant as PlantFile
from simulator.scenario.schema.scenario import Scenario, Threat
from simulator.threats.known import Known
from simulator.threats.wired import EVERY

Reals = NDArray[np.float64]
Mutation = Callable[[tuple[Bound, ...]], tuple[Bound, ...]]


@dataclass(frozen=True)
class Case:
    """What to build.

    Attributes
    ----------
    plant : PlantFile
        The plant as its file says.
    physics : Physics
        Its model.
    folder : Path
        Where the plant file and its policies are.
    scenario : Scenario
        The question.
    seed : int
        Seed of the suite.
    first, n : int
        Replicas `first` to ``first + n - 1``.
    with_ai : bool
        Without it the PID has the loop from the start.
    threats : Threats
        What becomes of the threats.
    mutate : callable or None
        Replaces layers of the tuple.
    bind : callable or None
        Answers in place of the ONNX session.
    streams : str
        Whose draws these are; the scenario's own when empty.
    plants : tuple of Altered
        The replicas stand in the block once for each of these plants, one group after another, and all
        groups share their draws.
    commissioning : Commissioning or None
        What monitor and novelty hold the plant against; without it neither is built.
    remote : bool
        The AI is a process of its own, and its driver brings what it writes.
    begin : mapping of str to ndarray
        States and valve positions at the start that are given one by one, shape (n,).
    given : mapping of str to ndarray
        Uniform numbers that a search has chosen in place of draws, by name of the draw, shape (n,).
    drawn_as : ndarray of int, shape (n,), or None
        Numbers of the replicas whose noise these have; their own when None.
    """

    plant: PlantFile
    physics: Physics
    folder: Path
    scenario: Scenario
    seed: int
    first: int
    n: int
    with_ai: bool = True
    threats: Threats = Threats.AS_WRITTEN
    mutate: Mutation | None = None
    bind: control_parts.Bind | None = None
    streams: str = ""
    plants: tuple[Altered, ...] = (Altered(),)
    commissioning: Commissioning | None = None
    remote: bool = False
    begin: Mapping[str, Reals] = field(default_factory=dict)
    given: Mapping[str, Reals] = field(default_factory=dict)
    drawn_as: Numbers | None = None

    @cached_property
    def names(self) -> Names:
        """Rows of the board."""
        return Names(self.plant, self.physics)

    @cached_property
    def rest(self) -> Rest:
        """Where the plant of each replica rests."""
        return balanced(self.names, self.plants, self.n)

    @property
    def numbers(self) -> Numbers:
        """Number of each replica of the block, shape (n_groups * n,)."""
        own = np.arange(self.first, self.first + self.n) if self.drawn_as is None else self.drawn_as
        return np.tile(own, len(self.plants))

    @property
    def draws(self) -> threat_parts.Draws:
        """What its replicas draw, but for what a search has chosen."""
        given = {name: np.tile(u, len(self.plants)) for name, u in self.given.items()}
        return threat_parts.Draws(self.stream_seed, self.numbers, given)

    def slower(self, what: str, tags: Iterable[str]) -> Reals | None:
        """Factors on ``lags`` or ``strokes``, shape (n_tags, n_groups * n); None when all are as designed."""
        if not any(getattr(one, what) for one in self.plants):
            return None
        factors = [[getattr(one, what).get(tag, 1.0) for one in self.plants] for tag in tags]
        return np.repeat(np.array(factors), self.n, axis=1)

    @property
    def ai(self) -> Ai | None:
        """The AI variant in charge."""
        if not self.with_ai or self.scenario.fallback_only:
            return None
        return self.plant.ai[self.variant]

    @property
    def variant(self) -> str:
        """Its name; the plant's first where the scenario names none."""
        return self.scenario.variant or next(iter(self.plant.ai))

    @property
    def stream_seed(self) -> int:
        """Seed of this question's streams: no two questions share draws, a question and its crossings do."""
        return int(stream(self.seed, self.streams or self.scenario.id))

    @property
    def periods(self) -> Periods:
        """Scan periods [ms]."""
        scan, ai = self.plant.scan, self.ai
        return Periods(scan.base, scan.plc, (ai.cycle if ai else None) or scan.ai, scan.sif, scan.ai)

    def replicas(self, first: int, n: int) -> Case:
        """The same case for other replicas."""
        return replace(self, first=first, n=n)


def build(case: Case) -> Block:
    """Bind every layer of a case.

    Raises
    ------
    InputError
        When the policy file is missing or refused.
    """
    names = case.names
    start = _start(case, names)
    parts = _parts(case, names, start)
    threats = tuple(struck.name for struck in parts.threats)
    board = Board(len(case.numbers), quantity_blocks(names, threats), state_blocks(names), _aliases(parts))
    positions = names.at(case.rest.drive) | phase_parts.positions(names, case.scenario.phase)
    put_at_rest(names, board, start, case.rest.drive, positions, case.scenario.phase)
    board.quantity("tuning")[:] = parts.pid.image()[:, None]
    put_modes(names, board, case.ai, case.scenario.phase)
    put_valves(names, board, _valves(case, names))
    bound = path(parts, board, case.periods)
    bound = case.mutate(bound) if case.mutate else bound
    return Block(board, bound, case.periods, case.scenario.duration)


def _aliases(parts: Parts) -> Mapping[str, str]:
    struck = {threat.tap for threat in parts.threats}
    blocks = {tap: pair for tap, pair in TAPPED.items() if pair[0] != pair[1]}
    found = {after: before for tap, (before, after) in blocks.items() if tap not in struck}
    if "input" not in struck:
        found["carried"] = "received"
    return found if parts.procedure else found | {"programmed": "wander"}


def _start(case: Case, names: Names) -> Reals:
    """Quantities at the start, shape (n_quantities, n): nominal, as the phase begins, or drawn."""
    start = case.rest.true.copy()
    begins = phase_parts.beginning(names, case.scenario.phase)
    for name, value in begins.items():
        start[list(names.quantities).index(name)] = value
    for name, source in case.scenario.start.items():
        if name in names.quantities:
            row = list(names.quantities).index(name)
            start[row] = case.draws.of(f"start/{name}", source.to(names.quantities[name]))
    for name, given in case.begin.items():
        if name in names.quantities:
            start[list(names.quantities).index(name)] = given
    return start


def _valves(case: Case, names: Names) -> Mapping[str, Reals]:
    """Control valves that stand elsewhere than they are told to, shape (n,) [%]."""
    drawn = {tag: source for tag, source in case.scenario.start.items() if tag in names.valves}
    given = {tag: value for tag, value in case.begin.items() if tag in names.valves}
    return given | {tag: case.draws.of(f"start/{tag}", source.to("%")) for tag, source in drawn.items()}


def _parts(case: Case, names: Names, start: Reals) -> Parts:
    at, ai = case.periods, case.ai
    seed, numbers = case.stream_seed, case.numbers
    lags = [case.slower("lags", tags) for tags in (names.transmitters, names.sis_transmitters)]
    draws = case.draws
    guarded = case.plant.ai[case.variant]
    link = field_parts.measured_link(names)
    return Parts(
        disturbances=field_parts.disturbances(names, at.day, seed, numbers),
        sensors=field_parts.sensors(names, names.transmitters, start, at.base, seed, numbers, lags[0]),
        analysers=field_parts.analysers(names, start, at.base, seed, numbers),
        copies=field_parts.copies(names),
        uplink=link,
        input_guard=control_parts.input_guard(names, at),
        pid=control_parts.pid(names, at),
        host_link=link,
        write_link=control_parts.write_link(names, ai),
        watchdog=control_parts.watchdog(names, at),
        output_guard=control_parts.output_guard(names, guarded, at),
        guard_watch=GuardWatch(),
        modes=control_parts.modes(names, ai),
        final_clamp=control_parts.final_clamp(names, at),
        downlink=field_parts.command_link(names),
        valves=field_parts.valves(names, at, case.slower("strokes", names.valves)),
        readback=control_parts.readback(names, at),
        annunciation=Annunciation(),
        alarms=control_parts.alarms(names),
        sis_sensors=field_parts.sensors(names, names.sis_transmitters, start, at.sif, seed, numbers, lags[1]),
        sifs=sis_parts.safety_functions(names, at),
        elements=field_parts.elements(names, at, case.slower("strokes", names.elements)),
        plant=Plant(case.physics, at.base),
        policy=_policy(case, names, ai) if ai else None,
        operator=threat_parts.operator(names, case.scenario.operator, draws, at),
        procedure=phase_parts.procedure(names, at, case.scenario.phase),
        deadline=control_parts.deadline(names),
        config_check=control_parts.config_check(names, at),
        deviation=sis_parts.deviation(names, at),
        monitor=monitor_parts.monitor(names, case.commissioning, case.variant, at) if ai else None,
        novelty=monitor_parts.novelty(names, case.commissioning, case.variant) if ai else None,
        threats=tuple(_placed(case, threat) for threat in struck(case)),
    )


def struck(case: Case) -> tuple[Struck, ...]:
    """The threats of a case as layers, in their order."""
    draws = case.draws
    written = case.scenario.threats if case.threats is not Threats.ABSENT else ()
    null, known = case.threats is Threats.NULL, _known(case, written)
    return tuple(
        threat_parts.struck(case.names, one, case.ai, draws, case.periods, null, known) for one in written
    )


def _known(case: Case, threats: Iterable[Threat]) -> Known | None:
    """What is known of the AI, where there is one and a threat asks for it."""
    asks = any(EVERY[threat.kind].knows for threat in threats)
    if not asks or case.ai is None:
        return None
    novelty = monitor_parts.novelty(case.names, case.commissioning, case.variant)
    return attack_parts.known(case.names, case.ai, case.folder, case.periods.ai, novelty)


def _placed(case: Case, threat: Struck) -> Struck:
    """A threat as it stands on the path: what lies to a remote AI lies on the wire, and here keeps time."""
    return threat_parts.unarmed(threat) if case.remote and threat.tap == "input" else threat


def on_the_wire(case: Case) -> tuple[Struck, ...]:
    """The threats that change what a remote AI is shown, in their order; they strike in its conduit."""
    return tuple(threat for threat in struck(case) if threat.tap == "input")


def _policy(case: Case, names: Names, ai: Ai) -> Policy | RemoteAi:
    """The AI in this process, or what stands for it when it is another one."""
    if case.remote:
        return control_parts.remote_ai(names, ai, case.scenario.wired)
    written = case.scenario.threats if case.threats is not Threats.ABSENT else ()
    fallible = any(threat.tap == "runtime" for threat in written)
    return control_parts.policy(names, ai, case.folder, case.bind, fallible)
