"""Deliberately broken builds: each must be noticed by its question, or the suite is void.

A mutant replaces entries of the tuple of layers; no layer knows that mutants exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simulator.core.calls import Calls, Stepped
from simulator.core.states import RCAS
from simulator.engine.layer import Bound, Layer, Wire

Path = tuple[Bound, ...]
Mutation = Callable[[Path], Path]


@dataclass(frozen=True)
class Around(Stepped):
    """A layer with something done after each of its steps.

    Parameters
    ----------
    layer : Layer
        The layer as it should be.
    after : callable
        Given (inputs, out), spoils what the layer decided.
    """

    layer: Layer
    after: Callable[[Any, Any], None]

    def initial(self, n: int) -> Any:
        """State of the layer."""
        return self.layer.initial(n)

    def calls(self, state: Any, inputs: Any, out: Any) -> Calls:
        """Step, then spoil."""
        return (*self.layer.calls(state, inputs, out), lambda _: self.after(inputs, out))


def removable(path: Path, sifs: Iterable[str]) -> tuple[str, ...]:
    """Names that `removed` accepts for this tuple of layers."""
    return (*(bound.name for bound in path), *sifs)


def removed(name: str, sifs: tuple[str, ...]) -> Mutation:
    """The build without a layer, or without one safety function.

    A layer that a signal passes through becomes a wire; any other leaves its outputs at rest.
    """
    if name in sifs:
        return _on("sifs", lambda bound: _without_function(bound, sifs.index(name)))
    return lambda path: tuple(part for bound in path for part in _without(bound, name))


def _without(bound: Bound, name: str) -> Path:
    if bound.name != name:
        return (bound,)
    return tuple(replace(bound, layer=Wire(*pair), state=None) for pair in bound.passes)


def _without_function(bound: Bound, k: int) -> Bound:
    trips = bound.state.trips.copy()
    trips["confirm"][trips["sif"] == k] = np.iinfo(np.int32).max
    return replace(bound, state=bound.state._replace(trips=trips))


def _on(name: str, change: Callable[[Bound], Bound]) -> Mutation:
    return lambda path: tuple(change(bound) if bound.name == name else bound for bound in path)


def _returns_rejected(bound: Bound) -> Bound:
    def pass_on(inputs: Any, out: Any) -> None:
        out.admitted[:] = inputs.value

    return replace(bound, layer=Around(bound.layer, pass_on))


def _doubled(bound: Bound) -> Bound:
    layer: Any = bound.layer
    slow = replace(layer, heartbeat=2 * layer.heartbeat, sequence=2 * layer.sequence)
    return replace(bound, layer=slow)


def _leaks(bound: Bound) -> Bound:
    return replace(bound, inputs=bound.inputs._replace(reset=np.ones_like(bound.inputs.reset)))


def _wrong_sign(bound: Bound) -> Bound:
    rows, centre = bound.state.writes, bound.state.origin[:, None]

    def mirror(_: Any, out: Any) -> None:
        out.written[rows] = 2.0 * centre - out.written[rows]

    return replace(bound, layer=Around(bound.layer, mirror))


def _bumpless(bound: Bound) -> Bound:
    return replace(bound, state=bound.state._replace(starts=np.zeros_like(bound.state.starts)))


def _kicks(bound: Bound) -> Bound:
    def kick(_: Any, out: Any) -> None:
        out.selected[out.changed == 1] -= 10.0

    return replace(bound, layer=Around(bound.layer, kick))


@dataclass(frozen=True)
class Crossed(Stepped):
    """A bank of PIDs each of which moves the final element of another loop.

    Parameters
    ----------
    bank : Layer
        The PIDs as they should be.
    """

    bank: Layer

    def initial(self, n: int) -> Any:
        """State of the bank."""
        return self.bank.initial(n)

    def calls(self, state: Any, inputs: Any, out: Any) -> Calls:
        """Solve with the other loop's output fed back, then exchange what is proposed."""
        fed_back = inputs.op.copy()

        def exchange(_: int) -> None:
            for proposal in (out.proposed, out.restart):
                proposal[:] = proposal[::-1].copy()

        solve = self.bank.calls(state, inputs._replace(op=fed_back), out)
        return (lambda _: np.copyto(fed_back, inputs.op[::-1]), *solve, exchange)


def _ignored(bound: Bound) -> Bound:
    after = bound.state.after.copy()
    after[RCAS:] = np.arange(RCAS, after.shape[0])[:, None]
    return replace(bound, state=bound.state._replace(after=after))


def _untracked(bound: Bound) -> Bound:
    return replace(bound, inputs=bound.inputs._replace(in_charge=np.ones_like(bound.inputs.in_charge)))


def _allows_every_phase(bound: Bound) -> Bound:
    def allow(_: Any, out: Any) -> None:
        out.forbidden[:] = 0

    return replace(bound, layer=Around(bound.layer, allow))


def _endless(bound: Bound) -> Bound:
    longest = np.full_like(bound.state.longest, np.iinfo(np.int64).max)
    return replace(bound, state=bound.state._replace(longest=longest))


def _late_as_good(bound: Bound) -> Bound:
    def take(_: Any, out: Any) -> None:
        out.timely[:], out.late[:] = 1, 0

    return replace(bound, layer=Around(bound.layer, take))


def _late_admitted(bound: Bound) -> Bound:
    def take(_: Any, out: Any) -> None:
        out.timely[:] = 1

    return replace(bound, layer=Around(bound.layer, take))


def _deaf(bound: Bound) -> Bound:
    return replace(bound, inputs=bound.inputs._replace(grounds=np.zeros_like(bound.inputs.grounds)))


def _endures(bound: Bound) -> Bound:
    about = bound.state.about.copy()
    about["not_finite"] = np.inf
    return replace(bound, state=bound.state._replace(about=about))


def _widened(bound: Bound) -> Bound:
    return replace(bound, state=bound.state._replace(limits=10.0 * bound.state.limits))


def _forgets(bound: Bound) -> Bound:
    about = bound.state.about.copy()
    about["slack"] = np.inf
    return replace(bound, state=bound.state._replace(about=about))


BROKEN: Mapping[str, Mutation] = {
    "guard_returns_rejected": _on("output_guard", _returns_rejected),
    "watchdog_doubled": _on("watchdog", _doubled),
    "sif_latch_leaks": _on("sifs", _leaks),
    "policy_sign": _on("ai", _wrong_sign),
    "shed_bumpless": _on("modes", _bumpless),
    "pairing_swapped": _on("pid", lambda bound: replace(bound, layer=Crossed(bound.layer))),
    "handover_kicks": _on("modes", _kicks),
    "novelty_widened": _on("novelty", _widened),
    "cusum_forgets": _on("monitor", _forgets),
    "shed_ignored": _on("modes", _ignored),
    "pid_untracked": _on("pid", _untracked),
    "phase_ignored": _on("procedure", _allows_every_phase),
    "override_endless": _on("sifs", _endless),
    "late_as_good": _on("deadline", _late_as_good),
    "late_admitted": _on("deadline", _late_admitted),
    "grounds_ignored": _on("modes", _deaf),
    "speechless_endured": _on("output_guard", _endures),
}
"""Mutants that break a layer rather than take it away, by the name a suite gives."""
