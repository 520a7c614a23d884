"""Requirements that no record can satisfy together: told before a search is spent on them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import combinations

from simulator.assess.stl import Formula
from simulator.assess.stl.tree import Always, And, Compare, Constant, Proposition, Sample

Range = tuple[float, float, bool, bool]
"""Least and greatest value, and whether each end itself is allowed."""
_ALL: Range = (-math.inf, math.inf, True, True)


def contradictory(formulas: Mapping[str, Formula]) -> list[tuple[str, str, str]]:
    """Pairs that always want one quantity in ranges without a common value: two ids and the quantity.

    Only formulas ``always (quantity < number ...)`` are compared; any other pair is left to the search.
    """
    found = []
    for one, other in combinations(formulas, 2):
        ours, theirs = (dict(_ranges(formulas[name])) for name in (one, other))
        found += [(one, other, q) for q in ours.keys() & theirs.keys() if _empty(ours[q], theirs[q])]
    return sorted(found)


def _empty(one: Range, other: Range) -> bool:
    low, high, from_low, to_high = _common(one, other)
    return low > high or (low == high and not (from_low and to_high))


def _common(one: Range, other: Range) -> Range:
    low, from_low = max((one[0], not one[2]), (other[0], not other[2]))
    high, to_high = min((one[1], one[3]), (other[1], other[3]))
    return low, high, not from_low, to_high


def _ranges(formula: Formula) -> Iterator[tuple[str, Range]]:
    root = formula.root
    if not isinstance(root, Always) or root.window is not None:
        return
    found: dict[str, Range] = {}
    for part in _parts(root.of):
        told = _range(part)
        if told:
            found[told[0]] = _common(found.get(told[0], _ALL), told[1])
    yield from found.items()


def _parts(node: Proposition) -> Iterator[Proposition]:
    if isinstance(node, And):
        yield from _parts(node.left)
        yield from _parts(node.right)
    else:
        yield node


def _range(node: Proposition) -> tuple[str, Range] | None:
    """The range of a plain sample that is compared with a number."""
    if not isinstance(node, Compare):
        return None
    left, right, operator = node.left, node.right, node.operator
    if isinstance(left, Constant):
        left, right, operator = right, left, operator.translate(str.maketrans("<>", "><"))
    if not isinstance(left, Sample) or not isinstance(right, Constant):
        return None
    number = right.value
    ends = {
        "<": (-math.inf, number, True, False),
        "<=": (-math.inf, number, True, True),
        ">": (number, math.inf, False, True),
        ">=": (number, math.inf, True, True),
    }
    return (left.name, ends[operator]) if operator in ends else None
