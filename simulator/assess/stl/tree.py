"""The parts of a formula: quantities below, propositions above, both immutable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from simulator.assess.stl.mistake import FormulaError


@dataclass(frozen=True)
class Sample:
    """A recorded quantity."""

    name: str
    unit: str


@dataclass(frozen=True)
class Constant:
    """A number; `unit` is None when it was written bare."""

    value: float
    unit: str | None

    def __str__(self) -> str:
        return f"{self.value:g} {self.unit or ''}".rstrip()


@dataclass(frozen=True)
class Absolute:
    """Magnitude of a quantity."""

    of: Quantity
    unit: str


@dataclass(frozen=True)
class Scaled:
    """A quantity times a plain number: a unit conversion or a change of sign."""

    of: Quantity
    factor: float
    unit: str


@dataclass(frozen=True)
class Sum:
    """Sum of two quantities of one unit; a difference holds a `Scaled` by -1."""

    left: Quantity
    right: Quantity
    unit: str


@dataclass(frozen=True)
class Product:
    """Product of two quantities; its unit is the product of theirs."""

    left: Quantity
    right: Quantity
    unit: str


Quantity = Sample | Constant | Absolute | Scaled | Sum | Product


@dataclass(frozen=True)
class Window:
    """Closed interval of delays [ms], exact, with its place in the text for a later error."""

    first: Fraction
    last: Fraction
    text: str = field(default="", compare=False)
    position: int = field(default=0, compare=False)

    def ticks(self, period: int) -> tuple[int, int]:
        """Bounds in samples of `period` milliseconds.

        Raises
        ------
        FormulaError
            When a bound falls between two samples: rounding it either way would make some
            requirement more lenient than it was signed.
        """
        first, last = self.first / period, self.last / period
        if first.denominator != 1 or last.denominator != 1:
            wanted = f"bounds that are multiples of the sampling period of {period} ms"
            raise FormulaError(f"'{self.text}'", wanted, self.position, len(self.text))
        return int(first), int(last)


@dataclass(frozen=True)
class Compare:
    """A comparison of two quantities, both in `unit`."""

    operator: str
    left: Quantity
    right: Quantity
    unit: str


@dataclass(frozen=True)
class StateIs:
    """Whether a state signal is (`among`) or is not in one of the states with these codes."""

    name: str
    codes: tuple[int, ...]
    among: bool


@dataclass(frozen=True)
class Not:
    """Negation."""

    of: Proposition


@dataclass(frozen=True)
class And:
    """Conjunction."""

    left: Proposition
    right: Proposition


@dataclass(frozen=True)
class Or:
    """Disjunction."""

    left: Proposition
    right: Proposition


@dataclass(frozen=True)
class Implies:
    """Implication; its left side is what exercises a requirement."""

    left: Proposition
    right: Proposition


@dataclass(frozen=True)
class Rise:
    """True now and false one sample ago; false at the first sample."""

    of: Proposition


@dataclass(frozen=True)
class Always:
    """True at every delay in the window, or to the end of the record without one."""

    of: Proposition
    window: Window | None


@dataclass(frozen=True)
class Eventually:
    """True at some delay in the window, or before the end of the record without one."""

    of: Proposition
    window: Window | None


@dataclass(frozen=True)
class Until:
    """`right` at some delay in the window, and `left` at every sample before that one."""

    left: Proposition
    right: Proposition
    window: Window | None


Proposition = Compare | StateIs | Not | And | Or | Implies | Rise | Always | Eventually | Until


def parts(node: Proposition) -> tuple[Proposition, ...]:
    """The propositions directly below one."""
    match node:
        case Not() | Rise() | Always() | Eventually():
            return (node.of,)
        case And() | Or() | Implies() | Until():
            return node.left, node.right
        case _:
            return ()


def walk(node: Proposition) -> Iterator[Proposition]:
    """A proposition and everything below it, left to right."""
    yield node
    for part in parts(node):
        yield from walk(part)


def windows(node: Proposition) -> Iterator[Window]:
    """Every window of a formula."""
    for part in walk(node):
        if isinstance(part, Always | Eventually | Until) and part.window is not None:
            yield part.window
