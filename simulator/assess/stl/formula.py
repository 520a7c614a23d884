"""A formula that has been read and checked, ready to be judged on traces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from simulator.assess.stl.lexer import tokens
from simulator.assess.stl.mistake import FormulaError
from simulator.assess.stl.tree import Compare, Implies, Proposition, walk, windows
from simulator.core.traces import Signal


@dataclass(frozen=True)
class Formula:
    """A requirement's formula.

    Attributes
    ----------
    text : str
        As written.
    root : Proposition
        The tree.
    channels : mapping of str to Signal
        The signals it names, as they were when it was read.
    """

    text: str
    root: Proposition
    channels: Mapping[str, Signal]

    @property
    def signals(self) -> frozenset[str]:
        """Names of the signals the formula needs."""
        return frozenset(self.channels)

    @cached_property
    def units(self) -> frozenset[str]:
        """Units of its quantity comparisons."""
        return frozenset(node.unit for node in walk(self.root) if isinstance(node, Compare))

    @property
    def margin_unit(self) -> str:
        """Unit of the margin; empty for states, for counts, and where units are mixed."""
        return next(iter(self.units)) if len(self.units) == 1 else ""

    @property
    def has_margin(self) -> bool:
        """Whether the margin is a number: some quantity is compared, and all in one unit."""
        return len(self.units) == 1

    @cached_property
    def has_implication(self) -> bool:
        """Whether the formula can be satisfied without being exercised."""
        return any(isinstance(node, Implies) for node in walk(self.root))

    def check(self, period: int, recorded: Mapping[str, Signal]) -> None:
        """Refuse a record that the formula was not written for.

        Raises
        ------
        FormulaError
            When a window is no multiple of the sampling `period` [ms], a signal is not
            recorded, or is recorded in another unit or with other states.
        """
        for span in windows(self.root):
            span.ticks(period)
        for name, signal in self.channels.items():
            self._check_channel(signal, recorded.get(name))

    def _check_channel(self, wanted: Signal, got: Signal | None) -> None:
        place = next((word.start for word in tokens(self.text) if word.text == wanted.name), 0)
        length = len(wanted.name)
        if got is None:
            raise FormulaError("a record without it", f"the signal '{wanted.name}'", place, length)
        if got.unit != wanted.unit:
            raise FormulaError(f"a record in '{got.unit}'", f"one in '{wanted.unit}'", place, length)
        if dict(got.states) != dict(wanted.states):
            raise FormulaError(f"states {dict(got.states)}", f"{dict(wanted.states)}", place, length)
