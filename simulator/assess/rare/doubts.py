"""When an estimate of a subset simulation is not to be trusted: one rule a reason, each with its words.

What no rule can see: a way to fail that no repeat has come near. So the interval of the direct Monte-Carlo
always stands beside the estimate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import inf

from simulator.assess.rare.study import Study

LEAST_REPEATS = 5
"""Fewer say too little of how far they scatter."""
VARIATION = 0.5
"""Coefficient of variation of one repeat above which the estimate is not trusted."""
APART = 0.5
"""Variance of the repeats' places of failure, as a share of that within them: above it they disagree."""
FEWEST = 10
"""Failures in the last level below which a repeat has hardly reached the event."""
MOVES = {"acceptance": (0.1, "candidates"), "renewal": (0.05, "new noises")}
"""Least share that a level must accept, and of what; below it chains stay where they began."""
ENDS = {
    "budget": f"used up their budget with fewer than {FEWEST} failures: give more runs, or fewer a level",
    "standstill": "stood still: their margins gave nothing to climb, and the event was not reached",
}


def doubts(study: Study) -> list[str]:
    """Every reason not to trust the estimate; empty when there is none."""
    return [text for rule in _RULES for text in rule(study)]


def _too_few(study: Study) -> Iterator[str]:
    many = len(study.repeats)
    if many < LEAST_REPEATS:
        yield f"{many} repeats: fewer than {LEAST_REPEATS} say too little of how far they scatter"


def _undecided(study: Study) -> Iterator[str]:
    if study.undecided:
        told = f"{study.undecided} of {study.simulations} runs decided nothing"
        yield f"{told}; the estimate takes them for no failures"


def _unreached(study: Study) -> Iterator[str]:
    for ended, told in ENDS.items():
        many = sum(one["ended"] == ended and one["failures"] < FEWEST for one in study.repeats)
        if many:
            yield f"{many} of {len(study.repeats)} repeats {told}"


def _scatter(study: Study) -> Iterator[str]:
    if VARIATION < study.over.variation < inf:
        yield f"the coefficient of variation of one repeat is {study.over.variation:.2f}, above {VARIATION}"


def _stuck(study: Study) -> Iterator[str]:
    for key, (least, what) in MOVES.items():
        lowest = min((level[key] for one in study.repeats for level in one["levels"]), default=1.0)
        if lowest < least:
            yield f"a level accepted {100 * lowest:.1f} % of its {what}, wanted {100 * least:g} %: it stands"


def _modes(study: Study) -> Iterator[str]:
    found = [one for one in study.repeats if one["failures"] >= FEWEST]
    for k, name in enumerate(study.axes):
        within = sum(one["spread"][k] ** 2 for one in found) / max(len(found), 1)
        if len(found) > 1 and _variance([one["centre"][k] for one in found]) > APART * within:
            told = f"the repeats fail at different places of {name}"
            yield f"{told}: each may know only some of the ways to fail, or its chains are too short"


def _outside(study: Study) -> Iterator[str]:
    counted = study.counted
    if not counted.low <= study.over.mean <= counted.high:
        told = f"[{counted.low:.2g}, {counted.high:.2g}]"
        yield f"the estimate {study.over.mean:.2g} lies outside {told}, where direct Monte-Carlo has it"


_RULES: tuple[Callable[[Study], Iterator[str]], ...] = (
    _too_few,
    _undecided,
    _unreached,
    _scatter,
    _stuck,
    _modes,
    _outside,
)


def _variance(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)
