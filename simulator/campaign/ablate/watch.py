"""Sees whether a layer ever does anything: what it never does, its removal cannot undo.

A removed layer leaves its outputs at rest, or passes its input on. As long as a layer that is there
writes just that, the run is, tick by tick, the run without it. So a run tells, of every layer on its
path at once, which removals would change nothing in it; and, other than two equal records, it tells so
of a layer that stands by too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped
from simulator.core.states import TRIPPED
from simulator.engine.layer import Bound, Layer

Flags = NDArray[np.bool_]
Path = tuple[Bound, ...]
SIFS = "sifs"
"""The layer that holds all safety functions."""


@dataclass
class Watch:
    """What the layers of one run did.

    Parameters
    ----------
    names : collection of str
        Layers that are watched where they stand on the path.
    sifs : tuple of str
        Safety functions, in the order of their rows.
    n : int
        Replicas.

    Attributes
    ----------
    acted : dict of str to ndarray of bool, shape (n,)
        By layer and safety function: whether it ever did anything.
    """

    names: Collection[str]
    sifs: tuple[str, ...]
    n: int
    acted: dict[str, Flags] = field(default_factory=dict)

    def over(self, path: Path, unread: Collection[int]) -> Path:
        """The same path under watch; outputs that nobody reads, by `id`, do not count."""
        return tuple(self._over(bound, unread) for bound in path)

    def _over(self, bound: Bound, unread: Collection[int]) -> Bound:
        if bound.name == SIFS:
            found = np.zeros((len(self.sifs), self.n), bool)
            self.acted |= dict(zip(self.sifs, found, strict=True))
            return replace(bound, layer=Tripping(bound.layer, found))
        if bound.name not in self.names:
            return bound
        self.acted[bound.name] = np.zeros(self.n, bool)
        looks = tuple(look for look in _looks(bound) if id(look.written) not in unread)
        return replace(bound, layer=Watched(bound.layer, looks, self.acted[bound.name]))


@dataclass(frozen=True)
class Look:
    """One output of a layer, and what stands there when the layer is gone.

    Attributes
    ----------
    written : ndarray, shape (..., n)
        The output.
    idle : ndarray, shape (..., n)
        What it would be: the input that passes, what stood there before a layer that works in place, or
        else a copy of the start.
    in_place : bool
        Whether the layer changes what it reads.
    """

    written: Any
    idle: Any
    in_place: bool

    def before(self) -> Any:
        """What would stand there after this scan without the layer."""
        return self.written.copy() if self.in_place else self.idle


def _looks(bound: Bound) -> Iterator[Look]:
    through = {target: source for source, target in bound.passes}
    inputs = list(arrays(bound.inputs))
    for name, written in bound.out._asdict().items():
        if name in through:
            yield Look(written, getattr(bound.inputs, through[name]), False)
        else:
            yield Look(written, written.copy(), any(np.shares_memory(written, one) for one in inputs))


@dataclass(frozen=True)
class Watched(Stepped):
    """A layer whose outputs are looked at after each of its steps, until every replica has acted."""

    layer: Layer
    looks: tuple[Look, ...]
    acted: Flags

    def initial(self, n: int) -> Any:
        """State of the layer."""
        return self.layer.initial(n)

    def calls(self, state: Any, inputs: Any, out: Any) -> Calls:
        """Step, then look."""
        idle: list[Any] = []

        def remember(_: int) -> None:
            idle[:] = [] if self.acted.all() else [one.before() for one in self.looks]

        def look(_: int) -> None:
            for one, rest in zip(self.looks, idle, strict=False):  # nothing is idle once all have acted
                if one.written.tobytes() != rest.tobytes():  # the same bits, most of the time: quickly told
                    self.acted[:] |= differ(one.written, rest)

        return (remember, *self.layer.calls(state, inputs, out), look)


@dataclass(frozen=True)
class Tripping(Stepped):
    """The safety functions, looked at for trips: one that never trips does nothing."""

    layer: Layer
    acted: Flags

    def initial(self, n: int) -> Any:
        """State of the layer."""
        return self.layer.initial(n)

    def calls(self, state: Any, inputs: Any, out: Any) -> Calls:
        """Step, then look."""

        def look(_: int) -> None:
            if out.status.any():
                self.acted[:] |= out.status == TRIPPED

        return (*self.layer.calls(state, inputs, out), look)


def differ(one: Any, other: Any) -> Flags:
    """Replicas in which two blocks (..., n) differ; two that are no number are the same."""
    same = (one == other) | ((one != one) & (other != other))
    return np.asarray(~same.reshape(-1, same.shape[-1]).all(axis=0))


def arrays(wires: Any) -> Iterator[Any]:
    """Every array that a layer is wired to."""
    if isinstance(wires, np.ndarray):
        yield wires
    elif isinstance(wires, tuple):
        for one in wires:
            yield from arrays(one)


def unread(path: Path, names: Collection[str]) -> list[Any]:
    """Outputs of layers that are for the record alone: numbers that no other layer reads.

    Parameters
    ----------
    path : tuple of Bound
        The whole path, nothing removed.
    names : collection of str
        Layers whose outputs are asked for.
    """
    found = []
    for bound in path:
        if bound.name in names:
            read = [one for other in path if other is not bound for one in arrays(other.inputs)]
            found += [
                out
                for out in arrays(bound.out)
                if out.dtype == np.float64 and not any(np.shares_memory(out, one) for one in read)
            ]
    return found
