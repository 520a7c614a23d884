"""Cases built from the product's own scenarios, shortened: what engine tests run."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from simulator.core.quantity import Fixed, Quantity, Uniform
from simulator.core.traces import Signal
from simulator.engine.block import Block, Channel
from simulator.scenario.build import Case, Threats, build
from simulator.scenario.build.channels import channels
from simulator.scenario.build.names import Names
from simulator.scenario.resolve import resolve_suite
from simulator.scenario.schema.scenario import Desk, Threat

ROOT = Path(__file__).resolve().parents[3]
SUITES = ROOT / "scenarios" / "suites"
SEED = 2601
WATCHED = ("cusum.", "novelty.", "alarm.drift.")
EARLY = Uniform(4_000.0, 40_000.0, "ms")
"""Onsets that fall inside a shortened run."""


@cache
def suite():
    """The suites, resolved, with the questions of all of them."""
    first, *others = (resolve_suite(path) for path in sorted(SUITES.glob("cstr*.yaml"), reverse=True))
    questions = {key: one for suite in (first, *others) for key, one in suite.scenarios.items()}
    return replace(first, scenarios=questions)


def scenario_ids():
    """Every question of the suites, which hold every scenario file (a test sees to that)."""
    return tuple(suite().scenarios)


def case(key, plant="cstr", ai="rcas", duration=60_000, first=0, n=1, early=True, **changes):
    """A scenario on a plant with a variant of its AI, its threats brought forward."""
    scenario, about = suite().scenarios[key].spec, suite().plants[plant]
    threats = tuple(t.model_copy(update={"onset": EARLY}) if early else t for t in scenario.threats)
    spec = scenario.model_copy(update={"duration": duration, "ai": ai, "threats": threats})
    built = Case(about.spec, about.physics.owner(**about.parameters), about.folder, spec, SEED, first, n)
    return replace(built, commissioning=about.commissioning, **changes)


def threat(name, kind, tap, target=None, onset="4 s", lasts=None, **parameters):
    """A threat as a scenario file would write it."""

    def fixed(text):
        quantity = Quantity.parse(text)
        return Fixed(quantity.number, quantity.unit)

    return Threat.model_construct(
        name=name, kind=kind, tap=tap, target=target, onset=Fixed(fixed(onset).to("ms").value, "ms"),
        lasts=Fixed(fixed(lasts).to("ms").value, "ms") if lasts else None, search={},
        _fields_set=None, **{key: fixed(text) for key, text in parameters.items()},
    )  # fmt: skip


def with_threats(built, *threats):
    """The case with these threats instead of its own."""
    return replace(built, scenario=built.scenario.model_copy(update={"threats": threats}))


def with_operator(built, reaction, **acts_on):
    """The case with an operator of a fixed reaction time [ms]; keys are alarms with `.` as `__`."""
    duties = {alarm.replace("__", ".").replace("_", "-"): action for alarm, action in acts_on.items()}
    desk = Desk.model_construct(reaction=Fixed(float(reaction), "ms"), acts_on=duties)
    return replace(built, scenario=built.scenario.model_copy(update={"operator": desk}))


def every_channel(block: Block) -> dict[str, Channel]:
    """Every row of the board as a channel named block.row."""
    board = block.board
    rows = {name: board.names(name) for name in (*board._rows, *board._aliases)}
    return {f"{b}.{r}": Channel(Signal(f"{b}.{r}"), b, r) for b, names in rows.items() for r in names}


def recorded(built: Case, every: bool = False):
    """Traces of a case: the signals that its scenario records, or every row of the board."""
    block = build(built)
    if every:
        return block.run(every_channel(block))
    signals = suite().scenarios[built.scenario.id].signals
    if built.commissioning is None:  # a twin that is not watched
        signals = {name: one for name, one in signals.items() if not name.startswith(WATCHED)}
    wanted = [name for name in signals if not name.startswith("threat.")]
    struck = () if built.threats is Threats.ABSENT else built.scenario.threats
    wanted += [f"threat.{one.name}" for one in struck if f"threat.{one.name}" in signals]
    names = Names(built.plant, built.physics)
    return block.run(channels(names, built.plant.ai[built.scenario.ai], signals, wanted))
