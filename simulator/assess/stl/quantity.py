"""Which quantities may meet: units are checked and converted when the formula is read."""

from __future__ import annotations

from simulator.assess.stl.mistake import MisfitError, nearest
from simulator.assess.stl.tree import Absolute, Compare, Constant, Product, Quantity, Sample, Scaled, Sum
from simulator.core.units import UnitError, convert, known_units, unit


def _on_shifted_scale(text: str | None) -> bool:
    """Whether a unit has another zero (degC): fine as a value, meaningless in arithmetic."""
    try:
        unit(text or "")
    except UnitError:
        return True
    return False


def constant(value: float, written: str | None) -> Constant:
    """A number with the unit that was written behind it, or None.

    Raises
    ------
    MisfitError
        When the unit is unknown.
    """
    if _on_shifted_scale(written) and written not in known_units():
        raise MisfitError(f"the unit '{written}'", "a known unit", nearest(str(written), known_units()))
    return Constant(value, written)


def _plain(node: Quantity) -> None:
    if _on_shifted_scale(node.unit):
        raise MisfitError(f"{node.unit} in arithmetic", "a unit that starts at zero", "use K for differences")


def _in(node: Quantity, wanted: str) -> Quantity:
    """The same quantity in another unit; a bare number only where no unit is wanted."""
    if isinstance(node, Constant):
        return _constant_in(node, wanted)
    if node.unit == wanted:
        return node
    _plain(node)
    return Scaled(node, _converted(1.0, node.unit, wanted), wanted)


def _constant_in(node: Constant, wanted: str) -> Constant:
    if node.unit is not None:
        return Constant(_converted(node.value, node.unit, wanted), wanted)
    if wanted not in ("", "1"):
        raise MisfitError(f"the bare number {node}", f"a quantity in {wanted}", f"write {node} {wanted}")
    return Constant(node.value, wanted)


def _converted(value: float, given: str, wanted: str) -> float:
    try:
        return convert(value, given, wanted)
    except UnitError:
        aim = f"a quantity in {wanted}" if wanted else "a plain number"
        raise MisfitError(f"a quantity in {given or 'no unit'}", aim) from None


def add(left: Quantity, right: Quantity) -> Quantity:
    """Sum, in the unit of the first operand that is a signal.

    Raises
    ------
    MisfitError
        When the units do not fit.
    """
    _plain(left)
    _plain(right)
    if isinstance(left, Constant) and isinstance(right, Constant):
        return _add_constants(left, right)
    wanted = (right if isinstance(left, Constant) else left).unit or ""
    return Sum(_in(left, wanted), _in(right, wanted), wanted)


def _add_constants(left: Constant, right: Constant) -> Constant:
    if left.unit is None and right.unit is None:
        return Constant(left.value + right.value, None)
    wanted = left.unit or right.unit or ""
    return Constant(_constant_in(left, wanted).value + _constant_in(right, wanted).value, wanted)


def multiply(left: Quantity, right: Quantity) -> Quantity:
    """Product; a bare number only scales."""
    _plain(left)
    _plain(right)
    named = [node.unit for node in (left, right) if node.unit]
    if isinstance(left, Constant) and isinstance(right, Constant):
        return Constant(left.value * right.value, "*".join(named) or None)
    return Product(left, right, "*".join(named))


def negative(node: Quantity) -> Quantity:
    """The quantity with its sign changed."""
    if isinstance(node, Constant):
        return Constant(-node.value, node.unit)
    _plain(node)
    return Scaled(node, -1.0, node.unit)


def absolute(node: Quantity) -> Quantity:
    """The quantity's magnitude."""
    _plain(node)
    return Constant(abs(node.value), node.unit) if isinstance(node, Constant) else Absolute(node, node.unit)


def compare(operator: str, left: Quantity, right: Quantity) -> Compare:
    """A comparison, both sides in the unit of the first operand that is a signal.

    Raises
    ------
    MisfitError
        When the units do not fit, or no signal takes part.
    """
    if isinstance(left, Constant) and isinstance(right, Constant):
        raise MisfitError("a comparison of two constants", "a signal on one side")
    for side, other in ((left, right), (right, left)):
        if isinstance(side, Constant) and not isinstance(other, Sample):
            _plain(side)
    wanted = (right if isinstance(left, Constant) else left).unit or ""
    return Compare(operator, _in(left, wanted), _in(right, wanted), wanted)
