"""Does a plant keep the contract of physics? Every rule is asked, and each that is broken is told by name.

For a test of one's own plant::

    from simulator.testing.check_plant import check_plant

    def test_my_plant():
        check_plant("plants/heater/plant.yaml")
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from simulator.core.calls import call, chained
from simulator.core.errors import InputError, Problem
from simulator.core.units import UnitError, unit
from simulator.engine.physics import Physics, native
from simulator.scenario.plants import Physics as Declared
from simulator.scenario.plants import PlantError, declared
from simulator.scenario.resolve_plant import resolve_plant
from simulator.testing.plant_sources import forbidden
from simulator.testing.trial import TICKS, Trial, scale_of

Broken = Iterator[str]
REST_TICKS, CLOSE = 100, 1e-6
"""How long a plant must stay at its nominal point, and how near, against the size of its quantities."""
HALVED = 0.75
"""What may be left of the change when a step is halved again; a first-order method leaves a half."""


@dataclass(frozen=True)
class Failure:
    """A rule that a plant breaks.

    Attributes
    ----------
    rule : str
        Name of the rule.
    why : str
        What was seen.
    """

    rule: str
    why: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.why}"


class NotConforming(AssertionError):
    """A plant breaks the contract of physics; `failures` has what and why."""

    def __init__(self, failures: tuple[Failure, ...]) -> None:
        super().__init__("\n".join(map(str, failures)))
        self.failures = failures


def check_plant(plant: Physics | str | Path, dt: float = 1.0) -> None:
    """Ask a plant every rule.

    Parameters
    ----------
    plant : Physics, or str or Path
        An object, or the plant file (or installed name) that names one.
    dt : float
        Step of an object [s]; a file's own base tick is taken.

    Raises
    ------
    NotConforming
        With every rule that is broken.
    InputError
        When the plant file itself is wrong.
    """
    failures = failures_of(plant, dt)
    if failures:
        raise NotConforming(failures)


def failures_of(plant: Physics | str | Path, dt: float = 1.0) -> tuple[Failure, ...]:
    """The rules that a plant breaks; see `check_plant`."""
    if isinstance(plant, str | Path):
        found, _ = resolve_plant(str(plant))
        return _failures(found.physics, found.parameters, found.spec.scan.base / 1000.0)
    try:
        about = declared(type(plant))
    except PlantError as error:
        raise InputError(Problem(error.got, error.wanted, hint=error.hint)) from None
    return _failures(about, None, dt, plant)


def _failures(
    about: Declared, parameters: Any, dt: float, given: Physics | None = None
) -> tuple[Failure, ...]:
    unused = copy.deepcopy(given)

    def make() -> Physics:
        return copy.deepcopy(unused) if unused is not None else about.owner(**parameters)

    found = [Failure("sources", why) for why in forbidden(about.sources)]
    found += [Failure("tables", why) for why in _tables(about)]
    for rule, ask in _RULES.items():
        try:
            found += [Failure(rule, why) for why in ask(Trial(make, dt))]
        except Exception as error:  # whatever a stranger's physics raises is a finding about it
            found.append(Failure(rule, f"it raised {type(error).__name__}: {error}"))
            break
    return tuple(dict.fromkeys(found))


def _tables(about: Declared) -> Broken:
    """Names once, units known, the states first, nominal values finite."""
    owner = about.owner
    for table in ("STATES", "QUANTITIES", "INPUTS"):
        rows = getattr(owner, table)
        names = [row[0] for row in rows]
        yield from (f"{table} names {name!r} twice" for name in dict.fromkeys(names) if names.count(name) > 1)
        for row in rows:
            try:
                unit(row[1])
            except UnitError as error:
                yield f"{table}, {row[0]}: {error}"
    if tuple(owner.QUANTITIES[: len(owner.STATES)]) != tuple(owner.STATES):
        yield "the states are not the first quantities"
    yield from (f"input {n} is nominally {v}" for n, _, v in owner.INPUTS if not math.isfinite(v))


def _shapes(trial: Trial) -> Broken:
    """What `initial` returns, and that `advance` works in place and returns nothing."""
    for n in (1, 3):
        true = trial.physics.initial(n)
        wanted = (trial.n_quantities, n)
        if not isinstance(true, np.ndarray) or true.shape != wanted or true.dtype != np.float64:
            yield f"initial({n}) is {_seen(true)}, wanted float64 of shape {wanted}"
            return
        if not true.flags.c_contiguous or not true.flags.writeable:
            yield f"initial({n}) is not a C-contiguous array of its own"
            return
        advance: Callable[..., object] = trial.physics.advance
        if advance(true, trial.nominal(n), trial.dt) is not None:
            yield "advance returns something: it must work in place"


def _seen(value: Any) -> str:
    return f"{value.dtype} of shape {value.shape}" if isinstance(value, np.ndarray) else type(value).__name__


def _finite(trial: Trial) -> Broken:
    """Numbers stay numbers, also when inputs are far from nominal."""
    for name, true in trial.excursions():
        wrong = [trial.names[k] for k in np.flatnonzero(~np.isfinite(true).all(axis=1))]
        if wrong:
            yield f"{', '.join(wrong)} is no number {name}"


def _rest(trial: Trial) -> Broken:
    """With nominal inputs the nominal point stands still, and a step of no length changes nothing."""
    true = trial.start(1)
    before = true.copy()
    trial.physics.advance(true, trial.nominal(1), 0.0)
    moved = np.abs(true - before)[: trial.n_states]
    if (moved > 0).any():
        yield f"a step of 0 s changes {trial.names[int(np.argmax(moved[:, 0]))]}"
    for _ in range(REST_TICKS):
        trial.physics.advance(true, trial.nominal(1), trial.dt)
    apart = np.abs(true - before)[:, 0] / scale_of(before)[:, 0]
    seen = [k for k, name in enumerate(trial.names) if not name.startswith("_")]
    worst = max(seen, key=lambda k: apart[k])
    if not apart[worst] <= CLOSE:
        ends = f"from {before[worst, 0]:.6g} to {true[worst, 0]:.6g}"
        yield f"{trial.names[worst]} moved {ends} in {REST_TICKS} steps"


def _batch(trial: Trial) -> Broken:
    """A replica is the same alone, in a block, and elsewhere in the block, bit for bit."""
    inputs = trial.varied(5)
    together, turned = trial.run(inputs), trial.run(np.ascontiguousarray(inputs[:, ::-1]))[:, ::-1]
    alone = np.hstack([trial.run(np.ascontiguousarray(inputs[:, k : k + 1])) for k in range(5)])
    for name, other in (("alone", alone), ("in another order", turned)):
        differs = [trial.names[k] for k in np.flatnonzero(~_equal(together, other))]
        if differs:
            yield f"{', '.join(differs)} differs between a replica in a block and {name}"


def _equal(one: Any, other: Any) -> Any:
    return ((one == other) | (np.isnan(one) & np.isnan(other))).all(axis=1)


def _repeats(trial: Trial) -> Broken:
    """The same twice, and the same from an object that has been used before."""
    inputs = trial.varied(3)
    first, again = trial.run(inputs), trial.run(inputs)
    fresh = Trial(trial.make, trial.dt).run(inputs)
    for name, other in (("asked twice", again), ("made anew", fresh)):
        differs = [trial.names[k] for k in np.flatnonzero(~_equal(first, other))]
        if differs:
            yield f"{', '.join(differs)} differs when {name}"


def _pure(trial: Trial) -> Broken:
    """It changes neither its inputs, nor its parameters, nor its class."""
    inputs = trial.varied(2)
    before, kept = trial.memory(), inputs.copy()
    trial.run(inputs)
    if not np.array_equal(inputs, kept):
        yield "advance changes its inputs"
    yield from (f"advance changes {name}" for name in trial.changed_since(before))


def _compiled(trial: Trial) -> Broken:
    """What the engine calls without Python does what `advance` does, bit for bit."""
    compiled = native(trial.physics)
    if compiled:
        inputs = trial.varied(3)
        true = trial.start(3)
        steps = list(chained(call(*compiled.compiled(true, inputs, trial.dt))))
        for k in range(TICKS):
            for step in steps:
                step(k)
        differs = [trial.names[k] for k in np.flatnonzero(~_equal(true, trial.run(inputs)))]
        if differs:
            yield f"{', '.join(differs)} differs between advance and what compiled returns"


def _halving(trial: Trial) -> Broken:
    """With finer steps the answer settles: each halving changes it less than the one before."""
    inputs = trial.varied(3)
    one, two, four = (trial.run(inputs, parts) for parts in (1, 2, 4))
    scale = scale_of(one)
    coarse, fine = np.abs(one - two) / scale, np.abs(two - four) / scale
    grown = (fine > np.maximum(HALVED * coarse, CLOSE)).any(axis=1)
    for k in (k for k in np.flatnonzero(grown) if not trial.names[k].startswith("_")):
        first, second = coarse[k].max(), fine[k].max()
        yield f"{trial.names[k]} changes by {first:.2g} of its size at one halving, {second:.2g} at the next"


_RULES: dict[str, Callable[[Trial], Broken]] = {
    "shapes": _shapes,
    "finite": _finite,
    "rest": _rest,
    "batch": _batch,
    "determinism": _repeats,
    "purity": _pure,
    "compiled": _compiled,
    "convergence": _halving,
}
