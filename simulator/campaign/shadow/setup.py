"""What of the plant can act on recorded data: its pace, its checks, and the signals that are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from simulator.campaign.shadow.grid import Grid, gridded, pace
from simulator.campaign.shadow.history import History, history
from simulator.campaign.shadow.table import Table
from simulator.core.clock import Tick, show
from simulator.core.errors import InputError, Problem
from simulator.core.traces import Signal
from simulator.scenario.resolved import ResolvedPlant
from simulator.scenario.schema.plant import Ai, Plant, Scan
from simulator.scenario.schema.scenario import Scenario
from simulator.scenario.signals import signals_of

LONGEST_TICKS = 5_000_000


@dataclass(frozen=True)
class Asked:
    """What is asked of a history.

    Attributes
    ----------
    variant : str
        Variant of the AI.
    mapped : mapping of str to str
        Recorded tag by quantity of the physics (``true.<quantity>``).
    gap : Tick or None
        Age beyond which no sample is held [ms].
    rearm : Tick or None
        How long after a shed the loops are given back [ms].
    """

    variant: str
    mapped: Mapping[str, str] = field(default_factory=dict)
    gap: Tick | None = None
    rearm: Tick | None = 600_000


@dataclass(frozen=True)
class Setup:
    """A plant and its past, ready to be shown.

    Attributes
    ----------
    plant : ResolvedPlant
        With the checks that the data allow, at the pace of the data.
    scenario : Scenario
        The question without threats.
    signals : mapping of str to Signal
        Everything that a requirement may name on this plant.
    needed : frozenset of str
        Signals without which the AI or a guard is blind.
    told : tuple of str
        What was left out, and why.
    """

    plant: ResolvedPlant
    scenario: Scenario
    signals: Mapping[str, Signal]
    past: History
    grid: Grid
    needed: frozenset[str]
    told: tuple[str, ...]

    @property
    def ai(self) -> Ai:
        """The variant that is asked."""
        return self.plant.spec.ai[self.scenario.variant or next(iter(self.plant.spec.ai))]

    @property
    def recorded(self) -> tuple[str, ...]:
        """Signals of the data."""
        return tuple(self.past.series)


def set_up(plant: ResolvedPlant, table: Table, asked: Asked) -> Setup:
    """Understand the data against the plant.

    Raises
    ------
    InputError
        With everything that is wrong with the data, the mapping, or what they are to show.
    """
    signals = _signals(plant, asked.variant)
    ai = plant.spec.ai[asked.variant]
    needed = frozenset(_needed(plant.spec, ai))
    past = history(table, _recordable(plant.spec, signals), needed)
    problems = list(_unfit(table, plant, past, asked))
    scan = plant.spec.scan
    period = pace((past.series[name].interval for name in needed), scan.plc)
    cycle = -(-max(ai.cycle or scan.ai, period) // period) * period
    if ai.history > 1 and cycle > (ai.cycle or scan.ai):
        got = f"samples every {show(period)} for a policy that looks {ai.history} cycles back"
        problems.append(Problem(got, f"samples every {show(ai.cycle or scan.ai)}", table.file))
    if past.length // period > LONGEST_TICKS:
        problems.append(Problem(f"{past.length // period} scans", f"at most {LONGEST_TICKS}", table.file))
    if problems:
        raise InputError(*problems)
    spec, told = _allowed(plant.spec, past, period, cycle)
    whole = {t for t, m in plant.spec.measurements.items() if not m.wired_to} <= past.series.keys()
    own = period == scan.plc and plant.foreign is None and whole
    if plant.commissioning and not own:
        told.append("drift monitor and novelty are left out: they need every tag, as it was commissioned")
    scenario = Scenario.model_construct(
        id="SHADOW", question="What would the AI have done?", plant=plant.key, ai=asked.variant,
        duration=period, phase="RUN", start={}, threats=(), operator=None, requirements=(),
    )  # fmt: skip
    changed = replace(plant, spec=spec, commissioning=plant.commissioning if own else None)
    found = Setup(changed, scenario, signals, past, gridded(past, period, asked.gap), needed, tuple(told))
    if not found.grid.known(needed).any():
        raise InputError(
            Problem("no moment at which all of them are known", ", ".join(sorted(needed)), table.file)
        )
    return found


def _signals(plant: ResolvedPlant, variant: str) -> dict[str, Signal]:
    scenario = Scenario.model_construct(ai=variant, threats=())
    return signals_of(plant.spec, plant.physics, scenario, {})


def _needed(plant: Plant, ai: Ai) -> Iterator[str]:
    yield from (point.tag for point in ai.inputs)
    for loop in ai.loops:
        yield plant.loops[loop].pv
        yield f"sp.{loop}"
        if ai.mode == "ROUT":
            yield f"op.{loop}"


def _recordable(plant: Plant, signals: Mapping[str, Signal]) -> dict[str, Signal]:
    """Signals that a plant's historian may have: tags, setpoints and outputs of loops, safety functions."""
    firsts = ("sp", "op", "sif", "safe")
    tags = {name for name in signals if name.partition(".")[0] not in _FIRSTS or name in plant.measurements}
    return {n: s for n, s in signals.items() if n in tags or n.partition(".")[0] in firsts}


_FIRSTS = (
    "true", "quality", "mode", "sp", "op", "slew", "move", "bump", "target", "admitted", "age", "ai_active",
    "sif", "safe", "alarm", "alarms", "operator", "threat", "cusum", "novelty", "reason", "ai_fault", "phase",
)  # fmt: skip


def _unfit(table: Table, plant: ResolvedPlant, past: History, asked: Asked) -> Iterator[Problem]:
    for quantity, tag in asked.mapped.items():
        name = quantity.removeprefix("true.")
        if name not in plant.physics.quantities:
            yield Problem(f"'{quantity}'", f"a quantity of {plant.name}", where="--map")
        elif tag not in past.series:
            yield Problem(f"'{tag}'", f"a tag that is recorded in {table.file}", where="--map")
        elif plant.tags[tag].unit != plant.physics.quantities[name]:
            wanted = f"a tag in {plant.physics.quantities[name]}"
            yield Problem(f"'{tag}' in {plant.tags[tag].unit}", wanted, where="--map")


def _allowed(plant: Plant, past: History, period: Tick, cycle: Tick) -> tuple[Plant, list[str]]:
    """The plant file with the checks that the data can answer, and what was left out."""
    told, checks = [], {}
    for tag, check in plant.input_guard.items():
        if tag not in past.series:
            continue
        changes: dict[str, object] = {}
        if check.agree and check.agree.with_ not in past.series:
            changes["agree"] = None
            told.append(f"{tag} is not held against {check.agree.with_}, which is not recorded")
        if 0 < check.frozen <= 2 * max(past.series[tag].interval, period):
            changes["frozen"] = 0
            told.append(
                f"{tag}: samples this rare cannot show a value that is frozen for {show(check.frozen)}"
            )
        checks[tag] = check.model_copy(update=changes)
    if period > plant.scan.plc:
        told.append(f"the scan is {show(period)}, as the data come, not {show(plant.scan.plc)}")
    loops = {
        name: loop if loop.spare_pv in past.series else loop.model_copy(update={"spare_pv": None})
        for name, loop in plant.loops.items()
    }
    told += [f"{n} has no spare PV: {a.spare_pv} is not recorded" for n, a in plant.loops.items()
             if a.spare_pv and loops[n].spare_pv is None]  # fmt: skip
    if not any(name.startswith("sif.") for name in past.series):
        told.append("no safety function is recorded: the mode logic takes them for NORMAL")
    scan = Scan.model_construct(base=period, plc=period, ai=cycle, sif=period)
    variants = {name: ai.model_copy(update={"cycle": None}) for name, ai in plant.ai.items()}
    changed = {"input_guard": checks, "scan": scan, "loops": loops, "ai": variants, "config_check": None}
    return plant.model_copy(update=changed), told
