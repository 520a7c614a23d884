"""Delays of a temporal operator, kept exactly."""

from __future__ import annotations

from fractions import Fraction

from simulator.assess.stl.lexer import Token
from simulator.assess.stl.mistake import FormulaError, nearest
from simulator.assess.stl.tree import Window
from simulator.core.units import UnitError, known_units, unit

_MILLISECONDS = 1000
_TIMES = tuple(name for name in known_units() if name in ("us", "ms", "s", "min", "h", "d"))


def window(first: Token, last: Token) -> Window:
    """The interval between two bounds; the first may borrow the unit of the second.

    Raises
    ------
    FormulaError
        When a bound is no time, or the bounds are in the wrong order.
    """
    end = _delay(last, last.unit)
    begin = _delay(first, first.unit or last.unit)
    if begin > end:
        got, length = f"[{first.text}:{last.text}]", last.end - first.start
        raise FormulaError(got, "a first bound not after the last", first.start, length)
    return Window(begin, end, f"[{first.text}:{last.text}]", first.start - 1)


def _delay(word: Token, written: str | None) -> Fraction:
    """A bound [ms], without rounding: 0.1 s is exactly 100 ms."""
    place, length = word.start, word.end - word.start
    if written is None:
        hint = f"write {word.text} s"
        raise FormulaError(f"the bare number {word.text}", "a delay with a unit", place, length, hint)
    try:
        kind = unit(written)
    except UnitError:
        kind = unit("1")
    if not kind.fits(unit("s")):
        raise FormulaError(f"'{word.text}'", "a time", place, length, nearest(written, _TIMES))
    return Fraction(word.number) * Fraction(str(kind.factor)) * _MILLISECONDS
