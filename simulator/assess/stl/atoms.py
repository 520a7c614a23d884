"""What a name stands for: a quantity, a state to compare, or a flag that is a proposition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.assess.stl.mistake import MisfitError, nearest
from simulator.assess.stl.tree import (
    Absolute,
    Constant,
    Product,
    Proposition,
    Quantity,
    Sample,
    Scaled,
    StateIs,
    Sum,
)
from simulator.core.traces import FLAG, Signal


@dataclass(frozen=True)
class State:
    """A state signal whose comparison has not been read yet."""

    signal: Signal


Node = Quantity | Proposition | State


def named(name: str, signals: Mapping[str, Signal]) -> Sample | State:
    """Look a signal up.

    Raises
    ------
    MisfitError
        When no signal has that name.
    """
    if name not in signals:
        raise MisfitError(f"'{name}'", "a recorded signal", _name_hint(name, signals))
    signal = signals[name]
    return State(signal) if signal.states else Sample(name, signal.unit)


def _name_hint(name: str, signals: Mapping[str, Signal]) -> str:
    dashes = [place for place, letter in enumerate(name) if letter == "-"]
    for place in dashes:
        left, right = name[:place], name[place + 1 :]
        if left in signals and right in signals:
            return f"a difference wants spaces: {left} - {right}"
    return nearest(name, signals)


def state_hint(signal: Signal) -> str:
    """The states and groups a signal may be compared with."""
    return f"(known: {', '.join((*signal.states, *signal.groups))})"


def state_is(signal: Signal, word: str, among: bool) -> StateIs:
    """Whether a state signal is (`among`) or is not in a state or a group of states.

    Raises
    ------
    MisfitError
        When the word names no state of the signal.
    """
    known = (*signal.states, *signal.groups)
    if word not in known:
        raise MisfitError(f"'{word}'", f"a state of {signal.name}", nearest(word, known))
    members = (word,) if word in signal.states else signal.groups[word]
    return StateIs(signal.name, tuple(sorted(signal.states[member] for member in members)), among)


def as_proposition(node: Node) -> Proposition:
    """A proposition, or a flag standing alone.

    Raises
    ------
    MisfitError
        When the node is a quantity, or a state that is compared with nothing.
    """
    if isinstance(node, State):
        if dict(node.signal.states) != dict(FLAG):
            got = f"'{node.signal.name}' alone"
            raise MisfitError(got, "a state to compare with", state_hint(node.signal))
        return StateIs(node.signal.name, (FLAG["TRUE"],), True)
    if isinstance(node, Sample | Constant | Absolute | Scaled | Sum | Product):
        raise MisfitError("a quantity", "a comparison", "compare it with <, <=, > or >=")
    return node


def as_quantity(node: Node) -> Quantity:
    """A quantity.

    Raises
    ------
    MisfitError
        When the node is a proposition or a state.
    """
    if isinstance(node, State):
        raise MisfitError(f"'{node.signal.name}', which has states", "a quantity", state_hint(node.signal))
    if isinstance(node, Sample | Constant | Absolute | Scaled | Sum | Product):
        return node
    raise MisfitError("a proposition", "a quantity")
